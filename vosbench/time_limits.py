"""How long a method may take for one call: none has a limit unless a user sets one."""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from vosbench.errors import UsageError
from vosbench.timing_records import STREAMING

GRACE_SECONDS = 10.0
"""From telling a method to stop to ending the process with it."""

_CALLS = ("init", "step", "clip", "warm-up")


@dataclass(frozen=True)
class TimeLimits:
    """Longest that calls of a method may take, seconds of wall clock; None is no limit.

    Attributes:
        init: `Method.fit`, adaptation to the first frame included.
        step: `Method.step`, online adaptation included.
        clip: `Method.clip`, a whole clip in throughput mode.
        warm_up: all that goes over a made-up clip, compiling included.
        grace: how long a call may go on once it was told to stop.
    """

    init: float | None = None
    step: float | None = None
    clip: float | None = None
    warm_up: float | None = None
    grace: float = GRACE_SECONDS

    def of(self, call: str) -> float | None:
        """The limit of a call: `init`, `step`, `clip` or `warm-up`."""
        return {
            "init": self.init,
            "step": self.step,
            "clip": self.clip,
            "warm-up": self.warm_up,
        }[call]

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return any(self.of(call) is not None for call in _CALLS)


NO_LIMITS = TimeLimits()

Limited = Callable[[str], AbstractContextManager[object]]
"""Holds a call of a method to its limit, by its name (see `vosbench.call_limits.CallLimits`)."""

_NOTHING: AbstractContextManager[object] = nullcontext()


def unlimited(call: str) -> AbstractContextManager[object]:
    """No limit for any call."""
    del call
    return _NOTHING


def time_limits(asked: Sequence[str], *, mode: str = STREAMING) -> TimeLimits:
    """The limits that a user asks for: `SECONDS` for every call, `CALL=SECONDS` for one.

    Raises:
        UsageError: something else was given, a call twice, or one that the mode does not make.

    >>> time_limits(["60", "init=1800"])
    TimeLimits(init=1800.0, step=60.0, clip=60.0, warm_up=60.0, grace=10.0)
    """
    made = ("init", "step", "warm-up") if mode == STREAMING else ("clip", "warm-up")
    named: dict[str, float] = {}
    for text in asked:
        call, equals, seconds = text.rpartition("=")
        if equals and call not in made:
            raise UsageError(
                f"--timeout {text} names no call that is made in mode {mode}; choose "
                f"{', '.join(made)}, or give seconds alone for all of them"
            )
        if call in named:
            raise UsageError(f"--timeout says twice how long {call or 'every call'} may take")
        named[call] = _seconds(seconds, text)
    limits = NO_LIMITS
    for call in ("", *made):
        if call in named:
            fields = _CALLS if not call else (call,)
            limits = replace(limits, **{field.replace("-", "_"): named[call] for field in fields})
    return limits


def _seconds(text: str, whole: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(
            f"--timeout {whole} is no time; give seconds above 0, as in --timeout init=1800"
        )
    return seconds
