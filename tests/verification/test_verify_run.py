"""Runs computed again from their masks: what agrees, and what cannot be verified."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    ZOO,
    content,
    dataset,
    folder_of,
    only,
    request,
    run,
    sequence,
)
from tests.verification.altered_runs import edit_json, edit_lines, enlarge, repaint, rewrite_row
from vosbench.arrays import Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.metrics import protocols
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


@pytest.mark.parametrize("protocol", protocols.names())
def test_every_protocol_comes_out_and_is_told_from_others(tmp_path: Path, protocol: str) -> None:
    def late(index: int) -> Mask:
        mask = CAT.read_annotation(index)
        assert mask is not None
        return np.where((mask == 2) & (index < 2), 0, mask).astype(np.uint8)

    def now_and_then(index: int) -> Mask | None:
        return None if index in (1, 5) else deer.read_annotation(index)

    deer = sequence("deer", frames=9)
    sequences = [BEAR, dataclasses.replace(CAT, read_annotation=late)]
    if protocols.get(protocol).sparse:
        sequences.append(dataclasses.replace(deer, read_annotation=now_and_then))
    zoo = dataset(*sequences, protocol=protocol)
    run(request(), zoo, tmp_path)
    folder = folder_of(tmp_path)
    check = verify_run(folder, zoo)
    assert check.drifts == check.all_notes == check.failures == ()
    assert all(one.scores for one in check.sequences)
    rewrite_row(folder / "scores.csv", "bear", 1, "00002", 0.25)
    (drift,) = verify_run(folder, zoo).drifts
    assert (drift.cause, drift.frame) == ("number-edited", "00002")
    repaint(folder / "masks/bear/00003.png", enlarge)
    assert {drift.cause for drift in verify_run(folder, zoo).drifts} == {
        "masks-changed",
        "number-edited",
    }


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
