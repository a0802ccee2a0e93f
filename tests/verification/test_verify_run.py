"""Runs computed again from their masks: what agrees, what drifted, and the reason given."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    Broken,
    content,
    dataset,
    explode,
    folder_of,
    only,
    request,
    run,
    sequence,
)
from vosbench import provenance
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.made_on import dataset_of
from vosbench.masks import read_mask, write_mask
from vosbench.metrics import protocols
from vosbench.sequence import Dataset
from vosbench.store import RunFolder
from vosbench.verification.findings import Drift, RunCheck
from vosbench.verification.verify_run import verify_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the zoo; copied before anything is done to it."""
    runs = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, runs)
    return folder_of(runs)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))


def edit_json(path: Path, change: Callable[[Any], None]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def edit_lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))


def rewrite_row(path: Path, sequence: str, object_id: int, frame: str, value: float) -> None:
    """Another J in one row of a file of scores."""

    def change(lines: list[str]) -> list[str]:
        start = f"{sequence},{object_id},{frame},"
        (at,) = [i for i, line in enumerate(lines) if line.startswith(start)]
        lines[at] = f"{start}{value!r},{lines[at].split(',')[4]}"
        return lines

    edit_lines(path, change)


def repaint(path: Path, change: Callable[[np.ndarray], None]) -> None:
    mask = read_mask(path).copy()
    change(mask)
    write_mask(path, mask)


def enlarge(mask: np.ndarray) -> None:
    """One more pixel of object 1."""
    row, column = np.argwhere(mask == 0)[-1]
    mask[row, column] = 1


def cells(check: RunCheck) -> list[tuple[str, int | None, str | None, str]]:
    return [(drift.file, drift.object_id, drift.frame, drift.figure) for drift in check.drifts]


def the_drift(check: RunCheck) -> Drift:
    (drift,) = check.drifts
    return drift


def causes(check: RunCheck) -> set[str]:
    return {drift.cause for drift in check.drifts}


def test_an_untouched_run_comes_out_bit_by_bit(made: Path) -> None:
    before = content(made, "**/*.*")
    check = verify_run(made, ZOO)
    assert check.drifts == check.all_notes == check.failures == ()
    assert [(one.sequence, len(one.scores or ())) for one in check.sequences] == [
        ("bear", 1),
        ("cat", 5),
        ("dog", 1),
    ]
    assert sum(one.frame_scores for one in check.sequences) == 1 * 3 + 5 * 3 + 1 * 2
    assert check.recomputed() == check.stored() == only(made.parent)
    assert content(made, "**/*.*") == before


def test_a_runner_at_work_is_neither_waited_for_nor_disturbed(folder: Path) -> None:
    with RunFolder(folder).locked():
        assert verify_run(folder, ZOO).drifts == ()


class TestNumbersThatWereAltered:
    @pytest.mark.parametrize(
        ("file", "other"),
        [("scores/bear.csv", "scores.csv"), ("scores.csv", "scores/bear.csv")],
    )
    def test_one_score_of_a_frame(self, folder: Path, file: str, other: str) -> None:
        rewrite_row(folder / file, "bear", 1, "00002", 0.25)
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.sequence, drift.object_id, drift.frame) == ("bear", 1, "00002")
        assert (drift.figure, drift.stored, drift.cause) == ("J", 0.25, "number-edited")
        assert isinstance(drift.recomputed, float)
        stale = ", or left behind by a run that was broken off" if file == "scores.csv" else ""
        assert drift.why == (
            f"{file} was altered{stale}: what {other} says comes out again, so it is no matter of "
            "masks or metrics; score the masks again with `vosbench evaluate`"
        )

    def test_the_last_bit_counts(self, folder: Path) -> None:
        row = (folder / "scores/bear.csv").read_text().splitlines()[1].split(",")
        rewrite_row(
            folder / "scores/bear.csv", "bear", 1, row[2], np.nextafter(float(row[3]), 2).item()
        )
        assert cells(verify_run(folder, ZOO)) == [("scores/bear.csv", 1, row[2], "J")]

    @pytest.mark.parametrize("figure", ["mean", "recall", "decay"])
    def test_a_statistic(self, folder: Path, figure: str) -> None:
        def change(record: Any) -> None:
            record["scores"][2]["F"][figure] = 0.125

        edit_json(folder / "records/cat.json", change)
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.sequence, drift.object_id, drift.frame) == ("cat", 3, None)
        assert (drift.figure, drift.stored) == (f"F_{figure}", 0.125)
        assert drift.cause == "number-edited"
        assert drift.why.startswith(
            "records/cat.json was altered: masks, annotations, protocol and metrics are those of"
        )

    def test_the_number_of_frames(self, folder: Path) -> None:
        edit_json(folder / "records/dog.json", lambda record: record["scores"][0].update(frames=3))
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.figure, drift.stored, drift.recomputed) == ("frames", 3, 2)

    def test_the_same_alteration_in_every_place(self, folder: Path) -> None:
        for file in ("scores/bear.csv", "scores.csv"):
            rewrite_row(folder / file, "bear", 1, "00002", 0.25)
        edit_json(
            folder / "records/bear.json",
            lambda record: record["scores"][0]["J"].update(mean=0.5),
        )
        check = verify_run(folder, ZOO)
        assert len(check.drifts) == 3
        assert causes(check) == {"number-edited"}

    def test_another_numpy_is_named_beside_it(self, folder: Path) -> None:
        edit_json(folder / "manifest.json", lambda made: made["versions"].update(numpy="1.0"))
        edit_json(
            folder / "records/bear.json",
            lambda record: record["scores"][0]["J"].update(mean=0.5),
        )
        assert "(but numpy was 1.0 and is " in the_drift(verify_run(folder, ZOO)).why


