"""What stays behind a frame: a method that keeps more with every frame ends a long clip early.

Live bytes are taken after each frame, once garbage is collected: those of Python and numpy as
`tracemalloc` sees them, those of tensors in host memory as the profiler of torch does, those of a
device as its allocator does. Memory of other libraries is not seen. Bytes that are live are the
same from run to run, however busy the machine, which those that the system has given a process are
not.

A leak goes on; a cache fills up, and a buffer is made once. So the first quarter of the frames is
left out, the rest is cut into three stretches, and what counts is the growth over the stretch in
which memory grew least. What is kept every fifth frame is found, over twenty; a memory that is full
before the last stretch, or that takes two steps, is not. What still fills up then cannot be told
from a leak by itself; it is no change, though, and a baseline has it too.
"""

import gc
import itertools
import json
import sys
import traceback
import tracemalloc
from collections.abc import Iterator
from collections.abc import Sequence as Ordered
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from vosbench.errors import MethodError, VosbenchError
from vosbench.gate.counting_pass import cheapest, one_thread
from vosbench.gate.facts import Growth, Kept
from vosbench.method import Method
from vosbench.request import RunRequest
from vosbench.rescore import reason_of
from vosbench.segment import first_mask, seed_everything, show_annotation
from vosbench.sequence import Dataset, Sequence

FRAMES = 20
"""Frames that are segmented unless more are asked for."""

FEWEST = 8
"""Frames that three stretches can be cut from."""

_STRETCHES = 3
_CALLERS = 8
"""Frames of the stack that are kept with each block, to find the caller of numpy's functions."""
_PLACES = 3
_WORTH_TELLING = 4096.0
"""Bytes a frame below which nobody asks where they were made."""
_LIBRARIES = frozenset(("numpy", "torch", "scipy", "PIL"))
"""Folders whose code allocates for others."""
_FRAME_MARK = "vosbench frame done"
_HOST = 0
"""What a trace calls the device that memory of the host is on."""


def grown(request: RunRequest, dataset: Dataset, *, frames: int = FRAMES) -> Growth | None:
    """What stays behind a frame of the cheapest sequence, frame by frame.

    A sequence that is too short is gone through back and forth. None for methods that see a clip
    as a whole, for masks that exist already, and without a sequence that has a second frame.

    Args:
        frames: that are segmented, `FEWEST` or more.

    Raises:
        MethodError: the method failed.
        DataError: the sequence cannot be read.
    """
    if frames < FEWEST:
        raise ValueError(f"growth over {frames} frames says nothing; {FEWEST} are the fewest")
    sequence = cheapest(dataset)
    method = request.build()
    if sequence is None or not isinstance(method, Method) or method.offline:
        return None
    for index in range(min(len(sequence), frames + 1)):
        sequence.read_image(index)  # a dataset may keep what it has read
    meter = _Meter(request.device, frames)
    with one_thread(), meter.at_work():
        try:
            _segment(method, sequence, request.seed, frames, meter)
        except VosbenchError:
            raise
        except (Exception, SystemExit) as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            raise MethodError(
                f"method {request.label} failed on {sequence.name}: {reason_of(error)} "
                f"({at.filename}, line {at.lineno})"
            ) from error
    together = np.sum([meter.python, meter.tensors, meter.on_device], axis=0)
    return Growth(
        bytes_per_frame=lasting_growth(together.tolist()),
        frames=frames,
        sequence=sequence.name,
        python=lasting_growth(meter.python),
        tensors=lasting_growth(meter.tensors),
        device=lasting_growth(meter.on_device),
        kept=meter.kept(),
    )


def lasting_growth(live: Ordered[float]) -> float:
    """Bytes a frame by which memory grew in that of three stretches in which it grew least.

    Args:
        live: bytes before the first frame and after each, of at least `FEWEST` frames.

    >>> leak, cache = [100 * frame for frame in range(21)], [0] * 12 + [5000] * 9
    >>> lasting_growth(leak), lasting_growth(cache)
    (100.0, 0.0)
    """
    frames = len(live) - 1
    ends = live[_settled(frames) :: _stretch(frames)]
    return min((after - before) / _stretch(frames) for before, after in itertools.pairwise(ends))


def back_and_forth(length: int, steps: int) -> Iterator[int]:
    """Indices of the frames after the first, each beside the one before.

    >>> list(back_and_forth(3, 6))
    [1, 2, 1, 0, 1, 2]
    """
    there_and_back = [*range(1, length), *range(length - 2, -1, -1)]
    return itertools.islice(itertools.cycle(there_and_back), steps)


