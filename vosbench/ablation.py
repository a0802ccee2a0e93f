"""What an ablation is: rows in order, the weights that they start from, columns of steps.

An ablation is a TOML file. Rows are methods with settings; weights are files, or the results of
trainings that rows share. Nothing is run here; `vosbench.ablation_runs` does that.

    title = "What learning to fine-tune pays"
    steps = [0, 5, 10]                     # columns: inner steps on the first frame, T
    boxes = ["predicted", "annotation"]    # a second block, the objects' boxes given

    [weights.parent]
    train = ["parent", "--steps", "9000"]  # as in `vosbench train …`, less --out
    minutes = 39                           # what it took before, for --dry-run

    [weights.learned]
    train = ["eosvos", "--parent", "{parent}"]  # {…}: the checkpoint of other weights

    [[row]]
    label = "parent, one rate"
    method = "finetune-50"
    weights = "parent"
    settings = { optimizer = "sgd", rate = 0.1 }
    choose = { rate = [0.03, 0.1] }        # tried on the validation data by --select
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.records import Run
from vosbench.toml_table import TomlTable
from vosbench.wording import suggestion

STEPS = (0, 1, 5, 10, 50, 100)
"""Columns of an ablation that names none."""

REFERENCE = re.compile(r"\{([^{}]*)\}")
"""Other weights, named in an argument of a training."""

PREDICTED, ANNOTATION = "predicted", "annotation"
"""Where the next frame is searched: around the method's own answer, or around the truth."""


@dataclass(frozen=True)
class Weights:
    """A checkpoint: the result of a training, or a file that is there.

    Attributes:
        name: by which rows and other weights call it.
        train: arguments of `vosbench train`, with `{name}` for the checkpoint of other weights;
            empty for a file.
        file: the checkpoint itself, in the folder of checkpoints; None for a training.
        minutes: that the training took once; None where nobody said.
    """

    name: str
    train: tuple[str, ...] = ()
    file: Path | None = None
    minutes: float | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the weights that the training begins from."""
        return tuple(name for argument in self.train for name in REFERENCE.findall(argument))


@dataclass(frozen=True)
class Row:
    """One method with its settings, over all columns.

    Attributes:
        label: unique; how the table calls it.
        method: registered name.
        settings: as text, as `--set` takes them; without the number of steps.
        weights: name of the weights; empty for those that the method has anyway.
        reference: label of the row that gains are over; empty for none.
        steps: columns that the row has.
        boxes: blocks that it stands in.
        grid: setting → candidates as text, from which `--select` chooses.
    """

    label: str
    method: str
    settings: Mapping[str, str]
    weights: str
    reference: str
    steps: tuple[int, ...]
    boxes: tuple[str, ...]
    grid: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Ablation:
    """An ablation as its file says.

    Attributes:
        title: of the table.
        rows: in order.
        weights: by name.
        validation: name of the dataset that settings are chosen on.
        validation_options: of that dataset.
    """

    title: str
    rows: tuple[Row, ...]
    weights: Mapping[str, Weights]
    validation: str = "synthetic"
    validation_options: DatasetOptions = field(default_factory=DatasetOptions)


@dataclass(frozen=True)
class Line:
    """One row of the finished table, in one of its blocks.

    Attributes:
        label: how the table calls it.
        runs: number of steps → the run that stands there.
        missing: number of steps → why there is none.
        reference: label of the line of the same block that gains are over; empty for none.
        remarks: what must be said about it.
        oracle: True in the block whose boxes come from annotations.
    """

    label: str
    runs: Mapping[int, Run]
    missing: Mapping[int, str] = field(default_factory=dict)
    reference: str = ""
    remarks: tuple[str, ...] = ()
    oracle: bool = False


def read_ablation(path: Path) -> Ablation:
    """The ablation in a TOML file.

    Raises:
        DataError: the file cannot be read, or is no TOML.
        UsageError: it says something that means nothing; names the place.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the ablation {path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"the ablation {path} is no TOML: {error}") from error
    top = TomlTable(content, str(path))
    top.check_keys("title", "steps", "boxes", "reference", "validation", "weights", "row")
    weights = {name: _weights(name, table) for name, table in top.tables("weights").items()}
    rows = _rows(top)
    _check_weights(top.where, weights, rows)
    validation = top.table("validation")
    validation.check_keys("dataset", "seed", "count")
    return Ablation(
        title=top.text("title", "Ablation"),
        rows=rows,
        weights=weights,
        validation=validation.text("dataset", "synthetic"),
        validation_options=DatasetOptions(
            seed=validation.count("seed", 0), count=validation.count("count", 0) or None
        ),
    )