class TestMasks:
    def test_a_pixel_is_blamed_with_its_frame(self, folder: Path) -> None:
        for frame in ("00002", "00003"):
            repaint(folder / f"masks/bear/{frame}.png", enlarge)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"masks-changed"}
        digest, *numbers = check.drifts
        assert (digest.figure, digest.frame) == ("masks_sha256", "00002")
        assert str(digest.stored)[:12] in digest.why
        assert "frame 00002 is the first whose scores differ; put back the files" in digest.why
        frames = {(drift.file, drift.frame) for drift in numbers if drift.frame}
        files = ("scores/bear.csv", "scores.csv")
        assert frames == {(file, frame) for file in files for frame in ("00002", "00003")}
        assert {drift.why for drift in numbers} == {digest.why}

    def test_an_altered_number_beside_an_altered_mask_is_told_apart(self, folder: Path) -> None:
        repaint(folder / "masks/cat/00003.png", lambda mask: np.copyto(mask, 5, where=mask == 2))
        rewrite_row(folder / "scores/cat.csv", "cat", 1, "00001", 0.25)  # object 1 is in no mask
        check = verify_run(folder, ZOO)
        (edited,) = [drift for drift in check.drifts if drift.cause == "number-edited"]
        assert (edited.object_id, edited.frame) == (1, "00001")
        assert {drift.object_id for drift in check.drifts} == {None, 1, 2, 5}
        assert check.drifts[0].frame == "00003"

    def test_masks_are_not_blamed_for_what_they_cannot_move(self, folder: Path) -> None:
        repaint(folder / "masks/cat/00003.png", lambda mask: np.copyto(mask, 5, where=mask == 2))
        for file in ("scores/cat.csv", "scores.csv"):
            edit_lines(folder / file, lambda lines: [x for x in lines if "cat,5,00001" not in x])
        edit_json(
            folder / "records/cat.json",
            lambda record: record["scores"][0]["J"].update(decay=0.5),  # of object 1
        )
        found = {(d.object_id, d.frame, d.figure): d.cause for d in verify_run(folder, ZOO).drifts}
        assert found[1, None, "J_decay"] == "number-edited"
        assert found[5, "00001", "J"] == "rows-missing"
        assert found[5, "00003", "J"] == "masks-changed"

    def test_another_encoding_moves_no_number(self, folder: Path) -> None:
        path = folder / "masks/bear/00001.png"
        with PIL.Image.open(path) as picture:
            picture.load()
        picture.save(path, compress_level=0)
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.figure, drift.frame) == ("masks-changed", "masks_sha256", None)
        assert "the label maps in them are the same, only their encoding differs" in drift.why

    def test_a_frame_that_does_not_count_moves_no_number(self, folder: Path) -> None:
        repaint(folder / "masks/bear/00004.png", enlarge)
        drift = the_drift(verify_run(folder, ZOO))
        assert "no score differs, so which of them changed is not known" in drift.why

    def test_a_missing_one(self, folder: Path) -> None:
        for frame in ("00002", "00003"):
            (folder / f"masks/bear/{frame}.png").unlink()
        check = verify_run(folder, ZOO)
        drift = the_drift(check)
        assert (drift.cause, drift.frame, drift.recomputed) == ("masks-missing", "00002", None)
        missing = folder / "masks/bear/00002.png"
        assert drift.why.startswith(f"{missing} is missing (2 masks of 5); put back")
        assert check.sequences[0].scores is None
        assert check.sequences[1].scores is not None

    def test_a_folder_that_is_gone(self, folder: Path) -> None:
        shutil.rmtree(folder / "masks/dog")
        assert the_drift(verify_run(folder, ZOO)).cause == "masks-missing"

    def test_one_that_cannot_be_decoded(self, folder: Path) -> None:
        path = folder / "masks/bear/00003.png"
        path.write_bytes(path.read_bytes()[:50])
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.frame) == ("masks-unreadable", "00003")
        assert drift.why.startswith(f"{path} is corrupt or cut off")

    def test_a_first_one_that_cannot_be_decoded_hides_no_number(self, folder: Path) -> None:
        (folder / "masks/bear/00000.png").write_bytes(b"")
        rewrite_row(folder / "scores/bear.csv", "bear", 1, "00002", 0.25)
        check = verify_run(folder, ZOO)
        assert [drift.cause for drift in check.drifts] == ["masks-unreadable", "number-edited"]

    def test_an_id_that_is_not_scored(self, folder: Path) -> None:
        repaint(folder / "masks/bear/00002.png", lambda mask: mask.fill(9))
        check = verify_run(folder, ZOO)
        assert causes(check) == {"masks-changed"}
        assert "state" in {drift.figure for drift in check.drifts}
        assert any("holds id 9" in drift.why for drift in check.drifts)

    def test_surplus_ones_are_noted(self, folder: Path) -> None:
        shutil.copy(folder / "masks/bear/00001.png", folder / "masks/bear/00009.png")
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        (note,) = check.all_notes
        assert note.endswith("masks/bear has masks of frames that the sequence has not: 00009")


