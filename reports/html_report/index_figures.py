"""Figures of the first page: those that have something to show, with their data beside them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.options import ReportOptions
from vosbench.reports.pictures.pictured import losses, pictured

FOLDER = "figures"
"""Within the report."""


@dataclass(frozen=True)
class IndexFigure:
    """One figure.

    Attributes:
        name: as on the command line.
        picture: its file, from the folder of the report.
        data: the file of its data.
        summary: what it shows, half a sentence.
        width, height: pixels.
    """

    name: str
    picture: str
    data: str
    summary: str
    width: int
    height: int


def draw_figures(
    folder: Path, comparison: Comparison, runs: tuple[Run, ...], options: ReportOptions
) -> tuple[IndexFigure, ...]:
    """Draw what these runs give figures of.

    Raises:
        UsageError: a sequence or frame that was asked for is not there.
        DataError: masks or frames are not those of the runs.
        CannotWriteError: the file system refuses.
    """
    return tuple(
        _drawn(folder, name, runs, asked) for name, asked in _wanted(comparison, runs, options)
    )


def _wanted(
    comparison: Comparison, runs: tuple[Run, ...], options: ReportOptions
) -> Iterator[tuple[str, ReportOptions]]:
    """Names of figures, each with what it is asked."""
    names = comparison.sequences
    own = [entry for entry in comparison.entries if entry.manifest is not None]
    if not any(entry.done(names) for entry in own):
        return
    masks = _with_masks(comparison, options)
    if options.pictures and (options.cases or losses(pictured(runs, masks))):
        yield "failure-cases", masks
    done = [set(entry.done(names)) for entry in comparison.entries]
    if len(done) == 2 and done[0] & done[1]:
        yield "dot-plot", options
    yield "box-plots", options
    if any(entry.timings(names) for entry in own):
        yield "speed-quality", options


def _with_masks(comparison: Comparison, options: ReportOptions) -> ReportOptions:
    """The options less what is quoted: a quotation has no masks to draw."""
    other = comparison.against
    against = None if other is not None and other.quoted else options.against
    return replace(options, published=(), against=against)


def _drawn(folder: Path, name: str, runs: tuple[Run, ...], options: ReportOptions) -> IndexFigure:
    import PIL.Image

    picture = f"{FOLDER}/{name}.png"
    figures.draw(name, runs, figures.looked_at(name, options), folder / picture)
    with PIL.Image.open(folder / picture) as opened:
        width, height = opened.size
    return IndexFigure(
        name=name,
        picture=picture,
        data=f"{FOLDER}/{name}.csv",
        summary=figures.FIGURES[name].summary,
        width=width,
        height=height,
    )
