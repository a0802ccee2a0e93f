"""What annotations alone can have wrong, and what each protocol makes of it."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.doctor.clips_on_disk import (
    FRAMES,
    change,
    colour,
    cows,
    dogs,
    examined,
    found,
    only_one,
    relabel,
    rename,
    write_clip,
)
from vosbench.masks import read_mask


def test_sound_annotations(truth: Path) -> None:
    assert (
        found(truth) == found(truth, None, "davis2016") == found(truth, None, "youtube-vos") == ()
    )


@pytest.mark.parametrize(
    ("protocol", "void", "found_there"),
    [
        ("davis2016", False, "no object"),
        ("davis2017", False, "no object"),
        ("davis2017", True, "nothing but void (255)"),
    ],
)
def test_an_empty_first_annotation(
    truth: Path, protocol: str, void: bool, found_there: str
) -> None:
    change(truth / "cows", np.zeros_like, only=("00000",))
    if void:
        change(truth / "cows", lambda mask: mask + np.uint8(255), only=("00000",))
    finding = found(truth, None, protocol)[0]
    assert (finding.code, finding.severity) == ("first-annotation-empty", "error")
    assert finding.sentence == (
        f"the first annotation of cows (00000) holds {found_there}, but protocol {protocol} starts "
        "from its objects"
    )
    assert finding.mend == (
        "annotate its first frame, or leave the sequence out; objects that appear later are what "
        "--protocol youtube-vos is for"
    )


def test_an_empty_first_annotation_where_objects_have_their_own_start(truth: Path) -> None:
    change(truth / "cows", np.zeros_like, only=("00000",))
    finding = only_one(truth, None, "youtube-vos")
    assert (finding.code, finding.severity) == ("first-annotation-empty", "warning")
    assert finding.sentence == "the first annotation of cows (00000) holds no object"


def test_an_object_that_appears_later(truth: Path) -> None:
    change(truth / "dogs", relabel(_2=0), only=("00000", "00001"))
    finding = only_one(truth)
    assert (finding.code, finding.severity, finding.objects) == ("late-objects", "error", (2,))
    assert finding.sentence == (
        "object 2 of dogs appears after the first frame (from 00002 on), but protocol davis2017 "
        "takes objects from the first annotation"
    )
    assert finding.mend == (
        "score with --protocol youtube-vos, which takes objects from their own first frame"
    )
    assert found(truth, None, "youtube-vos") == found(truth, None, "davis2016") == ()


def test_an_object_that_appears_where_nothing_counts(truth: Path) -> None:
    change(truth / "dogs", relabel(_2=0), only=tuple(f"{i:05d}" for i in range(FRAMES - 1)))
    assert only_one(truth).severity == "warning"


def test_a_late_object_with_a_low_id_is_scored(truth: Path) -> None:
    change(truth / "dogs", relabel(_1=0), only=("00000", "00001"))
    finding = only_one(truth)
    assert (finding.code, finding.severity, finding.objects) == ("late-objects", "warning", (1,))
    assert finding.sentence == (
        "object 1 of dogs appears after the first frame (from 00002 on), and protocol davis2017 "
        "counts it from the first frame on"
    )


def test_gaps_in_the_ids(truth: Path) -> None:
    change(truth / "dogs", relabel(_1=3, _2=5))
    finding = only_one(truth)
    assert (finding.code, finding.severity, finding.objects) == ("id-gaps", "warning", (1, 2, 4))
    assert finding.sentence == "the annotations of dogs have objects up to 5, but no ids 1, 2, 4"
    assert finding.mend == (
        "nothing has to be done, but know that protocol davis2017 counts them as objects, "
        "J = F = 1 where the prediction lacks it too"
    )
    assert found(truth, None, "youtube-vos") == ()


@pytest.mark.parametrize(
    ("protocol", "meaning"),
    [
        ("davis2016", "reads it as object"),
        ("davis2017", "reads it as background"),
        ("vos-benchmark", "reads it as one more object"),
    ],
)
def test_void(truth: Path, protocol: str, meaning: str) -> None:
    def void(mask: np.ndarray) -> np.ndarray:
        mask = mask.copy()
        mask[:2, :5] = 255
        return mask

    change(truth / "dogs", void, only=("00000", "00003"))
    finding = only_one(truth, None, protocol)
    assert (finding.code, finding.severity) == ("void", "warning")
    assert finding.sentence == (
        "2 of 6 annotations of dogs (00000, 00003) hold void (255), 20 pixels altogether; protocol "
        f"{protocol} {meaning}"
    )


def test_white_annotations(truth: Path) -> None:
    change(truth / "cows", relabel(_1=255))
    finding = only_one(truth)
    assert (finding.code, finding.severity, finding.sequences) == (
        "white-annotations",
        "error",
        ("cows",),
    )
    assert finding.sentence == (
        "the annotations of 1 sequence of 2 hold 0 and 255 only, all objects in one, but protocol "
        "davis2017 takes 255 for void"
    )
    assert finding.mend == "score with --protocol davis2016"
    assert found(truth, None, "davis2016") == ()


@pytest.mark.parametrize("frames", [1, 2])
def test_sequences_of_which_no_frame_counts(tmp_path: Path, frames: int) -> None:
    write_clip(tmp_path / "truth" / "cows", cows, frames)
    finding = only_one(tmp_path / "truth")
    assert (finding.code, finding.severity) == ("short-sequence", "error")
    assert finding.sentence == (
        f"cows has {frames} frame{'s' * (frames > 1)}, of which protocol davis2017 scores none"
    )


def test_annotations_in_colour(truth: Path) -> None:
    colour(truth / "dogs")
    finding = only_one(truth)
    assert (finding.code, finding.subject, finding.fixable) == (
        "colour-masks",
        "annotations",
        False,
    )
    assert finding.sentence == (
        "all 6 annotations of dogs are in colour (RGB, RGBA or grey with alpha), not label maps"
    )


def test_annotations_of_several_sizes(truth: Path) -> None:
    change(truth / "cows", lambda mask: mask[::2, ::2], only=("00002",))
    finding = only_one(truth)
    assert (finding.code, finding.severity) == ("changing-size", "error")
    assert finding.sentence == "annotation 00002 of cows is 30×20 pixels, the others 60×40"


def test_blurred_annotations(truth: Path) -> None:
    for path in (truth / "cows").iterdir():
        white = PIL.Image.fromarray(read_mask(path) * 255)
        white.resize((15, 10), 2).resize((60, 40), PIL.Image.Resampling.BILINEAR).save(path)
    finding = next(f for f in found(truth) if f.code == "blurred-ids")
    assert (finding.severity, finding.subject) == ("error", "annotations")
    assert finding.sentence.startswith(
        f"all 6 annotations of cows hold {len(finding.objects)} ids that are only seams and noise, "
    )
    assert finding.sentence.endswith("altogether: resized with interpolation, or compressed")


def test_numbers_without_zeros(tmp_path: Path) -> None:
    write_clip(tmp_path / "truth" / "dogs", dogs, 12)
    rename(tmp_path / "truth" / "dogs", lambda number: f"{number}.png")
    finding = only_one(tmp_path / "truth")
    assert (finding.code, finding.severity) == ("frame-order", "error")
    assert finding.sentence == (
        "the annotations of dogs are numbered without leading zeros: sorted by name, 10 comes "
        "before 2"
    )


def test_a_folder_without_annotation(truth: Path) -> None:
    (truth / "birds").mkdir()
    finding = only_one(truth)
    assert (finding.code, finding.severity) == ("missing-frames", "error")
    assert finding.sentence == f"{truth / 'birds'} holds no annotation"


def test_objects_of_which_no_frame_counts(truth: Path) -> None:
    others = tuple(f"{i:05d}" for i in range(1, FRAMES))
    change(truth / "cows", np.zeros_like, only=others)
    finding = only_one(truth, None, "vos-benchmark")
    assert (finding.code, finding.severity, finding.sequence) == ("nothing-counts", "error", "cows")
    assert finding.sentence == (
        "cows has no annotated object in a frame that counts under protocol vos-benchmark"
    )
    assert found(truth) == found(truth, None, "youtube-vos") == ()


@pytest.mark.parametrize(("start", "counts"), [("00003", True), ("00004", False)])
def test_an_object_counts_after_its_own_first_frame(truth: Path, start: str, counts: bool) -> None:
    before = tuple(f"{i:05d}" for i in range(int(start)))
    change(truth / "cows", np.zeros_like, only=before)
    codes = [finding.code for finding in found(truth, None, "youtube-vos")]
    assert codes == (["first-annotation-empty"] if counts else ["nothing-counts", *codes[1:]])
    assert examined(truth, None, "youtube-vos").diagnosis.examined.objects == 2 + counts


def test_white_annotations_where_255_is_an_id(truth: Path, masks: Path) -> None:
    change(truth / "cows", relabel(_1=255))
    alone = only_one(truth, None, "vos-benchmark")
    assert (alone.code, alone.severity) == ("white-annotations", "warning")
    assert alone.mend == "score with --protocol davis2016, unless masks hold 255 too"
    assert only_one(truth, masks, "vos-benchmark").severity == "error"
    change(masks / "cows", relabel(_1=255))
    assert only_one(truth, masks, "vos-benchmark").severity == "warning"


def test_a_suffix_in_capitals_is_not_read(truth: Path) -> None:
    (truth / "cows" / "00000.PNG").write_bytes(b"")
    assert only_one(truth).sentence == f"beside masks, {truth / 'cows'} holds 00000.PNG"


def test_totals_are_counted(truth: Path) -> None:
    totals = examined(truth).diagnosis.examined
    assert (totals.sequences, totals.frames, totals.objects) == (2, 2 * FRAMES, 3)