class TestAnnotations:
    def test_changed_ones_are_blamed(self, folder: Path) -> None:
        other = dataset(sequence("bear", shift=2), CAT, DOG)
        check = verify_run(folder, other)
        assert causes(check) == {"annotations-changed"}
        fingerprint, *numbers = check.drifts
        assert fingerprint.figure == "sequence_sha256"
        assert (fingerprint.stored, fingerprint.recomputed) == (
            BEAR.fingerprint(),
            other.sequences[0].fingerprint(),
        )
        assert fingerprint.why.startswith(
            "the frames or annotations of sequence bear of dataset tiny are not those that the run "
            f"was made on (fingerprint {BEAR.fingerprint()[:12]} in the record, "
        )
        assert {drift.file for drift in numbers} == {
            "scores/bear.csv",
            "scores.csv",
            "records/bear.json",
        }

    def test_other_objects_and_frames_are_missing_for_that_reason(self, folder: Path) -> None:
        more_objects = dataset(sequence("bear", ids=(1, 2)), CAT, DOG)
        check = verify_run(folder, more_objects)
        assert causes(check) == {"annotations-changed"}
        assert {drift.object_id for drift in check.drifts if drift.stored is None} == {2}
        more_frames = dataset(sequence("bear", frames=7), CAT, DOG)
        check = verify_run(folder, more_frames)
        assert causes(check) == {"annotations-changed"}
        assert any("00005.png is missing" in drift.why for drift in check.drifts)

    def test_a_second_change_is_named_too(self, folder: Path) -> None:
        repaint(folder / "masks/bear/00002.png", enlarge)
        check = verify_run(folder, dataset(sequence("bear", shift=2), CAT, DOG))
        (number,) = [d for d in check.drifts if d.file == "scores.csv" and d.frame == "00001"][:1]
        assert number.why.endswith("(or by what else changed: annotations-changed)")

    def test_those_that_cannot_be_read(self, folder: Path) -> None:
        def gone(*_: object) -> Any:
            raise DataError("the disk of bear is not mounted")

        lost = dataclasses.replace(BEAR, fingerprint=gone, read_annotation=gone)
        drift = the_drift(verify_run(folder, dataset(lost, CAT, DOG)))
        assert drift.cause == "annotations-unreadable"
        assert drift.why.endswith("cannot be read today; the disk of bear is not mounted")


