"""What a method counts on one clip, taken so that it is the same wherever it is taken again.

A busy machine changes no count. The number of threads does, as torch takes other operators with
another one, so there is one thread. What is left is the version of torch, the processor, which
rounds in its own way, and the device; they stand in what was counted.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from vosbench.method import Method
from vosbench.profiling.collecting import ProfileRequest, collect
from vosbench.profiling.counts import Counts, counts_of
from vosbench.request import RunRequest
from vosbench.sequence import Dataset, Sequence

FRAMES = 7
"""Of the clip, the annotated one included: methods that adapt online do so every five frames."""


def count(request: RunRequest, dataset: Dataset, *, frames: int = FRAMES) -> Counts | None:
    """What the method of `request` counts on the first frames of the cheapest sequence.

    None where there is nothing to count: masks that exist already, or no sequence with a frame
    after the annotated one. Torch has one thread meanwhile, and no file is left.

    Args:
        frames: of the sequence, at least two.

    Raises:
        MethodError: the method failed.
        DataError: the sequence cannot be read.
        UsageError: this build of torch has no profiler.
    """
    sequence = cheapest(dataset)
    method = request.build()
    if sequence is None or not isinstance(method, Method):
        return None
    with one_thread():
        profile = collect(
            ProfileRequest(
                method=method,
                label=request.label,
                settings=request.settings,
                dataset="-".join(filter(None, (dataset.name, dataset.variant))),
                sequence=replace(sequence, frames=sequence.frames[:frames]),
                seed=request.seed,
                device=request.device,
                warm_up=False,
                mode=request.mode,
                trace=None,
            )
        )
    return counts_of(profile)


def cheapest(dataset: Dataset) -> Sequence | None:
    """The sequence with the fewest objects, the shortest of several, the first of equals.

    None if all have one frame only. A frame more or an object more is more of the same.
    """
    moving = [sequence for sequence in dataset.sequences if len(sequence) > 1]
    return min(moving, key=lambda each: (len(each.object_ids()), len(each)), default=None)


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch, where it is imported, computes on one thread of the host."""
    if "torch" not in sys.modules:
        yield
        return
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
