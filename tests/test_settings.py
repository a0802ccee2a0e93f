"""Constructor arguments as settings, and text as their values."""

from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.errors import UsageError
from vosbench.settings import REQUIRED, Setting, constructor_settings, resolve, takes_device


class Example:
    def __init__(
        self,
        *,
        masks: Path,
        steps: int = 10,
        rate: float = 0.1,
        optimizer: Literal["adam", "sgd"] = "adam",
        untyped=3,
        device: str = "cpu",
    ) -> None: ...


@given(st.integers())
def test_every_whole_number_survives(value: int) -> None:
    assert Setting("steps", int, 0).parse(str(value)) == value


@given(st.floats(allow_nan=False))
def test_every_number_survives(value: float) -> None:
    assert Setting("rate", float, 0.0).parse(str(value)) == value


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (bool, "true", True),
        (bool, "Off", False),
        (str, "3", "3"),
        (Path, "a/b", Path("a/b")),
        (Literal["adam", "sgd"], "sgd", "sgd"),
        (Literal[1, 2], "2", 2),
        (int | None, "none", None),
        (int | None, "5", 5),
        (int | float, "5", 5),
        (int | float, "0.5", 0.5),
        (str | None, "none", None),
        (str | None, "text", "text"),
        (Path | None, "none", None),
    ],
)
def test_text_becomes_what_the_annotation_says(annotation: Any, text: str, value: object) -> None:
    parsed = Setting("name", annotation, None).parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("annotation", "text", "words"),
    [
        (int, "2.5", "a whole number, not '2.5'"),
        (float, "fast", "a number, not 'fast'"),
        (bool, "maybe", "true or false, not 'maybe'"),
        (Literal["adam", "sgd"], "lion", "adam or sgd, not 'lion'"),
        (int | None, "x", "a whole number or none, not 'x'"),
        (list[int], "1", "cannot be set by --set"),
    ],
)
def test_text_that_does_not_fit_is_told_what_would(annotation: Any, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Setting("name", annotation, None).parse(text)


def test_settings_are_the_keyword_only_arguments_without_the_device() -> None:
    settings = constructor_settings(Example)
    assert [setting.name for setting in settings] == [
        "masks",
        "steps",
        "rate",
        "optimizer",
        "untyped",
    ]
    assert settings[0].default is REQUIRED
    assert settings[4].type is int
    assert takes_device(Example)


def test_a_class_without_constructor_has_no_settings() -> None:
    assert constructor_settings(type("Plain", (), {})) == ()


@pytest.mark.parametrize("signature", ["steps", "*steps", "**steps"])
def test_other_arguments_are_refused(signature: str) -> None:
    namespace: dict[str, Any] = {}
    exec(f"class Loose:\n    def __init__(self, {signature}): ...", namespace)
    with pytest.raises(UsageError, match="keyword-only"):
        constructor_settings(namespace["Loose"])


def test_an_annotation_that_cannot_be_resolved_is_told() -> None:
    namespace: dict[str, Any] = {}
    exec("class Lazy:\n    def __init__(self, *, steps: 'Count' = 1): ...", namespace)
    with pytest.raises(UsageError, match="does not import: name 'Count' is not defined"):
        constructor_settings(namespace["Lazy"])


def test_resolving_names_what_is_missing_and_what_is_unknown() -> None:
    settings = constructor_settings(Example)
    given = {"masks": Path("here"), "steps": 3}
    assert resolve("example", settings, given)["steps"] == 3
    assert resolve("example", settings, given)["rate"] == 0.1
    with pytest.raises(UsageError, match=r"without masks: add --set masks=…"):
        resolve("example", settings, {})
    with pytest.raises(UsageError, match=r"no setting 'step' \(did you mean steps\?\); its"):
        resolve("example", settings, {"step": 3})
