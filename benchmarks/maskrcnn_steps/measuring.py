"""Times of inner steps and of whole clips, the two implementations in turn."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.maskrcnn_steps.implementations import Implementation
from vosbench.methods._following import FirstFrame
from vosbench.methods._propagation_settings import PropagationSettings
from vosbench.sensors.memory import MemoryMeter, greater
from vosbench.synthetic import Clip
from vosbench.timing_records import Memory

WARM_UP = 2
"""Steps before those that are measured."""


@dataclass(frozen=True)
class Steps:
    """Inner steps of one implementation.

    Attributes:
        seconds: of each.
        cpu_seconds: of all threads of the process in each: on a CPU that others use too, the fairer
            measure; the backward pass may be on another thread.
        memory: most that was held in one of them; of the process, whoever is at work in it.
        regions: regions that the mask head saw in each, of all images.
        operations: floating-point operations of the layers in one, forward and backward.
    """

    seconds: list[float]
    cpu_seconds: list[float]
    memory: Memory
    regions: list[int]
    operations: int


@dataclass(frozen=True)
class Pass:
    """One clip from the first frame to the last.

    Attributes:
        first: seconds of fine-tuning on the first frame.
        seconds: of all, fine-tuning included.
        frames: that were segmented.
    """

    first: float
    seconds: float
    frames: int


def inner_steps(
    compared: Sequence[Implementation],
    clip: Clip,
    settings: PropagationSettings,
    steps: int,
    device: str,
    wait: Callable[[], None],
) -> dict[str, Steps]:
    """Inner steps on the first frame, A B A B, after a warm-up, by name."""
    image, mask = clip.images[0], clip.masks[0] == clip.masks[0][clip.masks[0] > 0].min()
    first = FirstFrame(image, mask, 0)
    seconds: dict[str, list[float]] = {one.name: [] for one in compared}
    cpu: dict[str, list[float]] = {one.name: [] for one in compared}
    memories: dict[str, list[Memory]] = {one.name: [] for one in compared}
    regions: dict[str, list[int]] = {one.name: [] for one in compared}
    operations: dict[str, int] = {}
    meter = MemoryMeter(device)
    followers = [one.follower(first, settings) for one in compared]
    running = [
        one.descent(follower.first_frame_loss, WARM_UP + steps + 1)
        for one, follower in zip(compared, followers, strict=True)
    ]
    for number in range(WARM_UP + steps):
        for one, descent in zip(compared, running, strict=True):
            meter.begin()
            with _seen_by_mask_head() as seen:
                began, busy = time.perf_counter(), time.process_time()
                next(descent)
                wait()
                took, worked = time.perf_counter() - began, time.process_time() - busy
            if number >= WARM_UP:
                seconds[one.name].append(took)
                cpu[one.name].append(worked)
                memories[one.name].append(meter.peak())
                regions[one.name].append(seen[0])
    for one, descent in zip(compared, running, strict=True):
        with FlopCounterMode(display=False) as counter:
            next(descent)
        operations[one.name] = counter.get_total_flops()
    return {
        name: Steps(
            seconds[name],
            cpu[name],
            reduce(greater, memories[name]),
            regions[name],
            operations[name],
        )
        for name in seconds
    }


def whole_clip(
    one: Implementation, clip: Clip, settings: PropagationSettings, wait: Callable[[], None]
) -> Pass:
    """One clip by one implementation."""
    propagation = one.propagation(settings)
    began = time.perf_counter()
    propagation.fit(clip.images[0], clip.masks[0], 0)
    wait()
    first = time.perf_counter() - began
    for image in clip.images[1:]:
        propagation.step(image)
    wait()
    return Pass(first, time.perf_counter() - began, len(clip.images) - 1)


def matmul_rate(device: str, dtype: torch.dtype, wait: Callable[[], None]) -> float:
    """Floating-point operations a second in the best of several products of square matrices."""
    side, products = (8192, 10) if device.startswith("cuda") else (1024, 3)
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    best = float("inf")
    for _ in range(6):
        wait()
        began = time.perf_counter()
        for _ in range(products):
            torch.mm(left, right)
        wait()
        best = min(best, (time.perf_counter() - began) / products)
    return 2 * side**3 / best


@contextmanager
def _seen_by_mask_head() -> Iterator[list[int]]:
    """A list with the number of regions that go through a mask head meanwhile."""
    seen = [0]

    def note(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if type(module).__name__ == "MaskRCNNHeads":
            seen[0] += len(inputs[0])

    handle = torch.nn.modules.module.register_module_forward_pre_hook(note)
    try:
        yield seen
    finally:
        handle.remove()
