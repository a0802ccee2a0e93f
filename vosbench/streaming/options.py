"""What a report of live video may be asked: its options, and the streams that they come to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import with_options
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.streaming.timeline import POLICIES, QUEUE, Stream

if TYPE_CHECKING:
    from vosbench.records import Run
    from vosbench.streaming.runs import StreamedRun

STREAMING_REPORT = "streaming"
"""Name of the table and of the figure."""

Replay = Callable[["Sequence[Run]", Sequence[Stream]], "tuple[StreamedRun, ...]"]
"""Runs on one dataset under one protocol, and streams → what the runs would have been in them."""


def _nothing_to_look_at(
    runs: "Sequence[Run]", streams: Sequence[Stream]
) -> "tuple[StreamedRun, ...]":
    """Refuse: masks and annotations are looked at by whoever asks for a report."""
    del runs, streams
    raise UsageError(
        "a report of live video looks at masks and annotations, and nothing was given that does; "
        f"make it with `vosbench report --table {STREAMING_REPORT}`"
    )


@dataclass(frozen=True, kw_only=True)
class StreamingRequest:
    """What was asked of a report of live video.

    Attributes:
        replay: looks at latencies, masks and annotations.
        fps: frame rates; None leaves them to the report.
        slower: how many times as long everything takes; None as well.
        policy, head_start, deadline: as in `vosbench.streaming.timeline.Stream`.
    """

    replay: Replay = _nothing_to_look_at
    fps: tuple[float, ...] | None = None
    slower: tuple[float, ...] | None = None
    policy: str = QUEUE
    head_start: bool = False
    deadline: float = 1.0

    def stream(self, fps: float, slower: float) -> Stream:
        """The stream of a frame rate on a device so many times slower.

        Raises:
            UsageError: as `vosbench.streaming.timeline.Stream`.
        """
        return Stream(
            fps=fps,
            slower=slower,
            policy=self.policy,
            head_start=self.head_start,
            deadline=self.deadline,
        )


def streaming_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of a report of live video, for `streaming_request`."""
    return with_options(command, *_OPTIONS)


def streaming_request(
    report: str | None,
    runs: Path,
    places: DatasetOptions,
    *,
    fps: tuple[float, ...] | None,
    slower: tuple[float, ...] | None,
    policy: str | None,
    head_start: bool,
    deadline: float | None,
) -> StreamingRequest:
    """What the options ask for; nothing where the report is about something else.

    Args:
        report: name of the table or figure.
        runs: folder that the folders of the runs lie in.
        places: where the dataset lies.

    Raises:
        UsageError: an option of streams is given for another report.
    """
    if report != STREAMING_REPORT:
        given = {
            "--fps": fps,
            "--slower": slower,
            "--policy": policy,
            "--head-start": head_start,
            "--deadline": deadline is not None,
        }
        for name in (name for name, value in given.items() if value):
            raise UsageError(
                f"{name} is about live video: give it with --table {STREAMING_REPORT} or "
                f"--figure {STREAMING_REPORT}, or leave it out"
            )
        return StreamingRequest()

    def replay(made: "Sequence[Run]", streams: Sequence[Stream]) -> "tuple[StreamedRun, ...]":
        from vosbench.streaming.runs import streamed_runs

        return streamed_runs(made, streams, folder=runs, places=places)

    return StreamingRequest(
        replay=replay,
        fps=fps,
        slower=slower,
        policy=policy or QUEUE,
        head_start=head_start,
        deadline=1.0 if deadline is None else deadline,
    )


def _numbers(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    """`5,7.5` as numbers; None stays None."""
    del context
    if value is None:
        return None
    name = option.opts[0]
    found = tuple(_parsed(name, value))
    twice = next((number for number in found if found.count(number) > 1), None)
    if twice is not None:
        raise UsageError(f"{name} holds {twice:g} twice; name every number once")
    return found


def _parsed(name: str, value: str) -> Iterator[float]:
    for text in value.split(","):
        try:
            yield float(text)
        except ValueError:
            raise UsageError(
                f"{name} takes numbers with commas between, such as 5,10,25; not {value!r}"
            ) from None


_OPTIONS = (
    click.option(
        "--fps",
        callback=_numbers,
        metavar="A,B,…",
        help="Frame rates of live video.  [default: 5,10,25,30 in the table]",
    ),
    click.option(
        "--slower",
        callback=_numbers,
        metavar="K,L,…",
        help="Devices so many times slower.  [default: 1,2,4 in the table, 1 in the figure]",
    ),
    click.option(
        "--policy",
        type=click.Choice(POLICIES),
        help="Work on every frame in order, or always on the newest.  [default: queue]",
    ),
    click.option(
        "--head-start", is_flag=True, help="First-frame work is done before the video begins."
    ),
    click.option(
        "--deadline",
        type=float,
        metavar="INTERVALS",
        help="When a frame is judged after it has arrived, in frames.  [default: 1]",
    ),
)
