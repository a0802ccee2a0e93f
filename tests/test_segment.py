"""What a method is shown: annotations go to oracles only, and only after their answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tiny_runs import SIZE, ZOO, Jitter, only, request, run, sequence
from vosbench.arrays import VOID, Image, Mask
from vosbench.segment import segment
from vosbench.sequence import Sequence
from vosbench.store import load_runs
from vosbench.timing import PhaseClock


class Oracle(Jitter):
    """Notes what it is shown, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.shown: list[Mask] = []

    @property
    def sees_annotations(self) -> bool:
        return True

    def step(self, image: Image) -> Mask:
        self.heard.append("step")
        return super().step(image)

    def peek(self, mask: Mask) -> None:
        self.heard.append("peek")
        self.shown.append(mask)


class Honest(Oracle):
    """Would look, but does not say that it does."""

    @property
    def sees_annotations(self) -> bool:
        return False


def segmented(method: Jitter, bear: Sequence) -> None:
    segment(method, bear, lambda index, mask: None, seed=0, clock=PhaseClock())


def annotated(changes: dict[int, Mask | None]) -> Sequence:
    """Three frames, some of their annotations replaced."""
    plain = sequence("bear", frames=3)
    return replace(
        plain, read_annotation=lambda index: changes.get(index, plain.read_annotation(index))
    )


def test_an_oracle_is_shown_each_annotation_after_it_has_answered() -> None:
    oracle, bear = Oracle(), sequence("bear", frames=3)
    segmented(oracle, bear)
    assert oracle.heard == ["step", "peek", "step", "peek"]
    for index, mask in enumerate(oracle.shown, 1):
        np.testing.assert_array_equal(mask, bear.read_annotation(index))


def test_no_other_method_is_shown_any() -> None:
    honest = Honest()
    segmented(honest, sequence("bear", frames=3))
    assert honest.heard == ["step", "step"]


def test_frames_without_annotation_are_passed_over() -> None:
    oracle = Oracle()
    segmented(oracle, replace(annotated({}), read_annotation=_only_the_first))
    assert oracle.heard == ["step", "step"]


def _only_the_first(index: int) -> Mask | None:
    return sequence("bear", frames=3).read_annotation(0) if index == 0 else None


def test_void_and_objects_that_join_late_are_background() -> None:
    strange = np.zeros(SIZE, np.uint8)
    strange[0], strange[1], strange[2] = VOID, 7, 1
    oracle = Oracle()
    segmented(oracle, annotated({1: strange}))
    expected = np.zeros(SIZE, np.uint8)
    expected[2] = 1
    np.testing.assert_array_equal(oracle.shown[0], expected)
    assert oracle.shown[0].dtype == np.uint8


def test_a_vanished_object_is_shown_as_an_empty_map() -> None:
    oracle = Oracle()
    segmented(oracle, annotated({1: np.zeros(SIZE, np.uint8)}))
    assert not oracle.shown[0].any()


@pytest.mark.parametrize(("method", "is_one"), [(Oracle, True), (Honest, False)])
def test_the_manifest_says_whether_a_run_is_an_oracle(
    tmp_path: Path, method: type[Jitter], is_one: bool
) -> None:
    assert run(request(method), ZOO, tmp_path).manifest.sees_annotations is is_one
    assert only(tmp_path).manifest.sees_annotations is is_one


def test_a_manifest_from_before_there_were_oracles_is_none(tmp_path: Path) -> None:
    run(request(), ZOO, tmp_path)
    (file,) = tmp_path.glob("*/manifest.json")
    text = file.read_text().replace(',\n "sees_annotations": false', "")
    assert "sees_annotations" not in text
    file.write_text(text)
    assert not load_runs(tmp_path)[0].manifest.sees_annotations
