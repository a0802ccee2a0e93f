"""J and F of whole frames, against the definitions written out pixel by pixel."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.metrics import oracle
from vosbench.mask_folders import folders_in, frames_in, mask_file
from vosbench.masks import read_mask
from vosbench.metrics.frames import FrameScorer, FrameScores
from vosbench.metrics.strips import occupied_rows

LabelMap = NDArray[np.uint8]

MAPS = 4700  # of several objects each
PAIRS = 10_000
IDS = ((1,), (1, 2), (1, 2, 3, 4), (2, 7, 9), (1, 3, 254, 255), (255,))
KINDS = ("absent", "pixel", "box", "edge", "noise", "full", "row", "column")
TOLERANCES = (0.008, 0.1, 0.3, 0.7, 1.0)  # 1.0: every pixel is near every other


def label_map(generator: np.random.Generator, size: tuple[int, int], ids: list[int]) -> LabelMap:
    """Objects of all kinds that have ever gone wrong somewhere; later ones cover earlier ones."""
    height, width = size
    mask = np.zeros(size, np.uint8)
    for object_id in ids:
        kind = generator.choice(
            ["absent", "pixel", "box", "edge", "noise", "full", "row", "column"]
        )
        y, x = generator.integers(height), generator.integers(width)
        if kind == "pixel":
            mask[y, x] = object_id
        elif kind == "box":
            mask[y : y + generator.integers(1, 9), x : x + generator.integers(1, 9)] = object_id
        elif kind == "edge":
            mask[y:, x:] = object_id
        elif kind == "noise":
            mask[generator.random(size) < generator.choice([0.05, 0.3, 0.8])] = object_id
        elif kind == "full":
            mask[:] = object_id
        elif kind == "row":
            mask[generator.choice([0, y, height - 1])] = object_id
        elif kind == "column":
            mask[:, generator.choice([0, x, width - 1])] = object_id
    return mask


def pairs() -> Iterator[tuple[LabelMap, LabelMap, tuple[int, ...], float]]:
    """Truth and prediction in images of 1×1 to 14×90 pixels, up to three words wide."""
    generator = np.random.default_rng(20)
    for number in range(MAPS):
        size = int(generator.integers(1, 12)), int(generator.integers(1, 12))
        if number % 16 == 0:
            size = int(generator.integers(1, 15)), int(generator.integers(30, 91))
        ids = IDS[generator.integers(len(IDS))]
        truth = label_map(generator, size, list(ids))
        prediction = label_map(generator, size, list(generator.permutation(ids)))
        if generator.random() < 0.5:
            shift = tuple(generator.integers(-3, 4, 2).tolist())
            prediction = np.roll(truth, shift, axis=(0, 1))
        yield truth, prediction, ids, float(generator.choice(TOLERANCES))


def scores_of_frame(
    scorer: FrameScorer,
    truth: LabelMap,
    predictions: list[LabelMap],
    ids: tuple[int, ...],
    *,
    binary: bool = False,
) -> tuple[FrameScores, ...]:
    (scores,) = scorer.score([scorer.pack(truth, predictions, ids, binary=binary)])
    return scores


def test_ten_thousand_pairs_score_as_the_definition_says_to_the_last_bit() -> None:
    scorers: dict[tuple[tuple[int, ...], float], FrameScorer] = {}
    compared = 0
    for truth, prediction, ids, tolerance in pairs():
        key = truth.shape, tolerance
        scorer = scorers.setdefault(key, FrameScorer(truth.shape, tolerance=tolerance))
        binary = int(max(truth.max(), prediction.max())) <= 1
        (scores,) = scores_of_frame(scorer, truth, [prediction], ids, binary=binary)
        for place, object_id in enumerate(ids):
            true, predicted = truth == object_id, prediction == object_id
            expected = oracle.region(true, predicted), oracle.contour(true, predicted, tolerance)
            assert (scores.J[place], scores.F[place]) == expected, (truth, prediction, object_id)
            assert scores.annotated[place] == true.any()
            assert scores.predicted[place] == predicted.any()
            compared += 1
    assert compared >= PAIRS


@pytest.mark.parametrize("case", ["single", "multi"])
def test_real_masks_score_as_a_distance_transform_says(shared_data: Path, case: str) -> None:
    annotations = shared_data / "data/multi-object/Annotations/480p"
    predictions = shared_data / "data/multi-object/predictions"
    if case == "single":
        annotations = shared_data / "data/DAVIS/Annotations/480p"
        predictions = shared_data / "data/results/osvos"
    compared = 0
    for name in folders_in(annotations):
        for frame in frames_in(annotations / name)[1:-1:20]:
            truth = read_mask(mask_file(annotations / name, frame))
            prediction = read_mask(mask_file(predictions / name, frame))
            if case == "single":
                truth, prediction = (truth > 0).view(np.uint8), (prediction > 0).view(np.uint8)
            ids = tuple(range(1, int(max(truth.max(), prediction.max())) + 1))
            (scores,) = scores_of_frame(FrameScorer(truth.shape), truth, [prediction], ids)
            for place, object_id in enumerate(ids):
                true, predicted = truth == object_id, prediction == object_id
                assert scores.J[place] == oracle.region_of_pixels(true, predicted)
                assert scores.F[place] == oracle.contour_by_distance(true, predicted, 0.008)
                compared += 1
    assert compared >= 40


def test_several_predictions_score_as_each_of_them_alone() -> None:
    generator = np.random.default_rng(3)
    scorer = FrameScorer((40, 100), tolerance=0.05)
    for _ in range(50):
        truth, *predictions = (label_map(generator, (40, 100), [1, 2, 5]) for _ in range(4))
        together = scores_of_frame(scorer, truth, predictions, (1, 2, 5))
        for scores, prediction in zip(together, predictions, strict=True):
            (alone,) = scores_of_frame(scorer, truth, [prediction], (1, 2, 5))
            assert scores == alone


def test_several_frames_score_as_each_of_them_alone() -> None:
    generator = np.random.default_rng(4)
    scorer = FrameScorer((40, 100), tolerance=0.05)
    chosen = [IDS[generator.integers(len(IDS))] for _ in range(12)]
    packed = [
        scorer.pack(
            label_map(generator, (40, 100), list(ids)),
            [label_map(generator, (40, 100), list(ids))],
            ids,
        )
        for ids in chosen
    ]
    assert scorer.score(packed) == [scores for frame in packed for scores in scorer.score([frame])]
    assert scorer.score([]) == []


def test_a_wide_reach_passes_over_many_words() -> None:
    # A disk of 80 pixels needs the margins of words refreshed ten times.
    truth, prediction = np.zeros((2, 9, 700), np.uint8)
    truth[4, 100] = truth[2, 699] = 1
    prediction[4, 180] = prediction[2, 600] = 1
    (scores,) = scores_of_frame(
        FrameScorer((9, 700), tolerance=80 / 700.1), truth, [prediction], (1,)
    )
    assert scores.F[0] == oracle.contour(truth == 1, prediction == 1, 80 / 700.1)


def test_no_id_and_no_prediction_are_no_scores() -> None:
    mask = np.ones((5, 6), np.uint8)
    scorer = FrameScorer((5, 6))
    assert scores_of_frame(scorer, mask, [], (1,)) == ()
    (scores,) = scores_of_frame(scorer, mask, [mask], ())
    assert scores.J == scores.F == ()


def test_a_label_map_of_another_size_or_kind_is_refused() -> None:
    scorer = FrameScorer((5, 6))
    with pytest.raises(ValueError, match="size"):
        scorer.pack(np.ones((5, 6), np.uint8), [np.ones((6, 5), np.uint8)], (1,))
    with pytest.raises(ValueError, match="uint8"):
        scorer.pack(np.ones((5, 6), np.int64), [np.ones((5, 6), np.uint8)], (1,))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (7, 8), (20, 3), (9, 64)])
def test_rows_without_an_object_are_passed_over(size: tuple[int, int]) -> None:
    generator = np.random.default_rng(sum(size))
    assert occupied_rows(np.zeros(size, np.uint8)) is None
    for _ in range(40):
        mask = np.zeros(size, np.uint8)
        mask[generator.integers(size[0]), generator.integers(size[1])] = generator.integers(1, 256)
        row = int(np.flatnonzero(mask.any(axis=1))[0])
        top, bottom = occupied_rows(mask) or (0, 0)
        slack = -(-8 // size[1])
        assert row - slack <= top <= row < bottom <= row + 1 + slack