class TestRulesAndCode:
    def test_another_rule(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        rules = dataclasses.replace(protocols.get("davis2017"), last_frames_dropped=0)
        monkeypatch.setattr(protocols, "get", lambda name: rules)
        check = verify_run(folder, dataset(BEAR, CAT, DOG))
        assert causes(check) == {"scoring-changed"}
        assert {drift.frame for drift in check.drifts} >= {"00004", None}
        assert check.all_notes == ()
        assert check.drifts[0].why.startswith(
            "the rules of protocol davis2017 or the code of the metrics changed since sequence "
            "bear was scored (scores_key "
        )

    def test_other_code_with_the_same_numbers_is_a_note(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provenance, "source_sha256", lambda file: "1" * 64)
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        (note,) = check.all_notes
        assert note.startswith("3 of 3 sequences scored by another version of protocol davis2017")

    def test_other_code_explains_no_copy_that_differs(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provenance, "source_sha256", lambda file: "1" * 64)
        rewrite_row(folder / "scores.csv", "bear", 1, "00002", 0.25)
        assert the_drift(verify_run(folder, ZOO)).cause == "number-edited"
        edit_json(
            folder / "records/dog.json",
            lambda record: record["scores"][0]["J"].update(recall=0.125),
        )
        _, statistic = verify_run(folder, ZOO).drifts
        assert (statistic.cause, statistic.figure) == ("scoring-changed", "J_recall")


class TestRows:
    @pytest.mark.parametrize("file", ["scores/bear.csv", "scores.csv"])
    def test_a_missing_one(self, folder: Path, file: str) -> None:
        edit_lines(folder / file, lambda lines: [x for x in lines if "bear,1,00002" not in x])
        check = verify_run(folder, ZOO)
        assert cells(check) == [(file, 1, "00002", "J"), (file, 1, "00002", "F")]
        assert causes(check) == {"rows-missing"}
        assert {drift.stored for drift in check.drifts} == {None}
        assert check.drifts[0].why.startswith(f"{file} lacks numbers that the masks give; score")

    def test_a_surplus_one_and_one_that_stands_twice(self, folder: Path) -> None:
        def change(lines: list[str]) -> list[str]:
            return [*lines, "bear,1,00009,0.5,0.5\n", lines[1]]

        edit_lines(folder / "scores/bear.csv", change)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"rows-surplus"}
        assert sorted((d.frame, d.figure) for d in check.drifts) == [
            ("00001", "F"),
            ("00001", "J"),
            ("00009", "F"),
            ("00009", "J"),
        ]

    def test_another_order(self, folder: Path) -> None:
        edit_lines(folder / "scores/bear.csv", lambda lines: [lines[0], *lines[:0:-1]])
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.figure) == ("rows-reordered", "order")
        assert drift.stored == "object 1, frame 00003"
        assert drift.recomputed == "object 1, frame 00001"

    def test_files_that_are_gone(self, folder: Path) -> None:
        (folder / "scores/bear.csv").unlink()
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.stored, drift.recomputed) == ("rows-missing", 0, 3)
        (folder / "scores.csv").unlink()
        _, merged = verify_run(folder, ZOO).drifts
        assert merged.sequence == ""
        assert merged.why.startswith("scores.csv is missing; score the masks again")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "has no column sequence, object, frame, J, F"),
            ("sequence,object,frame,J,F\nbear,1,00001,high,0.5\n", "line 2: could not convert"),
            ("sequence,object,frame,J,F\nbear,1,00001,0.5\n", "line 2: could not convert"),
        ],
    )
    def test_files_that_are_no_scores(self, folder: Path, text: str, said: str) -> None:
        for file in ("scores/bear.csv", "scores.csv"):
            (folder / file).write_text(text)
        check = verify_run(folder, ZOO)
        assert causes(check) == {"file-unreadable"}
        assert [drift.file for drift in check.drifts] == ["scores/bear.csv", "scores.csv"]
        assert all(said in drift.why for drift in check.drifts)

    def test_sequences_that_do_not_belong_or_moved(self, folder: Path) -> None:
        edit_lines(
            folder / "scores.csv",
            lambda lines: [lines[0], *lines[19:], *lines[1:19], "fox,1,00001,0.5,0.5\n"],
        )
        surplus, order = verify_run(folder, ZOO).drifts
        assert (surplus.cause, order.cause) == ("rows-surplus", "rows-reordered")
        assert "has rows of fox, which the run was not asked for" in surplus.why
        assert "in another order: dog where bear should be" in order.why


