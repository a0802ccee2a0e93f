import weakref
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metrics import oracle
from vosbench.arrays import Image, Mask
from vosbench.comparing import Truth
from vosbench.errors import DataError
from vosbench.evaluate import FrameScore, Rules, evaluate, evaluate_sequence, summarise
from vosbench.metrics import protocols
from vosbench.records import ObjectScore, Statistic
from vosbench.sequence import Sequence

DAVIS2016, DAVIS2017 = protocols.get("davis2016"), protocols.get("davis2017")
PERFECT = Statistic(mean=1.0, recall=1.0, decay=0.0)
NOTHING = Statistic(mean=0.0, recall=0.0, decay=0.0)


def sequence_of(*annotations: Mask | None) -> Sequence:
    def no_image(index: int) -> Image:
        raise AssertionError(f"image {index} is not needed to score masks")

    return Sequence(
        name="goat",
        frames=tuple(f"{index:05d}" for index in range(len(annotations))),
        read_image=no_image,
        read_annotation=lambda index: annotations[index],
        fingerprint=lambda: "",
    )


def squares(*ids: int) -> Mask:
    """A square of 6×6 pixels for each id, side by side, with background around them."""
    mask = np.zeros((12, 10 * len(ids)), np.uint8)
    for place, object_id in enumerate(ids):
        mask[3:9, 10 * place + 2 : 10 * place + 8] = object_id
    return mask


def only(mask: Mask) -> Callable[[int], Mask]:
    return lambda index: mask


def test_annotations_against_themselves_are_perfect() -> None:
    annotation = squares(1, 2)
    scores = evaluate_sequence(sequence_of(*[annotation] * 5), only(annotation), DAVIS2017)
    assert scores.objects == (
        ObjectScore("goat", 1, 3, PERFECT, PERFECT),
        ObjectScore("goat", 2, 3, PERFECT, PERFECT),
    )
    assert scores.frames[:2] == (
        FrameScore(1, "00001", 1.0, 1.0),
        FrameScore(2, "00001", 1.0, 1.0),
    )
    assert [row.frame for row in scores.frames[::2]] == ["00001", "00002", "00003"]
    assert scores.protocol == "davis2017"


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(3, 5))
@settings(max_examples=60)
def test_any_label_maps_score_as_the_definition_says(seed: int, highest: int, frames: int) -> None:
    generator = np.random.default_rng(seed)
    annotations = generator.integers(0, highest + 1, (frames, 9, 7), np.uint8)
    annotations[0, 0, 0] = highest
    masks = generator.integers(0, highest + 1, (frames, 9, 7), np.uint8)
    scores = evaluate_sequence(sequence_of(*annotations), lambda t: masks[t], DAVIS2017)
    expected = [
        FrameScore(
            object_id,
            f"{t:05d}",
            oracle.region(annotations[t] == object_id, masks[t] == object_id),
            oracle.contour(annotations[t] == object_id, masks[t] == object_id, 0.008),
        )
        for t in range(1, frames - 1)
        for object_id in range(1, highest + 1)
    ]
    assert list(scores.frames) == expected


def test_masks_of_frames_that_do_not_count_are_never_asked_for() -> None:
    annotation = squares(1)
    asked = []

    def predicted(index: int) -> Mask:
        asked.append(index)
        return annotation

    evaluate_sequence(sequence_of(*[annotation] * 4, None), predicted, DAVIS2017)
    assert asked == [1, 2, 3]


def test_masks_are_not_kept() -> None:
    annotation = squares(1)
    masks: weakref.WeakSet[np.ndarray] = weakref.WeakSet()
    alive = []

    class Traced(np.ndarray):
        __hash__ = object.__hash__

    def predicted(index: int) -> Mask:
        alive.append(len(masks))
        mask = annotation.copy().view(Traced)
        masks.add(mask)
        return mask

    evaluate_sequence(sequence_of(*[annotation] * 20), predicted, DAVIS2017)
    assert len(alive) == 18
    assert max(alive) <= 1


def test_an_id_between_that_nobody_uses_counts_as_perfect() -> None:
    annotation = squares(1, 3)
    objects = evaluate_sequence(
        sequence_of(*[annotation] * 4), only(squares(0, 3)), DAVIS2017
    ).objects
    assert [(score.object_id, score.J, score.F) for score in objects] == [
        (1, NOTHING, NOTHING),
        (2, PERFECT, PERFECT),
        (3, PERFECT, PERFECT),
    ]


def test_an_id_between_that_only_the_prediction_uses_is_wrong() -> None:
    annotation = squares(1, 3)
    objects = evaluate_sequence(
        sequence_of(*[annotation] * 4), only(squares(2, 3)), DAVIS2017
    ).objects
    assert [score.J.mean for score in objects] == [0.0, 0.0, 1.0]


def test_an_id_between_may_appear_late() -> None:
    annotations = [squares(0, 2), squares(0, 2), squares(1, 2), squares(1, 2)]
    objects = evaluate_sequence(sequence_of(*annotations), only(squares(0, 2)), DAVIS2017).objects
    assert [score.J.mean for score in objects] == [0.5, 1.0]


