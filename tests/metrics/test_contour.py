import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.metrics import oracle
from tests.metrics.pairs import pairs
from vosbench.metrics import boundary, contour_accuracy
from vosbench.metrics.tolerance import tolerance_radius

Pair = tuple[NDArray[np.bool_], NDArray[np.bool_]]

EMPTY = np.zeros((30, 40), np.bool_)
FULL = np.ones((30, 40), np.bool_)
SQUARE = EMPTY.copy()
SQUARE[10:20, 10:20] = True


@given(pairs(), st.sampled_from((0.008, 0.03, 0.1, 0.3, 0.9)))
@settings(max_examples=400)
def test_any_pair_scores_as_the_definition_says(pair: Pair, tolerance: float) -> None:
    assert contour_accuracy(*pair, tolerance=tolerance) == oracle.contour(*pair, tolerance)


@given(pairs())
@settings(max_examples=100)
def test_truth_and_prediction_may_change_places(pair: Pair) -> None:
    assert contour_accuracy(*pair) == contour_accuracy(*reversed(pair))


@given(pairs())
@settings(max_examples=200)
def test_boundary_is_what_the_definition_says(pair: Pair) -> None:
    assert np.array_equal(boundary(pair[0]), oracle.boundary(pair[0]))


# The last shift is by more than 64 pixels, the width of a machine word.
@pytest.mark.parametrize(("size", "radius"), [((480, 854), 8), ((120, 1000), 9), ((9, 9999), 80)])
def test_large_images_score_as_the_definition_says(size: tuple[int, int], radius: int) -> None:
    assert tolerance_radius(size) == radius
    truth = _ellipses(size, np.random.default_rng(radius))
    prediction = np.roll(truth, (radius // 2, radius), axis=(0, 1))
    expected = oracle.contour(truth, prediction, 0.008)
    assert 0 < expected < 1
    assert contour_accuracy(truth, prediction) == expected


@pytest.mark.parametrize(("moved", "score"), [(0, 1.0), (8, 1.0), (9, 0.0)])
def test_a_contour_may_be_8_pixels_off_at_480p(moved: int, score: float) -> None:
    truth, prediction = np.zeros((2, 480, 854), np.bool_)
    truth[:, 400:] = True
    prediction[:, 400 + moved :] = True
    assert contour_accuracy(truth, prediction) == score


@pytest.mark.parametrize(
    ("down", "right", "score"),
    [
        (4, 5, 0.4),  # of its contour only (3, 4) is within 5 pixels: p = 1/4, r = 1
        (1, 6, 0.4),  # only (0, 5)
        (5, 5, 0.0),  # (4, 4) is the nearest: inside a square of 5, outside the disk
    ],
)
def test_the_tolerance_is_a_disk(down: int, right: int, score: float) -> None:
    truth, prediction = np.zeros((2, 30, 40), np.bool_)  # diagonal 50, a tenth of it is 5
    truth[0, 0] = True  # a contour of this pixel alone
    prediction[down, right] = True  # a contour of it, its west, north and north-west neighbours
    assert contour_accuracy(truth, prediction, tolerance=0.1) == pytest.approx(score)


@pytest.mark.parametrize("radius", range(1, 30))
def test_the_disk_has_no_holes(radius: int) -> None:
    # Other contours are at least two pixels wide somewhere, which hides a hole of one.
    truth = np.zeros((30, 40), np.bool_)
    truth[0, 0] = True
    prediction = np.random.default_rng(radius).random(truth.shape) < 0.3
    tolerance = radius / 50
    expected = oracle.contour(truth, prediction, tolerance)
    assert contour_accuracy(truth, prediction, tolerance=tolerance) == expected


def test_two_empty_masks_agree_fully() -> None:
    assert contour_accuracy(EMPTY, EMPTY) == 1.0


def test_a_full_image_has_no_contour_and_agrees_with_an_empty_one() -> None:
    assert not boundary(FULL).any()
    assert contour_accuracy(EMPTY, FULL) == 1.0


@pytest.mark.parametrize("without_contour", [EMPTY, FULL])
def test_a_contour_against_none_scores_nothing(without_contour: NDArray[np.bool_]) -> None:
    assert contour_accuracy(SQUARE, without_contour) == 0.0
    assert contour_accuracy(without_contour, SQUARE) == 0.0


def test_contours_far_apart_score_nothing() -> None:
    assert contour_accuracy(SQUARE, np.roll(SQUARE, 15, axis=1)) == 0.0


def test_a_single_pixel_in_a_1x1_image_has_no_contour() -> None:
    assert contour_accuracy(np.ones((1, 1), np.bool_), np.zeros((1, 1), np.bool_)) == 1.0


def test_boundary_by_hand() -> None:
    mask = np.array(
        [
            [0, 0, 0, 0],
            [0, 1, 0, 1],
            [0, 0, 0, 1],
            [1, 0, 0, 1],
        ],
        np.bool_,
    )
    # By hand: differs from east, south or south-east; in the last row east, last column south.
    expected = np.array(
        [
            [1, 1, 1, 1],
            [1, 1, 1, 0],
            [1, 0, 1, 0],
            [1, 0, 1, 0],
        ],
        np.bool_,
    )
    assert np.array_equal(boundary(mask), expected)


@pytest.mark.parametrize("size", [(480, 854), (1080, 1920), (720, 1280), (1, 1), (4320, 7680)])
def test_the_radius_is_a_fraction_of_the_diagonal_rounded_up(size: tuple[int, int]) -> None:
    assert tolerance_radius(size) == int(np.ceil(0.008 * np.linalg.norm(size)))


def test_a_mask_of_width_1_is_never_broadcast() -> None:
    with pytest.raises(ValueError, match="two masks of one size"):
        contour_accuracy(SQUARE, SQUARE[:, :1])


@pytest.mark.parametrize("tolerance", [0.0, -0.1, float("nan")])
def test_a_tolerance_of_nothing_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerance above 0"):
        contour_accuracy(SQUARE, SQUARE, tolerance=tolerance)


def _ellipses(size: tuple[int, int], generator: np.random.Generator) -> NDArray[np.bool_]:
    """Three ellipses anywhere in the image, borders included."""
    y, x = np.indices(size)
    mask = np.zeros(size, np.bool_)
    for _ in range(3):
        centre, axes = generator.random(2), generator.uniform(0.05, 0.3, 2)
        mask |= ((y / size[0] - centre[0]) / axes[0]) ** 2 + (
            (x / size[1] - centre[1]) / axes[1]
        ) ** 2 < 1
    return mask
