"""Options of `vosbench run` that say how passes over sequences are made (protocol VBT-1)."""

from collections.abc import Callable
from typing import Any

import click

from vosbench.command_line import with_options
from vosbench.errors import UsageError
from vosbench.time_limits import time_limits
from vosbench.timing_records import MODES, STREAMING


def pass_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, for a command that hands them to `pass_request`."""
    return with_options(
        command,
        click.option(
            "--repetitions",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            metavar="N",
            help="Timed passes over each sequence; those of several methods take turns.",
        ),
        click.option(
            "--mode",
            type=click.Choice(MODES),
            default=STREAMING,
            show_default=True,
            help="Frame by frame, or whole clips, where only totals are timed.",
        ),
        click.option(
            "--warm-up/--no-warm-up",
            default=True,
            show_default=True,
            help="A made-up clip goes before the clock.",
        ),
        click.option(
            "--timing/--no-timing",
            "timed",
            default=True,
            show_default=True,
            help="Without, masks and scores only: the device may be shared.",
        ),
        click.option(
            "--timeout",
            "timeouts",
            multiple=True,
            metavar="[CALL=]SECONDS",
            help="Longest that init, step or warm-up may take, or clip in mode throughput; of "
            "every call where none is named; repeatable.  [default: none]",
        ),
    )


def pass_request(
    *, repetitions: int, mode: str, warm_up: bool, timed: bool, timeouts: tuple[str, ...]
) -> dict[str, Any]:
    """The fields of `vosbench.request.RunRequest` that are about passes.

    Raises:
        UsageError: options that exclude each other were given, or a limit that means nothing.
    """
    if not timed and repetitions > 1:
        raise UsageError(
            f"--no-timing makes masks and scores, for which one pass is enough; leave out "
            f"--repetitions {repetitions}, or --no-timing"
        )
    return {
        "repetitions": repetitions,
        "mode": mode,
        "warm_up": warm_up,
        "timed": timed,
        "time_limits": time_limits(timeouts, mode=mode),
    }
