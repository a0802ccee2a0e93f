"""Small kept runs to make pictures of, and the dataset that opens as theirs."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.test_detection_files import Sees
from tests.tiny_runs import Jitter, dataset, request, run, sequence
from vosbench import kept_frames
from vosbench.arrays import Image, Mask
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.records import Run
from vosbench.reports.options import ReportOptions
from vosbench.reports.pictures import sheet_plan
from vosbench.sequence import Dataset
from vosbench.store import load_runs


class Nothing(Jitter):
    """Sees no object after the first frame."""

    def step(self, image: Image) -> Mask:
        return np.zeros_like(self._mask)


BEAR, CAT = sequence("bear"), sequence("cat", ids=(1, 2))
GONE = sequence("gone", frames=7, shift=6)
"""Its object has left from frame 4 on."""

HERD = dataset(BEAR, CAT, GONE)


def make(runs: Path) -> tuple[Run, ...]:
    """Runs of `sees`, which has boxes, and of `nothing`."""
    run(request(Sees, method="sees", label="sees"), HERD, runs)
    run(request(Nothing, method="nothing", label="nothing"), HERD, runs)
    return load_runs(runs)


def open_as_theirs(patch: pytest.MonkeyPatch, opened: Dataset = HERD) -> None:
    """Let `opened` be what opens as the dataset of a run; sheets are drawn with few pixels."""
    patch.setattr(kept_frames, "dataset_of", lambda manifest, places: opened)
    patch.setattr(sheet_plan, "_PIXELS", 100_000)


def options(runs: Path, **asked: object) -> ReportOptions:
    """Options of a report of these runs."""
    return ReportOptions(runs_folder=str(runs), metric="J&F", **asked)  # type: ignore[arg-type]


def kept(runs: Path, method: str, name: str) -> KeptSequence:
    """What the run of a method kept of a sequence."""
    found = kept_sequences(load_runs(runs), folder=runs, places=ReportOptions().places)
    return found[name][f"{method}__tiny__seed0"]


def rows_of(path: Path) -> list[dict[str, str]]:
    """The data beside a figure."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
