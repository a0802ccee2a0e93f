"""Runs over small datasets: what is kept, what is computed again, and what a failure leaves."""

import dataclasses
import errno
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from tests import tiny_runs
from tests.tiny_runs import Jitter, Stored, dataset, request, sequence, silent
from vosbench import store
from vosbench.arrays import Image, Mask
from vosbench.errors import DataError, MethodError, UsageError
from vosbench.evaluate import evaluate_sequence
from vosbench.masks import read_mask, write_mask
from vosbench.metrics import protocols
from vosbench.progress import Progress
from vosbench.records import Run, SequenceRecord
from vosbench.runner import RunRequest, evaluate_run, run_dataset
from vosbench.sequence import Dataset, Sequence
from vosbench.store import load_runs

BEAR, CAT, DOG = sequence("bear"), sequence("cat", ids=(2, 5)), sequence("dog", frames=4)
ZOO = dataset(BEAR, CAT, DOG)


class Counted:
    """Builds a method and counts the sequences that it is fitted to."""

    def __init__(self, make: Callable[[], Jitter] = Jitter) -> None:
        self._make = make
        self._made: list[Jitter] = []

    def __call__(self) -> Jitter:
        self._made.append(self._make())
        return self._made[-1]

    @property
    def fits(self) -> int:
        return sum(len(method.fits) for method in self._made)


def run(asked: RunRequest, data: Dataset, runs: Path, **more: Any) -> Run:
    return run_dataset(asked, data, runs, progress=silent(), **more)


def fits_of(runs: Path, data: Dataset = ZOO, **changes: Any) -> int:
    """How many sequences are segmented when this is run."""
    more = {"fresh": changes.pop("fresh")} if "fresh" in changes else {}
    build = Counted(changes.pop("build", Jitter))
    run(request(build, **changes), data, runs, **more)
    return build.fits


def only(runs: Path) -> Run:
    (found,) = load_runs(runs)
    return found


def folder_of(runs: Path) -> Path:
    return runs / only(runs).manifest.run


def content(folder: Path, pattern: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob(pattern)}


class TestWhatARunLeaves:
    def test_a_mask_for_every_frame_named_as_the_frames_the_first_as_given(
        self, tmp_path: Path
    ) -> None:
        run(request(), ZOO, tmp_path)
        masks = folder_of(tmp_path) / "masks" / "cat"
        assert sorted(path.name for path in masks.iterdir()) == [
            f"{frame}.png" for frame in CAT.frames
        ]
        first = CAT.read_annotation(0)
        assert first is not None
        np.testing.assert_array_equal(read_mask(masks / "00000.png"), first)

    def test_the_scores_are_those_of_the_masks_in_the_files(self, tmp_path: Path) -> None:
        done = run(request(), ZOO, tmp_path)
        masks = folder_of(tmp_path) / "masks" / "cat"
        expected = evaluate_sequence(
            CAT, lambda index: read_mask(masks / f"{index:05}.png"), protocols.get("davis2017")
        )
        assert done.records[1].scores == expected.objects

    def test_scores_of_every_frame_are_one_table_that_pandas_reads(self, tmp_path: Path) -> None:
        done = run(request(), ZOO, tmp_path)
        table = pandas.read_csv(folder_of(tmp_path) / "scores.csv", dtype={"frame": str})
        assert list(table.columns) == ["sequence", "object", "frame", "J", "F"]
        bear = table[table.sequence == "bear"]
        assert list(bear.frame) == ["00001", "00002", "00003"]
        assert bear.J.mean() == pytest.approx(done.records[0].scores[0].J.mean, abs=1e-12)
        assert set(table.sequence) == {"bear", "cat", "dog"}

    def test_what_is_returned_is_what_is_read_back(self, tmp_path: Path) -> None:
        assert run(request(), ZOO, tmp_path) == only(tmp_path)

    def test_the_manifest_tells_how_to_make_it_again(self, tmp_path: Path) -> None:
        asked = request(overrides={"reach": 2}, seed=3, command="vosbench run --seed 3", label="J")
        manifest = run(asked, ZOO, tmp_path).manifest
        assert manifest.run == "jitter__tiny__seed3__reach=2"
        assert manifest.sequences == ("bear", "cat", "dog")
        assert (manifest.label, manifest.seed, manifest.imported) == ("J", 3, False)
        assert manifest.provenance == {"network": "none", "weights_sha256": "w0"}
        assert {"python", "vosbench", "numpy"} <= manifest.versions.keys()
        assert {"id", "cpu", "cores"} <= manifest.machine.keys()
        assert manifest.command == "vosbench run --seed 3"

    def test_timing_counts_segmented_frames_objects_and_steps(self, tmp_path: Path) -> None:
        done = run(request(), ZOO, tmp_path)
        timing = done.records[1].timing
        assert timing is not None
        assert (timing.frames, timing.objects, len(timing.latencies)) == (4, 2, 4)
        assert timing.machine == done.manifest.machine["id"]
        assert timing.seconds["infer"] > 0


