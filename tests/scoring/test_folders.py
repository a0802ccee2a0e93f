import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vosbench.errors import DataError, UsageError
from vosbench.evaluate import Rules
from vosbench.mask_folders import annotation_folder
from vosbench.masks import write_mask
from vosbench.metrics import protocols
from vosbench.reports.folder_scores import COLUMNS, build
from vosbench.scoring.folders import FolderScores, score_folders

SQUARE = np.zeros((12, 16), np.uint8)
SQUARE[3:9, 2:8] = 1
TWO_SQUARES = SQUARE.copy()
TWO_SQUARES[3:9, 9:15] = 2


def score(
    predictions: Path, annotations: Path, protocol: str = "davis2017", **options: Any
) -> FolderScores:
    rules = Rules(protocols.get(protocol), options.pop("extra_ids", None))
    (scores,) = score_folders([predictions], annotations, rules, **options)
    return scores


def write_sequence(folder: Path, mask: np.ndarray, frames: int = 5) -> None:
    folder.mkdir(parents=True)
    for index in range(frames):
        write_mask(folder / f"{index:05d}.png", mask)


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    """Two sequences in the layout of DAVIS: cows with one object, dogs with two."""
    root = tmp_path / "DAVIS" / "Annotations" / "480p"
    write_sequence(root / "cows", SQUARE)
    write_sequence(root / "dogs", TWO_SQUARES)
    return root


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """Masks of both sequences that lack object 2 and are perfect else."""
    root = tmp_path / "masks"
    write_sequence(root / "cows", SQUARE)
    write_sequence(root / "dogs", SQUARE)
    return root


@pytest.mark.parametrize(
    ("case", "predicted", "annotated", "protocol"),
    [
        ("single", "data/results/osvos", "data/DAVIS", "davis2016"),
        ("multi", "data/multi-object/predictions", "data/multi-object", "davis2017"),
    ],
)
def test_every_figure_equals_the_official_evaluator(
    shared_data: Path, case: str, predicted: str, annotated: str, protocol: str
) -> None:
    with (shared_data / "reference" / "davis2017-evaluation.csv").open(newline="") as file:
        reference = [row for row in csv.DictReader(file) if row["case"] == case]
    scores = score(shared_data / predicted, shared_data / annotated, protocol).objects
    assert [(score.sequence, str(score.object_id), str(score.frames)) for score in scores] == [
        (row["sequence"], row["object"], row["frames_evaluated"]) for row in reference
    ]
    *rows, summary = build(scores, protocols.get(protocol)).tidy
    for column in COLUMNS[2:]:
        official = np.array([float(row[column]) for row in reference])
        assert np.array([row[column] for row in rows]) == pytest.approx(official, rel=0, abs=1e-12)
        assert summary[column] == pytest.approx(official.mean(), rel=0, abs=1e-12)


@pytest.mark.parametrize("given", ["DAVIS", "DAVIS/Annotations", "DAVIS/Annotations/480p"])
def test_the_root_of_davis_will_do_for_its_annotations(
    annotations: Path, predictions: Path, tmp_path: Path, given: str
) -> None:
    assert annotation_folder(tmp_path / given) == annotations
    scores = score(predictions, tmp_path / given)
    assert [(s.sequence, s.object_id, s.J.mean, s.F.mean) for s in scores.objects] == [
        ("cows", 1, 1.0, 1.0),
        ("dogs", 1, 1.0, 1.0),
        ("dogs", 2, 0.0, 0.0),
    ]
    assert scores.notes == ()


def test_sequences_are_scored_in_the_order_asked_for(annotations: Path, predictions: Path) -> None:
    scores = score(predictions, annotations, sequences=["dogs", "cows"])
    assert [score.sequence for score in scores.objects] == ["dogs", "dogs", "cows"]


def test_one_sequence_of_many_can_be_scored(annotations: Path, predictions: Path) -> None:
    scores = score(predictions, annotations, sequences=["cows"])
    assert [score.sequence for score in scores.objects] == ["cows"]
    assert scores.notes == ()


def test_an_unknown_sequence_suggests_the_closest(annotations: Path, predictions: Path) -> None:
    with pytest.raises(UsageError, match=r"no sequence 'cow' \(did you mean cows\?\)"):
        score(predictions, annotations, sequences=["cow"])


def test_a_sequence_is_not_counted_twice(annotations: Path, predictions: Path) -> None:
    with pytest.raises(UsageError, match="sequence cows is named 2 times"):
        score(predictions, annotations, sequences=["cows", "cows"])


def test_no_sequence_at_all_is_no_choice(annotations: Path, predictions: Path) -> None:
    with pytest.raises(UsageError, match="no sequence is named"):
        score(predictions, annotations, sequences=[])


