"""One report from kept runs: its folder, its pages, in as many processes as there are cores."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from vosbench.atomic import writing
from vosbench.errors import UsageError
from vosbench.machine import usable_cores
from vosbench.processes import each_in_processes
from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.failures.table import mined
from vosbench.reports.html_report.event_clips import OF_A_RUN, worth_a_clip
from vosbench.reports.html_report.event_tables import MinedComparison, RunEvent
from vosbench.reports.html_report.folder import replacing
from vosbench.reports.html_report.index_figures import draw_figures
from vosbench.reports.html_report.index_page import write_index_page
from vosbench.reports.html_report.pages import copy_static
from vosbench.reports.html_report.run_page import write_run_page
from vosbench.reports.html_report.sequence_job import SequenceJob, make_sequence
from vosbench.reports.html_report.site import Site, site_of
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import listed

INDEX = "index.html"
"""The page to open."""


def write_report(
    runs: Iterable[Run],
    options: ReportOptions,
    out: Path,
    *,
    workers: int | None = None,
    clips: int = OF_A_RUN,
) -> Path:
    """Make a report of what the options choose; its first page.

    The folder takes its place at the end; an older report stays until then.

    Args:
        runs: all that are stored.
        options: which of them are compared, with what, and where their dataset lies.
        out: folder to make; replaced if it is a report.
        workers: number of processes; None for as many as there are cores.
        clips: of each run, of its worst failures.

    Raises:
        UsageError: nothing to compare, runs on several datasets, a dataset that does not open, or
            a folder that cannot be replaced; see `replacing`.
        DataError: a sequence or masks are not those that a run was made on or made.
        CannotWriteError: the file system refuses.
    """
    kept = tuple(runs)
    comparison = _only(compare(kept, options))
    options = replace(options, dataset=comparison.dataset)
    chosen = _chosen(kept, comparison)
    site = site_of(comparison.sequences, [run.manifest.run for run in chosen])
    failures = _mined(kept, options) if options.pictures else None
    with replacing(out) as folder:
        with writing(out):
            for name in ("sequences", "runs"):
                (folder / name).mkdir()
        copy_static(folder / "static")
        drawn = draw_figures(folder, comparison, kept, options)
        filmed = worth_a_clip(failures.events(), clips) if failures else ()
        jobs = _jobs(comparison, chosen, options, site, folder, failures, filmed)
        workers = (usable_cores() or 1) if workers is None else workers
        made = tuple(each_in_processes(make_sequence, jobs, workers, size=_masks))
        for entry in comparison.entries:
            if entry.manifest is not None:
                write_run_page(folder, site, comparison, entry)
        write_index_page(folder, site, comparison, kept, options, made, failures, drawn)
    return out / INDEX


def _only(found: Sequence[Comparison]) -> Comparison:
    if len(found) > 1:
        there = listed(each.title("runs") for each in found)
        raise UsageError(f"a report shows one dataset, and there are {there}; choose --dataset")
    return found[0]


def _chosen(runs: Iterable[Run], comparison: Comparison) -> tuple[Run, ...]:
    """Runs that are compared, in their order."""
    by_name = {run.manifest.run: run for run in runs}
    entries = comparison.entries
    return tuple(by_name[each.manifest.run] for each in entries if each.manifest is not None)


def _mined(runs: tuple[Run, ...], options: ReportOptions) -> MinedComparison | None:
    """What goes wrong where; None if nothing was scored.

    Published figures have no masks that something could be won against, so prices are then those
    of perfect frames.
    """
    (comparison,) = compare(runs, options)
    if comparison.against is not None and comparison.against.manifest is None:
        options = replace(options, against=None)
        (comparison,) = compare(runs, options)
    if not any(each.manifest and each.done(comparison.sequences) for each in comparison.entries):
        return None
    try:
        return MinedComparison(comparison, mined(comparison, runs, options))
    except UsageError as error:
        raise UsageError(f"{error}; or make the report without frames: --no-frames") from error


def _jobs(
    comparison: Comparison,
    runs: Sequence[Run],
    options: ReportOptions,
    site: Site,
    folder: Path,
    failures: MinedComparison | None,
    filmed: Sequence[RunEvent],
) -> list[SequenceJob]:
    return [
        SequenceJob(
            name=name,
            runs=tuple(runs),
            comparison=comparison,
            runs_folder=Path(options.runs_folder),
            places=options.places,
            frames=options.pictures,
            events=failures.of_sequence(name) if failures else {},
            filmed=tuple(each for each in filmed if each.event.sequence == name),
            site=site,
            folder=folder,
        )
        for name in comparison.sequences
    ]


def _masks(job: SequenceJob) -> int:
    """Frames that a job has to look at, of all runs."""
    return sum(
        score.frames
        for run in job.runs
        for record in run.records
        if record.sequence == job.name
        for score in record.scores[:1]
    )