class TestRecords:
    def test_one_of_another_key_than_the_manifest(self, folder: Path) -> None:
        edit_json(folder / "manifest.json", lambda made: made["key_parts"].update(seed="7"))
        check = verify_run(folder, ZOO)
        assert causes(check) == {"other-key"}
        assert [drift.sequence for drift in check.drifts] == ["bear", "cat", "dog"]
        assert check.drifts[0].figure == "key_parts.seed"
        assert check.drifts[0].why == (
            "records/bear.json was made with another seed (0) than the manifest says (7), so "
            "tables leave it out; run it again"
        )
        assert check.stored().records == check.recomputed().records == ()

    def test_one_whose_key_was_altered(self, folder: Path) -> None:
        edit_json(folder / "records/bear.json", lambda record: record.update(key="0" * 64))
        drift = the_drift(verify_run(folder, ZOO))
        assert (drift.cause, drift.figure) == ("number-edited", "key")
        assert "its key is not the digest of its key_parts" in drift.why

    def test_one_that_is_broken(self, folder: Path) -> None:
        (folder / "records/bear.json").write_text('{"sequence": "bear"')
        check = verify_run(folder, ZOO)
        assert the_drift(check).cause == "file-unreadable"
        assert "records/bear.json is corrupt" in the_drift(check).why

    @pytest.mark.parametrize("name", ["davis2016", "davis2999"])
    def test_one_under_another_protocol(self, folder: Path, name: str) -> None:
        edit_json(folder / "records/bear.json", lambda record: record.update(protocol=name))
        first = verify_run(folder, ZOO).drifts[0]
        assert (first.cause, first.figure, first.stored) == ("other-protocol", "protocol", name)
        assert first.why.startswith(f"records/bear.json has scores under protocol {name}, but")

    def test_a_digest_that_was_altered(self, folder: Path) -> None:
        edit_json(folder / "records/bear.json", lambda record: record.update(masks_sha256="0" * 64))
        assert the_drift(verify_run(folder, ZOO)).cause == "masks-changed"

    def test_one_that_is_not_there_yet(self, folder: Path) -> None:
        for file in ("records/dog.json", "scores/dog.csv"):
            (folder / file).unlink()
        edit_lines(folder / "scores.csv", lambda lines: lines[:4])  # of bear, from a run before
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        assert check.all_notes == (
            "1 of 3 sequences without a result yet (dog); run it again to finish it",
        )

    def test_one_that_was_taken_away_from_its_scores(self, folder: Path) -> None:
        (folder / "records/dog.json").unlink()
        check = verify_run(folder, ZOO)
        assert causes(check) == {"rows-surplus"}
        assert "scores/dog.csv has scores of sequence dog, which has no record" in (
            check.drifts[0].why
        )

    def test_one_that_is_replaced_meanwhile_is_read_again(self, folder: Path) -> None:
        path, right = folder / "records/bear.json", (folder / "records/bear.json").read_text()
        edit_json(path, lambda record: record["scores"][0]["J"].update(mean=0.5))

        def annotation(index: int) -> Any:
            path.write_text(right)
            return BEAR.read_annotation(index)

        busy = dataset(dataclasses.replace(BEAR, read_annotation=annotation), CAT, DOG)
        assert verify_run(folder, busy).drifts == ()


