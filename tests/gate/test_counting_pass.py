"""Counts of one clip: the same however often and wherever they are taken."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tests.gate.busy_machine import busy
from tests.tiny_runs import BEAR, CAT, Stored, dataset, request, sequence
from vosbench.arrays import Image, Mask
from vosbench.gate.counting_pass import cheapest, count, one_thread
from vosbench.method import Method
from vosbench.profiling.counts import Counts
from vosbench.registry import load_method
from vosbench.request import request_of
from vosbench.sequence import Dataset
from vosbench.timing_records import THROUGHPUT


class Tuned(Method):
    """Three inner steps on a convolution, large enough for torch to share it among threads."""

    def fit(self, image: Image, mask: Mask) -> None:
        self._mask = mask
        self._layer = torch.nn.Conv2d(3, 8, 3)
        frame = torch.from_numpy(image).float().permute(2, 0, 1)[None]
        self._frame = torch.nn.functional.interpolate(frame, size=(96, 96))
        for _ in range(3):
            self._layer(self._frame).square().mean().backward()

    def step(self, image: Image) -> Mask:
        with torch.inference_mode():
            self._layer(self._frame)
        return self._mask


def counted(**changes: Any) -> Counts:
    found = count(request(Tuned, **changes), dataset(BEAR))
    assert found is not None
    return found


@pytest.fixture
def threads() -> Iterator[None]:
    """What a test does to the number of threads is undone."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_counts_are_the_same_twenty_times_on_a_busy_machine() -> None:
    quiet = counted()
    with busy(2):
        assert all(counted() == quiet for _ in range(20))
    assert quiet.phases["init"].backward_passes == 3
    assert quiet.phases["init"].forward_passes == 3
    assert quiet.phases["infer"].forward_passes == len(BEAR) - 1


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="torch has one thread on one core")
def test_counts_are_the_same_whatever_the_number_of_threads(threads: None) -> None:
    torch.set_num_threads(1)
    alone = counted()
    torch.set_num_threads(2)
    assert counted() == alone
    assert alone.threads == 1
    assert torch.get_num_threads() == 2


def test_threads_are_given_back_after_a_fault(threads: None) -> None:
    torch.set_num_threads(2)
    with pytest.raises(RuntimeError), one_thread():
        assert torch.get_num_threads() == 1
        raise RuntimeError
    assert torch.get_num_threads() == 2


def test_the_clip_is_cut_short_and_counted_in_the_mode_of_the_run() -> None:
    long = dataset(sequence("long", frames=30))
    found = count(request(Tuned), long)
    assert found is not None
    assert (found.frames, found.phases["infer"].entered) == (6, 6)
    whole = count(request(Tuned, mode=THROUGHPUT), long, frames=3)
    assert whole is not None
    assert (whole.frames, whole.phases["infer"].entered) == (2, 1)


def test_the_cheapest_has_the_fewest_objects_then_frames_and_comes_first() -> None:
    still = sequence("still", frames=1)
    short, equal = sequence("short", frames=3), sequence("equal", frames=3)
    for order in itertools.permutations((still, CAT, BEAR, short)):
        assert cheapest(dataset(*order)) is short
    assert cheapest(dataset(equal, short)) is equal
    assert cheapest(dataset(still)) is None


def test_there_is_nothing_to_count_in_masks_that_exist_or_clips_of_one_frame() -> None:
    assert count(request(Stored), dataset(BEAR)) is None
    assert count(request(Tuned), dataset(sequence("still", frames=1))) is None


def test_a_method_without_torch_has_its_phases_counted() -> None:
    found = count(request(), dataset(BEAR))
    assert found is not None
    assert {name: each.entered for name, each in found.phases.items()} == {"init": 1, "infer": 4}
    assert all(each.operator_calls is None for each in found.phases.values())


def small_clip() -> Dataset:
    """A square that moves, of a size that networks can take."""
    frames = 3

    def annotation(index: int) -> Mask:
        mask = np.zeros((64, 80), np.uint8)
        mask[16:48, 10 + 2 * index : 42 + 2 * index] = 1
        return mask

    def image(index: int) -> Image:
        return np.repeat(annotation(index)[..., None] * np.uint8(200), 3, axis=2)

    made = sequence("square", frames=frames)
    return dataset(replace(made, read_image=image, read_annotation=annotation))


def test_inner_steps_of_eosvos_are_its_backward_passes() -> None:
    found = {}
    for steps in (1, 6):
        loaded = load_method("eosvos-10", {"steps": str(steps)})
        asked = request_of(loaded, timed=False, seed=0, device="cpu", mode="streaming", command="")
        made = count(asked, small_clip(), frames=2)
        assert made is not None
        found[steps] = made.phases["init"]
    assert (found[1].backward_passes, found[6].backward_passes) == (1, 6)
    assert (found[1].operator_calls or 0) < (found[6].operator_calls or 0)
