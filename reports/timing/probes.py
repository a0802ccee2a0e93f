"""The reference probe of each machine in a table: how unlike the machines are.

Probes of two machines are put in relation part by part. What a method gains from one of them they
do not tell: compared across machines are multiples of a reference method
(`vosbench.reports.timing.reference`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.table import listed, written
from vosbench.reports.timing.machines import facts, is_number, machine_ids
from vosbench.sensors.probe import ratios


@dataclass(frozen=True)
class Probes:
    """Probes of the machines of a table.

    Attributes:
        machines: `id` of each, in the order of the rows.
        seconds: by part, by machine; a machine that was not probed is missing.
    """

    machines: tuple[str, ...]
    seconds: Mapping[str, Mapping[str, float]]

    @property
    def first(self) -> str:
        """The machine that the others are put in relation to; empty if none was probed."""
        return next(iter(self.seconds), "")

    def ratios(self, machine: str) -> dict[str, float]:
        """How many times as long each part takes there as on the first; empty if not probed."""
        if machine not in self.seconds:
            return {}
        return ratios(self.seconds[self.first], self.seconds[machine])

    def sentences(self) -> Iterator[str]:
        """Seconds of the first machine, and the others as multiples of them."""
        for machine, parts in self.seconds.items():
            if machine == self.first:
                said = (f"{part} {written(s, 'milliseconds')} ms" for part, s in parts.items())
                yield f"Reference probe on machine {machine}: {', '.join(said)}."
                continue
            times = (f"{part} × {written(r, 'times')}" for part, r in self.ratios(machine).items())
            yield f"Reference probe on machine {machine}, in times as long: {', '.join(times)}."
        without = [machine or "unknown" for machine in self.machines if machine not in self.seconds]
        if without and len(self.machines) > 1:
            yield (
                f"No reference probe on machine {listed(without)}: runs with --repetitions above 1 "
                "make one."
            )


def probes(comparison: Comparison) -> Probes:
    """The probe of each machine: of every part the least that its runs found, as it is defined."""
    machines: dict[str, None] = {}
    found: dict[str, dict[str, float]] = {}
    for entry in comparison.entries:
        ids = machine_ids(entry, comparison)
        machines |= dict.fromkeys(sorted(ids))
        for part, spent in probe(entry, comparison).items():
            (machine,) = ids
            parts = found.setdefault(machine, {})
            parts[part] = min(spent, parts.get(part, spent))
    return Probes(tuple(machines), found)


def probe(entry: Entry, comparison: Comparison) -> Mapping[str, float]:
    """Seconds of the parts of the reference probe on the machine of an entry; empty if not run."""
    found = facts(entry, comparison).get("probe")
    if not isinstance(found, Mapping):
        return {}
    return {str(part): float(spent) for part, spent in found.items() if is_number(spent)}