class TestFailures:
    def test_a_sequence_that_failed_is_named(self, tmp_path: Path) -> None:
        run(request(lambda: Broken(explode)), ZOO, tmp_path)
        check = verify_run(folder_of(tmp_path), ZOO)
        assert check.drifts == ()
        ((name, reason),) = check.failures
        assert name == "cat"
        assert "out of luck" in reason
        (folder_of(tmp_path) / "scores" / "cat.csv").write_text(
            "sequence,object,frame,J,F\ncat,1,00001,0.5,0.5\n"
        )
        drift = the_drift(verify_run(folder_of(tmp_path), ZOO))
        assert (drift.cause, drift.stored) == ("rows-surplus", 1)
        assert "which has a record that failed" in drift.why

    def test_masks_that_could_not_be_scored_are_checked(self, tmp_path: Path) -> None:
        short = dataset(BEAR, sequence("cat", frames=2))
        run(request(), short, tmp_path)
        check = verify_run(folder_of(tmp_path), short)
        assert check.drifts == ()
        assert [name for name, _ in check.failures] == ["cat"]
        repaint(folder_of(tmp_path) / "masks/cat/00001.png", enlarge)
        assert the_drift(verify_run(folder_of(tmp_path), short)).cause == "masks-changed"

    def test_masks_that_can_be_scored_today_are_noted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        short = dataset(BEAR, sequence("cat", frames=2))
        run(request(), short, tmp_path)
        rules = dataclasses.replace(protocols.get("davis2017"), last_frames_dropped=0)
        monkeypatch.setattr(protocols, "get", lambda name: rules)
        notes = verify_run(folder_of(tmp_path), short).all_notes
        assert any("cat failed, but its masks can be scored today" in note for note in notes)


class TestWhatCannotBeVerified:
    def test_no_run(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="is no run folder"):
            verify_run(tmp_path, ZOO)
        assert not list(tmp_path.iterdir())

    def test_a_dataset_without_the_sequence(self, made: Path) -> None:
        with pytest.raises(UsageError, match="lacks cat, dog of the run"):
            verify_run(made, dataset(BEAR))

    def test_a_protocol_that_does_not_exist(self, folder: Path) -> None:
        edit_json(folder / "manifest.json", lambda made: made.update(protocol="davis2999"))
        with pytest.raises(UsageError, match="no protocol 'davis2999'"):
            verify_run(folder, ZOO)

    def test_sequences_that_are_only_kept_are_noted(self, folder: Path) -> None:
        edit_json(folder / "manifest.json", lambda made: made.update(sequences=["bear", "cat"]))
        edit_lines(folder / "scores.csv", lambda lines: [x for x in lines if x[:3] != "dog"])
        check = verify_run(folder, ZOO)
        assert check.drifts == ()
        assert "which are not verified: dog" in check.all_notes[0]


class TestDatasetOfARun:
    @pytest.mark.parametrize("variant", ["", "seed4", "count3", "seed4-count3"])
    def test_generated_ones_are_known_from_the_manifest(self, made: Path, variant: str) -> None:
        manifest = dataclasses.replace(
            only(made.parent).manifest, dataset="synthetic", dataset_variant=variant
        )
        opened = dataset_of(manifest, DatasetOptions())
        assert opened.variant == variant
        assert len(opened.sequences) == (3 if "count3" in variant else 10)

    def test_one_that_lies_somewhere_says_what_it_needs(self, made: Path) -> None:
        manifest = dataclasses.replace(only(made.parent).manifest, dataset="davis2016")
        with pytest.raises(UsageError, match="davis2016 needs --root"):
            dataset_of(manifest, DatasetOptions())

    def test_another_variant_is_refused(self, made: Path) -> None:
        manifest = dataclasses.replace(
            only(made.parent).manifest,
            dataset="sample",
            dataset_variant="train",
            command="vosbench run --split train",
        )
        with pytest.raises(UsageError, match=r"variant train of dataset sample.*--split train"):
            dataset_of(manifest, DatasetOptions())


def test_real_masks_come_out(shared_data: Path, tmp_path: Path) -> None:
    from vosbench.methods.stored import StoredMasks
    from vosbench.registry import open_dataset

    opened = open_dataset("davis2016", DatasetOptions(root=shared_data / "data" / "DAVIS"))
    few = tuple(one for one in opened.sequences if one.name in ("blackswan", "car-shadow"))
    assert len(few) == 2
    data = Dataset(opened.name, opened.protocol, few)
    stored = request(lambda: StoredMasks(masks=shared_data / "data" / "results" / "osvos"))
    run(stored, data, tmp_path)
    folder = folder_of(tmp_path)
    check = verify_run(folder, data)
    assert check.drifts == check.all_notes == ()
    assert sum(one.frame_scores for one in check.sequences) == 48 + 38
    repaint(folder / "masks/car-shadow/00017.png", enlarge)
    changed = verify_run(folder, data)
    assert {(d.sequence, d.cause) for d in changed.drifts} == {("car-shadow", "masks-changed")}
    assert changed.drifts[0].frame == "00017"
