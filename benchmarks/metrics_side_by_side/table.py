"""What was measured, as tables."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.metrics_side_by_side.cases import Case
from benchmarks.metrics_side_by_side.timing import Entry
from benchmarks.metrics_side_by_side.tools import PEERS, Scores
from vosbench.reports.table import Cell, Column, Notes, Row, Table, Value

Expected = Mapping[str, Scores]
"""vosbench's own figures under each protocol that it knows, by the name of the protocol."""


def build(
    case: Case,
    entries: Sequence[Entry],
    absent: Sequence[str],
    expected: Expected,
    machine: str,
) -> Table:
    """One case: a row for each tool and number of processes, then the peers without a clone.

    Args:
        absent: names of peers that no clone was given of.
        expected: what the figures of the entries are held against.
        machine: its id, beside every figure in the formats for programs.
    """
    peers = [peer.name for peer in PEERS]
    notes = Notes()
    tidy = [_figures(case, entry, entries, peers, expected) for entry in entries]
    tidy += [_nothing(case, name, "absent: no clone is given") for name in absent]
    tidy = [{"machine": machine, **row} for row in tidy]
    columns = (
        Column("tool", "tool"),
        Column("processes", "processes", "count"),
        Column("median", "median s", "fps"),
        Column("quartiles", "quartiles"),
        Column("rate", "objects × frames a second", "count"),
        Column("gain", "times 1 process", "fps", group="ratios"),
        *(Column(name, f"times {name}", "fps", group="ratios") for name in peers),
        Column("result", "figures", group="figures"),
    )
    objects = expected.get("davis2017", {})
    return Table(
        title=(
            f"{case.name}: {len(case.frames)} sequences, {sum(case.frames.values())} frames, "
            f"{len(objects)} objects"
        ),
        columns=columns,
        rows=tuple(_row(figures, peers, notes) for figures in tidy),
        notes=notes.texts(),
        tidy=tuple(tidy),
    )


def problems(entries: Sequence[Entry], expected: Expected) -> list[str]:
    """Names of the tools that failed or whose figures differ from what they should be."""
    return [entry.tool.name for entry in entries if _verdict(entry, expected)[0] in _BAD]


_BAD = ("failed", "differ")


def _figures(
    case: Case, entry: Entry, entries: Sequence[Entry], peers: Sequence[str], expected: Expected
) -> dict[str, Value]:
    """A row of plain figures, of which a reader sees the rounded ones."""
    word, why = _verdict(entry, expected)
    row = _nothing(case, entry.tool.name, f"{word}: {why}" if why else word)
    row["processes"] = entry.processes
    row["seconds"] = " ".join(f"{each:.4f}" for each in entry.seconds)
    if not entry.seconds:
        return row
    median = statistics.median(entry.seconds)
    row["median_seconds"] = median
    row["lower_quartile_seconds"], row["upper_quartile_seconds"] = _quartiles(entry.seconds)
    scored = sum(max(0, case.frames.get(sequence, 0) - 2) for sequence, _ in entry.scores)
    row["frame_objects_per_second"] = scored / median
    row["times_one_process"] = _ratio(entry, entries, entry.tool.name, processes=1)
    for name in peers:
        row[f"times_{name}"] = _ratio(entry, entries, name, processes=entry.processes)
    return row


def _nothing(case: Case, tool: str, result: str) -> dict[str, Value]:
    """A row of a tool without figures."""
    return {
        "case": case.name,
        "tool": tool,
        "processes": None,
        "median_seconds": None,
        "lower_quartile_seconds": None,
        "upper_quartile_seconds": None,
        "frame_objects_per_second": None,
        "times_one_process": None,
        **{f"times_{peer.name}": None for peer in PEERS},
        "seconds": "",
        "result": result,
    }


def _ratio(entry: Entry, entries: Sequence[Entry], name: str, *, processes: int) -> float | None:
    """How often `entry` is done while the tool of that name is done once; None if it never is."""
    for other in entries:
        if other.tool.name == name and other.processes == processes and other.seconds:
            return statistics.median(other.seconds) / statistics.median(entry.seconds)
    return None


def _row(figures: Mapping[str, Value], peers: Sequence[str], notes: Notes) -> Row:
    word, _, why = str(figures["result"]).partition(": ")
    low, high = figures["lower_quartile_seconds"], figures["upper_quartile_seconds"]
    rate = figures["frame_objects_per_second"]
    return Row(
        (
            Cell(figures["tool"]),
            Cell(figures["processes"]),
            Cell(figures["median_seconds"]),
            Cell(None if low is None else f"{low:.3g} – {high:.3g}"),
            Cell(round(rate) if isinstance(rate, float) else None),
            Cell(figures["times_one_process"]),
            *(Cell(figures[f"times_{name}"]) for name in peers),
            Cell(word, notes=(notes.number(f"{figures['tool']}: {why}"),) if why else ()),
        )
    )


def _verdict(entry: Entry, expected: Expected) -> tuple[str, str]:
    """One word on the figures of an entry, and what has to be said about it."""
    if entry.problem:
        return "failed", entry.problem
    protocol = entry.tool.protocol
    if not expected.get(protocol):
        return "not compared", f"vosbench has no figures under protocol {protocol}"
    difference = first_difference(entry.scores, expected[protocol], entry.tool.tolerance)
    return ("differ", difference) if difference else ("agree", "")


def first_difference(found: Scores, expected: Scores, tolerance: float) -> str:
    """Where two tables of scores first differ by more than `tolerance`; empty if nowhere.

    >>> first_difference({("bear", 1): (0.5, 0.6)}, {("bear", 1): (0.5, 0.6004)}, 1e-3)
    ''
    >>> first_difference({("bear", 1): (0.5, 0.6)}, {("bear", 1): (0.5, 0.7)}, 1e-3)
    'F of bear 1 is 0.6, vosbench says 0.7'
    >>> first_difference({}, {("bear", 1): (0.5, 0.7)}, 1e-3)
    'it does not score bear 1'
    """
    for key in sorted(found.keys() | expected.keys()):
        name = f"{key[0]} {key[1]}"
        if key not in found:
            return f"it does not score {name}"
        if key not in expected:
            return f"it scores {name}, vosbench does not"
        for measure, theirs, ours in zip("JF", found[key], expected[key], strict=True):
            if not abs(theirs - ours) <= tolerance:  # so that NaN differs
                return f"{measure} of {name} is {theirs:.12g}, vosbench says {ours:.12g}"
    return ""


def _quartiles(seconds: Sequence[float]) -> tuple[float, float]:
    if len(seconds) == 1:
        return seconds[0], seconds[0]
    low, _, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return low, high
