"""`vosbench verify`: its options, and how what it is given becomes runs and reports."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import (
    Folder,
    findings_format_option,
    out_option,
    place_options,
    run_place,
    runs_option,
    write_output,
)
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import INVALID_DATA, OK, SOME_JOBS_FAILED

if TYPE_CHECKING:
    from vosbench.sequence import Dataset
    from vosbench.verification.findings import ReportCheck, RunCheck

CheckRun = Callable[[Path], "RunCheck"]
"""Folder of a run → its check; the same one when asked again."""

CheckReport = Callable[[Path, Path, CheckRun], "ReportCheck"]
"""JSON file of a report, folder of runs, what checks one → the check of the report."""


def verify_command(check_report: CheckReport) -> click.Command:
    """The command; what the cells of a report mean is left to `check_report`."""

    @click.command()
    @click.argument("what", metavar="RUN…", nargs=-1, required=True, type=Folder)
    @runs_option
    @place_options
    @findings_format_option
    @out_option
    def verify(
        what: tuple[Path, ...], runs: Path, style: str, out: Path | None, **places: Any
    ) -> int:
        """Compute every number of a run again from its masks, and say what differs and why.

        RUN is the folder of a run, the name of one in --runs, or a report that `vosbench report
        --format json` wrote. Nothing is changed. Give --root, or --images and --annotations, where
        the dataset lies somewhere.

        Ends with 0 if every stored number comes out bit by bit, 5 if one does not, and 2 if all do
        but a sequence of a run failed when it was made.
        """
        from vosbench.verification.text import report_text, run_text, verification_json

        check_run = _checker(DatasetOptions(**places))
        files = [run_place(path, runs) for path in what]
        checked = [check_run(path) for path in files if path.is_dir()]
        read = [check_report(path, runs, check_run) for path in files if not path.is_dir()]
        if style == "json":
            text = verification_json(checked, read)
        else:
            text = "".join([*map(run_text, checked), *map(report_text, read)])
        if out is None:
            click.echo(text, nl=False)
        else:
            write_output(out, text)
        if any(run.drifts for run in checked) or any(report.drifts for report in read):
            return INVALID_DATA
        return SOME_JOBS_FAILED if any(check.failures for check in checked) else OK

    return verify


def _checker(places: DatasetOptions) -> CheckRun:
    """What checks runs; each dataset is opened once, and each run checked once."""
    datasets: dict[tuple[str, str], Dataset] = {}
    checks: dict[Path, RunCheck] = {}

    def check(path: Path) -> "RunCheck":
        from vosbench.made_on import dataset_of
        from vosbench.store import RunFolder
        from vosbench.verification.verify_run import verify_run

        if path not in checks:
            manifest = RunFolder(path).required_manifest()
            which = manifest.dataset, manifest.dataset_variant
            if which not in datasets:
                datasets[which] = dataset_of(manifest, places)
            checks[path] = verify_run(path, datasets[which])
        return checks[path]

    return check
