"""Options of `vosbench report` about speed."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from vosbench.command_line import names, with_options
from vosbench.errors import UsageError
from vosbench.speed.conventions import CONVENTIONS

TIMING_REPORT = "timing"
"""The table that these options are about."""

_OPTIONS = (
    click.option(
        "--convention",
        "conventions",
        callback=names,
        metavar="A,B,…",
        help=f"Table timing by the rules of others: {', '.join(CONVENTIONS)} or all.",
    ),
    click.option(
        "--reference",
        metavar="METHOD",
        help="Table timing with speeds as a multiple of this one's on the same machine.",
    ),
    click.option("--full", is_flag=True, help="Every figure of table timing."),
    click.option(
        "--across-machines", is_flag=True, help="Compare speeds of different machines all the same."
    ),
)


def timing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options about speed, for a command that takes what `timing_request` does."""
    return with_options(command, *_OPTIONS)


def timing_request(
    report: str | None,
    *,
    conventions: tuple[str, ...] | None,
    reference: str | None,
    full: bool,
    across_machines: bool,
) -> Mapping[str, Any]:
    """The fields of `vosbench.reports.options.ReportOptions` that are about speed.

    Raises:
        UsageError: an option that only table timing has was given for another one, or two that
            exclude each other.
    """
    given = {"--convention": conventions, "--reference": reference, "--full": full}
    asked = [option for option, value in given.items() if value]
    if asked and report != TIMING_REPORT:
        raise UsageError(
            f"{asked[0]} is about table timing; ask for it with --table timing, or leave "
            f"{asked[0]} out"
        )
    if conventions and len(asked) > 1:
        raise UsageError(f"--convention shows rates alone; leave {asked[1]} out, or --convention")
    return {
        "conventions": conventions or (),
        "reference": reference,
        "full": full,
        "across_machines": across_machines,
    }
