"""Results of one moment, whatever kind of file they were kept in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_SMALLEST: Mapping[str, float] = {"percent": 0.001, "count": 0.001, "gibibytes": 0.02}
"""By unit: 0.1 points, 0.1 %, 2 %; 5 % of what is timed."""


@dataclass(frozen=True, order=True)
class Subject:
    """What figures are of; only those of one subject make a series.

    Attributes:
        label: as tables call the method, or the name of a benchmark.
        method: registered name; empty for a benchmark.
        dataset, variant, protocol, seed, device, mode: as in `vosbench.records.Manifest`.
        settings: name → value as JSON, in the order of names.
    """

    label: str
    method: str = ""
    dataset: str = ""
    variant: str = ""
    protocol: str = ""
    seed: int = 0
    device: str = ""
    mode: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, order=True)
class Figure:
    """What is followed over time.

    Attributes:
        name: as tables call it: `J&F`, `fps`, `peak memory (host)`.
        unit: as in `vosbench.reports.table.Column`.
        rises: whether it is better higher.
        gate: of `vosbench gate` that sees it; empty where none does.
        sequence: that it is of; empty for what is over all.
        within: what else must be the same for two values to be compared: over which sequences a
            mean is, on which machine and under which circumstances time and memory were taken.
    """

    name: str
    unit: str
    rises: bool
    gate: str = ""
    sequence: str = ""
    within: tuple[tuple[str, str], ...] = ()

    @property
    def relative(self) -> bool:
        """Whether changes are told as shares of it."""
        return self.unit != "percent"

    @property
    def smallest(self) -> float:
        """Change below which there is none; counts and scores repeat, memory and time do not."""
        return _SMALLEST.get(self.unit, 0.05)


@dataclass(frozen=True)
class Result:
    """Figures of one run, one baseline or one benchmark.

    Attributes:
        source: file or folder, from the folder of results.
        subject: what they are of.
        figures: with their values.
        commit: hex; empty where it is not known.
        dirty: whether tracked files had other contents than in the commit.
        created: ISO 8601, UTC.
        around: what else a change may come from, by name: versions, machine, weights, frames.
        baseline: whether the source is a file that `vosbench gate` holds runs to.
    """

    source: str
    subject: Subject
    figures: Mapping[Figure, float]
    commit: str = ""
    dirty: bool = False
    created: str = ""
    around: Mapping[str, str] = field(default_factory=dict)
    baseline: bool = False
