"""Several passes over one sequence as one timing: every raw sample is kept, failures too."""

from collections.abc import Mapping
from dataclasses import replace

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