def _segment(method: Method, sequence: Sequence, seed: int, frames: int, meter: "_Meter") -> None:
    """Frames one by one, of which nothing is kept here."""
    given = first_mask(sequence)
    ids = sequence.object_ids()
    seed_everything(seed)
    method.seed = seed
    method.fit(sequence.read_image(0), given)
    del given
    meter.note()
    for index in back_and_forth(len(sequence), frames):
        method.step(sequence.read_image(index))
        method.detections()
        if method.sees_annotations:
            show_annotation(method, sequence.read_annotation(index), ids)
        meter.note()


class _Meter:
    """Live bytes at moments of a pass.

    Args:
        device: that the method computes on.
        frames: after the first moment.

    Attributes:
        python: at each moment, of Python and numpy.
        tensors: of tensors in host memory; there once the pass is over.
        on_device: of tensors on the device.
    """

    def __init__(self, device: str, frames: int) -> None:
        self.python: list[float] = []
        self.tensors: list[float] = [0.0] * (frames + 1)
        self.on_device: list[float] = []
        self._device = device
        self._frames = frames
        self._snapshots: list[tracemalloc.Snapshot] = []
        self._torch = "torch" in sys.modules

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Watch what is allocated."""
        with ExitStack() as watched:
            gc.collect()
            gc.freeze()  # what was there before is looked through once, and not after each frame
            watched.callback(gc.unfreeze)
            if self._torch:
                watched.enter_context(self._tensors_watched())
            if not tracemalloc.is_tracing():
                tracemalloc.start(_CALLERS)
                watched.callback(tracemalloc.stop)
            yield

    def note(self) -> None:
        """Take what is live at this moment."""
        gc.collect()
        if len(self.python) == _settled(self._frames):
            self._snapshots.append(tracemalloc.take_snapshot())
        self.python.append(tracemalloc.get_traced_memory()[0])
        self.on_device.append(self._device_bytes())
        if self._torch:
            from torch.profiler import record_function

            with record_function(_FRAME_MARK):
                pass
        if len(self.python) > self._frames:
            self._snapshots.append(tracemalloc.take_snapshot())

    def kept(self) -> tuple[Kept, ...]:
        """The lines that made most of what of Python and numpy stayed behind the later frames."""
        before, after = self._snapshots
        frames = self._frames - _settled(self._frames)
        made: dict[str, float] = {}
        for difference in after.compare_to(before, "traceback"):
            place = _place(difference.traceback)
            made[place] = made.get(place, 0.0) + difference.size_diff / frames
        most = sorted(made.items(), key=lambda each: (-each[1], each[0]))[:_PLACES]
        return tuple(
            Kept(place, bytes_per_frame)
            for place, bytes_per_frame in most
            if place and bytes_per_frame >= max(_WORTH_TELLING, most[0][1] / 10)
        )

    def _device_bytes(self) -> int:
        if self._device.startswith("cuda"):
            import torch

            torch.cuda.synchronize(self._device)
            return torch.cuda.memory_allocated(self._device)
        if self._device.startswith("mps"):
            import torch

            torch.mps.synchronize()
            return torch.mps.current_allocated_memory()
        return 0

    @contextmanager
    def _tensors_watched(self) -> Iterator[None]:
        from torch.profiler import ProfilerActivity, profile

        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
            yield
        self.tensors = list(_host_bytes(_written(profiler)))


def _written(profiler: Any) -> str:
    """The trace of a profile that has ended, JSON text."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(file))
        return file.read_text(encoding="utf-8", errors="replace")


def _host_bytes(trace: str) -> Iterator[float]:
    """Bytes of host memory that torch held at each mark of a trace."""
    moments: list[tuple[float, float, bool]] = []

    def sift(event: dict[str, Any]) -> dict[str, Any] | None:
        """Take what is of interest, and drop events as they are read: there may be a million."""
        name = event.get("name")
        if name == _FRAME_MARK:
            moments.append((event["ts"], 0.0, True))
        elif name == "[memory]" and event["args"]["Device Type"] == _HOST:
            moments.append((event["ts"], event["args"]["Bytes"], False))
        return event if "Bytes" in event or "traceEvents" in event else None

    json.loads(trace, object_hook=sift)
    live = 0.0
    for _, size, is_mark in sorted(moments):
        live += size
        if is_mark:
            yield live


def _place(stack: tracemalloc.Traceback) -> str:
    """File and line that asked for memory, whichever function of numpy or torch it asked."""
    for frame in reversed(stack):  # the most recent last
        path = Path(frame.filename)
        if frame.filename in (__file__, tracemalloc.__file__):
            return ""
        if not _LIBRARIES.intersection(path.parts):
            return "/".join(path.parts[-2:]) + f":{frame.lineno}"
    return ""


def _stretch(frames: int) -> int:
    """Frames of each stretch."""
    return frames // (_STRETCHES + 1)


def _settled(frames: int) -> int:
    """Frames before the first stretch."""
    return frames - _STRETCHES * _stretch(frames)
