"""Each way in which a predicted mask can be stored wrongly, and the sentence that says so."""

import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.doctor.clips_on_disk import (
    FRAMES,
    HEIGHT,
    WIDTH,
    change,
    colour,
    cows,
    dogs,
    found,
    only_one,
    relabel,
    write_clip,
)
from vosbench.doctor.blur import thin_ids
from vosbench.masks import read_mask, write_mask


def test_decent_masks_have_nothing_wrong(truth: Path, masks: Path) -> None:
    assert found(truth, masks) == ()
    assert found(truth, masks, "davis2016") == ()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_of_the_palette_can_be_mended(truth: Path, masks: Path, mode: str) -> None:
    colour(masks / "dogs", mode)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("colour-masks", "error", True)
    assert finding.sentence == (
        "all 6 masks of dogs are in colour (RGB, RGBA or grey with alpha), not label maps; every "
        "colour is that of an id in DAVIS' palette, or a grey value that is one"
    )
    assert finding.mend == "--fix NEW_FOLDER turns colours back into ids, in a copy"


def test_grey_ids_in_three_channels_can_be_mended(truth: Path, masks: Path) -> None:
    for path in (masks / "dogs").iterdir():
        PIL.Image.fromarray(np.dstack([read_mask(path)] * 3)).save(path)
    assert only_one(truth, masks).fixable


@pytest.mark.parametrize("stranger", [(250, 1, 77), (0, 0, 128)])  # the second is the colour of 4
def test_other_colours_cannot_be_mended(
    truth: Path, masks: Path, stranger: tuple[int, int, int]
) -> None:
    colour(masks / "dogs")
    path = masks / "dogs" / "00002.png"
    pixels = np.array(PIL.Image.open(path))
    pixels[0, 0] = stranger
    PIL.Image.fromarray(pixels).save(path)
    mendable, lost = found(truth, masks)
    assert (mendable.fixable, len(mendable.frames)) == (True, 5)
    assert (lost.code, lost.severity, lost.fixable) == ("colour-masks", "error", False)
    assert lost.sentence == (
        "mask 00002 of dogs is in colour (RGB, RGBA or grey with alpha), not label maps; up to "
        "1 colour in one of them belong to no object"
    )


def test_white_is_the_object_where_there_is_one(truth: Path, masks: Path) -> None:
    change(masks / "cows", relabel(_1=255))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("white-masks", "error", True)
    assert finding.sentence == "all 6 masks of cows hold 255 where object 1 should be, and 0"
    assert finding.mend == "--fix NEW_FOLDER stores 1 for 255, in a copy"
    assert found(truth, masks, "davis2016") == ()


def test_white_is_no_object_where_there_are_two(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_1=255, _2=255))
    write_clip(truth / "birds", dogs)
    write_clip(masks / "birds", dogs)
    write_clip(truth / "cats", dogs)
    write_clip(masks / "cats", dogs)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("white-masks", "error", False)
    assert finding.sentence == "all 6 masks of dogs hold 255 and 0, for the objects 1, 2 together"


def test_white_beside_ids_is_one_more_id(truth: Path, masks: Path) -> None:
    change(masks / "cows", relabel(_1=255), only=("00003",))
    assert only_one(truth, masks).code == "extra-ids"


def test_grey_of_colours_is_known(truth: Path, masks: Path) -> None:
    colour(masks / "dogs", "L")
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("grey-colours", "error", True)
    assert finding.sentence == (
        "all 6 masks of dogs hold the grey of DAVIS' colours instead of ids (38 for 1, 75 for 2)"
    )