def test_a_sequence_without_masks_is_an_error(annotations: Path, predictions: Path) -> None:
    (predictions / "dogs").rename(predictions.parent / "elsewhere")
    with pytest.raises(DataError, match=r"no masks of 1 of 2 sequences: dogs; .*--partial"):
        score(predictions, annotations)


def test_a_partial_score_says_what_it_leaves_out(annotations: Path, predictions: Path) -> None:
    (predictions / "dogs").rename(predictions.parent / "elsewhere")
    scores = score(predictions, annotations, partial_results=True)
    assert [score.sequence for score in scores.objects] == ["cows"]
    assert scores.notes == (f"{predictions} has no masks of sequence dogs: left out",)


def test_a_partial_score_of_nothing_is_an_error(annotations: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(DataError, match=r"2 of 2 sequences: cows, dogs; .* one folder a sequence"):
        score(tmp_path / "nothing", annotations, partial_results=True)


def test_first_and_last_mask_may_be_missing(annotations: Path, predictions: Path) -> None:
    for frame in ("00000", "00004"):
        (predictions / "cows" / f"{frame}.png").unlink()
    assert len(score(predictions, annotations).objects) == 3


def test_a_mask_that_is_missing_in_the_middle_is_named(
    annotations: Path, predictions: Path
) -> None:
    (predictions / "dogs" / "00002.png").unlink()
    with pytest.raises(DataError, match=r"dogs/00002\.png is missing \(1 of 5 frames"):
        score(predictions, annotations)


def test_surplus_masks_and_sequences_are_noted(annotations: Path, predictions: Path) -> None:
    write_mask(predictions / "cows" / "00005.png", SQUARE)
    write_sequence(predictions / "goat", SQUARE)
    scores = score(predictions, annotations)
    assert len(scores.objects) == 3
    assert scores.notes == (
        f"{predictions} holds sequences without annotations, ignored: goat",
        f"{predictions / 'cows'} holds masks without annotation, ignored: 00005",
    )


def test_stray_files_and_hidden_folders_are_passed_over(
    annotations: Path, predictions: Path
) -> None:
    for root in (annotations, predictions):
        (root / "cows" / ".DS_Store").write_bytes(b"\0")
        (root / "cows" / "._00001.png").write_bytes(b"\0")
        (root / "notes.txt").write_text("made yesterday")
        (root / ".cache").mkdir()
    scores = score(predictions, annotations)
    assert (len(scores.objects), scores.notes) == (3, ())


def test_masks_that_are_named_otherwise_are_recognised(
    annotations: Path, predictions: Path
) -> None:
    for index in range(5):
        (predictions / "cows" / f"{index:05d}.png").rename(predictions / "cows" / f"{index}.png")
    with pytest.raises(DataError, match=r"the first is 0\.png, expected 00000\.png; rename"):
        score(predictions, annotations)


@pytest.mark.parametrize("empty", ["cows annotations", "cows masks"])
def test_a_folder_without_masks_is_named(annotations: Path, predictions: Path, empty: str) -> None:
    folder = (annotations if empty == "cows annotations" else predictions) / "cows"
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(DataError, match="cows holds no mask; expected one PNG a frame"):
        score(predictions, annotations)


def test_folders_that_do_not_exist_are_named(annotations: Path, predictions: Path) -> None:
    nowhere = annotations / "nowhere"
    with pytest.raises(DataError, match=r"folder of annotations .*nowhere does not exist"):
        score(predictions, nowhere)
    with pytest.raises(DataError, match=r"folder of masks .*nowhere does not exist"):
        score(nowhere, annotations)


def test_the_folder_of_one_sequence_is_recognised(annotations: Path, predictions: Path) -> None:
    with pytest.raises(DataError, match=r"cows holds no folder of a sequence; .* around it"):
        score(predictions / "cows", annotations / "cows")


def test_a_mask_that_cannot_be_read_is_named(annotations: Path, predictions: Path) -> None:
    (predictions / "cows" / "00002.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"cows/00002\.png"):
        score(predictions, annotations)


def test_extra_ids_are_an_error_unless_ignored(annotations: Path, predictions: Path) -> None:
    write_mask(predictions / "cows" / "00002.png", TWO_SQUARES)
    with pytest.raises(DataError, match="frame 00002 of sequence cows holds id 2"):
        score(predictions, annotations)
    scores = score(predictions, annotations, extra_ids="ignore")
    assert scores.objects[0].J.mean == 1.0


def test_there_is_no_table_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one object"):
        build([], protocols.get("davis2017"))
