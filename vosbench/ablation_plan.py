"""What an ablation needs: trainings by content, and methods loaded before anything begins."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from vosbench.ablation import ANNOTATION, REFERENCE, Ablation, Row, Weights
from vosbench.errors import DataError, UsageError
from vosbench.record_json import canonical_json
from vosbench.registry import LoadedMethod, load_variants, method_settings
from vosbench.sequence import Dataset


@dataclass(frozen=True)
class Training:
    """A checkpoint to be made, or made already.

    Attributes:
        weights: what the ablation says about it.
        arguments: of `vosbench train`, whole.
        path: of the checkpoint; its name holds a digest over all that it comes from, so that
            another training never passes for this one.
    """

    weights: Weights
    arguments: tuple[str, ...]
    path: Path

    @property
    def done(self) -> bool:
        """Whether the checkpoint is there."""
        return self.path.is_file()


@dataclass(frozen=True)
class Job:
    """One run: a row at one number of steps, with one choice of what its grid leaves open.

    Attributes:
        row: as the ablation says.
        steps: number of inner steps, T.
        boxes: `PREDICTED` or `ANNOTATION`.
        chosen: settings from the grid, as text; empty without one.
        method: ready to be built.
    """

    row: Row
    steps: int
    boxes: str
    chosen: Mapping[str, str]
    method: LoadedMethod


def trainings(ablation: Ablation, folder: Path) -> tuple[Training, ...]:
    """The trainings that the rows need, each once and after those that it begins from.

    Args:
        folder: where checkpoints are kept.
    """
    needed: dict[str, Training] = {}

    def add(name: str) -> None:
        weights = ablation.weights[name]
        for before in weights.needs:
            add(before)
        if weights.train and name not in needed:
            needed[name] = _training(ablation, weights, folder)

    for row in ablation.rows:
        if row.weights:
            add(row.weights)
    return tuple(needed.values())


def checkpoint(ablation: Ablation, name: str, folder: Path) -> Path:
    """The file of the weights called `name`, there or not yet."""
    weights = ablation.weights[name]
    if weights.file is not None:
        return folder / weights.file
    return folder / f"{name}-{_digest(ablation, name, folder)[:12]}.safetensors"


def jobs(
    row: Row, file: Path | None, *, device: str, plugins: Sequence[Path], select: bool
) -> tuple[tuple[Job, ...], ...]:
    """The runs of a row: for every block and column one, or one for each candidate to choose from.

    Args:
        row: see `Row`.
        file: checkpoint that it starts from; None for what the method has anyway.
        device: where to compute.
        plugins: files that bring further methods.
        select: take candidates from the grid; else the settings of the row hold for all.

    Raises:
        UsageError: there is no such method or setting, a value does not fit, or settings of the
            grid are left open and nothing is to be chosen.
    """
    left_open = [name for name in row.grid if name not in row.settings]
    if left_open and not select:
        raise UsageError(
            f"row {row.label!r} leaves {', '.join(left_open)} open; add --select to choose on the "
            "validation data, or a value to its settings"
        )
    choices = list(_choices(row.grid)) if select else [{}]
    cells = [(boxes, steps) for boxes in row.boxes for steps in row.steps]
    asked = [(boxes, steps, chosen) for boxes, steps in cells for chosen in choices]
    texts = [_settings(row, file, *one) for one in asked]
    try:
        loaded = load_variants(row.method, texts, device=device, plugins=plugins)
    except UsageError as error:
        raise UsageError(f"row {row.label!r}: {error}") from error
    anyway = _anyway(loaded[0], plugins)
    made = [
        Job(row, steps, boxes, chosen, _less(method, anyway))
        for (boxes, steps, chosen), method in zip(asked, loaded, strict=True)
    ]
    return tuple(
        tuple(made[start : start + len(choices)]) for start in range(0, len(made), len(choices))
    )


def check_validation(dataset: Dataset, validation: Dataset) -> None:
    """Raise `UsageError` if settings would be chosen on what the table is about."""
    shared = {one.name for one in dataset.sequences} & {one.name for one in validation.sequences}
    if shared or (dataset.name, dataset.variant) == (validation.name, validation.variant):
        raise UsageError(
            f"settings cannot be chosen on {validation.name} for a table on {dataset.name}: "
            + (f"both hold {min(shared)}; " if shared else "it is the same; ")
            + "choose another seed under [validation], or another --dataset"
        )


def _choices(grid: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    for values in product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def _settings(
    row: Row, file: Path | None, boxes: str, steps: int, chosen: Mapping[str, str]
) -> dict[str, str]:
    """All that a job sets, as text."""
    given = {**row.settings, **chosen, "steps": str(steps)}
    if boxes == ANNOTATION:
        given["boxes"] = boxes  # predicted boxes are not set: not every method has the choice
    if file is not None:
        given["weights"] = str(file)
    return given


def _anyway(method: LoadedMethod, plugins: Sequence[Path]) -> dict[str, object]:
    """Settings that a method has when nothing is set."""
    known = method_settings(method.entry.name, plugins=plugins)
    return {**{one.name: one.default for one in known}, **method.entry.settings}


def _less(method: LoadedMethod, anyway: Mapping[str, object]) -> LoadedMethod:
    """The method, overrides that change nothing left out, so that runs of its name serve too."""
    changed = {name: is_ for name, is_ in method.overrides.items() if anyway.get(name) != is_}
    return replace(method, overrides=changed)


def _training(ablation: Ablation, weights: Weights, folder: Path) -> Training:
    def file_of(found: re.Match[str]) -> str:
        return str(checkpoint(ablation, found[1], folder))

    path = checkpoint(ablation, weights.name, folder)
    arguments = (REFERENCE.sub(file_of, argument) for argument in weights.train)
    return Training(weights, (*arguments, "--out", str(path)), path)


def _digest(ablation: Ablation, name: str, folder: Path) -> str:
    """Hex sha256 over what a checkpoint comes from: a file's bytes, or all of its training.

    Raises:
        DataError: a file is not there.
    """
    weights = ablation.weights[name]
    if weights.file is not None:
        try:
            return hashlib.sha256((folder / weights.file).read_bytes()).hexdigest()
        except OSError as error:
            raise DataError(f"the weights {name!r} cannot be read: {error}") from error

    def digest_of(found: re.Match[str]) -> str:
        return _digest(ablation, found[1], folder)

    parts = [REFERENCE.sub(digest_of, argument) for argument in weights.train]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()