@pytest.mark.parametrize("protocol", ["davis2016", "davis2017"])
def test_seams_of_interpolation(truth: Path, masks: Path, protocol: str) -> None:
    path = masks / "cows" / "00003.png"
    white = PIL.Image.fromarray(read_mask(path) * 255)
    small = white.resize((WIDTH // 4, HEIGHT // 4), PIL.Image.Resampling.BILINEAR)
    small.resize((WIDTH, HEIGHT), PIL.Image.Resampling.BILINEAR).save(path)
    values = read_mask(path)
    finding = only_one(truth, masks, protocol)
    assert (finding.code, finding.severity, finding.fixable) == ("blurred-ids", "error", False)
    thin = [i for i in np.unique(values) if i not in (0, 1, 255)]
    assert set(finding.objects) <= set(thin) and len(finding.objects) >= 0.9 * len(thin)
    pixels = int(np.isin(values, finding.objects).sum())
    assert finding.sentence == (
        f"mask 00003 of cows holds {len(finding.objects)} ids that no object has and that are only "
        f"seams and noise, {pixels} pixels altogether"
    )
    assert finding.mend == (
        "masks were smoothed, resized with interpolation or compressed as JPEG: resize label maps "
        "by nearest neighbour and save them as PNG"
    )


def test_noise_of_compression(truth: Path, masks: Path) -> None:
    for path in (masks / "cows").iterdir():
        packed = io.BytesIO()
        PIL.Image.fromarray(read_mask(path) * 255).save(packed, "JPEG", quality=80)
        PIL.Image.open(packed).save(path, "PNG")
    assert {finding.code for finding in found(truth, masks)} == {"blurred-ids"}


def test_noise_may_fill_a_small_area() -> None:
    mask = np.zeros((40, 60), np.uint8)
    for object_id in range(4, 9):
        mask[::5, object_id] = object_id  # noise: eight pixels each
        mask[10:13, 6 * object_id : 6 * object_id + 3] = object_id  # and 3×3, one amid its like
    known = {1}
    noisy = thin_ids(mask, np.bincount(mask.ravel(), minlength=256), known=known, fewest=4)
    assert noisy == (4, 5, 6, 7, 8)
    mask[20:, :] = 4  # now 4 fills half of the picture
    counts = np.bincount(mask.ravel(), minlength=256)
    assert thin_ids(mask, counts, known=known, fewest=4) == (5, 6, 7, 8)
    assert thin_ids(mask, counts, known=known, fewest=5) == ()


def test_what_shines_through_is_no_id(truth: Path, masks: Path) -> None:
    colour(masks / "dogs", "RGBA")
    pixels = np.array(PIL.Image.open(masks / "dogs" / "00002.png"))
    pixels[0, 0, 3] = 0  # black that cannot be seen is background
    PIL.Image.fromarray(pixels).save(masks / "dogs" / "00002.png")
    assert only_one(truth, masks).fixable
    pixels[12, 40, 3] = 128  # half of object 2
    PIL.Image.fromarray(pixels).save(masks / "dogs" / "00002.png")
    assert [finding.fixable for finding in found(truth, masks)] == [True, False]


def test_seams_between_valid_ids(truth: Path, masks: Path) -> None:
    for path in (masks / "dogs").iterdir():
        mask = read_mask(path)
        mask[:, 1:][(mask[:, 1:] == 2) & (mask[:, :-1] == 0)] = 1
        mask[:, :-1][(mask[:, :-1] == 2) & (mask[:, 1:] == 0)] = 1
        write_mask(path, mask)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("interpolated-edges", "warning")
    assert finding.sentence == (
        "all 6 masks of dogs hold lines of one id, a pixel wide, between a lower and a higher one, "
        f"{2 * 26 * FRAMES} pixels altogether (100 % of the edges between such ids)"
    )


def test_another_size(truth: Path, masks: Path) -> None:
    change(masks / "cows", lambda mask: mask[::2, ::2], only=("00001", "00002"))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("wrong-size", "error", False)
    assert finding.sentence == (
        "2 of 6 masks of cows (00001, 00002) are 30×20 pixels (width×height), the annotations 60×40"
    )
    assert finding.mend == "save masks in the size of the annotations; they are never resized"


def test_a_size_of_a_mask_that_does_not_count(truth: Path, masks: Path) -> None:
    change(masks / "cows", lambda mask: mask[::2, ::2], only=("00000",))
    assert only_one(truth, masks).severity == "warning"


def test_width_and_height_exchanged(truth: Path, masks: Path) -> None:
    change(masks / "cows", lambda mask: np.ascontiguousarray(mask.T))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.fixable) == ("transposed", "error", False)
    assert finding.sentence == (
        "all 6 masks of cows are 40×60 pixels (width×height), the annotations 60×40: width and "
        "height are exchanged"
    )


def test_an_object_that_no_mask_shows(truth: Path, masks: Path) -> None:
    write_clip(truth / "birds", dogs)
    write_clip(masks / "birds", dogs)
    change(masks / "dogs", relabel(_2=0))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity, finding.objects) == ("missing-object", "warning", (2,))
    assert finding.sentence == "no mask of dogs shows object 2, which the annotations have"


def test_masks_that_are_all_empty(truth: Path, masks: Path) -> None:
    change(masks / "cows", np.zeros_like)
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("empty-masks", "warning")
    assert finding.sentence == "all masks of cows are empty"


def test_masks_that_are_empty_after_the_first(truth: Path, masks: Path) -> None:
    change(masks / "dogs", np.zeros_like, only=tuple(f"{i:05d}" for i in range(1, FRAMES)))
    finding = only_one(truth, masks)
    assert finding.sentence == "all masks after the first of dogs are empty"
    assert len(finding.frames) == FRAMES - 1


def test_masks_that_are_all_the_same(truth: Path, masks: Path) -> None:
    change(masks / "cows", lambda mask: cows(0))
    finding = only_one(truth, masks)
    assert (finding.code, finding.severity) == ("copied-masks", "warning")
    assert finding.sentence == "all 6 masks of cows are copies of the first"


def test_an_object_at_rest_may_be_predicted_at_rest(tmp_path: Path, masks: Path) -> None:
    write_clip(tmp_path / "still" / "cows", lambda index: cows(0))
    write_clip(tmp_path / "masks2" / "cows", lambda index: cows(0))
    assert found(tmp_path / "still", tmp_path / "masks2") == ()
