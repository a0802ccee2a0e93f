"""Runs over small datasets: what they leave, what they say, and masks that exist already."""

import dataclasses
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas
import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    ZOO,
    Broken,
    Jitter,
    Stored,
    dataset,
    explode,
    fits_of,
    folder_of,
    only,
    request,
    run,
)
from vosbench.arrays import Image, Mask
from vosbench.evaluate import evaluate_sequence
from vosbench.masks import read_mask
from vosbench.metrics import protocols
from vosbench.progress import Progress
from vosbench.records import SequenceRecord
from vosbench.runner import run_dataset
from vosbench.sequence import Sequence


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
        assert (timing.frames, timing.objects, len(timing.passes[0].latencies)) == (4, 2, 4)
        assert timing.machine == done.manifest.machine["id"]
        assert timing.passes[0].seconds["infer"] > 0


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
