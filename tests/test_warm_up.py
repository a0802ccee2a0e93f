"""What a warm-up hands to a method, what it costs, and that masks know nothing of it."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny_runs import SIZE, Jitter
from vosbench.arrays import Image, Mask, object_ids
from vosbench.method import Method, OfflineMethod
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import THROUGHPUT
from vosbench.warm_up import Shape, WarmUp, made_up_clip

SHAPE = Shape(*SIZE, objects=2)


class Ticks:
    """A clock on which work takes what it is said to take."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Worker(Jitter):
    """5 s to fit, 1 s a step, and 2 s more in the third for adaptation."""

    def __init__(self, time: Ticks) -> None:
        super().__init__()
        self.time = time
        self.steps = 0

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self.time.now += 5

    def step(self, image: Image) -> Mask:
        self.steps += 1
        self.time.now += 1
        if self.steps == 3:
            with phase("adapt"):
                self.time.now += 2
        return super().step(image)

    @property
    def warm_up_frames(self) -> int:
        return 3


class Shortened(Worker):
    """Sends a quicker one."""

    def rehearsal(self) -> Method:
        self.sent = Worker(self.time)
        return self.sent


class Whole(OfflineMethod):
    """Answers with the first mask, a second a clip."""

    def __init__(self, time: Ticks) -> None:
        self.time = time

    def clip(self, images: list[Image], mask: Mask) -> list[Mask]:
        self.time.now += 1
        return [mask.copy() for _ in images[1:]]


def warm_up(method: Method, time: Ticks, mode: str = "streaming") -> WarmUp:
    return WarmUp(method, lambda: PhaseClock(now=time), seed=3, mode=mode)


def test_the_cold_start_is_init_and_the_first_step_once_for_each_shape() -> None:
    worker = Worker(time := Ticks())
    warming = warm_up(worker, time)
    assert warming.to(SHAPE) == 6
    assert (worker.steps, worker.seed) == (3, 3)
    assert warming.to(SHAPE) is None
    assert warming.to(Shape(*SIZE, objects=1)) == 6
    assert worker.steps == 6


def test_a_rehearsal_goes_in_place_of_the_method() -> None:
    shortened = Shortened(time := Ticks())
    assert warm_up(shortened, time).to(SHAPE) == 6
    assert (shortened.steps, shortened.sent.steps) == (0, 3)


def test_a_method_that_needs_the_whole_clip_gets_one() -> None:
    time = Ticks()
    assert warm_up(Whole(time), time, THROUGHPUT).to(SHAPE) == 1


def test_what_fails_once_is_not_tried_again() -> None:
    class Failing(Worker):
        def step(self, image: Image) -> Mask:
            raise RuntimeError("no luck")

    warming = warm_up(Failing(time := Ticks()), time)
    with pytest.raises(RuntimeError, match="no luck"):
        warming.to(SHAPE)
    assert warming.to(SHAPE) is None


def test_random_numbers_are_the_same_whatever_was_drawn_before() -> None:
    drawn = []

    class Draws(Worker):
        def fit(self, image: Image, mask: Mask) -> None:
            super().fit(image, mask)
            drawn.append((random.random(), np.random.random()))

    for _ in range(2):
        warm_up(Draws(time := Ticks()), time).to(SHAPE)
        random.random()
    assert drawn[0] == drawn[1]


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 12), st.integers(0, 4))
def test_a_made_up_clip_is_of_its_shape(height: int, width: int, objects: int, steps: int) -> None:
    objects = min(objects, height * width)
    images, mask = made_up_clip(Shape(height, width, objects), steps)
    assert object_ids(mask) == tuple(range(1, objects + 1))
    assert (mask.shape, mask.dtype) == ((height, width), np.uint8)
    assert len(images) == steps + 1
    assert {(image.shape, image.dtype.name) for image in images} == {((height, width, 3), "uint8")}


def test_a_made_up_clip_moves_and_is_always_the_same() -> None:
    (first, second), _ = made_up_clip(SHAPE, 1)
    (again, _), _ = made_up_clip(SHAPE, 1)
    assert (first != second).any()
    np.testing.assert_array_equal(first, again)
