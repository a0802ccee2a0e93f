import numpy as np
import pytest

from vosbench.errors import UsageError
from vosbench.metrics import protocols


def label_map(*values: int) -> np.ndarray:
    return np.array([values], np.uint8)


@pytest.mark.parametrize("name", ["davis2016", "davis2017"])
@pytest.mark.parametrize(
    ("frames", "scored"), [(50, range(1, 49)), (3, range(1, 2)), (2, range(0)), (1, range(0))]
)
def test_davis_leaves_out_the_first_and_the_last_frame(
    name: str, frames: int, scored: range
) -> None:
    assert protocols.get(name).scored_frames(frames) == scored


def test_davis2017_scores_ids_up_to_the_highest_gaps_included() -> None:
    assert protocols.get("davis2017").object_ids(label_map(0, 2, 5)) == (1, 2, 3, 4, 5)


def test_davis2016_scores_one_object_whatever_its_ids() -> None:
    assert protocols.get("davis2016").object_ids(label_map(0, 2, 5, 255)) == (1,)


@pytest.mark.parametrize("name", ["davis2016", "davis2017"])
def test_an_empty_annotation_has_no_object(name: str) -> None:
    assert protocols.get(name).object_ids(label_map(0, 0)) == ()


def test_void_is_background_in_annotations_of_davis2017_only() -> None:
    protocol = protocols.get("davis2017")
    assert protocol.truth(label_map(0, 1, 255)).tolist() == [[0, 1, 0]]
    assert protocol.prediction(label_map(0, 1, 255)).tolist() == [[0, 1, 255]]


def test_255_is_the_object_under_davis2016() -> None:
    protocol = protocols.get("davis2016")
    assert protocol.truth(label_map(0, 1, 255)).tolist() == [[0, 1, 1]]
    assert protocol.prediction(label_map(0, 3, 255)).tolist() == [[0, 1, 1]]


def test_annotations_are_left_as_they_are() -> None:
    annotation = label_map(0, 1, 255)
    protocols.get("davis2017").truth(annotation)
    assert annotation.tolist() == [[0, 1, 255]]


@pytest.mark.parametrize("name", protocols.names())
def test_a_protocol_is_found_by_its_name(name: str) -> None:
    assert protocols.get(name).name == name


def test_an_unknown_protocol_suggests_the_closest() -> None:
    with pytest.raises(
        UsageError, match=r"no protocol 'davis2071' \(did you mean davis201[67]\?\)"
    ):
        protocols.get("davis2071")
