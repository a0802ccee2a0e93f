"""Paint over frames: known pixels have known colours, on any background."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vosbench.arrays import Image, Mask, object_ids
from vosbench.reports.pictures.overlays import (
    BLACK,
    CORRECT,
    FALSE,
    KIND_COLOURS,
    MISSED,
    WHITE,
    WRONG,
    around,
    brightness,
    edges,
    grown,
    object_colour,
    paint_difference,
    paint_labels,
    paint_outline,
    shares,
)

MASKS = arrays.arrays(
    np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(0, 3)
)
PAIRS = MASKS.flatmap(
    lambda mask: st.tuples(
        st.just(mask), arrays.arrays(np.uint8, mask.shape, elements=st.integers(0, 3))
    )
)


def grey(level: int, size: tuple[int, int] = (20, 24)) -> Image:
    return np.full((*size, 3), level, np.uint8)


def square(object_id: int = 1) -> Mask:
    mask = np.zeros((20, 24), np.uint8)
    mask[5:15, 6:18] = object_id
    return mask


class TestLabels:
    def test_fill_line_and_ring_have_their_colours(self) -> None:
        painted = paint_labels(grey(200), square(), fill=0.5, line=2)
        assert painted[10, 12].tolist() == [164, 100, 100]  # half of 200 and (128, 0, 0)
        assert painted[5, 12].tolist() == painted[6, 12].tolist() == [128, 0, 0]
        assert painted[7, 12].tolist() == [164, 100, 100]
        assert painted[4, 12].tolist() == painted[3, 12].tolist() == [255, 255, 255]
        assert painted[2, 12].tolist() == [200, 200, 200]

    def test_bright_colours_have_a_black_ring(self) -> None:
        painted = paint_labels(grey(200), square(255))
        assert painted[5, 12].tolist() == [224, 224, 192]
        assert painted[4, 12].tolist() == list(BLACK)

    @pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
    @pytest.mark.parametrize("object_id", [*range(1, 12), 255])
    def test_an_outline_stands_out_from_any_background(self, level: int, object_id: int) -> None:
        painted = paint_labels(grey(level), square(object_id))
        inner, ring = (brightness(tuple(painted[row, 12].tolist())) for row in (5, 4))
        assert max(abs(inner - level / 255), abs(ring - level / 255)) > 0.2

    def test_the_border_of_the_frame_is_no_outline(self) -> None:
        painted = paint_labels(grey(0), np.full((20, 24), 1, np.uint8), fill=1.0)
        assert (painted == object_colour(1)).all()
        assert not edges(np.full((3, 3), 1, np.uint8)).any()

    @given(mask=MASKS, line=st.integers(0, 2))
    def test_what_is_far_from_objects_stays_as_it_is(self, mask: Mask, line: int) -> None:
        image = np.random.default_rng(0).integers(0, 256, (*mask.shape, 3)).astype(np.uint8)
        before = image.copy()
        far = ~grown(mask > 0, line)
        np.testing.assert_array_equal(paint_labels(image, mask, line=line)[far], before[far])
        np.testing.assert_array_equal(image, before)

    def test_arrays_must_fit(self) -> None:
        with pytest.raises(ValueError, match=r"label map of size \(20, 24\)"):
            paint_labels(grey(0), np.zeros((20, 23), np.uint8))


class TestOutlines:
    def test_the_object_itself_is_left_as_it_is(self) -> None:
        painted = paint_outline(grey(90), square())
        assert painted[10, 12].tolist() == [90, 90, 90]
        assert painted[5, 12].tolist() == list(WHITE)
        assert painted[4, 12].tolist() == painted[6, 12].tolist() == list(BLACK)
        assert painted[3, 12].tolist() == [90, 90, 90]

    def test_outlines_in_the_colours_of_objects(self) -> None:
        painted = paint_outline(grey(90), square(2), colour=None)
        assert painted[5, 12].tolist() == list(object_colour(2))
        assert painted[4, 12].tolist() == list(WHITE)


class TestDifferences:
    def test_every_kind_of_pixel_has_its_colour(self) -> None:
        truth = np.array([[1, 1, 1, 0, 0]], np.uint8)
        mask = np.array([[1, 0, 2, 2, 0]], np.uint8)
        image = grey(100, (1, 5))
        painted = paint_difference(image, truth, mask)
        assert painted[0, 1].tolist() == list(MISSED)
        assert painted[0, 2].tolist() == list(WRONG)
        assert painted[0, 3].tolist() == list(FALSE)
        dim = painted[0, 4].tolist()
        assert dim == [39, 39, 39] or dim == [40, 40, 40]  # 0.4 of 100
        expected = 0.75 * np.array(CORRECT) + 0.25 * dim[0]
        assert np.abs(painted[0, 0] - expected).max() <= 1

    def test_kinds_differ_in_brightness_and_from_what_is_behind(self) -> None:
        levels = sorted(brightness(KIND_COLOURS[kind]) for kind in ("correct", "missed", "false"))
        assert min(np.diff(levels)) > 0.09
        brightest = paint_difference(grey(255, (1, 1)), *[np.zeros((1, 1), np.uint8)] * 2)
        assert brightness(tuple(brightest[0, 0].tolist())) < levels[2] - 0.4

    @given(pair=PAIRS)
    def test_shares_are_of_one_whole(self, pair: tuple[Mask, Mask]) -> None:
        truth, mask = pair
        found = shares(truth, mask)
        if found is None:
            assert not truth.any() and not mask.any()
        else:
            parts = (found.correct, found.missed, found.false, found.wrong)
            assert sum(parts) == pytest.approx(1)
            assert min(parts) >= 0

    @given(pair=PAIRS)
    def test_of_one_object_the_correct_share_is_j(self, pair: tuple[Mask, Mask]) -> None:
        truth, mask = (np.minimum(each, 1) for each in pair)
        union = int(((truth > 0) | (mask > 0)).sum())
        found = shares(truth, mask)
        if found is not None:
            assert found.correct == int((truth & mask).sum()) / union
            assert found.wrong == 0


class TestParts:
    @given(mask=MASKS, margin=st.floats(0, 1), least=st.floats(0.05, 1))
    def test_all_objects_are_in_a_part_of_the_frame(
        self, mask: Mask, margin: float, least: float
    ) -> None:
        left, top, right, bottom = around([mask], margin=margin, least=least)
        height, width = mask.shape
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
        if object_ids(mask):
            assert (mask[top:bottom, left:right] > 0).sum() == (mask > 0).sum()

    def test_a_small_object_is_seen_large(self) -> None:
        mask = np.zeros((100, 200), np.uint8)
        mask[50, 100] = 1
        left, top, right, bottom = around([mask])
        assert (right - left, bottom - top) == (60, 30)
        assert left <= 100 < right and top <= 50 < bottom

    def test_without_an_object_it_is_the_whole_frame(self) -> None:
        assert around([np.zeros((10, 20), np.uint8)]) == (0, 0, 20, 10)
