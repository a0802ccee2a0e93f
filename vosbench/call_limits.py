"""Calls of a method that take too long are interrupted, and at last the process is ended.

The soft end is a signal: `SIGALRM` raises an exception in the main thread, so that the pass fails
and the run goes on. A call into C that does not come back to Python never sees it. The hard end is
a thread: it writes down what is known and ends the process, because a thread that is stuck cannot
be. Where the signal is missing (Windows, or a run outside the main thread) there is the hard end
alone. Where the call keeps the interpreter to itself no thread can do anything: then the last end
is the timer of `faulthandler`, which needs no interpreter, shows where everything stands and ends
the process with 1.
"""

import faulthandler
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from time import monotonic
from types import FrameType, TracebackType

from vosbench.errors import SOME_JOBS_FAILED, MethodError
from vosbench.one_line import one_line
from vosbench.time_limits import TimeLimits, unlimited

LOOK_SECONDS = 1.0
"""How often the thread looks at the clock, at most."""


class OutOfTimeError(MethodError):
    """A call of a method took longer than it may."""


class _Interruption(BaseException):
    """Goes through a method that catches every `Exception`."""


class CallLimits:
    """Holds calls of one method to their limits.

    Attributes:
        interrupted: whether the last call with a limit was.

    Args:
        limits: in seconds.
        last_words: writes down what is known, before the process is ended, and says where the
            method is stuck; called in a thread of its own meanwhile.
    """

    def __init__(
        self,
        limits: TimeLimits,
        *,
        last_words: Callable[[OutOfTimeError], str] = lambda error: "a method",
    ) -> None:
        self._limits = limits
        self._last_words = last_words
        self._soft = False
        self._running = threading.Lock()
        self._call = ""
        self._begun = 0.0
        self.interrupted = False

    @property
    def at_work(self) -> bool:
        """Whether a call with a limit is on."""
        return bool(self._call)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Calls inside are held to their limits; costs nothing where there are none."""
        if not self._limits.any:
            yield
            return
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,), name="limits", daemon=True)
        main = threading.current_thread() is threading.main_thread()
        self._soft = main and hasattr(signal, "setitimer")
        before = signal.signal(signal.SIGALRM, self._interrupt) if self._soft else None
        watch.start()
        try:
            yield
        finally:
            self.disarm()  # an interruption by the user comes at any moment
            over.set()
            watch.join()
            if self._soft:
                signal.signal(signal.SIGALRM, before or signal.SIG_DFL)

    def over(self, call: str) -> AbstractContextManager[object]:
        """One call, by its name in `TimeLimits`.

        Leaving it raises `OutOfTimeError` where it took longer than it may, whatever it did about
        the interruption.
        """
        seconds = self._limits.of(call)
        return unlimited(call) if seconds is None else _Limited(self, call, seconds)

    def arm(self, call: str, seconds: float) -> None:
        """A call begins."""
        self.interrupted = False
        with self._running:
            self._call, self._begun = call, monotonic()
        last = seconds + 2 * self._limits.grace + LOOK_SECONDS
        with suppress(RuntimeError, ValueError, OSError):  # standard error is no file
            faulthandler.dump_traceback_later(last, exit=True, file=sys.__stderr__ or sys.stderr)
        if self._soft:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    def disarm(self) -> None:
        """The call is over; waits for ever if the process is being ended for it."""
        if self._soft:
            signal.setitimer(signal.ITIMER_REAL, 0)
        with self._running:
            self._call = ""
        faulthandler.cancel_dump_traceback_later()

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """Out of time: noted, and raised unless the call is beginning or over already."""
        del number
        if self._call:
            self.interrupted = True
            if frame is None or frame.f_code.co_filename != __file__:
                raise _Interruption

    def _watch(self, over: threading.Event) -> None:
        """End the process once a call is past its limit and its grace."""
        while not over.wait(min(LOOK_SECONDS, self._limits.grace / 2)):
            with self._running:
                seconds = self._limits.of(self._call) if self._call else None
                if seconds is None or monotonic() < self._begun + seconds + self._limits.grace:
                    continue
                error = _late(self._call, seconds)
                error.add_note(f"The process was ended while it was here:\n{_main_stack()}")
                self._end(error)

    def _end(self, error: OutOfTimeError) -> None:
        """Last words, one sentence, and the end; nothing that the process holds is let go of."""
        try:
            where = self._last_words(error)
        except Exception as trouble:  # noqa: BLE001 - there is no later
            where = f"a sequence whose record could not be written ({one_line(str(trouble))})"
        with suppress(Exception):
            told = "could not be stopped" if self._soft else "cannot be stopped here"
            text = (
                f"Error: {where}: {error} and {told}, so vosbench was ended; what was finished is "
                "kept, and the same command goes on from there\n"
            )
            os.write(2, text.encode(errors="replace"))
            sys.stdout.flush()
        os._exit(SOME_JOBS_FAILED)


class _Limited(AbstractContextManager[None]):
    """One call; a class, because a generator would be entered and left by code of others."""

    def __init__(self, limits: CallLimits, call: str, seconds: float) -> None:
        self._limits = limits
        self._call, self._seconds = call, seconds

    def __enter__(self) -> None:
        self._limits.arm(self._call, self._seconds)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._limits.disarm()
        if self._limits.interrupted and not isinstance(error, KeyboardInterrupt):
            raise _late(self._call, self._seconds) from error


def _main_stack() -> str:
    """Where the main thread stands."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    return "".join(traceback.format_stack(frame)) if frame else ""


def _late(call: str, seconds: float) -> OutOfTimeError:
    return OutOfTimeError(f"{call} took longer than {seconds:g} s")
