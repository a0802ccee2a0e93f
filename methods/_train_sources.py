"""Where training tasks come from, as the command line says it: `NAME[,KEY=VALUE…]`, weighted."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.command_line import choose_dataset
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.settings import check_at_least, constructor_settings, find_setting

if TYPE_CHECKING:
    from vosbench.meta.tasks import TaskSource
    from vosbench.sequence import Dataset

GENERATED = "generated"
"""Name of the source that is no dataset."""


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What may follow the name of a source.

    Attributes:
        weight: how often its tasks are taken, against those of other sources.
        hold_out: sequences of it that are kept from training, to monitor on.
        root: as `DatasetOptions`; this one and the next five.
        images: see there.
        annotations: see there.
        resolution: see there.
        split: see there, but training is never on a test set unless told so.
        count: see there.
        seed: see there.
    """

    weight: float = 1.0
    hold_out: int = 0
    root: Path | None = None
    images: Path | None = None
    annotations: Path | None = None
    resolution: str = DatasetOptions.resolution
    split: str = "train"
    count: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        check_at_least(self, weight=0, hold_out=0)


@dataclass(frozen=True)
class Source:
    """A source by name, not opened yet."""

    name: str
    settings: SourceSettings


@dataclass(frozen=True)
class OpenedSources:
    """Tasks to train and to monitor on, each with what they are in words.

    Attributes:
        tasks: of all sources, mixed by weight.
        data: what they are.
        held_out: tasks on the sequences held out; None where there are none.
        held_out_data: what they are.
    """

    tasks: "TaskSource"
    data: str
    held_out: "TaskSource | None"
    held_out_data: str


def parse_source(text: str) -> Source:
    """The source that `text` stands for.

    Raises:
        UsageError: it has a setting that there is none of, or a value that does not fit.

    >>> parse_source("davis2017,root=data/DAVIS,weight=2").settings.weight
    2.0
    """
    name, *assignments = text.split(",")
    known = constructor_settings(SourceSettings)
    values = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(f"source {name} takes key=value after its name, not {assignment!r}")
        key = key.replace("-", "_")
        values[key] = find_setting(f"source {name}", known, key).parse(value)
    settings = SourceSettings(**values)  # type: ignore[arg-type]
    used = {field.name for field in fields(settings)} & values.keys()
    if name == GENERATED and used - {"weight"}:
        raise UsageError(f"source generated takes a weight and nothing else, not {text!r}")
    return Source(name, settings)


def open_sources(sources: Sequence[Source], seed: int, first_clips: int) -> OpenedSources:
    """Tasks of all sources; those on datasets read every annotation.

    Raises:
        UsageError: there is no such dataset, or too few sequences to hold some out.
        DataError: a dataset cannot be used.
    """
    from vosbench.meta.mixed_tasks import MixedTasks

    weighted: list[tuple[float, TaskSource]] = []
    held: list[tuple[float, TaskSource]] = []
    words, held_words = [], []
    for source in sources:
        tasks, data, kept = _open(source, seed, first_clips)
        weighted.append((source.settings.weight, tasks))
        shared = f" (weight {source.settings.weight:g})" if len(sources) > 1 else ""
        words.append(data + shared)
        if kept is not None:
            held.append((source.settings.weight, kept))
            held_words.append(f"{source.settings.hold_out} sequences held out of {data}")
    mixed = weighted[0][1] if len(weighted) == 1 else MixedTasks(weighted)
    return OpenedSources(
        mixed, "; ".join(words), MixedTasks(held) if held else None, "; ".join(held_words)
    )


def monitoring_clips(seed: int) -> "tuple[TaskSource, str]":
    """The default to monitor on: clips of a stream of their own, and what to call them."""
    from vosbench.meta.generated_tasks import GeneratedTasks
    from vosbench.meta.streams import Clips
    from vosbench.methods._training import GENERATED as NAMED

    clips = GeneratedTasks(seed, clips=Clips.MONITORING, first_clips=24, tasks_per_clip=None)
    return clips, f"{NAMED}, of a stream of their own"


def _open(
    source: Source, seed: int, first_clips: int
) -> "tuple[TaskSource, str, TaskSource | None]":
    """Tasks, what they are, and tasks on what was held out."""
    from vosbench.meta.dataset_tasks import DatasetTasks, hold_out

    if source.name == GENERATED:
        from vosbench.meta.generated_tasks import GeneratedTasks
        from vosbench.methods._training import GENERATED as NAMED

        return GeneratedTasks(seed, first_clips=first_clips), NAMED, None
    dataset = _dataset(source)
    data = f"{dataset.name} {dataset.variant}".strip() + f", {len(dataset.sequences)} sequences"
    if not source.settings.hold_out:
        return DatasetTasks(dataset, seed), data, None
    training, held = hold_out(dataset, source.settings.hold_out, seed=0)
    return DatasetTasks(training, seed), data, DatasetTasks(held, seed)


def _dataset(source: Source) -> "Dataset":
    settings = source.settings
    return choose_dataset(
        dataset=source.name,
        sequences=None,
        dataset_seed=settings.seed,
        root=settings.root,
        images=settings.images,
        annotations=settings.annotations,
        resolution=settings.resolution,
        split=settings.split,
        count=settings.count,
    )
