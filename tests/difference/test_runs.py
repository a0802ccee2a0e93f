"""Two runs side by side: where their masks differ, and what may explain it."""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    Broken,
    Jitter,
    Stored,
    dataset,
    explode,
    folder_of,
    request,
    run,
    sequence,
)
from vosbench.cli import main
from vosbench.difference.masks import IdChange, mask_difference
from vosbench.difference.runs import run_difference
from vosbench.difference.text import difference_text
from vosbench.errors import DataError
from vosbench.masks import read_mask, write_mask
from vosbench.sequence import Dataset


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, runs)
    return folder_of(runs)


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))


def another(runs: Path, data: Dataset = ZOO, **changes: Any) -> Path:
    """A run that is not `made`."""
    run(request(**changes), data, runs)
    return folder_of(runs)


def edit_manifest(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def paint(path: Path, object_id: int, pixels: int) -> None:
    """Give the first pixels of background to an object."""
    mask = read_mask(path).copy()
    for row, column in np.argwhere(mask == 0)[:pixels]:
        mask[row, column] = object_id
    write_mask(path, mask)


class TestMasks:
    def test_one_flipped_pixel_is_named_exactly(self, made: Path, copy: Path) -> None:
        paint(copy / "masks/cat/00003.png", 5, 1)
        found = run_difference(made, copy)
        assert not found.equal
        (one,) = found.differing
        assert (one.sequence, one.masks.frames, one.masks.differing) == ("cat", 5, 1)
        first = one.masks.first
        assert first is not None
        assert (first.frame, first.object_id, first.object_pixels) == ("00003", 5, 1)
        assert first.changes == (IdChange(first=0, second=5, pixels=1),)
        assert first == one.masks.largest
        assert (
            "Masks differ in 1 of 3 sequences, first in sequence cat, frame 00003, object 5: "
            "1 pixel.\n" in difference_text(found)
        )

    def test_equal_masks_are_said_to_be(self, made: Path, copy: Path) -> None:
        found = run_difference(made, copy)
        assert found.equal
        assert found.fields == found.suspects == ()
        assert difference_text(found).splitlines()[2:] == [
            "The masks of all 3 sequences are equal.",
            "The manifests are the same.",
        ]

    def test_first_and_largest_and_all(self, made: Path, copy: Path) -> None:
        paint(copy / "masks/bear/00002.png", 1, 2)
        paint(copy / "masks/bear/00003.png", 1, 7)
        paint(copy / "masks/bear/00004.png", 1, 7)
        mask = read_mask(copy / "masks/bear/00004.png").copy()
        mask[mask == 1] = 0
        write_mask(copy / "masks/bear/00004.png", mask)
        masks = run_difference(made, copy).sequences[0].masks
        assert masks.first is not None
        assert masks.largest is not None
        assert (masks.differing, masks.first.frame, masks.largest.frame) == (3, "00002", "00004")
        assert masks.changes == (
            IdChange(first=1, second=0, pixels=12),
            IdChange(first=0, second=1, pixels=9),
        )
        assert masks.pixels == 21

    def test_another_encoding_is_no_difference(self, made: Path, copy: Path) -> None:
        path = copy / "masks/bear/00002.png"
        with PIL.Image.open(path) as picture:
            picture.load()
        picture.save(path, compress_level=0)
        assert run_difference(made, copy).equal

    def test_files_that_are_the_same_are_not_decoded(self, made: Path, copy: Path) -> None:
        for folder in (made, copy):
            shutil.copytree(folder, folder.parent / "broken" / folder.name)
        broken = [folder.parent / "broken" / folder.name for folder in (made, copy)]
        for folder in broken:
            (folder / "masks/bear/00002.png").write_bytes(b"no picture")
        assert run_difference(*broken).equal
        (broken[0] / "masks/bear/00002.png").write_bytes(b"nor this")
        with pytest.raises(DataError, match=r"00002.png is no PNG file"):
            run_difference(*broken)
        shutil.rmtree(made.parent / "broken")

    def test_another_size_and_a_missing_frame(self, made: Path, copy: Path) -> None:
        write_mask(copy / "masks/bear/00001.png", np.zeros((3, 4), np.uint8))
        (copy / "masks/bear/00003.png").unlink()
        masks = run_difference(made, copy).sequences[0].masks
        assert masks.first is not None
        assert (masks.differing, masks.pixels, masks.largest) == (2, 0, None)
        assert (masks.first.object_id, masks.first.remark) == (None, "of 20×16 and 4×3 pixels")
        text = difference_text(run_difference(made, copy))
        assert "first in sequence bear, frame 00001 (of 20×16 and 4×3 pixels)." in text
        (copy / "masks/bear/00001.png").unlink()
        first = run_difference(made, copy).sequences[0].masks.first
        assert first is not None
        assert first.remark == "B has no mask"

    def test_frames_come_in_natural_order(self, tmp_path: Path) -> None:
        for name, value in (("a", 1), ("b", 2)):
            (tmp_path / name).mkdir()
            for frame in ("10", "9"):
                write_mask(tmp_path / name / f"{frame}.png", np.full((2, 2), value, np.uint8))
        found = mask_difference(tmp_path / "a", tmp_path / "b")
        assert found.first is not None
        assert found.first.frame == "9"
        assert found.changes == (IdChange(first=1, second=2, pixels=8),)

    @given(
        arrays.arrays(np.uint8, (2, 5, 7), elements=st.sampled_from([0, 1, 3, 255])),
    )
    def test_every_pixel_is_counted_once(
        self, tmp_path_factory: pytest.TempPathFactory, pair: np.ndarray
    ) -> None:
        folder = tmp_path_factory.mktemp("pair")
        for name, mask in zip("ab", pair, strict=True):
            (folder / name).mkdir()
            write_mask(folder / name / "0.png", mask)
        changes = mask_difference(folder / "a", folder / "b").changes
        slow: dict[tuple[int, int], int] = {}
        for first, second in zip(pair[0].flat, pair[1].flat, strict=True):
            if first != second:
                ids = int(first), int(second)
                slow[ids] = slow.get(ids, 0) + 1
        assert {(c.first, c.second): c.pixels for c in changes} == slow
        assert [c.pixels for c in changes] == sorted(slow.values(), reverse=True)


class TestSequences:
    def test_those_of_one_run_only(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, dataset(BEAR, DOG, sequence("fox")))
        found = run_difference(made, other)
        assert [one.sequence for one in found.sequences] == ["bear", "dog"]
        assert (found.only_first, found.only_second) == (
            {"cat": "not asked for"},
            {"fox": "not asked for"},
        )
        assert not found.differing
        assert not found.equal
        text = difference_text(found)
        assert "The masks of all 2 sequences that both have are equal.\n" in text
        assert "  cat: only in A (B: not asked for)\n  fox: only in B (A: not asked for)\n" in text

    def test_one_that_failed_says_so(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, build=lambda: Broken(explode))
        (reason,) = run_difference(made, other).only_first.values()
        assert reason.startswith("failed: ")
        assert "out of luck" in reason

    def test_scores_that_differ_stand_beside_the_masks(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, seed=3)
        found = run_difference(made, other)
        bear = found.sequences[0]
        record = json.loads((made / "records/bear.json").read_text())
        assert bear.scores["J"][0] == record["scores"][0]["J"]["mean"]
        assert bear.scores["J"][0] != bear.scores["J"][1]

    def test_equal_masks_under_another_protocol(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, dataclasses.replace(ZOO, protocol="davis2016"))
        found = run_difference(made, other)
        assert found.equal
        text = difference_text(found)
        assert "  cat: equal masks, scored otherwise: J " in text
        assert "(under davis2017 → davis2016, which do not compare)" in text


class TestManifests:
    def test_a_setting_is_named_and_suspected(self, made: Path, tmp_path: Path) -> None:
        changes = {"settings": {"reach": 5}, "overrides": {"reach": 5}}
        other = another(tmp_path, build=lambda: Jitter(reach=5), **changes)
        found = run_difference(made, other)
        assert [(one.group, one.name, one.first, one.second) for one in found.fields] == [
            ("masks", "settings.reach", "2", "5"),
            ("other", "overrides.reach", None, 5),
            *[("other", one.name, one.first, one.second) for one in found.fields[2:]],
        ]
        assert {one.name for one in found.fields[2:]} <= {"created"}
        (suspect,) = found.suspects
        assert (suspect.name, suspect.why) == ("settings.reach", "setting reach: 2 → 5")

    def test_groups_come_in_order_and_digests_are_short(self, made: Path, copy: Path) -> None:
        manifest = json.loads((copy / "manifest.json").read_text())
        edit_manifest(
            copy,
            key_parts=manifest["key_parts"] | {"source_sha256": "ab" * 32, "torch": "1.0"},
            versions=manifest["versions"] | {"numpy": "1.0"},
            machine=manifest["machine"] | {"cpu": "Abacus"},
            created="2020-01-01T00:00:00+00:00",
            command="vosbench run --twice",
            label="jitters",
        )
        lines = difference_text(run_difference(made, copy)).splitlines()
        start = lines.index("What masks depend on (A → B):")
        names = [line.split(":")[0].strip() for line in lines[start:]]
        assert names == [
            "What masks depend on (A → B)",
            "source_sha256",
            "torch",
            "Machine and versions (A → B)",
            "machine.cpu",
            "versions.numpy",
            "The rest (A → B)",
            "label",
            "created",
            "command",
        ]
        assert "  source_sha256: 000000000000 → abababababab" in lines

    def test_equal_masks_leave_nobody_suspected(self, made: Path, copy: Path) -> None:
        edit_manifest(copy, key_parts={"seed": "7"})
        assert run_difference(made, copy).suspects == ()

    def suspects(self, first: Path, second: Path) -> list[str]:
        return [suspect.name for suspect in run_difference(first, second).suspects]

    def test_other_annotations_are_suspected_first(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, dataset(sequence("bear", shift=2), CAT, DOG), seed=3)
        found = run_difference(made, other)
        assert [suspect.name for suspect in found.suspects] == ["sequence_sha256", "seed"]
        assert found.suspects[0].why == "the frames or annotations are not the same (bear)"

    def test_other_imported_masks(self, tmp_path: Path) -> None:
        folders = [
            another(tmp_path / name, build=lambda name=name, id_=id_: Stored(id_, name))
            for name, id_ in (("a", 0), ("b", 1))
        ]
        assert self.suspects(*folders) == ["masks_sha256"]

    def test_another_method_is_blamed_and_not_its_settings(
        self, made: Path, tmp_path: Path
    ) -> None:
        other = another(tmp_path, method="other", settings={"rate": 1.0}, seed=3)
        assert self.suspects(made, other) == ["method", "seed"]

    def test_where_the_keys_are_the_same(self, made: Path, copy: Path) -> None:
        paint(copy / "masks/cat/00003.png", 5, 1)
        assert self.suspects(made, copy) == ["masks"]
        edit_manifest(copy, machine={"cpu": "Abacus"})
        assert self.suspects(made, copy) == ["machine", "masks"]


class TestCommand:
    def call(self, *arguments: object) -> int:
        with pytest.raises(SystemExit) as left:
            main(["diff", *map(str, arguments)])
        assert isinstance(left.value.code, int)
        return left.value.code

    def test_exit_codes(
        self, made: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.call(made, copy) == 0
        assert self.call(made, copy.name, "--runs", copy.parent) == 0
        paint(copy / "masks/cat/00003.png", 5, 1)
        assert self.call(made, copy) == 3
        capsys.readouterr()
        assert self.call(made, "nowhere", "--runs", tmp_path) == 1
        assert "does not exist; name the folder of a run" in capsys.readouterr().err
        assert self.call(made, made / "masks") == 5
        told = capsys.readouterr()
        assert "masks is no run folder: it has no manifest.json" in told.err
        assert told.out == ""

    def test_json(self, made: Path, copy: Path, tmp_path: Path) -> None:
        paint(copy / "masks/cat/00003.png", 5, 3)
        out = tmp_path / "found.json"
        assert self.call(made, copy, "--format", "json", "--out", out) == 3
        found = json.loads(out.read_text())
        change = {"first": 0, "second": 5, "pixels": 3}
        assert found["equal"] is False
        assert found["first"] == {
            "sequence": "cat",
            "frame": "00003",
            "object": 5,
            "object_pixels": 3,
            "pixels": 3,
            "changes": [change],
            "remark": None,
        }
        assert [one["frames_differing"] for one in found["sequences"]] == [0, 1, 0]
        assert found["sequences"][1]["changes"] == [change]
        assert list(found) == [
            "equal",
            "runs",
            "protocols",
            "first",
            "sequences",
            "only_first",
            "only_second",
            "manifest",
            "suspects",
        ]


def test_frames_that_differ_are_those_with_a_pixel_that_does(made: Path, tmp_path: Path) -> None:
    other = another(tmp_path, seed=3)
    found = run_difference(made, other)
    assert [one.sequence for one in found.sequences] == ["bear", "cat", "dog"]
    for one in found.sequences:
        frames = sorted(path.name for path in (made / "masks" / one.sequence).iterdir())
        masks = [
            [read_mask(folder / "masks" / one.sequence / frame) for folder in (made, other)]
            for frame in frames
        ]
        assert one.masks.pixels == sum(int((a != b).sum()) for a, b in masks) > 0
        assert one.masks.differing == sum(bool((a != b).any()) for a, b in masks)
