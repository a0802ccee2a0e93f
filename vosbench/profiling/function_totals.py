"""What each function of Python cost in each phase, from `cProfile`."""

import cProfile
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from types import CodeType

from vosbench.profiling.profile_records import FunctionTotal


def function_totals(
    profilers: Mapping[str, cProfile.Profile], phases: Sequence[str]
) -> tuple[FunctionTotal, ...]:
    """Functions of each phase, in the order of `phases`; in each the most expensive first.

    A function that goes on after a phase within it has ended is charged up to there only: its
    profiler has lost sight of it. What it calls afterwards is seen again.
    """
    made = [
        FunctionTotal(phase, _name(entry.code), entry.callcount, entry.inlinetime, entry.totaltime)
        for phase in phases
        if phase in profilers
        for entry in profilers[phase].getstats()
    ]
    return tuple(
        sorted(made, key=lambda each: (phases.index(each.phase), -each.seconds, each.function))
    )


def _name(code: CodeType | str) -> str:
    """Where a function stands and what it is called; built-in ones have a name only."""
    if isinstance(code, str):
        return code.strip("<>")
    file = PurePath(code.co_filename)
    return f"{code.co_qualname} ({'/'.join(file.parts[-2:])}:{code.co_firstlineno})"
