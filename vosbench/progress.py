"""Progress of a run: one moving line on a terminal, plain lines anywhere else."""

import shutil
import sys
from collections.abc import Callable
from time import monotonic
from typing import TextIO

from vosbench.one_line import one_line

REDRAW_SECONDS = 0.1
"""Shortest time between two drawings of the moving line."""

BAR_WIDTH = 20
"""Characters of the bar where there is room; it gives way to the words beside it."""


class Progress:
    """Tells how far a run is: sequence, frames per second, time left.

    Frames per second are those of this run's wall clock, reading and writing included; they say
    when it will end and are no result.

    Args:
        stream: where to; standard error unless given.
        now: monotonic clock in seconds; tests pass their own.
        quiet: say nothing at all.
        unit: what is counted; a training counts steps.
        rate: False tells the time left only, where nothing is timed.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        now: Callable[[], float] = monotonic,
        quiet: bool = False,
        unit: str = "frames",
        rate: bool = True,
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._moving = self._stream.isatty() and not quiet
        self._quiet = quiet
        self._unit = unit
        self._rate = rate
        self._now = now
        self._drawn = float("-inf")
        self._width = 0
        self.start("", 0, 0)

    def start(self, title: str, sequences: int, frames: int, *, done: int = 0) -> None:
        """Begin a run over so many sequences; those not `done` have so many frames together."""
        self._title = one_line(title)
        self._sequences, self._frames = sequences, frames
        self._sequence, self._at = "", done
        self._done, self._due = 0, 0
        self._began = self._now()

    def sequence(self, name: str, frames: int) -> None:
        """Begin the next sequence; frames of the one before that never came are not waited for."""
        self._frames -= self._due - self._done
        self._due = self._done + frames
        self._sequence = one_line(name)
        self._at += 1
        self._draw(at_once=True)

    def frame(self) -> None:
        """One more frame is done."""
        self._done += 1
        self._draw()

    def note(self, text: str) -> None:
        """Say something that stays."""
        if self._quiet:
            return
        self._erase()
        said = one_line(text)
        self._print(f"{self._title}: {said}\n" if self._title else f"{said}\n")

    def ended(self, text: str) -> None:
        """The sequence is over, with this outcome; a plain line tells the pace too."""
        pace = self.pace()
        plain = not self._moving and pace
        self.note(f"{self._at}/{self._sequences} {text}" + (f"  ({pace})" if plain else ""))

    def finish(self) -> None:
        """The run is over; leaves no moving line behind."""
        self._erase()

    def pace(self) -> str:
        """`12.3 frames/s, 0:41 left`, or nothing before the first frame is done."""
        elapsed = self._now() - self._began
        if not self._done or elapsed <= 0:
            return ""
        rate = self._done / elapsed
        left = max(self._frames - self._done, 0) / rate
        if not self._rate:
            return f"{duration(left)} left"
        speed = f"{rate:.1f} {self._unit}/s" if rate >= 0.1 else f"{1 / rate:.1f} s each"
        return f"{speed}, {duration(left)} left"

    def _draw(self, *, at_once: bool = False) -> None:
        if not self._moving or not (at_once or self._now() - self._drawn >= REDRAW_SECONDS):
            return
        self._drawn = self._now()
        most = shutil.get_terminal_size().columns - 1  # a wrapped line cannot be erased
        where = f"{self._at}/{self._sequences} {self._sequence}"
        words = [self._title, "  ".join(filter(None, (where, self.pace())))]
        bar = self._bar(most - len("  ".join(words)))
        line = " ".join(filter(None, (words[0], bar, words[1])))[:most]
        self._print("\r" + line.ljust(self._width))
        self._width = len(line)

    def _bar(self, room: int) -> str:
        """The share that is done, in at most `room` characters."""
        width = max(min(BAR_WIDTH, room), 0)
        share = self._done / self._frames if self._frames else 0.0
        filled = min(round(share * width), width)
        return "█" * filled + "░" * (width - filled)

    def _erase(self) -> None:
        if self._width:
            self._print("\r" + " " * self._width + "\r")
            self._width = 0

    def _print(self, text: str) -> None:
        """Write at once; characters that the stream cannot show are replaced."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(text.encode(encoding, errors="replace").decode(encoding))
        self._stream.flush()


def duration(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any.

    >>> duration(41), duration(3725.4)
    ('0:41', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
