"""The first page of a report: what is compared, all tables, all sequences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from vosbench import __version__
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import MEASURED, METRICS, ORACLE, QUOTED, RESCORED, Entry
from vosbench.reports.failures.table import tables_of
from vosbench.reports.html_report.event_tables import MinedComparison
from vosbench.reports.html_report.frame_files import picture_file
from vosbench.reports.html_report.index_figures import IndexFigure
from vosbench.reports.html_report.pages import table_markup, write_page
from vosbench.reports.html_report.run_page import day, network
from vosbench.reports.html_report.sequence_job import SequenceMade
from vosbench.reports.html_report.site import Site
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import written
from vosbench.wording import counted

_LEVELS: Mapping[str, str] = {
    MEASURED: "measured: masks made and scored here",
    RESCORED: "re-scored: masks of others, scored here",
    ORACLE: "oracle: saw the annotations, a bound and no result",
    QUOTED: "quoted: figures published by others",
}


@dataclass(frozen=True)
class Section:
    """One table, perhaps for several metrics.

    Attributes:
        key: its place on the page.
        title: its heading.
        tables: name and markup of each.
        tabs: whether one of them is shown at a time.
    """

    key: str
    title: str
    tables: tuple[tuple[str, Markup], ...]
    tabs: bool


def write_index_page(
    folder: Path,
    site: Site,
    comparison: Comparison,
    runs: tuple[Run, ...],
    options: ReportOptions,
    made: Sequence[SequenceMade],
    failures: MinedComparison | None,
    drawn: Sequence[IndexFigure],
) -> None:
    """Write the first page into the folder of a report.

    Raises:
        CannotWriteError: the file system refuses.
    """
    write_page(
        folder / "index.html",
        "index.html",
        up="",
        version=__version__,
        heading=comparison.title(counted(len(comparison.entries), "method")),
        lede=_lede(comparison),
        compared=[_compared(site, comparison, entry) for entry in comparison.entries],
        levels=_levels(comparison),
        sections=list(_sections(site, comparison, runs, options, failures)),
        figures=drawn,
        clips=[clip for each in made for clip in each.clips],
        cards=list(_cards(site, comparison, made)),
    )


def _lede(comparison: Comparison) -> str:
    sequences = counted(len(comparison.sequences), "sequence")
    objects = counted(sum(comparison.objects.values()), "object")
    dates = sorted(
        {day(entry.manifest.created) for entry in comparison.entries if entry.manifest is not None}
    )
    if not dates:
        made = ""
    elif len(dates) == 1:
        made = f"; runs of {dates[0]}"
    else:
        made = f"; runs of {dates[0]} to {dates[-1]}"
    return f"{sequences}, {objects}, protocol {comparison.protocol}{made}."


def _levels(comparison: Comparison) -> str:
    there = {entry.trust for entry in comparison.entries}
    said = [_LEVELS[key] for key in _LEVELS if key in there]
    return f"Levels of trust – {'; '.join(said)}."


def _compared(site: Site, comparison: Comparison, entry: Entry) -> dict[str, object]:
    manifest = entry.manifest
    done = len(entry.done(comparison.sequences))
    failed = sum(outcome.state == "failed" for outcome in entry.outcomes.values())
    machine = dict(manifest.machine) if manifest is not None else {}
    processor = machine.get("gpu") or machine.get("cpu") or "–"
    return {
        "title": entry.title,
        "page": site.run(manifest.run) if manifest is not None else "",
        "level": entry.trust,
        "done": f"{done} of {len(comparison.sequences)}",
        "failed": failed,
        "machine": f"{processor}, {manifest.device}" if manifest and not manifest.imported else "–",
        "network": (network(manifest) or "none") if manifest and not manifest.imported else "–",
        "date": day(manifest.created) if manifest is not None else "–",
        "source": entry.source,
    }


_SECTIONS: Mapping[str, str] = {
    "overall": "Overall",
    "per-sequence": "By sequence",
    "per-object": "By object",
    "attributes": "By attribute",
    "failures": "Failures",
    "timing": "Timing",
    "published": "Published",
}
"""Tables of the first page, and their headings."""

_BY_METRIC = ("per-sequence", "per-object")
"""Those that are shown for each metric, the chosen one first."""


def _sections(
    site: Site,
    comparison: Comparison,
    runs: tuple[Run, ...],
    options: ReportOptions,
    failures: MinedComparison | None,
) -> Iterator[Section]:
    for name, title in _SECTIONS.items():
        shown = tuple(_shown(name, site, comparison, runs, options, failures))
        if shown:
            yield Section(name, title, shown, name in _BY_METRIC)


def _shown(
    name: str,
    site: Site,
    comparison: Comparison,
    runs: tuple[Run, ...],
    options: ReportOptions,
    failures: MinedComparison | None,
) -> Iterator[tuple[str, Markup]]:
    if name == "failures":
        if failures is not None:
            for table in tables_of(failures.comparison, failures.found, options):
                yield table.title, table_markup(table, site.link())
        return
    if name not in tables.names() or not _wanted(name, comparison, options):
        return
    for metric in _metrics(name, options):
        for table in tables.build(name, runs, replace(options, metric=metric)):
            yield metric, table_markup(table, site.link())


def _wanted(name: str, comparison: Comparison, options: ReportOptions) -> bool:
    if name == "timing":
        return any(entry.timings(comparison.sequences) for entry in comparison.entries)
    if name == "per-object":
        return max(comparison.objects.values(), default=1) > 1  # or it repeats the sequences
    if name == "attributes":
        return options.pictures  # they are found in annotations
    return name != "published" or bool(options.published)


def _metrics(name: str, options: ReportOptions) -> tuple[str, ...]:
    if name not in _BY_METRIC:
        return (options.metric,)
    return tuple(dict.fromkeys((options.metric, "J&F", *METRICS)))


def _cards(
    site: Site, comparison: Comparison, made: Sequence[SequenceMade]
) -> Iterator[dict[str, object]]:
    for each in made:
        figures = {
            entry.title: entry.outcomes[each.name].mean("J&F")
            for entry in comparison.entries
            if each.name in entry.outcomes
        }
        known = [value for value in figures.values() if value is not None]
        said = "not scored"
        if known:
            ends = dict.fromkeys(written(end, "percent") for end in (min(known), max(known)))
            said = f"J&F {' to '.join(ends)}"
        place = site.sequences[each.name]
        picture = f"frames/{place}/{picture_file(0)}" if each.small else ""
        height, width = each.small or (0, 0)
        yield {
            "name": each.name,
            "page": site.sequence(each.name),
            "picture": picture,
            "height": height,
            "width": width,
            "figures": said,
        }
