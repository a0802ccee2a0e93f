"""Folders that stand for one object each, as SA-V has them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.doctor.clips_on_disk import (
    change,
    colour,
    cows,
    examined,
    found,
    imperfect,
    only_one,
    relabel,
    rename,
    write_clip,
)
from vosbench.doctor.finding import Finding
from vosbench.doctor.fixing import write_mended
from vosbench.evaluate import Rules
from vosbench.metrics import protocols
from vosbench.scoring.folders import score_folders

SA_V = "sa-v"


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    """Annotations of two birds, 0 and 255."""
    for name in ("000", "001"):
        write_clip(tmp_path / "truth" / "birds" / name, lambda index: cows(index) * 255)
    return tmp_path / "truth" / "birds"


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Decent masks of them, 0 and 1."""
    for name in ("000", "001"):
        write_clip(tmp_path / "masks" / "birds" / name, imperfect(cows))
    return tmp_path / "masks" / "birds"


def the_finding(birds: Path, drawn: Path) -> Finding:
    return only_one(birds.parent, drawn.parent, SA_V)


def test_sound_ones(birds: Path, drawn: Path) -> None:
    examination = examined(birds.parent, drawn.parent, SA_V)
    assert examination.diagnosis.findings == ()
    totals = examination.diagnosis.examined
    assert (totals.sequences, totals.frames, totals.objects) == (1, 12, 2)


def test_a_single_object_does_not_lie_too_deep(birds: Path, drawn: Path) -> None:
    for folder in (birds, drawn):
        shutil.rmtree(folder / "001")
    assert found(birds.parent, drawn.parent, SA_V) == ()


def test_other_protocols_read_label_maps(birds: Path, drawn: Path) -> None:
    finding = only_one(birds.parent, drawn.parent, "davis2017")
    assert (finding.code, finding.severity) == ("object-folders", "error")
    assert finding.sentence == (
        f"{birds} holds a folder for each object: 000, 001, but protocol davis2017 reads label maps"
    )


def test_folders_beside_label_maps_are_strays(truth: Path) -> None:
    (truth / "cows" / "000").mkdir()
    finding = only_one(truth)
    assert (finding.code, finding.severity) == ("stray-files", "warning")
    assert finding.sentence == f"beside masks, {truth / 'cows'} holds 000/"


def test_an_object_without_folder(birds: Path, drawn: Path) -> None:
    shutil.rmtree(drawn / "001")
    finding = the_finding(birds, drawn)
    assert (finding.code, finding.severity, finding.objects) == (
        "missing-object-folders",
        "error",
        (1,),
    )
    assert finding.sentence == f"{drawn} has no folder of 1 object of 2 (001)"


def test_label_maps_where_folders_are_wanted(birds: Path, drawn: Path) -> None:
    shutil.rmtree(drawn)
    write_clip(drawn, cows)
    finding = the_finding(birds, drawn)
    assert finding.sentence == f"{drawn} has no folder of 2 objects of 2 (000, 001), but label maps"


def test_names_that_are_no_ids(birds: Path, drawn: Path) -> None:
    for folder in (birds, drawn):
        write_clip(folder / "1", cows)
        write_clip(folder / "bird", cows)
    finding = the_finding(birds, drawn)
    assert (finding.code, finding.severity) == ("object-names", "error")
    assert finding.sentence == (
        f"3 folders in {birds} are not named by an id of their own: bird, 001, 1"
    )


def test_a_fault_is_that_of_its_object(birds: Path, drawn: Path) -> None:
    (drawn / "001" / "00003.png").write_bytes(b"")
    finding = the_finding(birds, drawn)
    assert (finding.code, finding.sequence, finding.objects) == ("empty-file", "birds", (1,))
    assert finding.sentence == "mask 00003 of birds/001 is empty (0 bytes)"


@pytest.mark.parametrize("side", ["masks", "annotations"])
def test_several_ids_in_one_folder(birds: Path, drawn: Path, side: str) -> None:
    def spotted(mask: np.ndarray) -> np.ndarray:
        mask = mask.copy()
        mask[:2, :5] = 7
        return mask

    folder = drawn if side == "masks" else birds
    change(folder / "000", spotted, only=("00002", "00003"))
    finding = the_finding(birds, drawn)
    assert (finding.code, finding.severity, finding.subject) == ("several-objects", "error", side)
    ids = "1, 7" if side == "masks" else "7, 255"
    assert finding.sentence == (
        f"2 of 6 {side} of birds/000 (00002, 00003) hold several ids ({ids}), but the folder "
        "stands for one object"
    )


def test_a_copy_keeps_what_was_not_compared(birds: Path, drawn: Path, tmp_path: Path) -> None:
    shutil.rmtree(birds / "001")
    (birds / "001").mkdir()
    examination = examined(birds.parent, drawn.parent, SA_V)
    (finding,) = examination.diagnosis.findings
    assert (finding.code, finding.objects) == ("missing-frames", (1,))
    write_mended(examination, tmp_path / "new")
    copied = sorted(path.name for path in (tmp_path / "new" / "birds" / "001").iterdir())
    assert copied == sorted(path.name for path in (drawn / "001").iterdir())


def test_objects_that_are_never_shown(birds: Path, drawn: Path) -> None:
    change(birds / "000", np.zeros_like)
    assert found(birds.parent, drawn.parent, SA_V) == ()
    assert examined(birds.parent, drawn.parent, SA_V).diagnosis.examined.objects == 1
    change(birds / "001", np.zeros_like)
    finding = the_finding(birds, drawn)
    assert (finding.code, finding.severity) == ("nothing-counts", "error")


DAMAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "colours": ("colour-masks", lambda drawn: colour(drawn / "000")),
    "off by one": ("shifted-names", lambda d: rename(d / "001", lambda i: f"{i + 1:05d}.png")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_mended_copy_scores_as_undamaged_masks(
    birds: Path, drawn: Path, tmp_path: Path, damage: str
) -> None:
    def scores(masks: Path) -> object:
        (scored,) = score_folders([masks], birds.parent, Rules(protocols.get(SA_V)))
        return scored.objects

    write_clip(drawn / "002", cows)
    (drawn / "note.txt").write_text("kept")
    change(drawn / "000", relabel(_1=2))
    undamaged = scores(drawn.parent)
    code, harm = DAMAGES[damage]
    harm(drawn)
    examination = examined(birds.parent, drawn.parent, SA_V)
    assert [f.code for f in examination.diagnosis.findings if f.fixable] == [code]
    write_mended(examination, tmp_path / "new")
    left = found(birds.parent, tmp_path / "new", SA_V)
    assert [finding.code for finding in left] == ["stray-files"]
    assert scores(tmp_path / "new") == undamaged
    assert (tmp_path / "new" / "birds" / "note.txt").read_text() == "kept"
    assert len(list((tmp_path / "new" / "birds" / "002").iterdir())) == 6
