"""What stays behind a frame: leaks of every kind are found, bounded memory is not."""

import itertools
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny_runs import BEAR, Jitter, Stored, dataset, request, sequence
from vosbench.arrays import Image, Mask
from vosbench.errors import MethodError
from vosbench.gate.facts import Growth
from vosbench.gate.growth import FEWEST, FRAMES, back_and_forth, grown, lasting_growth
from vosbench.method import OfflineMethod

MEBIBYTE = 1 << 20
CLOSE = 0.02
"""Share of a leak of a mebibyte by which what is found may be off."""


class Keeping(Jitter):
    """Does something with what it keeps, once a frame."""

    def __init__(self, keep: Callable[["Keeping"], None]) -> None:
        super().__init__()
        self._keep = keep

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self.frame = 0
        self.kept: Any = []
        self.weight = torch.zeros(1, requires_grad=True)

    def step(self, image: Image) -> Mask:
        self.frame += 1
        self._keep(self)
        return super().step(image)


def growth(keep: Callable[[Keeping], None], **changes: Any) -> Growth:
    found = grown(request(lambda: Keeping(keep)), dataset(BEAR), **changes)
    assert found is not None
    return found


def an_array(method: Keeping) -> None:
    method.kept.append(np.zeros(MEBIBYTE, np.uint8))


def bytes_of_python(method: Keeping) -> None:
    method.kept.append(bytes(MEBIBYTE))