class TestResuming:
    def test_a_finished_run_segments_nothing_and_changes_nothing(self, tmp_path: Path) -> None:
        first = run(request(), ZOO, tmp_path)
        before = content(tmp_path, "**/*.*")
        build = Counted()
        assert run(request(build), ZOO, tmp_path) == first
        assert build.fits == 0
        assert content(tmp_path, "**/*.*") == before

    def test_fresh_computes_everything(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path) == 3
        assert fits_of(tmp_path, fresh=True) == 3

    def test_only_the_sequence_that_is_new_is_computed(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path, dataset(BEAR, DOG)) == 2
        assert fits_of(tmp_path, ZOO) == 1
        assert [record.sequence for record in only(tmp_path).records] == ["bear", "cat", "dog"]

    @pytest.mark.parametrize(
        "change",
        [
            {"source_sha256": "1" * 64},
            {"origin": "tests 1.1"},
            {"settings": {"reach": 3}},
            {"build": lambda: Jitter(weights="w1")},
        ],
        ids=["source", "origin", "settings", "weights"],
    )
    def test_whatever_the_masks_depend_on_makes_them_anew(
        self, tmp_path: Path, change: Mapping[str, Any]
    ) -> None:
        assert fits_of(tmp_path) == 3
        assert fits_of(tmp_path, **change) == 3
        assert fits_of(tmp_path, **change) == 0

    def test_a_precision_switch_makes_them_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert fits_of(tmp_path) == 3
        monkeypatch.setattr("vosbench.request.precision", lambda: "matmul=high")
        assert fits_of(tmp_path) == 3

    def test_a_sequence_whose_files_changed_is_computed_anew(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path) == 3
        assert fits_of(tmp_path, dataset(BEAR, sequence("cat", ids=(2, 5), shift=2), DOG)) == 1

    def test_a_mask_that_was_altered_or_lost_is_made_anew(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        masks = folder_of(tmp_path) / "masks"
        before = content(masks, "*/*.png")
        (masks / "bear" / "00002.png").unlink()
        (masks / "dog" / "00001.png").write_bytes((masks / "dog" / "00000.png").read_bytes())
        assert fits_of(tmp_path) == 2
        assert content(masks, "*/*.png") == before

    def test_a_corrupt_record_is_computed_anew_and_not_in_silence(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        record = folder_of(tmp_path) / "records" / "cat.json"
        record.write_text('{"sequence": "cat", "state"')
        said, build = io.StringIO(), Counted()
        run_dataset(request(build), ZOO, tmp_path, progress=Progress(said))
        assert build.fits == 1
        assert str(record) in said.getvalue()

    def test_a_corrupt_manifest_is_made_anew_and_not_in_silence(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        manifest = folder_of(tmp_path) / "manifest.json"
        manifest.write_text("{")
        said = io.StringIO()
        build = Counted()
        again = run_dataset(request(build), ZOO, tmp_path, progress=Progress(said))
        assert "manifest.json is corrupt" in said.getvalue()
        assert (build.fits, again) == (0, only(tmp_path))

    def test_a_folder_that_was_renamed_goes_by_its_name(self, tmp_path: Path) -> None:
        done = run(request(), ZOO, tmp_path)
        folder_of(tmp_path).rename(tmp_path / "first try")
        renamed = only(tmp_path)
        assert renamed.manifest.run == "first try"
        assert evaluate_run(tmp_path / renamed.manifest.run, ZOO) == renamed
        assert renamed.records == done.records

    def test_changed_metrics_score_stored_masks_and_segment_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = run(request(), ZOO, tmp_path)
        monkeypatch.setattr("vosbench.provenance.source_sha256", lambda file: "2" * 64)
        build = Counted()
        after = run(request(build), ZOO, tmp_path)
        assert build.fits == 0
        for old, new in zip(before.records, after.records, strict=True):
            assert new.scores_key != old.scores_key
            assert dataclasses.replace(new, scores_key=old.scores_key) == old

    def test_another_protocol_scores_stored_masks_and_segments_nothing(
        self, tmp_path: Path
    ) -> None:
        assert fits_of(tmp_path) == 3
        merged = dataclasses.replace(ZOO, protocol="davis2016")
        assert fits_of(tmp_path, merged) == 0
        after = only(tmp_path)
        assert after.manifest.protocol == "davis2016"
        assert [len(record.scores) for record in after.records] == [1, 1, 1]

    def test_scores_that_were_lost_are_computed_again(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        scores = folder_of(tmp_path) / "scores" / "cat.csv"
        before = scores.read_bytes()
        scores.unlink()
        assert fits_of(tmp_path) == 0
        assert scores.read_bytes() == before

    def test_records_made_with_something_else_do_not_count_while_a_run_is_cut_short(
        self, tmp_path: Path
    ) -> None:
        run(request(), ZOO, tmp_path)
        with pytest.raises(KeyboardInterrupt):
            run(request(lambda: Interrupted("cat"), source_sha256="3" * 64), ZOO, tmp_path)
        assert [record.sequence for record in only(tmp_path).records] == ["bear"]
        # the results of before are not thrown away until there are new ones
        assert fits_of(tmp_path) == 1

    def test_other_settings_of_the_user_have_a_folder_of_their_own(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        run(request(overrides={"reach": 3}, settings={"reach": 3}), ZOO, tmp_path)
        run(request(overrides={"weights": "/a/very/long/path/to/w.safetensors"}), ZOO, tmp_path)
        names = [found.manifest.run for found in load_runs(tmp_path)]
        assert len(names) == 3
        assert all(name.startswith("jitter__tiny__seed0") and "/" not in name for name in names)


class Interrupted(Jitter):
    """Somebody presses Ctrl-C in the sequence `victim`."""

    def __init__(self, victim: str) -> None:
        super().__init__()
        self._victim = tiny_runs.stripes(sequence(victim).read_image(0))

    def fit(self, image: Image, mask: Mask) -> None:
        if tiny_runs.stripes(image) == self._victim:
            raise KeyboardInterrupt
        super().fit(image, mask)


class TestSeeds:
    def test_masks_do_not_depend_on_the_order_of_sequences(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path / "a")
        run(request(), dataset(DOG, CAT, BEAR), tmp_path / "b")
        assert content(folder_of(tmp_path / "a"), "masks/*/*") == content(
            folder_of(tmp_path / "b"), "masks/*/*"
        )

    def test_another_seed_gives_other_masks_in_another_folder(self, tmp_path: Path) -> None:
        one, two = (run(request(seed=seed), ZOO, tmp_path) for seed in (0, 1))
        assert one.manifest.run != two.manifest.run
        assert one.records[0].masks_sha256 != two.records[0].masks_sha256

    def test_a_method_that_draws_from_its_own_seed_alone_gets_the_runs(
        self, tmp_path: Path
    ) -> None:
        seeds: list[int] = []

        class Own(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                seeds.append(self.seed)
                super().fit(image, mask)
                self.seed = 99

        run(request(Own, seed=7), ZOO, tmp_path)
        assert seeds == [7, 7, 7]

    def test_a_seed_that_a_generator_cannot_take_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="seed -1"):
            run(request(seed=-1), ZOO, tmp_path)


class Broken(Jitter):
    """Fails on the cat in the way it is told to."""

    def __init__(self, fault: Callable[[Mask], Mask]) -> None:
        super().__init__()
        self._fault = fault

    def step(self, image: Image) -> Mask:
        mask = super().step(image)
        return self._fault(mask) if set(np.unique(mask)) & {2, 5} else mask


def explode(mask: Mask) -> Mask:
    raise RuntimeError("out of luck\nsecond line")


def exit_python(mask: Mask) -> Mask:
    sys.exit("bye")


class TestFailures:
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (explode, r"^RuntimeError: out of luck second line$"),
            (exit_python, r"^SystemExit: bye$"),
            (lambda mask: mask.astype(np.int64), r"Broken\.step returned for frame 00001.*int64"),
            (lambda mask: mask[:-1], r"expected a label map uint8 \(16, 20\)"),
            (lambda mask: mask + (mask == 0).astype(np.uint8), r"object id 1, expected.*\(2, 5\)"),
            (lambda mask: mask.tolist(), r"a list, expected a numpy array"),
        ],
        ids=["raises", "exits", "dtype", "size", "ids", "type"],
    )
    def test_a_failure_is_recorded_and_the_others_go_on(
        self, tmp_path: Path, fault: Callable[[Mask], Mask], reason: str
    ) -> None:
        done = run(request(lambda: Broken(fault)), ZOO, tmp_path)
        assert [record.state for record in done.records] == ["done", "failed", "done"]
        failed = done.records[1]
        assert re.search(reason, failed.reason)
        assert (failed.masks_sha256, failed.scores, failed.timing) == ("", (), None)
        folder = folder_of(tmp_path)
        assert "Traceback" in (folder / "records" / "cat.log").read_text()
        assert not (folder / "masks" / "cat").exists()
        assert only(tmp_path) == done

    def test_what_failed_is_tried_again_and_its_log_goes_when_it_works(
        self, tmp_path: Path
    ) -> None:
        run(request(lambda: Broken(explode)), ZOO, tmp_path)
        assert fits_of(tmp_path) == 1
        assert {record.state for record in only(tmp_path).records} == {"done"}
        assert not list(folder_of(tmp_path).glob("records/*.log"))

    def test_a_frame_that_cannot_be_read_fails_its_sequence(self, tmp_path: Path) -> None:
        def unreadable(index: int) -> Image:
            raise DataError("frame 00000.jpg of bear is corrupt")

        done = run(
            request(), dataset(dataclasses.replace(BEAR, read_image=unreadable), DOG), tmp_path
        )
        assert [record.state for record in done.records] == ["failed", "done"]
        assert done.records[0].reason == "frame 00000.jpg of bear is corrupt"

    def test_files_out_of_reach_fail_the_sequence_but_take_no_result_away(
        self, tmp_path: Path
    ) -> None:
        first = run(request(), ZOO, tmp_path)

        def gone() -> str:
            raise DataError("the disk of bear is not mounted")

        lost = dataset(dataclasses.replace(BEAR, fingerprint=gone), CAT, DOG)
        done = run(request(), lost, tmp_path)
        assert done.records[0].state == "failed"
        assert done.records[0].reason == "the disk of bear is not mounted"
        assert only(tmp_path).records == first.records

    @pytest.mark.parametrize("frames", [1, 2])
    def test_too_few_frames_to_score_is_a_failure_that_keeps_the_masks(
        self, tmp_path: Path, frames: int
    ) -> None:
        done = run(request(), dataset(sequence("short", frames=frames)), tmp_path)
        (record,) = done.records
        assert record.state == "failed"
        assert f"short has {frames} frames" in record.reason
        assert record.masks_sha256
        assert record.timing is not None
        assert len(list((folder_of(tmp_path) / "masks" / "short").iterdir())) == frames
        assert fits_of(tmp_path, dataset(sequence("short", frames=frames))) == 0

    @pytest.mark.parametrize(
        ("annotation", "reason"),
        [
            (None, "has no annotation of its first frame"),
            (np.full(tiny_runs.SIZE, 255, np.uint8), "holds no object"),
        ],
    )
    def test_a_sequence_without_a_first_mask_fails(
        self, tmp_path: Path, annotation: Mask | None, reason: str
    ) -> None:
        bare = dataclasses.replace(BEAR, read_annotation=lambda index: annotation)
        (record,) = run(request(), dataset(bare), tmp_path).records
        assert reason in record.reason

    def test_a_full_disk_is_told_and_what_was_finished_is_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written = [0]

        def fills_up(path: Path, mask: Mask) -> None:
            written[0] += 1
            if written[0] > len(BEAR) + 2:
                raise OSError(errno.ENOSPC, "No space left on device")
            write_mask(path, mask)

        monkeypatch.setattr(store, "write_mask", fills_up)
        with pytest.raises(DataError, match="No space left on device; free some space"):
            run(request(), ZOO, tmp_path)
        assert [record.sequence for record in only(tmp_path).records] == ["bear"]
        assert not list(folder_of(tmp_path).glob("masks/.*"))
        monkeypatch.setattr(store, "write_mask", write_mask)
        assert fits_of(tmp_path) == 2


class TestWhatIsRefused:
    def test_a_second_runner_on_the_same_folder(self, tmp_path: Path) -> None:
        class Nested(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                with pytest.raises(UsageError, match="another run is writing"):
                    run(request(), ZOO, tmp_path)
                super().fit(image, mask)

        done = run(request(Nested), ZOO, tmp_path)
        assert {record.state for record in done.records} == {"done"}

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "runs").write_text("a file")
        with pytest.raises(DataError, match=r"cannot write .*runs"):
            run(request(), ZOO, tmp_path / "runs")

    @pytest.mark.parametrize("name", ["../escape", "a/b", "..", ".hidden", "", "a\x00b", "x" * 300])
    def test_names_that_lead_out_of_the_folder(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(DataError, match="cannot be the name of a sequence"):
            run(request(), dataset(sequence(name)), tmp_path / "runs")
        assert not list(tmp_path.rglob("*.png"))

    def test_frames_that_lead_out_of_the_folder(self, tmp_path: Path) -> None:
        bad = dataclasses.replace(BEAR, frames=("0", "../../x", "2", "3", "4"))
        (record,) = run(request(), dataset(bad), tmp_path / "runs").records
        assert "'../../x' cannot be the name of a frame" in record.reason
        assert not list(tmp_path.rglob("*.png"))

    def test_an_empty_dataset_a_twin_and_an_unknown_protocol(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no sequences"):
            run(request(), dataset(), tmp_path)
        with pytest.raises(DataError, match="two sequences named bear"):
            run(request(), dataset(BEAR, BEAR), tmp_path)
        with pytest.raises(UsageError, match="no protocol"):
            run(request(), dataset(BEAR, protocol="davis2071"), tmp_path)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("sentence", ["no engine\nhere", ""])
    def test_a_method_that_cannot_be_built_says_why_and_where(
        self, tmp_path: Path, sentence: str
    ) -> None:
        def build() -> Jitter:
            raise RuntimeError(sentence)

        with pytest.raises(
            MethodError, match=r"method jitter cannot be built: RuntimeError"
        ) as told:
            run(request(build), ZOO, tmp_path)
        assert "\n" not in str(told.value)
        assert f"({__file__}, line " in str(told.value)

    def test_a_method_whose_provenance_cannot_be_had(self, tmp_path: Path) -> None:
        class Nameless(Jitter):
            def provenance(self) -> Mapping[str, str]:
                raise KeyError("weights")

        with pytest.raises(MethodError, match="cannot be built: KeyError: 'weights'"):
            run(request(Nameless), ZOO, tmp_path)

    def test_a_device_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no device 'tpu'"):
            run(request(device="tpu"), ZOO, tmp_path)


def take(source: Stored) -> Stored:
    return source


class TestStoredMasks:
    def test_they_are_copied_scored_and_never_timed(self, tmp_path: Path) -> None:
        done = run(request(Stored), dataset(BEAR), tmp_path)
        assert done.manifest.imported
        assert done.records[0].timing is None
        assert done.records[0].state == "done"
        mask = read_mask(folder_of(tmp_path) / "masks" / "bear" / "00000.png")
        assert mask[0].tolist() == [0] * 10 + [1] * 10

    def test_any_id_is_foreground_under_davis2016(self, tmp_path: Path) -> None:
        data = dataset(BEAR, protocol="davis2016")
        one = run(request(lambda: Stored(1)), data, tmp_path / "a").records[0]
        three = run(request(lambda: Stored(3)), data, tmp_path / "b").records[0]
        assert one.scores == three.scores

    def test_changed_files_are_read_anew(self, tmp_path: Path) -> None:
        for content_now, reads in (("a", 1), ("a", 0), ("b", 1)):
            source = Stored(content=content_now)
            run(request(partial(take, source)), dataset(BEAR), tmp_path)
            assert source.reads == reads

    def test_the_device_and_seed_of_the_run_make_no_difference_to_their_key(
        self, tmp_path: Path
    ) -> None:
        keys = {
            run(request(Stored, seed=seed), dataset(BEAR), tmp_path).records[0].key
            for seed in (0, 1)
        }
        assert len(keys) == 1

    def test_too_few_masks_fail_the_sequence(self, tmp_path: Path) -> None:
        (record,) = run(request(lambda: Stored(frames_less=2)), dataset(BEAR), tmp_path).records
        assert record.reason == "3 masks are stored for the 5 frames of bear"

    def test_a_mask_of_another_size_fails_the_sequence(self, tmp_path: Path) -> None:
        class Small(Stored):
            def masks(self, sequence: Sequence) -> Iterator[Mask]:
                return (mask[1:] for mask in super().masks(sequence))

        (record,) = run(request(Small), dataset(BEAR), tmp_path).records
        assert "the stored mask of frame 00000 of bear does not fit" in record.reason


class TestEvaluatingAgain:
    def test_scores_come_back_from_files_alone(self, tmp_path: Path) -> None:
        first = run(request(), ZOO, tmp_path)
        folder = folder_of(tmp_path)
        before = content(folder, "scores/*")
        for path in folder.glob("scores/*"):
            path.write_text("nonsense")
        assert evaluate_run(folder, ZOO) == first
        assert content(folder, "scores/*") == before

    def test_under_another_protocol(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        merged = dataclasses.replace(ZOO, protocol="davis2016")
        assert evaluate_run(folder_of(tmp_path), merged) == only(tmp_path)
        assert [len(record.scores) for record in only(tmp_path).records] == [1, 1, 1]

    def test_altered_masks_are_not_taken_for_the_runs(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        (folder_of(tmp_path) / "masks" / "bear" / "00001.png").write_bytes(b"")
        with pytest.raises(DataError, match="not those that the run made"):
            evaluate_run(folder_of(tmp_path), ZOO)

    def test_a_folder_without_a_run_and_a_dataset_without_the_sequence(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(DataError, match="no run folder"):
            evaluate_run(tmp_path, ZOO)
        assert not list(tmp_path.iterdir())
        run(request(), ZOO, tmp_path)
        with pytest.raises(UsageError, match="lacks cat, dog"):
            evaluate_run(folder_of(tmp_path), dataset(BEAR))


class TestProgress:
    def test_plain_lines_tell_outcome_pace_and_time_left(self, tmp_path: Path) -> None:
        said = io.StringIO()
        run_dataset(request(lambda: Broken(explode)), ZOO, tmp_path, progress=Progress(said))
        lines = said.getvalue().splitlines()
        assert len(lines) == 3
        assert lines[0].startswith("jitter: 1/3 bear  J ")
        assert "frames/s, 0:0" in lines[0]
        assert lines[1].startswith("jitter: 2/3 cat failed: RuntimeError: out of luck")

    def test_what_is_done_already_is_said(self, tmp_path: Path) -> None:
        run(request(), dataset(BEAR), tmp_path)
        said = io.StringIO()
        run_dataset(request(), ZOO, tmp_path, progress=Progress(said))
        assert said.getvalue().startswith("jitter: 1 of 3 sequences are done already\n")

    def test_what_is_no_longer_asked_for_is_said_once_and_kept(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        said = io.StringIO()
        for _ in range(2):
            run_dataset(request(), dataset(BEAR), tmp_path, progress=Progress(said))
        kept = f"sequences kept in {folder_of(tmp_path)} but not asked for this time"
        assert said.getvalue().count(kept) == 1
        assert "until they are: 2\n" in said.getvalue()
        assert fits_of(tmp_path) == 0
        assert len(only(tmp_path).records) == 3


def test_void_in_the_first_annotation_is_background_for_the_method(tmp_path: Path) -> None:
    given: list[Mask] = []

    class Sees(Jitter):
        def fit(self, image: Image, mask: Mask) -> None:
            given.append(mask.copy())
            super().fit(image, mask)

    def with_void(index: int) -> Mask | None:
        mask = BEAR.read_annotation(index)
        assert mask is not None
        mask[-1] = 255
        return mask

    void = dataclasses.replace(BEAR, read_annotation=with_void)
    (record,) = run(request(Sees), dataset(void), tmp_path).records
    assert record.state == "done"
    assert set(np.unique(given[0])) == {0, 1}


def test_a_method_that_paints_into_its_arguments_changes_nothing_else(tmp_path: Path) -> None:
    class Vandal(Jitter):
        def fit(self, image: Image, mask: Mask) -> None:
            super().fit(image, mask.copy())
            mask[:] = 7
            image[:] = 0

    def outcome(runs: Path, build: type[Jitter]) -> SequenceRecord:
        return run(request(build), dataset(BEAR), runs).records[0]

    assert (
        outcome(tmp_path / "a", Vandal).masks_sha256 == outcome(tmp_path / "b", Jitter).masks_sha256
    )
