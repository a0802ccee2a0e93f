"""Timings made up for tests: no clock, no sleeping."""

from collections.abc import Mapping
from typing import Any

from vosbench.timing_records import TimedPass, Timing

SECONDS = {"load": 100.0, "init": 4.0, "adapt": 3.0, "infer": 2.0, "post": 1.0, "io": 50.0}
"""10 s of work of the method, 3 s of them steady, 60 s with files."""


def one_pass(seconds: Mapping[str, float] | float, **facts: Any) -> TimedPass:
    """A pass with seconds by phase; a number alone is all `infer`."""
    spent = {"infer": seconds} if isinstance(seconds, float) else dict(seconds)
    return TimedPass(spent, **facts)


def made_timing(*passes: TimedPass, frames: int = 30, objects: int = 1, **facts: Any) -> Timing:
    """A timing of one sequence; its objects are alive in every frame."""
    facts.setdefault("object_frames", frames * objects)
    facts.setdefault("planned", len(passes))
    return Timing(frames=frames, objects=objects, passes=passes, **facts)


FAILED = TimedPass({"init": 0.1}, failed="killed")
"""A pass that did not end."""
