"""What a pass has measured so far: whole at its end, and of use where it is cut short."""

from vosbench.timing import PhaseClock
from vosbench.timing_records import TimedPass


class PassSamples:
    """Filled while a sequence is segmented.

    Args:
        clock: of the pass.

    Attributes:
        latencies, adapting, first_mask: as in `TimedPass`.
    """

    def __init__(self, clock: PhaseClock) -> None:
        self._clock = clock
        self.latencies: list[float] = []
        self.adapting: list[int] = []
        self.first_mask: float | None = None

    def whole(self) -> TimedPass:
        """All that was measured; waits for the device."""
        return TimedPass(
            seconds=dict(self._clock.seconds),
            latencies=tuple(self.latencies),
            adapting=tuple(self.adapting),
            first_mask=self.first_mask,
            device_seconds=self._clock.device_seconds(),
        )

    def cut_short(self, reason: str) -> TimedPass:
        """What there is of a pass that came to no end.

        Waits for nothing, and may be asked for in another thread while the method is at work.
        """
        return TimedPass(
            seconds=self._clock.so_far(),
            latencies=tuple(self.latencies),
            adapting=tuple(self.adapting),
            first_mask=self.first_mask,
            failed=reason,
        )
