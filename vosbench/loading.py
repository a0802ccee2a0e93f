"""A plug-in as a run needs it: built on the clock, with what its masks depend on."""

import traceback
from dataclasses import dataclass

from vosbench.device_clock import device_clock
from vosbench.errors import MethodError, UsageError, VosbenchError
from vosbench.freed_memory import keep_freed_memory
from vosbench.method import MaskSource, Method
from vosbench.request import RunRequest, run_key_parts
from vosbench.rescore import reason_of
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import STREAMING


@dataclass(frozen=True)
class Loaded:
    """A plug-in that is ready.

    Attributes:
        plugin: the method, or masks that exist.
        seconds: that building it took.
        key_parts: what the masks of every sequence depend on, by name.
    """

    plugin: Method | MaskSource
    seconds: float
    key_parts: dict[str, str]


def load(request: RunRequest) -> Loaded:
    """The plug-in that is asked for, in a process that keeps the memory it frees from now on.

    Raises:
        UsageError: it cannot be run in this mode.
        DataError: it cannot load its weights.
        MethodError: it cannot be built, or says not what it is made of.
    """
    keep_freed_memory()
    clock = PhaseClock(device=device_clock(request.device))
    try:
        with clock.running(), phase("load"):
            plugin = request.build()
        key_parts = run_key_parts(request, plugin)
    except VosbenchError:
        raise
    except (Exception, SystemExit) as error:
        raise MethodError(f"method {request.method} cannot be built: {_located(error)}") from error
    if isinstance(plugin, Method):
        _check_mode(plugin, request)
    return Loaded(plugin, clock.seconds["load"], key_parts)


def _located(error: BaseException) -> str:
    """Why something failed and where, for the author of a plug-in."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{reason_of(error)} ({at.filename}, line {at.lineno})"


def _check_mode(method: Method, request: RunRequest) -> None:
    """Raise `UsageError` unless the method can be run in the mode that is asked for."""
    if method.offline and request.mode == STREAMING:
        raise UsageError(
            f"method {request.method} needs the whole clip before it answers, so it cannot be run "
            "frame by frame; run it with --mode throughput"
        )
    if method.sees_annotations and request.mode != STREAMING:
        raise UsageError(
            f"method {request.method} is shown annotations between frames, so it cannot be given "
            "the whole clip; run it with --mode streaming"
        )
