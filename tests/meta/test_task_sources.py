"""Sources of tasks: pure functions of the number, each with its own notion of what comes next."""

from collections import Counter
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.meta.test_tasks import sequence, square
from vosbench.errors import DataError, UsageError
from vosbench.meta.dataset_tasks import DatasetTasks, hold_out
from vosbench.meta.generated_tasks import ClipPool, GeneratedTasks, training_clip
from vosbench.meta.mixed_tasks import MixedTasks
from vosbench.meta.streams import Clips
from vosbench.meta.tasks import TaskDraw, TaskSource, VisibleObject
from vosbench.sequence import Dataset


def dataset(objects: dict[str, int]) -> Dataset:
    """Sequence name → number of objects, each alone in two frames of its own."""
    made = []
    for name, count in objects.items():
        masks = [square(1 + index // 2, 100 + index) for index in range(2 * count)]
        made.append(replace(sequence(masks), name=name))
    return Dataset("toys", "davis2017", tuple(made))


def same(first: TaskDraw, second: TaskDraw) -> bool:
    return (
        (first.sequence, first.object_id, first.seed)
        == (second.sequence, second.object_id, second.seed)
        and np.array_equal(first.support.image, second.support.image)
        and np.array_equal(first.query.mask, second.query.mask)
    )


def test_an_epoch_of_a_dataset_has_every_object_once():
    tasks = DatasetTasks(dataset({"a": 1, "b": 3, "c": 2}), seed=0)
    epochs = [
        [(t.sequence, t.object_id) for t in map(tasks.draw, range(6 * n, 6 * n + 6))]
        for n in range(4)
    ]
    assert all(len(set(epoch)) == 6 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4, "every epoch has an order of its own"


def test_tasks_of_a_dataset_depend_on_their_number_alone():
    made = dataset({"a": 2, "b": 2})
    forwards = DatasetTasks(made, seed=1)
    backwards = DatasetTasks(made, seed=1)
    later = [backwards.draw(number) for number in reversed(range(12))][::-1]
    assert all(same(forwards.draw(n), task) for n, task in enumerate(later))
    other = DatasetTasks(made, seed=2)
    assert not all(same(other.draw(n), task) for n, task in enumerate(later))


def test_a_dataset_without_usable_tasks_says_why():
    tiny = Dataset("specks", "davis2017", (sequence([square(1, 5), square(2, 9)]),))
    with pytest.raises(DataError, match="specks has no usable task: in none of its 1 sequences"):
        DatasetTasks(tiny, seed=0)


def test_held_out_sequences_are_not_trained_on():
    whole = dataset(dict.fromkeys("abcdefgh", 1))
    training, held = hold_out(whole, 3, seed=0)
    names = [{s.name for s in part.sequences} for part in (training, held)]
    assert len(names[1]) == 3 and not names[0] & names[1] and names[0] | names[1] == set("abcdefgh")
    shuffled = replace(whole, sequences=whole.sequences[::-1])
    assert {s.name for s in hold_out(shuffled, 3, seed=0)[1].sequences} == names[1]
    assert {s.name for s in hold_out(whole, 3, seed=1)[1].sequences} != names[1]


@pytest.mark.parametrize("count", [0, 2, 5])
def test_something_must_be_left_to_train_on(count: int):
    with pytest.raises(UsageError, match="hold out 1 to 1"):
        hold_out(dataset({"a": 1, "b": 1}), count, seed=0)


class Numbered:
    """A source whose tasks are their numbers."""

    def __init__(self, name: str) -> None:
        self.name = name

    def draw(self, number: int) -> TaskDraw:
        return cast(TaskDraw, (self.name, number))


@given(st.lists(st.floats(0.05, 20), min_size=1, max_size=4), st.integers(1, 300))
def test_a_mixture_takes_from_each_source_its_share_and_leaves_none_out(
    weights: list[float], count: int
):
    sources = [(weight, cast(TaskSource, Numbered(str(n)))) for n, weight in enumerate(weights)]
    mixed = MixedTasks(sources)
    drawn = [cast(tuple[str, int], mixed.draw(number)) for number in range(count)]
    for name, weight in enumerate(weights):
        numbers = [number for source, number in drawn if source == str(name)]
        assert numbers == list(range(len(numbers)))
        # Each choice between a source and those after it is rounded once.
        assert abs(len(numbers) - count * weight / sum(weights)) < len(weights) + 0.01


@pytest.mark.parametrize("weights", [[], [1.0, 0.0], [1.0, -2.0], [float("inf")]])
def test_weights_that_mean_nothing_are_refused(weights: list[float]):
    with pytest.raises(UsageError, match="weights above 0"):
        MixedTasks([(weight, cast(TaskSource, Numbered("a"))) for weight in weights])


def test_generated_tasks_depend_on_their_number_alone():
    first, second = (GeneratedTasks(11, first_clips=2) for _ in range(2))
    later = [second.draw(number) for number in (5, 0)]
    assert same(first.draw(0), later[1]) and same(first.draw(5), later[0])
    assert not same(later[0], later[1])


class _Pool(ClipPool):
    """A pool whose clips are their numbers."""

    def _generated(self, number: int) -> tuple[VisibleObject, ...]:
        found = (cast(VisibleObject, number),)
        return found if number != 3 else ()  # everything in clip 3 is tiny


def drawn(pool: ClipPool, number: int) -> set[int]:
    generator = np.random.default_rng(0)
    return {cast(int, pool.draw(number, generator)) for _ in range(200)}


def test_a_pool_grows_and_then_forgets_its_oldest_clips():
    pool = _Pool(0, Clips.TASKS, first=2, joins_every=2, largest=4)
    assert drawn(pool, 0) == drawn(pool, 1) == {0, 1}
    assert drawn(pool, 2) == {0, 1, 2}
    assert drawn(pool, 10) == {4, 5, 6}  # clips 3 to 6, of which 3 shows nothing
    assert drawn(pool, 2) == {0, 1, 2}, "the past can be drawn again"


def test_a_pool_may_stay_as_it_is():
    pool = _Pool(0, Clips.TASKS, first=3, joins_every=None)
    assert drawn(pool, 0) == drawn(pool, 10**6) == {0, 1, 2}


def test_each_kind_of_training_has_clips_of_its_own():
    clips = [training_clip(0, 1, kind).images.tobytes() for kind in Clips]
    assert len(set(clips)) == len(Clips)


def test_counts_of_objects_drawn_are_even():
    tasks = DatasetTasks(dataset({"a": 1, "b": 4}), seed=3)
    counts = Counter(tasks.draw(number).sequence for number in range(50))
    assert counts == {"a": 10, "b": 40}  # uniform over objects, not over sequences
