"""Several passes over one sequence as one timing: every raw sample is kept, failures too."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vosbench.machine import agree
from vosbench.timing_records import TimedPass, Timing


def with_pass(
    timing: Timing,
    made: TimedPass,
    *,
    planned: int,
    same_masks: bool | None,
    cold_start: float | None = None,
) -> Timing:
    """`timing` with one pass more.

    Args:
        timing: of the passes so far.
        made: the new one; one that failed is a pass like any other.
        planned: number of passes that are asked for now; a timing planned with more keeps to it.
        same_masks: whether it gave the masks that are stored; None where it failed.
        cold_start: of the warm-up before it, if there was one.
    """
    steady = timing.steady_masks
    if same_masks is False:
        steady = False
    elif same_masks and timing.passes and steady is None:
        steady = True
    return replace(
        timing,
        passes=(*timing.passes, made),
        planned=max(planned, timing.planned),
        steady_masks=steady,
        cold_start=cold_start if timing.cold_start is None else timing.cold_start,
    )


def anew(timing: Timing, *, machine: str, mode: str, circumstances: Mapping[str, object]) -> Timing:
    """The same sequence before its first pass here and so: no pass made elsewhere is kept."""
    return replace(
        timing,
        passes=(),
        planned=0,
        machine=machine,
        mode=mode,
        circumstances=circumstances,
        steady_masks=None,
        cold_start=None,
    )


@dataclass(frozen=True)
class Here:
    """Where and how passes are made now.

    Attributes:
        machine: its `id`.
        circumstances: as in `Timing`.
        mode: likewise.
        repetitions: that are asked for.
    """

    machine: str
    circumstances: Mapping[str, object]
    mode: str
    repetitions: int

    def first(self, made: Timing) -> Timing:
        """The timing of a sequence after the first pass over it."""
        return replace(
            made,
            planned=self.repetitions,
            machine=self.machine,
            circumstances=self.circumstances,
        )

    def added(self, before: Timing | None, made: Timing, *, same_masks: bool | None) -> Timing:
        """`before` with the one pass of `made` more; without its own if they do not count here."""
        kept = before
        if kept is None or not self.counted(kept):
            kept = anew(
                kept or made,
                machine=self.machine,
                mode=self.mode,
                circumstances=self.circumstances,
            )
        return with_pass(
            kept,
            made.passes[0],
            planned=self.repetitions,
            same_masks=same_masks,
            cold_start=made.cold_start,
        )

    def counted(self, timing: Timing) -> int:
        """Passes of a timing that need not be made again.

        Enough of them are enough wherever they were made; those of several machines, or under
        several circumstances, are never put together.
        """
        alike = (
            timing.machine == self.machine
            and timing.mode == self.mode
            and agree(timing.circumstances, self.circumstances)
        )
        return len(timing.passes) if alike or len(timing.passes) >= self.repetitions else 0