def with_steps(ablation: Ablation, steps: Iterable[int]) -> Ablation:
    """The ablation with these columns in place of its own, for every row."""
    columns = tuple(dict.fromkeys(steps))
    return replace(ablation, rows=tuple(replace(row, steps=columns) for row in ablation.rows))


def _weights(name: str, table: TomlTable) -> Weights:
    table.check_keys("train", "file", "minutes")
    train, file = table.texts("train", ()), table.text("file", "")
    if bool(train) == bool(file):
        raise UsageError(
            f"{table.where} needs one of train, the arguments of a training, and file, a checkpoint"
        )
    if any(argument.partition("=")[0] == "--out" for argument in train):
        raise UsageError(f"{table.where}: train has --out, which is filled in; leave it out")
    return Weights(
        name=name,
        train=train,
        file=Path(file) if file else None,
        minutes=table.number("minutes"),
    )


def _rows(top: TomlTable) -> tuple[Row, ...]:
    """Every row; one that names no reference has the row above, the first one has none."""
    steps = top.counts("steps", STEPS)
    boxes = top.choices("boxes", (PREDICTED,), (PREDICTED, ANNOTATION))
    reference = top.text("reference", "")
    rows: list[Row] = []
    for table in top.array("row"):
        above = rows[-1].label if rows else ""
        rows.append(_row(table, steps, boxes, reference or above))
    if not rows:
        raise UsageError(f"{top.where} has no rows; add some as [[row]]")
    labels = [row.label for row in rows]
    for row in rows:
        if labels.count(row.label) > 1:
            raise UsageError(f"{top.where} has two rows labelled {row.label!r}")
        if row.reference and row.reference not in labels:
            raise UsageError(
                f"{top.where}, row {row.label!r}: no row is labelled {row.reference!r}"
                f"{suggestion(row.reference, labels)}, which is its reference"
            )
    return tuple(replace(row, reference="") if row.reference == row.label else row for row in rows)


def _row(table: TomlTable, steps: tuple[int, ...], boxes: tuple[str, ...], reference: str) -> Row:
    table = table.named(table.text("label", "without label"))
    table.check_keys(
        "label", "method", "settings", "weights", "reference", "steps", "boxes", "choose"
    )
    settings = table.table("settings").all_texts()
    for name, owner in (("steps", "steps"), ("boxes", "boxes"), ("weights", "weights")):
        if name in settings:
            raise UsageError(f"{table.where}: {name} is no part of settings here; see {owner}")
    return Row(
        label=table.text("label"),
        method=table.text("method"),
        settings=settings,
        weights=table.text("weights", ""),
        reference=table.text("reference", reference),
        steps=table.counts("steps", steps),
        boxes=table.choices("boxes", boxes, (PREDICTED, ANNOTATION)),
        grid=table.table("choose").all_lists(),
    )


def _check_weights(where: str, weights: Mapping[str, Weights], rows: Iterable[Row]) -> None:
    """Raise `UsageError` unless all weights that are named exist and none descends from itself."""
    asked = [(f"row {row.label!r}", row.weights) for row in rows if row.weights]
    asked += [(f"weights {made.name!r}", name) for made in weights.values() for name in made.needs]
    for who, name in asked:
        if name not in weights:
            raise UsageError(
                f"{where}, {who}: there are no weights {name!r}{suggestion(name, weights)}"
            )
    order = TopologicalSorter({name: made.needs for name, made in weights.items()})
    try:
        order.prepare()
    except CycleError as error:
        raise UsageError(f"{where}: weights {error.args[1][0]!r} descend from themselves") from None
