import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from tests.metrics import oracle
from tests.metrics.pairs import pairs
from vosbench.metrics import region_similarity

EMPTY = np.zeros((4, 6), np.bool_)
FULL = np.ones((4, 6), np.bool_)


@given(pairs())
@settings(max_examples=200)
def test_any_pair_scores_as_the_definition_says(
    pair: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> None:
    assert region_similarity(*pair) == oracle.region(*pair)


def test_two_empty_masks_agree_fully() -> None:
    assert region_similarity(EMPTY, EMPTY) == 1.0


def test_a_prediction_of_an_absent_object_scores_nothing() -> None:
    assert region_similarity(EMPTY, FULL) == 0.0


def test_an_object_that_is_not_predicted_scores_nothing() -> None:
    assert region_similarity(FULL, EMPTY) == 0.0


def test_a_mask_of_width_1_is_never_broadcast() -> None:
    with pytest.raises(ValueError, match=r"two masks of one size, got \(4, 6\) and \(4, 1\)"):
        region_similarity(FULL, FULL[:, :1])


def test_a_label_map_is_no_mask() -> None:
    with pytest.raises(ValueError, match="expected a mask bool h×w, got uint8"):
        region_similarity(FULL, FULL.astype(np.uint8))
