"""What a failure leaves behind, and what is refused before anything is made."""

import dataclasses
import errno
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from tests import tiny_runs
from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    Broken,
    Jitter,
    dataset,
    explode,
    fits_of,
    folder_of,
    only,
    request,
    run,
    sequence,
)
from vosbench import staged_masks
from vosbench.arrays import Image, Mask
from vosbench.errors import DataError, MethodError, UsageError
from vosbench.masks import write_mask
from vosbench.wording import counted


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
        assert (failed.masks_sha256, failed.scores) == ("", ())
        assert failed.timing is not None
        (made,) = failed.timing.passes
        assert made.failed == failed.reason
        assert made.seconds["infer"] > 0
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
        assert f"short has {counted(frames, 'frame')}, but" in record.reason
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

        monkeypatch.setattr(staged_masks, "write_mask", fills_up)
        with pytest.raises(DataError, match="No space left on device; free some space"):
            run(request(), ZOO, tmp_path)
        assert [record.sequence for record in only(tmp_path).records] == ["bear"]
        assert not list(folder_of(tmp_path).glob("masks/.*"))
        monkeypatch.setattr(staged_masks, "write_mask", write_mask)
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
