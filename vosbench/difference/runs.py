"""Two runs side by side: their masks, their scores, and what they were made with."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vosbench.difference.manifests import FieldDifference, Suspect, field_differences, suspects
from vosbench.difference.masks import MaskDifference, mask_difference
from vosbench.errors import UsageError
from vosbench.records import Run, SequenceRecord
from vosbench.store import RunFolder

MEASURES = ("J", "F")


@dataclass(frozen=True, kw_only=True)
class SequenceDifference:
    """One sequence in both runs.

    Attributes:
        sequence: its name.
        masks: how its masks differ.
        scores: means over objects that differ: `J`, `F` → in the first run and in the second; None
            where a run has none. Empty where both were scored alike.
    """

    sequence: str
    masks: MaskDifference
    scores: Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True, kw_only=True)
class RunDifference:
    """Two runs, of which the second is read as what became of the first.

    Attributes:
        folders: of the two runs, as given.
        first: as loaded.
        second: as loaded.
        sequences: those that have masks in both, in the order of the first run.
        only_first: sequences that have masks in the first run only → why the second has none.
        only_second: the other way round.
        fields: facts about the runs that differ.
        suspects: what may explain other masks; empty when masks are equal.
    """

    folders: tuple[Path, Path]
    first: Run
    second: Run
    sequences: tuple[SequenceDifference, ...]
    only_first: Mapping[str, str]
    only_second: Mapping[str, str]
    fields: tuple[FieldDifference, ...]
    suspects: tuple[Suspect, ...]

    @property
    def differing(self) -> tuple[SequenceDifference, ...]:
        """Sequences whose masks differ."""
        return tuple(one for one in self.sequences if one.masks.differing)

    @property
    def equal(self) -> bool:
        """Whether both have masks of the same sequences, and the same ones."""
        return not (self.differing or self.only_first or self.only_second)

    @property
    def protocols(self) -> tuple[str, str]:
        """Under which each run is scored; scores of two protocols do not compare."""
        return self.first.manifest.protocol, self.second.manifest.protocol


def run_difference(first: Path, second: Path) -> RunDifference:
    """How the runs in two folders differ. Masks are compared as they are, whatever records say.

    Raises:
        UsageError: a file is named in place of a run.
        DataError: a folder is no run folder, or a manifest, record or mask cannot be read.
    """
    for path in (first, second):
        if path.is_file():
            raise UsageError(f"{path} is a file; name the folder of a run")
    folders = RunFolder(first), RunFolder(second)
    runs = folders[0].load(), folders[1].load()
    names = dict.fromkeys((*runs[0].manifest.sequences, *runs[1].manifest.sequences))
    places = [{name: folder.masks(name) for name in names} for folder in folders]
    there = [{name for name in names if place[name].is_dir()} for place in places]
    records = [{record.sequence: record for record in run.records} for run in runs]
    sequences = tuple(
        SequenceDifference(
            sequence=name,
            masks=mask_difference(places[0][name], places[1][name]),
            scores=_scores(records[0].get(name), records[1].get(name)),
        )
        for name in names
        if name in there[0] & there[1]
    )
    facts = field_differences(runs[0].manifest, runs[1].manifest)
    differing = [one.sequence for one in sequences if one.masks.differing]
    return RunDifference(
        folders=(first, second),
        first=runs[0],
        second=runs[1],
        sequences=sequences,
        only_first={n: _lack(runs[1], n) for n in names if n in there[0] - there[1]},
        only_second={n: _lack(runs[0], n) for n in names if n in there[1] - there[0]},
        fields=facts,
        suspects=suspects(*runs, differing, facts) if differing else (),
    )


def _lack(run: Run, sequence: str) -> str:
    """Why a run has no masks of a sequence."""
    if sequence not in run.manifest.sequences:
        return "not asked for"
    record = next((one for one in run.records if one.sequence == sequence), None)
    if record is None:
        return "not run yet"
    if record.state == "done":
        return "its masks are gone"
    return f"failed: {record.reason or 'no reason recorded'}"


def _scores(
    first: SequenceRecord | None, second: SequenceRecord | None
) -> dict[str, tuple[float | None, float | None]]:
    """Means over objects that differ."""
    pairs = {name: (_mean(first, name), _mean(second, name)) for name in MEASURES}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _mean(record: SequenceRecord | None, measure: str) -> float | None:
    """Mean of J or F over the objects of a sequence that have one; None where none has."""
    scores = record.scores if record else ()
    means = [getattr(score, measure).mean for score in scores]
    finite = [mean for mean in means if math.isfinite(mean)]
    return math.fsum(finite) / len(finite) if finite else None
