"""Folders at wrong levels, what lies beside masks, and everything at once."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.doctor.clips_on_disk import (
    FRAMES,
    change,
    cows,
    dogs,
    examined,
    found,
    only_one,
    write_clip,
)
from vosbench.doctor.fixing import write_mended
from vosbench.errors import DataError


def test_what_file_managers_leave_is_no_finding(truth: Path, masks: Path) -> None:
    for folder in (masks, masks / "cows", truth, truth / "cows"):
        for name in (".DS_Store", "._00000.png", "Thumbs.db", "desktop.ini"):
            (folder / name).write_bytes(b"x")
    for folder in (masks, masks / "cows", truth, truth / "cows"):
        (folder / "__MACOSX").mkdir()
    assert found(truth, masks) == ()


def test_stray_files(truth: Path, masks: Path) -> None:
    (masks / "cows" / "scores.txt").write_text("0.7")
    (masks / "global_results-val.csv").write_text("0.7")
    beside, inside = found(truth, masks)
    assert {beside.code, inside.code} == {"stray-files"}
    assert {beside.severity, inside.severity} == {"warning"}
    assert inside.sentence == f"beside masks, {masks / 'cows'} holds scores.txt"
    assert beside.sentence == f"beside its sequences, {masks} holds global_results-val.csv"


def test_missing_and_surplus_sequences(truth: Path, masks: Path) -> None:
    (masks / "dogs").rename(masks / "Dogs")
    missing, surplus = found(truth, masks)
    assert (missing.code, missing.severity) == ("missing-sequences", "error")
    assert missing.sentence == (
        f"1 sequence of 2 has no folder of masks in {masks}: dogs (did you mean Dogs?)"
    )
    assert (surplus.code, surplus.severity) == ("surplus-sequences", "warning")
    assert surplus.sentence == f"1 folder in {masks} is of no annotated sequence: Dogs"


@pytest.mark.parametrize("levels", ["480p", "osvos/480p"])
def test_sequences_that_lie_deeper(truth: Path, masks: Path, levels: str) -> None:
    outer = masks.parent / "outer"
    (outer / levels).parent.mkdir(parents=True)
    masks.rename(outer / levels)
    finding = only_one(truth, outer)
    assert (finding.code, finding.severity, finding.fixable) == ("folder-level", "error", True)
    assert finding.sentence == (
        f"the sequences do not lie in {outer} but deeper, in {outer / levels}"
    )


def test_results_of_several_methods(truth: Path, masks: Path) -> None:
    outer = masks.parent / "outer"
    shutil.copytree(masks, outer / "a")
    shutil.copytree(masks, outer / "b")
    finding = found(truth, outer)[0]
    assert finding.sentence == f"{outer} holds several folders of sequences: a, b"
    assert (finding.mend, finding.fixable) == (f"give one of them, as in {outer / 'a'}", False)


def test_the_folder_of_one_sequence(truth: Path, masks: Path) -> None:
    level, missing = found(truth, masks / "cows")
    assert (level.code, level.fixable, missing.code) == ("folder-level", True, "missing-sequences")
    assert level.sentence == (
        f"{masks / 'cows'} is the folder of a single sequence, expected the folder around it"
    )
    assert level.mend == f"give {masks}; --fix NEW_FOLDER makes such a folder"


def test_masks_one_level_too_deep(truth: Path, masks: Path) -> None:
    (masks / "inner").mkdir()
    (masks / "cows").rename(masks / "inner" / "png")
    (masks / "inner").rename(masks / "cows")
    finding = only_one(truth, masks)
    assert (finding.code, finding.sequence, finding.fixable) == ("folder-level", "cows", True)
    assert finding.sentence == (
        f"the masks of cows lie one level too deep, in {masks / 'cows' / 'png'}"
    )


@pytest.mark.parametrize("linked", [False, True])
def test_the_annotations_themselves(truth: Path, tmp_path: Path, linked: bool) -> None:
    given_folder = truth
    if linked:
        given_folder = tmp_path / "link"
        given_folder.symlink_to(truth)
    finding = only_one(truth, given_folder)
    assert (finding.code, finding.severity) == ("same-folder", "error")
    assert finding.sentence == (
        f"{given_folder} is the folder of the annotations itself: every score is perfect and says "
        "nothing"
    )


def test_one_sequence_that_is_its_annotation(truth: Path, masks: Path) -> None:
    shutil.rmtree(masks / "dogs")
    (masks / "dogs").symlink_to(truth / "dogs")
    finding = only_one(truth, masks)
    assert (finding.code, finding.sequences) == ("same-folder", ("dogs",))
    assert finding.sentence == (
        f"{masks / 'dogs'} is a folder of the annotations itself: every score is perfect and says "
        "nothing"
    )


def test_a_folder_that_is_not_there(truth: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the folder of masks .* does not exist; check the path"):
        found(truth, tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"the folder of annotations .* does not exist"):
        found(tmp_path / "nowhere", truth)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read(truth: Path, masks: Path) -> None:
    (masks / "cows").chmod(0)
    try:
        examination = examined(truth, masks)
        codes = {finding.code for finding in examination.diagnosis.findings}
        assert "unreadable-folder" in codes
        with pytest.raises(DataError, match="cows cannot be read, so it cannot be copied"):
            write_mended(examination, masks.parent / "new")
    finally:
        (masks / "cows").chmod(0o755)


def test_all_faults_are_found_at_once_in_a_fixed_order(truth: Path, masks: Path) -> None:
    (masks / "dogs" / "00001.png").write_bytes(b"")
    (masks / "dogs" / "00004.png").unlink()
    change(masks / "cows", lambda mask: np.where(mask == 1, 5, mask).astype(np.uint8), ("00003",))
    (masks / "notes.txt").write_text("x")
    write_clip(masks / "birds", cows)
    write_clip(truth / "fish", dogs, FRAMES - 4)
    codes = [(finding.severity, finding.sequence, finding.code) for finding in found(truth, masks)]
    assert codes == [
        ("error", "", "missing-sequences"),
        ("error", "cows", "extra-ids"),
        ("error", "dogs", "empty-file"),
        ("error", "dogs", "missing-frames"),
        ("error", "fish", "short-sequence"),
        ("warning", "", "stray-files"),
        ("warning", "", "surplus-sequences"),
    ]
    assert found(truth, masks) == found(truth, masks)
