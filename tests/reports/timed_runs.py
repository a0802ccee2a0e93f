"""Runs with made-up times of several passes, for tests of tables about speed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.made_timings import made_timing
from tests.reports.conftest import MACHINE, made_run
from vosbench.records import Run
from vosbench.timing_records import Memory, TimedPass, Timing

GIB = 2**30

OTHER_MACHINE = {**MACHINE, "id": "bbbb", "cpu": "Other CPU"}


def timed_pass(pace: float, objects: int, frames: int, number: int, **facts: Any) -> TimedPass:
    """A pass in which all work takes `pace` times as long as in a pass of pace 1.

    That is, in seconds: 2 of init an object, 1 of adapt in the last step, 0.1 of infer and 0.05 of
    post a step and object, 0.01 of io a frame.
    """
    step = 0.15 * objects * pace
    seconds = {
        "load": 5.0,
        "init": 2.0 * objects * pace,
        "adapt": 1.0 * pace,
        "infer": 0.1 * objects * frames * pace,
        "post": 0.05 * objects * frames * pace,
        "io": 0.01 * frames,
    }
    given = {
        "latencies": (*(step for _ in range(frames - 1)), step + 1.0 * pace),
        "adapting": (frames - 1,),
        "first_mask": 2.0 * objects * pace + step,
        "memory": {"init": Memory(host=objects * GIB), "infer": Memory(host=GIB // 2)},
        "session": "monday",
        "place": number,
        "warm": True,
    }
    return TimedPass(seconds, **{**given, **facts})


def timed_run(
    method: str,
    paces: Sequence[float],
    *,
    change: Callable[[str, Timing], Timing] = lambda name, timing: timing,
    facts: Sequence[dict[str, Any]] = (),
    sequences: Sequence[tuple[str, int]] = (("bear", 1), ("dogs", 2)),
    **manifest: Any,
) -> Run:
    """A run with one pass for each of `paces` over sequences of ten frames to segment.

    Args:
        change: what becomes of the timing of a sequence.
        facts: of each pass.
        sequences: names and numbers of objects.
        manifest: its fields.
    """
    run = made_run(method, {name: [0.8] * objects for name, objects in sequences}, **manifest)
    objects = dict(sequences)
    more = [*facts, *({} for _ in paces)]
    records = []
    for record in run.records:
        count = objects[record.sequence]
        passes = [
            timed_pass(pace, count, 10, number, **more[number]) for number, pace in enumerate(paces)
        ]
        timing = made_timing(
            *passes,
            frames=10,
            objects=count,
            machine=run.manifest.machine["id"],
            size=(480, 854),
            cold_start=7.0 if record.sequence == "bear" else None,
            steady_masks=True if len(paces) > 1 else None,
        )
        records.append(replace(record, timing=change(record.sequence, timing)))
    return replace(run, records=tuple(records))
