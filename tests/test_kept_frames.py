"""Kept runs frame by frame: what is shown is what the run was made on and made, or nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.test_detection_files import Sees
from tests.tiny_runs import BEAR, CAT, SIZE, ZOO, Jitter, dataset, request, run, sequence
from vosbench import kept_frames
from vosbench.arrays import VOID, Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.mask_folders import mask_file
from vosbench.masks import read_mask, write_mask
from vosbench.method import Detection
from vosbench.sequence import Dataset
from vosbench.store import RunFolder, load_runs


@pytest.fixture(autouse=True)
def zoo(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Dataset]]:
    """What opens as the dataset of a run; nothing is registered under its name."""
    opened = [ZOO]
    monkeypatch.setattr(kept_frames, "dataset_of", lambda manifest, places: opened[0])
    yield opened


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = tmp_path_factory.mktemp("runs")
    run(request(Sees, method="sees", label="sees"), ZOO, runs)
    run(request(Jitter), dataset(CAT), runs)
    return runs


def looked_at(runs: Path, **more: object) -> dict[str, dict[str, KeptSequence]]:
    found = kept_sequences(load_runs(runs), folder=runs, places=DatasetOptions(), **more)  # type: ignore[arg-type]
    return {name: dict(of) for name, of in found.items()}


def test_every_scored_sequence_of_every_run_is_there(kept: Path) -> None:
    found = looked_at(kept)
    assert {name: [run.partition("_")[0] for run in of] for name, of in found.items()} == {
        "bear": ["sees"],
        "cat": ["jitter", "sees"],
        "dog": ["sees"],
    }
    assert list(looked_at(kept, only=["dog", "cow"])) == ["dog"]


def test_a_frame_is_shown_with_all_that_is_known_of_it(kept: Path) -> None:
    seen = looked_at(kept)["cat"]["sees__tiny__seed0"]
    np.testing.assert_array_equal(seen.image(2), CAT.read_image(2))
    np.testing.assert_array_equal(seen.annotation(2), CAT.read_annotation(2))
    np.testing.assert_array_equal(seen.mask(2), read_mask(_mask(kept, "sees", "cat", 2)))
    assert seen.detections()[2][1] == Detection(5, (0.5, 1.0, 2.25, 2.0), 1 / 3)
    assert [(score.object_id, score.frame) for score in seen.scores()][:3] == [
        (1, "00001"),  # davis2017 counts the ids 1 to the highest, gaps included
        (2, "00001"),
        (3, "00001"),
    ]
    assert looked_at(kept)["cat"]["jitter__tiny__seed0"].detections() == {}


def test_label_maps_are_as_the_protocol_compares_them(tmp_path: Path, zoo: list[Dataset]) -> None:
    def with_void(index: int) -> Mask:
        mask = CAT.read_annotation(index)
        assert mask is not None
        mask[-1] = VOID
        return mask

    strange = replace(CAT, read_annotation=with_void)
    for protocol, expected in (("davis2017", {0, 2, 5}), ("davis2016", {0, 1})):
        zoo[0] = dataset(strange, protocol=protocol)
        runs = tmp_path / protocol
        run(request(Jitter), zoo[0], runs)
        (of,) = looked_at(runs)["cat"].values()
        truth = of.annotation(1)
        assert truth is not None
        assert set(np.unique(truth)) == set(np.unique(of.mask(1))) == expected
        # merging takes all ids, void is background only where the protocol knows void
        assert set(truth[-1]) == ({0} if protocol == "davis2017" else {1})
    assert of.mask(1).shape == SIZE


class TestRefused:
    def test_masks_that_were_changed(self, kept: Path, tmp_path: Path) -> None:
        runs = shutil.copytree(kept, tmp_path / "runs")
        write_mask(_mask(runs, "sees", "dog", 1), np.ones(SIZE, np.uint8))
        with pytest.raises(DataError, match="are not those that the run made"):
            looked_at(runs)
        assert list(looked_at(runs, only=["bear"])) == ["bear"]

    def test_frames_that_were_changed(self, kept: Path, zoo: list[Dataset]) -> None:
        zoo[0] = dataset(sequence("bear", shift=2), CAT, ZOO.sequences[2])
        with pytest.raises(DataError, match="bear is not what it was"):
            looked_at(kept)

    def test_a_dataset_that_lacks_a_sequence(self, kept: Path, zoo: list[Dataset]) -> None:
        zoo[0] = dataset(BEAR)
        with pytest.raises(UsageError, match="lacks cat, dog here"):
            looked_at(kept)

    def test_scores_that_are_gone(self, kept: Path, tmp_path: Path) -> None:
        runs = shutil.copytree(kept, tmp_path / "runs")
        (of,) = looked_at(runs)["bear"].values()
        RunFolder(runs / of.run.run).scores("bear").unlink()
        with pytest.raises(DataError, match="vosbench evaluate"):
            of.scores()


def _mask(runs: Path, method: str, name: str, index: int) -> Path:
    folder = RunFolder(runs / f"{method}__tiny__seed0")
    return mask_file(folder.masks(name), f"{index:05}")
