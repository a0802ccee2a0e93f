"""Exchanged, surplus and impossible ids."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.clips_on_disk import (
    change,
    cows,
    dogs,
    found,
    imperfect,
    only_one,
    relabel,
    write_clip,
)
from vosbench.doctor.relabelling import exchanged_ids
from vosbench.masks import read_mask, write_mask

LATER = ("00001", "00002", "00003", "00004", "00005")


def test_exchanged_ids_that_the_first_mask_shows_too(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("swapped-ids", "error", True)
    assert finding.objects == (1, 2)
    assert finding.sentence == (
        "the masks of dogs fit the annotations better with other ids: 1 is object 2, 2 is object 1 "
        "(mean overlap 0.91 in place of 0.00), in the first mask too, which the method was given"
    )
    assert finding.mend == "--fix NEW_FOLDER renumbers them, in a copy"


def test_exchanged_ids_that_the_first_mask_does_not_show(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1), only=LATER)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("swapped-ids", "warning", False)
    assert finding.sentence.endswith(", but the first mask does not show it")
    assert finding.mend == (
        "renumber them if the method chose the ids itself; if it confused the objects, nothing is "
        "wrong with the files"
    )


def test_without_first_mask_exchanged_ids_are_advice(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1))
    (masks / "dogs" / "00000.png").unlink()
    assert [f.code for f in found(truth, masks)] == ["missing-frames", "swapped-ids"]
    assert not any(f.fixable or f.severity == "error" for f in found(truth, masks))


def test_a_method_that_loses_an_object_may_have_exchanged_ids(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1))
    change(masks / "dogs", relabel(_1=0), only=LATER)
    finding = only_one(truth, masks)
    assert (finding.code, finding.fixable, finding.objects) == ("swapped-ids", True, (1, 2))


def test_objects_confused_for_a_while(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1), only=("00003", "00004"))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("swapped-in-part", "warning")
    assert finding.sentence == (
        "2 of 6 masks of dogs (00003, 00004) fit better with other ids (1 is object 2, 2 is object "
        "1), but not the sequence as a whole"
    )


def test_one_object_that_takes_the_place_of_another_is_no_exchange(
    truth: Path, masks: Path
) -> None:
    change(masks / "dogs", relabel(_2=0), only=("00003",))
    change(masks / "dogs", relabel(_1=2), only=("00003",))
    assert found(truth, masks) == ()


def test_ids_that_move_on_by_one_for_a_frame_are_no_exchange(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=7), only=("00003",))
    assert [finding.code for finding in found(truth, masks)] == ["extra-ids"]


def test_an_id_must_fit_twice_as_well_as_that_of_the_object() -> None:
    overlap = np.zeros((256, 256), np.int64)
    overlap[1, 1] = overlap[2, 2] = 40
    overlap[1, 2] = overlap[2, 1] = 60
    assert exchanged_ids(overlap, least=0.3) == {}
    overlap[1, 1] = overlap[2, 2] = 10
    assert exchanged_ids(overlap, least=0.3) == {1: 2, 2: 1}


def test_ids_that_begin_at_two(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=3))
    finding = only_one(truth, masks)
    assert (finding.code, finding.fixable) == ("swapped-ids", True)
    assert "2 is object 1, 3 is object 2" in finding.sentence


@given(st.permutations(range(1, 6)), st.integers(1, 50))
def test_the_permutation_is_found(order: list[int], noise: int) -> None:
    overlap = np.zeros((256, 256), np.int64)
    overlap[:6, :6] = noise
    for object_id, label in enumerate(order, start=1):
        overlap[object_id, label] = 4000
    expected = {label: i for i, label in enumerate(order, start=1) if label != i}
    assert exchanged_ids(overlap, least=0.3) == dict(sorted(expected.items()))


def test_an_id_that_stands_in_the_way_is_not_overwritten() -> None:
    overlap = np.zeros((256, 256), np.int64)
    overlap[1, 2], overlap[0, 1] = 100, 100  # 2 is object 1, but a 1 is elsewhere
    assert exchanged_ids(overlap, least=0.3) == {}


def test_extra_ids(truth: Path, masks: Path) -> None:
    for frame in ("00001", "00004"):
        mask = read_mask(masks / "cows" / f"{frame}.png")
        mask[30:35, 50:55] = 7
        write_mask(masks / "cows" / f"{frame}.png", mask)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("extra-ids", "error", True)
    assert (finding.frames, finding.objects) == (("00001", "00004"), (7,))
    assert finding.sentence == (
        "2 of 6 masks of cows (00001, 00004) hold id 7, 50 pixels altogether, but protocol "
        "davis2017 scores the objects 1 to 1"
    )
    assert finding.mend == (
        "--fix NEW_FOLDER makes them background, in a copy, which scores as --extra-ids ignore does"
    )
    assert found(truth, masks, "davis2016") == ()
    passed_over = only_one(truth, masks, "vos-benchmark")
    assert (passed_over.code, passed_over.severity) == ("extra-ids", "warning")
    assert passed_over.sentence.endswith("but protocol vos-benchmark scores annotated objects only")


def test_an_extra_id_that_seems_an_object_is_not_thrown_away(truth: Path, masks: Path) -> None:
    change(masks / "cows", relabel(_1=9), only=LATER)
    finding = only_one(truth, masks)
    assert (finding.code, finding.fixable) == ("extra-ids", False)
    assert finding.mend == (
        "renumber them (9 covers object 1), or have them ignored (--extra-ids ignore)"
    )


def test_an_id_in_a_gap(tmp_path: Path) -> None:
    gapped = relabel(_2=3)
    write_clip(tmp_path / "truth" / "dogs", lambda index: gapped(dogs(index)))

    def predicted(index: int) -> np.ndarray:
        mask = gapped(imperfect(dogs)(index))
        if index == 2:
            mask[38:, :4] = 2
        return mask

    write_clip(tmp_path / "masks" / "dogs", predicted)
    gaps, finding = found(tmp_path / "truth", tmp_path / "masks")
    assert gaps.code == "id-gaps"
    assert (finding.code, finding.severity) == ("predicted-gap", "warning")
    assert finding.sentence == (
        "mask 00002 of dogs holds id 2, which no annotation has, and which protocol davis2017 "
        "scores: every such mask counts as 0 in place of 1"
    )


@pytest.mark.parametrize("protocol", ["davis2016", "davis2017"])
def test_masks_made_from_merged_objects(tmp_path: Path, protocol: str) -> None:
    for name in ("dogs", "cats", "birds"):
        write_clip(tmp_path / "truth" / name, dogs)
        write_clip(tmp_path / "masks" / name, lambda i: (imperfect(dogs)(i) > 0).astype(np.uint8))
    if protocol == "davis2016":
        assert found(tmp_path / "truth", tmp_path / "masks", protocol) == ()
        return
    finding = only_one(tmp_path / "truth", tmp_path / "masks")
    assert (finding.code, finding.severity) == ("wrong-annotation-set", "error")
    assert finding.sequences == ("birds", "cats", "dogs")
    assert finding.sentence == (
        "in 3 sequences (birds, cats, dogs) masks and annotations agree on what is foreground, but "
        "not on objects: birds has 2 annotated objects, its first mask shows 1; probably the masks "
        "are of the merged objects of DAVIS 2016"
    )
    assert finding.mend == ("make them from these annotations, or score with --protocol davis2016")


def test_annotations_that_merge_objects(tmp_path: Path) -> None:
    write_clip(tmp_path / "truth" / "dogs", lambda i: (dogs(i) > 0).astype(np.uint8))
    write_clip(tmp_path / "masks" / "dogs", imperfect(dogs))
    finding = only_one(tmp_path / "truth", tmp_path / "masks")
    assert finding.code == "wrong-annotation-set"
    assert finding.sentence.endswith(
        f"probably {tmp_path / 'truth'} merges objects as DAVIS 2016 does, and the masks are of "
        "DAVIS 2017"
    )


def test_annotations_of_other_objects(tmp_path: Path) -> None:
    def split(index: int) -> np.ndarray:
        mask = dogs(index)
        mask[23:][mask[23:] == 2] = 3
        return mask

    write_clip(tmp_path / "truth" / "dogs", dogs)
    write_clip(tmp_path / "masks" / "dogs", split)
    finding = only_one(tmp_path / "truth", tmp_path / "masks")
    assert finding.code == "wrong-annotation-set"
    assert finding.sentence.endswith(
        "probably one of them is of another set, such as the unsupervised one of DAVIS 2017"
    )


def test_white_annotations_and_several_ids(tmp_path: Path) -> None:
    white = relabel(_1=255, _2=255)
    for name, draw in (("cows", cows), ("dogs", dogs)):
        write_clip(tmp_path / "truth" / name, lambda i, draw=draw: white(draw(i)))
        write_clip(tmp_path / "masks" / name, imperfect(draw))
    finding = only_one(tmp_path / "truth", tmp_path / "masks")
    assert (finding.code, finding.severity) == ("wrong-annotation-set", "error")
    assert finding.sentence == (
        "the annotations of 2 sequences of 2 hold 0 and 255 only, all objects in one, but protocol "
        "davis2017 takes 255 for void; the masks have several objects in 1 sequence (dogs): "
        f"probably {tmp_path / 'truth'} is DAVIS 2016, and they are of DAVIS 2017"
    )
    assert finding.mend == (
        "score with --protocol davis2016, or give the annotations of DAVIS 2017"
    )
    assert found(tmp_path / "truth", tmp_path / "masks", "davis2016") == ()
