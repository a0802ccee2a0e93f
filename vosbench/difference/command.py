"""`vosbench diff`: its options and exit codes."""

from pathlib import Path

import click

from vosbench.command_line import (
    Folder,
    findings_format_option,
    out_option,
    run_place,
    runs_option,
    write_output,
)
from vosbench.errors import OK, REGRESSION

MASKS_DIFFER = REGRESSION
"""`diff` and `cmp` end with 1 where files differ, but 1 is a mistyped command here."""


@click.command("diff")
@click.argument("first", metavar="RUN_A", type=Folder)
@click.argument("second", metavar="RUN_B", type=Folder)
@runs_option
@findings_format_option
@out_option
def diff(first: Path, second: Path, runs: Path, style: str, out: Path | None) -> int:
    """Name the first sequence, frame and object whose masks differ between two runs.

    Then how far each sequence differs, in masks and in scores, in what the manifests differ, and
    what of it may explain other masks. RUN_A and RUN_B are folders of runs, or names of runs in
    --runs. No dataset is needed.

    Ends with 0 if both have the same masks of the same sequences, whatever else differs, and with
    3 if not.
    """
    from vosbench.difference.runs import run_difference
    from vosbench.difference.text import difference_json, difference_text

    found = run_difference(run_place(first, runs), run_place(second, runs))
    text = difference_json(found) if style == "json" else difference_text(found)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_output(out, text)
    return OK if found.equal else MASKS_DIFFER