def test_a_higher_id_that_appears_late_is_named_with_another_protocol() -> None:
    sequence = sequence_of(squares(1, 0), squares(1, 0), squares(1, 2), squares(1, 2))
    expected = r"object 2 is annotated in frame 00002 of sequence goat.* 1 to 1 .*youtube-vos"
    with pytest.raises(DataError, match=expected):
        evaluate_sequence(sequence, only(squares(1, 0)), DAVIS2017)


def test_an_object_that_the_annotation_loses_costs_where_it_is_predicted() -> None:
    sequence = sequence_of(squares(1), squares(1), squares(0), squares(0))
    [score] = evaluate_sequence(sequence, only(squares(1)), DAVIS2017).objects
    assert (score.J.mean, score.F.mean) == (0.5, 0.5)


def test_a_prediction_on_void_costs_under_davis2017() -> None:
    # 16 columns of object and 4 of void, all predicted: J = 16/20, the .80 of the official code.
    annotation = np.ones((10, 20), np.uint8)
    annotation[:, 16:] = 255
    prediction = np.ones((10, 20), np.uint8)
    [score] = evaluate_sequence(sequence_of(*[annotation] * 3), only(prediction), DAVIS2017).objects
    assert score.J.mean == 0.8


def test_davis2016_merges_all_objects_of_both_sides() -> None:
    annotation, prediction = squares(255, 1), squares(3, 7)
    scores = evaluate_sequence(sequence_of(*[annotation] * 3), only(prediction), DAVIS2016)
    assert scores.objects == (ObjectScore("goat", 1, 1, PERFECT, PERFECT),)


def test_an_extra_id_is_named_with_its_frame_and_sequence() -> None:
    annotation = squares(1, 2)
    expected = (
        r"frame 00001 of sequence goat holds id 3, 7, .* objects 1 to 2; .*--extra-ids ignore"
    )
    with pytest.raises(DataError, match=expected):
        evaluate_sequence(sequence_of(*[annotation] * 3), only(squares(3, 7, 0)[:, :20]), DAVIS2017)


def test_extra_ids_can_be_ignored() -> None:
    annotation = squares(1, 0)
    sequence = sequence_of(*[annotation] * 3)
    truth = Truth("goat", sequence.frames, sequence.read_annotation)
    [scores] = evaluate(truth, [only(squares(1, 9))], Rules(DAVIS2017, extra_ids="ignore"))
    [score] = scores.objects
    assert (score.J, score.F) == (PERFECT, PERFECT)


def test_a_prediction_saved_as_0_and_255_is_recognised() -> None:
    with pytest.raises(DataError, match=r"saved as 0/255: save object 1 as 1, or .* davis2016"):
        evaluate_sequence(sequence_of(*[squares(1)] * 3), only(squares(255)), DAVIS2017)


@pytest.mark.parametrize(
    ("prediction", "size"),
    [(squares(1, 0), "20×12"), (squares(1)[:, :1], "1×12"), (squares(1).T, "12×10")],
)
def test_a_mask_of_another_size_is_refused_with_both_sizes(prediction: Mask, size: str) -> None:
    expected = rf"frame 00001 of sequence goat is {size} pixels .* annotation 10×12"
    with pytest.raises(DataError, match=expected):
        evaluate_sequence(sequence_of(*[squares(1)] * 3), only(prediction), DAVIS2017)


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("protocol", [DAVIS2016, DAVIS2017])
def test_a_sequence_without_a_frame_that_counts_is_refused(
    frames: int, protocol: protocols.Protocol
) -> None:
    expected = f"goat has {frames} frames?, but protocol {protocol.name} needs at least 3"
    with pytest.raises(DataError, match=expected):
        evaluate_sequence(sequence_of(*[squares(1)] * frames), only(squares(1)), protocol)


@pytest.mark.parametrize(
    ("first", "found"), [(squares(0), "no object"), (squares(255), r"nothing but void \(255\)")]
)
def test_a_first_annotation_without_object_is_refused(first: Mask, found: str) -> None:
    sequence = sequence_of(first, squares(1), squares(1))
    with pytest.raises(DataError, match=rf"sequence goat \(00000\) holds {found}"):
        evaluate_sequence(sequence, only(squares(1)), DAVIS2017)


@pytest.mark.parametrize("unannotated", [0, 1])
def test_a_frame_that_counts_must_be_annotated(unannotated: int) -> None:
    annotations: list[Mask | None] = [squares(1)] * 3
    annotations[unannotated] = None
    with pytest.raises(DataError, match=f"goat has no annotation of frame 0000{unannotated}"):
        evaluate_sequence(sequence_of(*annotations), only(squares(1)), DAVIS2017)


def test_the_summary_is_over_objects_not_over_sequences() -> None:
    def score(sequence: str, object_id: int, J: float, F: float) -> ObjectScore:
        return ObjectScore(sequence, object_id, 10, Statistic(J, J, J), Statistic(F, F, F))

    summary = summarise([score("a", 1, 1.0, 0.5), score("b", 1, 0.0, 0.0), score("b", 2, 0.5, 1.0)])
    assert Statistic(0.5, 0.5, 0.5) == summary.J
    assert Statistic(0.5, 0.5, 0.5) == summary.F
    assert (summary.objects, summary.frames) == (3, 30)


def test_there_is_no_summary_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one object"):
        summarise([])
