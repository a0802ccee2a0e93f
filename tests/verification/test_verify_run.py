"""Runs computed again from their masks: what agrees, and what cannot be verified."""

from pathlib import Path

import pytest

from tests.tiny_runs import BEAR, ZOO, content, dataset, folder_of, only, request, run
from tests.verification.altered_runs import edit_json, edit_lines, enlarge, repaint
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.sequence import Dataset
from vosbench.store import RunFolder
from vosbench.verification.verify_run import verify_run


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
