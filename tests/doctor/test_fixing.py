"""A mended copy scores as the undamaged masks do, and the original is never touched."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.doctor.clips_on_disk import (
    annotate,
    change,
    colour,
    examined,
    found,
    predict,
    relabel,
    rename,
)
from vosbench.cli import main
from vosbench.doctor.fixing import write_mended
from vosbench.errors import DataError
from vosbench.masks import read_mask, write_mask


def extra(masks: Path) -> None:
    def spotted(mask: np.ndarray) -> np.ndarray:
        mask = mask.copy()
        mask[37:, 3:9] = 9
        return mask

    change(masks / "dogs", spotted, only=("00002", "00003"))


def deeper(masks: Path) -> None:
    inner = masks / "480p"
    inner.mkdir()
    for name in ("cows", "dogs"):
        (masks / name).rename(inner / name)


def one_too_deep(masks: Path) -> None:
    (masks / "cows").rename(masks / "png")
    (masks / "cows").mkdir()
    (masks / "png").rename(masks / "cows" / "png")


def grey_channels(masks: Path) -> None:
    for path in (masks / "dogs").iterdir():
        PIL.Image.fromarray(np.dstack([read_mask(path)] * 3)).save(path)


def white_in_colour(masks: Path) -> None:
    change(masks / "cows", relabel(_1=255))
    for path in (masks / "cows").iterdir():
        PIL.Image.fromarray(np.dstack([read_mask(path)] * 3)).save(path)


def several(masks: Path) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1))
    extra(masks)
    colour(masks / "cows", "RGBA")
    rename(masks / "dogs", lambda number: f"frame{number + 1}.png")


DAMAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "colours": ("colour-masks", lambda masks: colour(masks / "dogs")),
    "colours with alpha": ("colour-masks", lambda masks: colour(masks / "dogs", "RGBA")),
    "ids in three channels": ("colour-masks", grey_channels),
    "white": ("white-masks", lambda masks: change(masks / "cows", relabel(_1=255))),
    "white in three channels": ("white-masks", white_in_colour),
    "grey of colours": ("grey-colours", lambda masks: colour(masks / "dogs", "L")),
    "off by one": ("shifted-names", lambda m: rename(m / "dogs", lambda i: f"{i + 1:05d}.png")),
    "no padding": ("frame-names", lambda masks: rename(masks / "dogs", lambda i: f"{i}.png")),
    "prefix": ("frame-names", lambda masks: rename(masks / "dogs", lambda i: f"m-{i:05d}.png")),
    "exchanged": ("swapped-ids", lambda masks: change(masks / "dogs", relabel(_1=2, _2=1))),
    "extra": ("extra-ids", extra),
    "too high": ("folder-level", deeper),
    "too deep": ("folder-level", one_too_deep),
    "several at once": ("swapped-ids", several),
}


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def scores(masks: Path, truth: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capsys.readouterr()
    assert run("score", masks, "--annotations", truth, "--format", "csv") == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_mended_copy_scores_as_undamaged_masks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    truth, masks, whole = annotate(tmp_path / "DAVIS"), predict(tmp_path / "masks"), tmp_path / "w"
    predict(whole)
    code, harm = DAMAGES[damage]
    harm(masks)
    before = contents(masks)
    assert code in {finding.code for finding in found(truth, masks) if finding.fixable}
    assert run("doctor", masks, "--annotations", truth, "--fix", tmp_path / "new") == 0
    assert contents(masks) == before
    assert found(truth, tmp_path / "new") == ()
    assert scores(tmp_path / "new", truth, capsys) == scores(whole, truth, capsys)


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_masks_that_need_no_mending_are_copied_byte_for_byte(truth: Path, masks: Path) -> None:
    extra(masks)
    kept = masks / "dogs" / "00004.png"
    PIL.Image.fromarray(read_mask(kept)).save(kept, compress_level=0)
    (masks / "cows" / "note.txt").write_text("kept")
    (masks / "birds" / "000").mkdir(parents=True)
    (masks / "birds" / "000" / "b.png").write_bytes(b"no mask")
    PIL.Image.fromarray(np.ones((4, 4), np.uint8)).save(masks / "birds" / "a.png")
    write_mended(examined(truth, masks), masks.parent / "new")
    old, new = contents(masks), contents(masks.parent / "new")
    assert {name for name in old | new if old.get(name) != new.get(name)} == {
        f"dogs{os.sep}00002.png",
        f"dogs{os.sep}00003.png",
    }


def test_what_cannot_be_mended_remains(
    truth: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    extra(masks)
    (masks / "cows" / "00002.png").write_bytes(b"")
    new = tmp_path / "new"
    assert run("doctor", masks, "--annotations", truth, "--fix", new) == 5
    said = capsys.readouterr().out
    assert said == (
        f"{new} is a copy in which 1 finding was mended:\n"
        "  extra-ids  dogs\n"
        "\n"
        "error    empty-file  cows\n"
        "         Mask 00002 of cows is empty (0 bytes).\n"
        "         → Copy or unpack it again.\n"
        "\n"
        "1 error, 0 warnings left in 2 sequences, 12 frames, 3 objects under davis2017.\n"
    )
    assert (new / "cows" / "00002.png").read_bytes() == b""


def test_a_copy_of_sound_masks_is_made_too(
    truth: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new"
    new.mkdir()  # an empty folder will do
    assert run("doctor", masks, "--annotations", truth, "--fix", new) == 0
    assert capsys.readouterr().out == (
        f"{new} is a copy as it was; there was nothing to mend\n"
        "\n"
        "Nothing more found in 2 sequences, 12 frames, 3 objects under davis2017.\n"
    )
    assert contents(new) == contents(masks)


def test_an_object_under_an_extra_id_is_not_thrown_away(truth: Path, masks: Path) -> None:
    change(masks / "cows", relabel(_1=9), only=("00002", "00003"))
    write_mended(examined(truth, masks), masks.parent / "new")
    assert contents(masks.parent / "new") == contents(masks)


def test_only_the_chosen_sequences_are_copied(truth: Path, masks: Path, tmp_path: Path) -> None:
    chosen = ("--sequences", "dogs", "--fix", tmp_path / "new")
    assert run("doctor", masks, "--annotations", truth, *chosen) == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["dogs"]


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run("doctor", *arguments) in (1, 5)
    said = capsys.readouterr()
    assert not said.out
    return said.err


def test_nothing_is_overwritten(
    truth: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full, file, link = tmp_path / "full", tmp_path / "file", tmp_path / "link"
    predict(full)
    file.write_text("x")
    link.symlink_to(tmp_path / "elsewhere")
    fix = (masks, "--annotations", truth, "--fix")
    assert refusal(capsys, *fix, full) == (
        f"Error: --fix {full} is not empty; name a new folder, nothing is ever overwritten\n"
    )
    assert "is a file; name a new folder" in refusal(capsys, *fix, file)
    assert "is a link; name a new folder" in refusal(capsys, *fix, link)
    for inside in (masks / "new", truth / "new", tmp_path / "DAVIS", masks):
        assert refusal(capsys, *fix, inside).startswith("Error: --fix ")
    assert contents(masks) == contents(full)


def test_links_that_lead_out_are_refused(
    truth: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.png"
    write_mask(secret, np.zeros((40, 60), np.uint8))
    (masks / "cows" / "00001.png").unlink()
    (masks / "cows" / "00001.png").symlink_to(secret)
    said = refusal(capsys, masks, "--annotations", truth, "--fix", tmp_path / "new")
    assert said == (
        f"Error: {masks / 'cows' / '00001.png'} leads out of {masks.resolve()}, so it is not "
        "copied; put the file itself in its place\n"
    )
    assert not (tmp_path / "new").exists()


def test_names_that_lead_out_are_refused(truth: Path, masks: Path, tmp_path: Path) -> None:
    (masks / "cows" / 'x"y.png').write_bytes(b"x")
    with pytest.raises(DataError, match="cannot be the name of a mask"):
        write_mended(examined(truth, masks), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_interrupted_copy_leaves_nothing_that_looks_whole(
    truth: Path, masks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: Path, mask: np.ndarray) -> None:
        raise KeyboardInterrupt

    extra(masks)
    found_there = examined(truth, masks)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("vosbench.doctor.fixing.write_mask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_mended(found_there, tmp_path / "new")
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / ".new.part" / "cows").mkdir(parents=True)  # as a kill would leave it
    monkeypatch.undo()
    write_mended(found_there, tmp_path / "new")
    assert found(truth, tmp_path / "new") == ()
    assert not (tmp_path / ".new.part").exists()


def test_links_in_a_circle_are_refused(
    truth: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    said = refusal(capsys, circle, "--annotations", truth, "--fix", tmp_path / "new")
    assert said == f"Error: the folder of masks {circle} does not exist; check the path\n"
    (masks / "cows" / "note.txt").symlink_to("note.txt")
    said = refusal(capsys, masks, "--annotations", truth, "--fix", tmp_path / "new")
    assert "note.txt is no plain file, so it cannot be copied; remove it" in said
    assert not (tmp_path / "new").exists()
