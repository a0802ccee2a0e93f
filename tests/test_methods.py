"""The contract that every registered method keeps, whatever it does inside."""

from collections.abc import Iterator

import numpy as np
import pytest

from vosbench.arrays import Image, Mask, check_mask
from vosbench.errors import MethodError
from vosbench.method import Method
from vosbench.registry import load_method, method_entries, method_settings
from vosbench.timing import PhaseClock
from vosbench.warm_up import Shape, WarmUp, made_up_clip

QUICK = {"steps": "1", "adapt_steps": "1", "adapt_every": "2"}
"""Settings that cost time and change nothing in the contract."""

QUICK_OF_FAMILY = {"osvos": {"short_side": "32"}}
"""The same, of methods whose names begin alike."""

SIZE = (40, 56)
MASK_SOURCES = {"stored"}  # has its own tests: it takes masks from files, not images


def registered() -> list[str]:
    """Every built-in method; of variants that `QUICK` makes the same, the first."""
    found: dict[tuple[object, ...], str] = {}
    for entry in method_entries():
        if entry.source.built_in and entry.name not in MASK_SOURCES:
            kept = sorted((key, repr(v)) for key, v in entry.settings.items() if key not in QUICK)
            found.setdefault((entry.source.module, *kept), entry.name)
    return list(found.values())


@pytest.fixture(params=registered())
def method(request: pytest.FixtureRequest) -> Method:
    """A new instance of every method, quick where it can be."""
    return built(request.param)


def built(name: str) -> Method:
    known = {setting.name for setting in method_settings(name)}
    quick = {key: value for key, value in QUICK.items() if key in known}
    quick |= QUICK_OF_FAMILY.get(name.partition("-")[0], {})
    method = load_method(name, quick).build()
    assert isinstance(method, Method)
    method.seed = 3
    return method


def video(seed: int, frames: int = 4, size: tuple[int, int] = SIZE) -> list[Image]:
    """Noise that a bright square moves over."""
    rng = np.random.default_rng(seed)
    images = [rng.integers(0, 90, (*size, 3), np.uint8) for _ in range(frames)]
    for index, image in enumerate(images):
        image[8:24, 8 + index : 24 + index] += 150
    return images


def objects(*ids: int, size: tuple[int, int] = SIZE) -> Mask:
    """The bright square of `video`, cut into upright strips, one an id."""
    mask = np.zeros(size, np.uint8)
    for object_id, columns in zip(ids, np.array_split(np.arange(8, 24), len(ids)), strict=True):
        mask[8:24, columns] = object_id
    return mask


def segmented(method: Method, images: list[Image], mask: Mask) -> Iterator[Mask]:
    """Masks of all frames but the first, each checked against the contract."""
    method.fit(images[0], mask)
    for image in images[1:]:
        result = method.step(image)
        check_mask(result, image.shape[:2])
        assert set(np.unique(result)) <= {0, *np.unique(mask)}
        assert {found.object_id for found in method.detections()} <= set(np.unique(mask))
        yield result


@pytest.mark.parametrize("ids", [(1,), (1, 2), (3, 7, 200)], ids=str)
def test_ids_and_size_are_those_of_the_first_frame(method: Method, ids: tuple[int, ...]) -> None:
    assert len(list(segmented(method, video(0), objects(*ids)))) == 3


def test_the_same_seed_gives_the_same_masks(method: Method) -> None:
    images, mask = video(0), objects(1, 2)
    once, again = (list(segmented(method, images, mask)) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_a_clip_as_a_whole_gets_the_same_masks(method: Method) -> None:
    images, mask = video(0), objects(1, 2)
    one_by_one = list(segmented(method, images, mask))
    np.testing.assert_array_equal(method.clip(list(images), mask), one_by_one)


def test_fit_forgets_the_sequence_before(request: pytest.FixtureRequest, method: Method) -> None:
    other = built(request.node.callspec.params["method"])
    list(segmented(other, video(1, frames=6, size=(48, 32)), objects(4, 5, size=(48, 32))))
    images, mask = video(0), objects(1, 2)
    fresh, used = list(segmented(method, images, mask)), list(segmented(other, images, mask))
    np.testing.assert_array_equal(fresh, used)


def test_a_rehearsal_goes_through_all_phases_and_leaves_no_trace(
    request: pytest.FixtureRequest, method: Method
) -> None:
    other = built(request.node.callspec.params["method"])
    clock = PhaseClock()
    warm_up = WarmUp(other, lambda: clock, seed=5)
    assert warm_up.to(Shape(*SIZE, objects=2))
    assert clock.seconds["init"] > 0
    assert clock.seconds["infer"] > 0
    assert (clock.seconds["adapt"] > 0) == bool(getattr(other, "adapt", False))
    images, mask = video(0), objects(1, 2)
    other.seed = method.seed
    cold, warm = (list(segmented(one, images, mask)) for one in (method, other))
    np.testing.assert_array_equal(cold, warm)


def test_a_rehearsal_is_short_however_long_the_method_takes() -> None:
    method = load_method("eosvos-100-OnA", {}).build()
    assert isinstance(method, Method)
    rehearsal = method.rehearsal()
    clock = PhaseClock()
    images, mask = made_up_clip(Shape(*SIZE, objects=1), rehearsal.warm_up_frames)
    with clock.running():
        list(segmented(rehearsal, images, mask))
    assert len(images) == 1 + 5
    assert clock.seconds["adapt"] > 0


def test_what_is_given_and_what_is_returned_belongs_to_the_caller(method: Method) -> None:
    images, mask = video(0), objects(1, 2)
    given = [image.copy() for image in images], mask.copy()
    expected = [result.copy() for result in segmented(method, images, mask)]
    np.testing.assert_array_equal(images, given[0])
    np.testing.assert_array_equal(mask, given[1])
    spoiled = mask.copy()
    method.fit(images[0], spoiled)
    spoiled[:] = 0
    for image, result in zip(images[1:], expected, strict=True):
        returned = method.step(image)
        np.testing.assert_array_equal(returned, result)
        returned[:] = 0


def test_an_object_may_disappear_and_return(method: Method) -> None:
    images = video(0)
    empty = [np.full_like(image, 40) for image in video(0, frames=3)]
    assert len(list(segmented(method, [*images, *empty, *images], objects(1, 2)))) == 10


def test_an_object_may_be_one_pixel(method: Method) -> None:
    mask = np.zeros(SIZE, np.uint8)
    mask[0, -1] = 1
    mask[20, 20] = 2
    assert len(list(segmented(method, video(0), mask))) == 3


def test_an_object_may_fill_the_frame(method: Method) -> None:
    assert len(list(segmented(method, video(0), np.full(SIZE, 1, np.uint8)))) == 3


def test_a_sequence_may_be_one_frame(method: Method) -> None:
    method.fit(video(0)[0], objects(1))
    assert len(list(segmented(method, video(0), objects(2)))) == 3


def test_provenance_is_text(method: Method) -> None:
    for key, value in method.provenance().items():
        assert isinstance(key, str)
        assert isinstance(value, str)
        assert value


def test_late_objects_are_taken_up_or_refused(method: Method) -> None:
    images = video(0)
    method.fit(images[0], objects(1))
    late = np.zeros(SIZE, np.uint8)
    late[30:38, 30:50] = 9
    try:
        method.join(images[1], late)
    except MethodError as error:
        assert "after the first frame" in str(error)
    else:
        assert set(np.unique(method.step(images[1]))) <= {0, 1, 9}