def small_objects(method: Keeping) -> None:
    # 24 bytes each and 8 of a pointer
    method.kept.append([float(index) for index in range(MEBIBYTE // 8 // 32)])


def a_tensor(method: Keeping) -> None:
    method.kept.append(torch.zeros(MEBIBYTE // 4))


def a_loss_with_its_graph(method: Keeping) -> None:
    # the tensor is kept by the graph alone, where no object of Python holds it
    method.kept.append((method.weight + torch.ones(MEBIBYTE // 4)).exp().sum())


def every_fifth_frame(method: Keeping) -> None:
    if method.frame % 5 == 0:
        method.kept.append(torch.zeros(5 * MEBIBYTE // 4))


@pytest.mark.parametrize(
    ("leak", "size"),
    [(an_array, MEBIBYTE), (bytes_of_python, MEBIBYTE), (small_objects, MEBIBYTE // 8)],
)
def test_a_leak_of_python_or_numpy_is_found_and_its_line_named(
    leak: Callable[[Keeping], None], size: int
) -> None:
    found = growth(leak)
    assert found.bytes_per_frame == pytest.approx(size, rel=CLOSE)
    assert found.python == pytest.approx(size, rel=CLOSE)
    assert found.tensors == pytest.approx(0, abs=4096)
    line = leak.__code__.co_firstlineno + (2 if leak is small_objects else 1)
    assert found.kept[0].place == f"gate/test_growth.py:{line}"
    assert found.kept[0].bytes_per_frame == pytest.approx(size, rel=CLOSE)


@pytest.mark.parametrize("leak", [a_tensor, a_loss_with_its_graph, every_fifth_frame])
def test_a_leak_of_torch_is_found(leak: Callable[[Keeping], None]) -> None:
    found = growth(leak)
    assert found.bytes_per_frame == pytest.approx(MEBIBYTE, rel=CLOSE)
    assert found.tensors == pytest.approx(MEBIBYTE, rel=CLOSE)
    assert found.python < MEBIBYTE / 100
    assert found.device == 0


def keeps_nothing(method: Keeping) -> None:
    del method


def a_window(method: Keeping) -> None:
    if not method.kept:
        method.kept = deque(maxlen=8)
    method.kept.append((np.zeros(MEBIBYTE, np.uint8), torch.zeros(MEBIBYTE // 4)))


def a_memory_that_is_full_in_the_end(method: Keeping) -> None:
    if len(method.kept) < 14:
        method.kept.append(torch.zeros(MEBIBYTE // 4))


def a_cache_made_late(method: Keeping) -> None:
    if method.frame == 12:
        method.kept.append(np.zeros(64 * MEBIBYTE, np.uint8))


def cycles_of_garbage(method: Keeping) -> None:
    circle: list[Any] = [np.zeros(MEBIBYTE, np.uint8)]
    circle.append(circle)


def more_in_some_frames(method: Keeping) -> None:
    method.kept = [torch.zeros((method.frame * 7919 % 13) * MEBIBYTE // 4)]


@pytest.mark.parametrize(
    "memory",
    [
        keeps_nothing,
        a_window,
        a_memory_that_is_full_in_the_end,
        a_cache_made_late,
        cycles_of_garbage,
        more_in_some_frames,
    ],
)
def test_bounded_memory_is_no_leak(memory: Callable[[Keeping], None]) -> None:
    assert growth(memory).bytes_per_frame < 4096


def test_the_method_has_as_many_frames_as_are_asked_for_however_short_the_clip() -> None:
    seen: list[int] = []

    def look(method: Keeping) -> None:
        seen.append(method.frame)

    found = growth(look)
    assert (found.frames, found.sequence) == (FRAMES, "bear")
    assert seen == list(range(1, FRAMES + 1))
    assert growth(keeps_nothing, frames=FEWEST).frames == FEWEST
    with pytest.raises(ValueError, match="7 frames says nothing"):
        growth(keeps_nothing, frames=FEWEST - 1)


@given(st.integers(2, 9), st.integers(0, 50))
def test_every_frame_is_beside_the_one_before(length: int, steps: int) -> None:
    indices = [0, *back_and_forth(length, steps)]
    assert len(indices) == steps + 1
    assert all(abs(one - other) == 1 for one, other in itertools.pairwise(indices))
    assert set(indices) <= set(range(length))


@given(
    st.integers(FEWEST, 40),
    st.floats(0, 1e7),
    st.lists(st.floats(0, 1e3), min_size=41, max_size=41),
)
def test_a_leak_is_found_to_within_what_memory_moves_by(
    frames: int, leak: float, moves: list[float]
) -> None:
    live = [leak * frame + moves[frame] for frame in range(frames + 1)]
    stretch = frames // 4
    assert lasting_growth(live) == pytest.approx(leak, abs=1e3 / stretch + 1e-6 * leak + 1e-6)


@given(
    st.integers(FEWEST, 40),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 10**9)), max_size=2),
)
def test_two_steps_are_no_leak(frames: int, steps: list[tuple[int, int]]) -> None:
    live = [sum(size for at, size in steps if at <= frame) for frame in range(frames + 1)]
    assert lasting_growth(live) == 0


def test_what_is_not_fed_frame_by_frame_has_no_growth() -> None:
    class Whole(OfflineMethod):
        def clip(self, images: list[Image], mask: Mask) -> list[Mask]:
            return [mask for _ in images[1:]]

    assert grown(request(Whole), dataset(BEAR)) is None
    assert grown(request(Stored), dataset(BEAR)) is None
    assert grown(request(), dataset(sequence("still", frames=1))) is None


def test_a_method_that_fails_is_one_sentence() -> None:
    def fail(method: Keeping) -> None:
        if method.frame > len(BEAR):
            raise IndexError("no such frame")

    with pytest.raises(MethodError, match=r"jitter failed on bear: IndexError: no such frame .*\d"):
        growth(fail)


@pytest.mark.gpu
def test_a_leak_on_the_device_is_found() -> None:
    def leak(method: Keeping) -> None:
        method.kept.append(torch.zeros(MEBIBYTE // 4, device="cuda"))

    found = grown(request(lambda: Keeping(leak), device="cuda"), dataset(BEAR))
    assert found is not None
    assert found.device == pytest.approx(MEBIBYTE, rel=CLOSE)
    assert found.bytes_per_frame == pytest.approx(MEBIBYTE, rel=CLOSE)
