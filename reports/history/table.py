"""Tables of a history: steps with the commits to blame, and the series they are in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vosbench.history.command import FoundStep
from vosbench.history.results import Figure
from vosbench.history.series import FEWEST, Series
from vosbench.history.steps import CONFIDENT, LEAST
from vosbench.reports.history.titles import figure_title, moment, titles
from vosbench.reports.table import Cell, Column, Notes, Row, Table, Value, listed
from vosbench.wording import counted

_STEPS = (
    Column("figure", "figure"),
    Column("of", "of"),
    Column("verdict", "verdict"),
    Column("change", "change"),
    Column("before", "before"),
    Column("after", "after"),
    Column("good", "last before", group="commits"),
    Column("bad", "first after", group="commits"),
    Column("commits", "commits", "count", group="commits"),
    Column("confidence", "confidence", "percent"),
)
_NO_STEP = "No figure has changed for good."
_SERIES = (
    Column("figure", "figure"),
    Column("of", "of"),
    Column("results", "results", "count"),
    Column("first", "first"),
    Column("last", "last"),
    Column("level", "level now"),
    Column("noise", "noise"),
    Column("steps", "steps", "count"),
    Column("order", "order"),
)


def tables_of(
    series: Sequence[Series], steps: Sequence[FoundStep], *, every: bool = False
) -> tuple[Table, ...]:
    """The table of steps, if there are any, those for the worse that last first; that of series.

    Args:
        series: in any order.
        steps: of these.
        every: whether series of single sequences without a step are shown too.
    """
    called = dict(zip(map(id, series), titles(series), strict=True))
    below = _series_table(series, called, every=every)
    if not steps:
        said = (_NO_STEP, *_meaning(series))
        return (replace(below, footnotes=(*said, *below.footnotes)),)
    return _steps_table(series, steps, called), below


def verdict(found: FoundStep) -> str:
    """What a step comes to."""
    word = "worse" if found.series.worse(found.step) else "better"
    return word if found.step.lasts else f"{word}, undone since"


def change(found: FoundStep) -> str:
    """How far a step goes, in words."""
    amount = 100 * found.series.change(found.step)
    return f"{amount:+.1f} {'%' if found.series.figure.relative else 'points'}"


def _steps_table(
    series: Sequence[Series], steps: Sequence[FoundStep], called: Mapping[int, str]
) -> Table:
    notes = Notes()
    ranked = sorted(steps, key=lambda each: not (each.step.lasts and each.series.worse(each.step)))
    return Table(
        title="Changes that last",
        columns=_STEPS,
        rows=tuple(_step_row(each, called[id(each.series)], notes) for each in ranked),
        notes=notes.texts(),
        footnotes=tuple(_meaning(series)),
        best_of="column",
        tidy=tuple(_tidy_step(each, called[id(each.series)]) for each in ranked),
    )


def _step_row(found: FoundStep, of: str, notes: Notes) -> Row:
    series, step, blamed = found.series, found.step, found.blame
    unit = series.figure.unit
    last, first = (series.points[place].result for place in (step.place - 1, step.place))
    numbers = tuple(notes.number(text) for text in _beware(found))
    return Row(
        (
            Cell(figure_title(series), notes=numbers),
            Cell(of),
            Cell(verdict(found)),
            Cell(change(found)),
            Cell(step.before, unit=unit),
            Cell(step.after, unit=unit),
            Cell(moment(last)),
            Cell(moment(first)),
            Cell(blamed.commits),
            Cell(step.confidence),
        )
    )


def _beware(found: FoundStep) -> Iterator[str]:
    """What else a step may come from than the commits in the table."""
    blamed = found.blame
    if blamed.good and blamed.good == blamed.bad:
        yield "the same commit before and after: something else has changed"
    if blamed.dirty:
        yield "made with changes that were not committed (+): they may be to blame"
    if blamed.commits and not blamed.straight:
        yield "the commit after is not built on the one before: they are on two branches"
    if blamed.changed:
        pairs = (
            f"{name} {old or '–'} → {new or '–'}" for name, (old, new) in blamed.changed.items()
        )
        yield f"changed as well: {listed(pairs)}"


def _meaning(series: Sequence[Series]) -> Iterator[str]:
    yield (
        f"A step is a change between at least {LEAST} results and the next {LEAST}, told from "
        "noise; the cause lies in a commit after the last before and up to the first after. "
        "Confidence: share of the orders of the results around it that fall apart less clearly, "
        f"{100 * CONFIDENT:.0f} % at least."
    )
    swinging = [figure_title(each) for each in series if each.course and each.course.to_and_fro]
    if swinging:
        yield (f"Back and forth, so no commit is to blame: {listed(dict.fromkeys(swinging))}.")


def _series_table(series: Sequence[Series], called: Mapping[int, str], *, every: bool) -> Table:
    shown = [
        each for each in series if each.course and (every or not each.figure.sequence or each.steps)
    ]
    return Table(
        title="Series",
        columns=_SERIES,
        rows=tuple(_series_row(each, called[id(each)]) for each in shown),
        footnotes=tuple(_said_of_series(series, shown)),
        best_of="column",
        tidy=tuple(_tidy_series(each, called[id(each)]) for each in series),
    )


def _series_row(series: Series, of: str) -> Row:
    course, figure = series.course, series.figure
    level = course.pieces[-1][2] if course else None
    ends = (series.points[0].result, series.points[-1].result)
    return Row(
        (
            Cell(figure_title(series)),
            Cell(of),
            Cell(len(series.points)),
            *(Cell(moment(result)) for result in ends),
            Cell(level, unit=figure.unit),
            Cell(_noise(figure, course.noise) if course else None),
            Cell(len(series.steps)),
            Cell("commits" if series.by_commit else "dates"),
        )
    )


def _noise(figure: Figure, noise: float) -> str:
    """Deviation of single results, in the words of a change."""
    return f"{100 * noise:.2f} {'%' if figure.relative else 'points'}"


def _said_of_series(series: Sequence[Series], shown: Sequence[Series]) -> Iterator[str]:
    yield "Noise: deviation of single results from the level around them."
    short = sum(each.course is None for each in series)
    if short:
        yield f"Not shown, of fewer than {FEWEST} results: {counted(short, 'figure')}."
    quiet = len(series) - len(shown) - short
    if quiet:
        yield f"Not shown, without a step: {counted(quiet, 'figure')} of single sequences; --all."


def _identity(series: Series, of: str) -> Mapping[str, Value]:
    subject, figure = series.subject, series.figure
    return {
        "figure": figure.name,
        "sequence": figure.sequence,
        "of": of,
        "method": subject.method,
        "label": subject.label,
        "dataset": subject.dataset,
        "variant": subject.variant,
        "protocol": subject.protocol,
        "seed": subject.seed,
        "device": subject.device,
        "unit": figure.unit,
    }


def _tidy_step(found: FoundStep, of: str) -> Mapping[str, Value]:
    series, step, blamed = found.series, found.step, found.blame
    last, first = (series.points[place].result for place in (step.place - 1, step.place))
    return {
        "level": "step",
        **_identity(series, of),
        "verdict": "worse" if series.worse(step) else "better",
        "lasts": str(step.lasts).lower(),
        "change": series.change(step),
        "before": step.before,
        "after": step.after,
        "confidence": step.confidence,
        "last_before": blamed.good,
        "first_after": blamed.bad,
        "last_source": last.source,
        "first_source": first.source,
        "commits": blamed.commits,
        "beware": "; ".join(_beware(found)),
        "command": found.command,
    }


def _tidy_series(series: Series, of: str) -> Mapping[str, Value]:
    course = series.course
    return {
        "level": "series",
        **_identity(series, of),
        "results": len(series.points),
        "now": course.pieces[-1][2] if course else None,
        "noise": course.noise if course else None,
        "steps": len(series.steps),
        "to_and_fro": str(bool(course and course.to_and_fro)).lower(),
        "order": "commits" if series.by_commit else "dates",
    }
