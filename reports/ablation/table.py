"""Table `ablation`: a row a variant, columns by the number of steps on the first frame, T.

The form is that of Table 1 of e-OSVOS (Meinhardt and Leal-Taixé, NeurIPS 2020), with what an
ablation on few sequences must say besides: intervals, paired gains, the training behind a row.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from vosbench.ablation import Line
from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.ablation.lines import Layout, layouts
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.entries import ORACLE, Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Notes, Row, Table, Value, best, listed
from vosbench.reports.timing.machines import speeds_compare
from vosbench.speed.rates import fps_amortised, fps_steady
from vosbench.statistics import RESAMPLES, Estimate, fewest

_TRUE_BOXES = f", true boxes ({ORACLE})"

_TRAINING = Column("training", "training, CPU h", "hours", group="training")


def build(runs: Iterable[Run], options: ReportOptions) -> tuple[Table, ...]:
    """A table a dataset, of kept runs, and one of its oracles; what differs only in T is a row.

    Raises:
        UsageError: there is nothing to show, or an option names something that is not there.
    """
    if options.published:
        raise UsageError("the table ablation compares runs with each other; leave out --published")
    return tuple(
        table for each in layouts(runs, options) for table in tables_of(each, options.metric)
    )


def tables_of(layout: Layout, metric: str, title: str = "Ablation") -> tuple[Table, ...]:
    """The table of one layout, and below it that of its oracles, if it has any of each.

    Args:
        layout: lines and their figures.
        metric: has intervals and gains; J&F, or J in its place, stands beside it.
        title: less the dataset.
    """
    blocks = (layout.block(oracle) for oracle in (False, True))
    return tuple(_table(block, metric, title) for block in blocks if block.lines)


def _table(layout: Layout, metric: str, title: str) -> Table:
    """The table of one block."""
    notes = Notes()
    columns = [
        [Cell(line.label, notes=_remarks(line, notes)) for line in layout.lines],
        *(_quality(layout, metric, steps, notes) for steps in layout.steps),
        *(_gains(layout, metric, steps) for steps in layout.steps),
        *(_quality(layout, _beside(metric), steps) for steps in layout.steps),
        *(_speeds(layout, steps) for steps in layout.steps),
        [Cell(_training_hours(layout, line)) for line in layout.lines],
    ]
    return Table(
        title=layout.comparison.title(title) + (_TRUE_BOXES if layout.oracle else ""),
        columns=tuple(_headings(layout, metric)),
        rows=tuple(Row(cells) for cells in zip(*columns, strict=True)),
        notes=notes.texts(),
        footnotes=tuple(_footnotes(layout, metric)),
        best_of="column",
        tidy=tuple(_tidy(layout, metric)),
    )


def _beside(metric: str) -> str:
    """The metric that is shown beside `metric`, without intervals."""
    return "J" if metric == "J&F" else "J&F"


def _headings(layout: Layout, metric: str) -> Iterator[Column]:
    yield Column("row", "row")
    for name, unit, direction in (
        (metric, "percent", "up"),
        ("gain", "gain", ""),
        (_beside(metric), "percent", "up"),
        ("fps", "fps", "up"),
    ):
        for steps in layout.steps:
            yield Column(f"{name} {steps}", f"{name} T={steps}", unit, direction, name)
    yield _TRAINING


def _remarks(line: Line, notes: Notes) -> tuple[int, ...]:
    return tuple(notes.number(text) for text in line.remarks)


def _quality(layout: Layout, metric: str, steps: int, notes: Notes | None = None) -> list[Cell]:
    """A column of means; with `notes`, intervals and reasons for what is missing too."""
    estimates = [layout.estimate(line, steps, metric) for line in layout.lines]
    values = [None if found is None else found.mean for found in estimates]
    winners = _best(layout, steps, values, "percent")
    return [
        Cell(
            value,
            best=place in winners,
            incomplete=value is not None and not layout.complete(line, steps),
            notes=_reason(line, steps, notes) if notes else (),
            interval=found.interval if found and notes else None,
        )
        for place, (line, value, found) in enumerate(
            zip(layout.lines, values, estimates, strict=True)
        )
    ]


def _gains(layout: Layout, metric: str, steps: int) -> list[Cell]:
    """A column of paired differences."""
    return [_gain(layout, line, steps, layout.gain(line, steps, metric)) for line in layout.lines]


def _gain(layout: Layout, line: Line, steps: int, gain: Estimate | None) -> Cell:
    reference = layout.reference(line)
    if gain is None or reference is None:
        return Cell()
    whole = layout.complete(line, steps) and layout.complete(reference, steps)
    return Cell(gain.mean, incomplete=not whole, interval=gain.interval)


def _speeds(layout: Layout, steps: int) -> list[Cell]:
    """A column of amortised speeds, the best marked where they compare."""
    rates = [
        None if entry is None else fps_amortised(entry.timings(layout.comparison.sequences))
        for entry in (layout.entry(line, steps) for line in layout.lines)
    ]
    fair = speeds_compare(layout.comparison)
    winners = _best(layout, steps, rates, "fps") if fair else frozenset()
    return [
        Cell(
            rate,
            best=place in winners,
            incomplete=rate is not None and not layout.complete(line, steps),
        )
        for place, (line, rate) in enumerate(zip(layout.lines, rates, strict=True))
    ]


def _best(layout: Layout, steps: int, values: Iterable[float | None], unit: str) -> frozenset[int]:
    """Places of the best values; oracles and what is incomplete do not compete."""
    competing = [
        None if line.oracle or not layout.complete(line, steps) else value
        for line, value in zip(layout.lines, values, strict=True)
    ]
    return best(competing, unit, "up")


def _reason(line: Line, steps: int, notes: Notes) -> tuple[int, ...]:
    reason = line.missing.get(steps)
    return (notes.number(reason),) if reason else ()


def _training_hours(layout: Layout, line: Line) -> float | None:
    seconds = _training_seconds(layout, line)
    return None if seconds is None else seconds / 3600


def _training_seconds(layout: Layout, line: Line) -> float | None:
    """CPU seconds behind the weights of a line; None where no run, or not every one, says so."""
    found = [layout.entry(line, steps) for steps in line.runs]
    made = [one.manifest.provenance for one in found if one and one.manifest]
    said = {provenance.get("training_cpu_seconds", "") for provenance in made}
    try:
        (seconds,) = map(float, said)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _footnotes(layout: Layout, metric: str) -> Iterator[str]:
    comparison = layout.comparison
    called = _labels(layout)
    yield "T: steps of fine-tuning on the first frame. –: not asked for, unless a note says why."
    yield from footnotes.scale(comparison)
    yield (
        "In brackets: 95 % interval, from sequences drawn anew with all their objects "
        f"({RESAMPLES} times, percentiles expanded for few sequences); fewer than {fewest()} "
        "sequences have none."
    )
    yield from _references(layout, metric)
    if layout.oracle:
        yield (
            f"An {ORACLE} is shown the annotation of each frame once it has segmented it, and "
            "searches the next one around the true boxes: this separates segmentation from lost "
            "tracks. It is no result; nothing here is marked as best."
        )
    yield (
        "Training: CPU hours behind the weights, those of their parents included; – where the "
        "checkpoint does not say."
    )
    yield from footnotes.gaps(comparison, lambda entry: f"{called(entry)}, {_at(entry)}")
    yield from footnotes.speed(comparison, called)
    yield from footnotes.networks(comparison, called)


def _references(layout: Layout, metric: str) -> Iterator[str]:
    """What gains are over; the usual case, the row above, in few words."""
    over: dict[str, list[str]] = {}
    for line in layout.lines:
        reference = layout.reference(line)
        if reference is not None:
            over.setdefault(reference.label, []).append(line.label)
    if not over:
        return
    above = (None, *layout.lines[:-1])
    if all(
        layout.reference(line) in (None, up) for up, line in zip(above, layout.lines, strict=True)
    ):
        what = "the row above"
    elif len(over) == 1:
        what = f"the row {next(iter(over))}"
    else:
        what = "; ".join(f"{label} (for {listed(labels)})" for label, labels in over.items())
    yield (
        f"Gain: {metric} less that of {what} at the same T, on the objects of both; its interval "
        "is of paired differences, so one without 0 inside is a difference that these sequences "
        "resolve."
    )


def _labels(layout: Layout) -> Callable[[Entry], str]:
    """How footnotes call an entry: as its line."""
    names = {run.manifest.run: line.label for line in layout.lines for run in line.runs.values()}
    return lambda entry: names[entry.manifest.run] if entry.manifest else entry.title


def _at(entry: Entry) -> str:
    return f"T = {entry.manifest.settings['steps']}" if entry.manifest else ""


def _tidy(layout: Layout, metric: str) -> Iterator[Mapping[str, Value]]:
    """A row for each line and number of steps."""
    for line in layout.lines:
        for steps in sorted({*line.runs, *line.missing}):
            yield {
                **_identity(layout, line, steps),
                **_figures("J", layout.estimate(line, steps, "J")),
                **_figures("F", layout.estimate(line, steps, "F")),
                **_figures("J&F", layout.estimate(line, steps, "J&F")),
                "gain_metric": metric,
                "reference": line.reference or None,
                **_figures("gain", layout.gain(line, steps, metric)),
                **_circumstances(layout, line, steps),
            }


def _identity(layout: Layout, line: Line, steps: int) -> dict[str, Value]:
    comparison, entry = layout.comparison, layout.entry(line, steps)
    whole = layout.complete(line, steps)
    reason = line.missing.get(steps) or (comparison.extent(entry) if entry and not whole else None)
    return {
        "dataset": comparison.dataset,
        "variant": comparison.variant or None,
        "protocol": comparison.protocol,
        "row": line.label,
        "trust": entry.trust if entry else None,
        "steps": steps,
        "state": "done" if whole else "incomplete" if entry else "missing",
        "reason": reason,
        "run": entry.manifest.run if entry and entry.manifest else None,
    }


def _figures(name: str, found: Estimate | None) -> dict[str, Value]:
    low, high = (found and found.interval) or (None, None)
    return {name: found.mean if found else None, f"{name}_low": low, f"{name}_high": high}


def _circumstances(layout: Layout, line: Line, steps: int) -> dict[str, Value]:
    names, entry = layout.comparison.sequences, layout.entry(line, steps)
    timings = entry.timings(names) if entry else ()
    rate = fps_amortised(timings)
    return {
        "sequences": len(entry.done(names)) if entry else 0,
        "objects": entry.scored(names) if entry else 0,
        "fps_amortised": rate,
        "fps_steady": fps_steady(timings),
        "seconds_per_frame": 1 / rate if rate else None,
        "training_cpu_seconds": _training_seconds(layout, line),
        "remarks": "; ".join(line.remarks) or None,
    }
