"""Masks that stand in a run folder, scored again."""

import dataclasses
from pathlib import Path

import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    content,
    dataset,
    folder_of,
    only,
    request,
    run,
)
from vosbench.errors import DataError, UsageError
from vosbench.runner import evaluate_run


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

    def test_files_out_of_reach_take_no_scores_away(self, tmp_path: Path) -> None:
        first = run(request(), ZOO, tmp_path)

        def gone() -> str:
            raise DataError("the disk of bear is not mounted")

        lost = dataset(dataclasses.replace(BEAR, fingerprint=gone), CAT, DOG)
        bear, *others = evaluate_run(folder_of(tmp_path), lost).records
        assert (bear.state, bear.reason) == ("failed", "the disk of bear is not mounted")
        assert [record.state for record in others] == ["done", "done"]
        assert only(tmp_path).records == first.records
        evaluate_run(folder_of(tmp_path), dataclasses.replace(lost, protocol="davis2016"))
        assert [len(record.scores) for record in only(tmp_path).records] == [0, 1, 1]
        assert evaluate_run(folder_of(tmp_path), ZOO).records == first.records

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
