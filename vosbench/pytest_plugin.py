"""Plug-in of pytest: fixture `vosbench`, which holds methods to baselines in a user's own tests.

pytest imports this file whenever it starts, so that what the fixture needs is imported when a test
asks for it.
"""

import shlex
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from vosbench.gate.checking import Check
    from vosbench.gate.findings import Verdict
    from vosbench.gate.rules import GateRules

UPDATE = "--vosbench-update"
INCONCLUSIVE = "vosbench_inconclusive"
CHOICES = ("skip", "fail")

GATES = ("exact", "quality", "counted")
"""Gates that a test asks unless it says others; times need a quiet machine and minutes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say what can be asked of the plug-in."""
    group = parser.getgroup("vosbench")
    group.addoption(
        UPDATE,
        action="store_true",
        dest="vosbench_update",
        help="Write the baselines of vosbench anew instead of holding methods to them.",
    )
    parser.addini(
        INCONCLUSIVE,
        f"What becomes of a test of which vosbench can say nothing: {' or '.join(CHOICES)}.",
        default=CHOICES[0],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find a mistake in the settings before any test runs."""
    chosen = config.getini(INCONCLUSIVE)
    if chosen not in CHOICES:
        raise pytest.UsageError(
            f"{INCONCLUSIVE} is {chosen!r}, expected {' or '.join(map(repr, CHOICES))}"
        )


@pytest.fixture
def vosbench(request: pytest.FixtureRequest) -> "Gate":
    """Holds methods to baselines: `vosbench.check("my-method", baseline="baseline.json")`."""
    return Gate(request)


class Gate:
    """What a test asks of vosbench; paths are relative to the file of the test."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._folder = request.path.parent
        self._node = request.node.nodeid
        self._update = bool(request.config.getoption("vosbench_update"))
        self._skips = request.config.getini(INCONCLUSIVE) == "skip"

    def check(
        self,
        method: str,
        *,
        baseline: str | Path,
        dataset: str = "sample",
        sequences: str | Iterable[str] | None = None,
        count: int | None = None,
        dataset_seed: int = 0,
        root: str | Path | None = None,
        images: str | Path | None = None,
        annotations: str | Path | None = None,
        resolution: str = "480p",
        split: str = "val",
        settings: Mapping[str, object] | None = None,
        seed: int = 0,
        device: str = "cpu",
        mode: str = "streaming",
        plugin: str | Path | Iterable[str | Path] = (),
        rules: str | Path | None = None,
        only: str | Iterable[str] = (),
        allow: str | Iterable[str] = (),
    ) -> "Verdict":
        """Run a method and hold it to a baseline; the verdict if it passes.

        A regression fails the test with the verdict as text, and where nothing can be said it is
        skipped, or fails if `vosbench_inconclusive` says so. With `--vosbench-update` the baseline
        is written anew, and the test skipped.

        Args:
            method: its name, as in `vosbench run --method`.
            baseline: file.
            dataset: its name; the other arguments about it are the options of `vosbench run`.
            sequences: only these; a name, or several.
            count: how many sequences, for generated ones.
            dataset_seed: which sequences, for generated ones.
            root: where the dataset was unzipped.
            images: images, for dataset `folders`.
            annotations: annotations, for dataset `folders`.
            resolution: sub-folder of images and annotations.
            split: which list of sequences.
            settings: of the method, by name.
            seed: of the method.
            device: where to compute.
            mode: `"streaming"`, or another as in `vosbench run --mode`.
            plugin: Python file, or several, that bring further methods.
            rules: TOML file that says what is allowed.
            only: gate that is asked, or several; those of `rules`, or exact, quality and counted
                if neither is given.
            allow: what may be another than then, or several, as in `vosbench gate --allow`.
        """
        __tracebackhide__ = True
        from vosbench.datasets.options import DatasetOptions
        from vosbench.errors import VosbenchError
        from vosbench.gate.checking import Check

        file = self._path(baseline)
        try:
            asked = Check(
                method=method,
                dataset=dataset,
                place=DatasetOptions(
                    root=self._optional(root),
                    images=self._optional(images),
                    annotations=self._optional(annotations),
                    resolution=resolution,
                    split=split,
                    seed=dataset_seed,
                    count=count,
                ),
                sequences=None if sequences is None else _several(sequences),
                settings=settings or {},
                seed=seed,
                device=device,
                mode=mode,
                plugins=self._plugins(plugin),
                rules=self._rules(rules, _several(only), _several(allow)),
                command=shlex.join(["pytest", self._node, UPDATE]),
            )
            with warnings.catch_warnings():
                # a warning of torch is no failure of a method, whatever pytest makes of warnings
                warnings.simplefilter("default")
                return self._conclude(asked, file)
        except VosbenchError as error:
            why = str(error)
        pytest.fail(why, pytrace=False)  # out here, for pytest tells of what an error came from

    def _conclude(self, asked: "Check", file: Path) -> "Verdict":
        __tracebackhide__ = True
        from vosbench.gate.checking import check, write_anew
        from vosbench.gate.findings import INCONCLUSIVE, REGRESSION
        from vosbench.reports.gate.text import render_text

        if self._update:
            write_anew(asked, file)
            pytest.skip(f"{file.name} was written anew, and nothing compared")
        if not file.exists():
            pytest.fail(f"there is no baseline {file}; `{asked.command}` makes one", pytrace=False)
        verdict = check(asked, file)
        text = render_text(verdict).rstrip()
        if verdict.outcome == REGRESSION:
            pytest.fail(text, pytrace=False)
        if verdict.outcome == INCONCLUSIVE:
            self._inconclusive(text)
        return verdict

    def _inconclusive(self, text: str) -> NoReturn:
        __tracebackhide__ = True
        if self._skips:
            pytest.skip(text)
        pytest.fail(text, pytrace=False)

    def _rules(
        self, rules: str | Path | None, only: tuple[str, ...], allow: tuple[str, ...]
    ) -> "GateRules":
        from vosbench.errors import UsageError
        from vosbench.gate.command import chosen_rules
        from vosbench.gate.rules import ALLOWED
        from vosbench.wording import suggestion

        for name in allow:
            if name not in ALLOWED:
                raise UsageError(
                    f"allow has {name!r}{suggestion(name, ALLOWED)}; it knows {', '.join(ALLOWED)}"
                )
        asked = only or (GATES if rules is None else None)
        return chosen_rules(self._optional(rules), asked, allow)

    def _plugins(self, plugin: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
        files = (plugin,) if isinstance(plugin, str | Path) else plugin
        return tuple(map(self._path, files))

    def _optional(self, path: str | Path | None) -> Path | None:
        return None if path is None else self._path(path)

    def _path(self, path: str | Path) -> Path:
        return self._folder / Path(path).expanduser()


def _several(names: str | Iterable[str]) -> tuple[str, ...]:
    """Names as a tuple; a single one is no list of letters."""
    return (names,) if isinstance(names, str) else tuple(names)
