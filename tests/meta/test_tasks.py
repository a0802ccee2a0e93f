"""Tasks drawn from a sequence: which objects can be seen where, and what a task shows of one."""

from collections.abc import Sequence as Several

import numpy as np
import pytest
from numpy.typing import NDArray

from vosbench.arrays import VOID
from vosbench.meta.tasks import SMALLEST_OBJECT, draw_task, visible_objects
from vosbench.sequence import Sequence


def sequence(masks: Several[NDArray[np.uint8] | None]) -> Sequence:
    """A sequence whose n-th image is n everywhere."""
    return Sequence(
        name="toy",
        frames=tuple(f"{index:05d}" for index in range(len(masks))),
        read_image=lambda index: np.full((20, 20, 3), index, np.uint8),
        read_annotation=masks.__getitem__,
        fingerprint=lambda: "toy",
    )


def square(object_id: int, pixels: int) -> NDArray[np.uint8]:
    mask = np.zeros(400, np.uint8)
    mask[:pixels] = object_id
    return mask.reshape(20, 20)


def test_an_object_counts_where_it_is_large_enough():
    large, small = square(3, SMALLEST_OBJECT), square(3, SMALLEST_OBJECT - 1)
    (found,) = visible_objects(sequence([large, None, small, large]))
    assert (found.object_id, found.frames) == (3, (0, 3))


def test_background_and_void_are_no_objects():
    assert visible_objects(sequence([square(VOID, 200), square(0, 400)])) == ()


def test_a_task_shows_two_frames_of_its_object():
    (shown,) = visible_objects(sequence([square(1, 100), square(1, 120), square(1, 140)]))
    seen = set()
    for seed in range(60):
        task = draw_task(shown, np.random.default_rng(seed))
        support, query = int(task.support.image[0, 0, 0]), int(task.query.image[0, 0, 0])
        assert support != query
        assert task.support.mask.sum() == 100 + 20 * support
        assert task.support.earlier is task.support.mask  # nothing is known before it
        assert task.query.mask.sum() == 100 + 20 * query
        before = int(task.query.earlier.sum() - 100) // 20
        assert before in ({query, query - 1} if query else {query})
        seen.add((support, query, before))
    # 6 pairs; the query frame of four of them has a frame before it, which is used at times.
    assert len(seen) == 10
    assert task.sequence == "toy" and task.object_id == 1 and 0 <= task.seed < 2**31


def test_an_object_seen_once_is_support_and_query():
    (shown,) = visible_objects(sequence([square(1, 10), square(1, 100)]))
    task = draw_task(shown, np.random.default_rng(0))
    assert np.array_equal(task.support.image, task.query.image)
    # In the frame before it was too small to say where it came from.
    assert np.array_equal(task.query.earlier, task.query.mask)


@pytest.mark.parametrize("frame", [0, 2])
def test_motion_is_only_taken_from_a_frame_that_shows_the_object(frame: int):
    (shown,) = visible_objects(sequence([square(1, 100), None, square(1, 120)]))
    for seed in range(10):
        drawn = shown.frame(frame, np.random.default_rng(seed))
        assert np.array_equal(drawn.earlier, drawn.mask)
