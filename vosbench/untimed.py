"""Passes that are not timed: a device may be shared for them, so nothing is measured."""

from collections.abc import Callable

from vosbench.call_limits import CallLimits
from vosbench.method import Method
from vosbench.passes import Attempt
from vosbench.request import RunRequest
from vosbench.segment import Keep, Note, segment
from vosbench.sequence import Sequence
from vosbench.timing import PhaseClock


class UntimedPasses:
    """Passes of one method over sequences: no warm-up, no sensors, no times.

    Args:
        method: loaded.
        request: says from which seed and in which mode.
        limits: that calls of the method are held to.
    """

    def __init__(self, method: Method, request: RunRequest, *, limits: CallLimits) -> None:
        self._method = method
        self._request = request
        self._limits = limits

    def attempt(
        self, sequence: Sequence, keep: Keep, frame: Callable[[], None], note: Note
    ) -> Attempt:
        """One pass over `sequence`, as `vosbench.passes.PassTimer.attempt` makes it."""
        try:
            with self._limits.watching():
                segment(
                    self._method,
                    sequence,
                    keep,
                    seed=self._request.seed,
                    clock=PhaseClock(),  # of the host: it waits for no device
                    mode=self._request.mode,
                    tell=frame,
                    limited=self._limits.over,
                    note=note,
                )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plug-in raises
            return Attempt(None, error)
        return Attempt(None)

    def cut_short(self, reason: str) -> None:
        """There are no times."""
