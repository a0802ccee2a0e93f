"""A small dataset on disk, runs on it, and their report."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from tests.tiny_runs import Broken, Jitter, explode, request, run
from vosbench.arrays import Image, Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.masks import write_mask
from vosbench.method import Detection
from vosbench.records import Run
from vosbench.registry import open_dataset
from vosbench.reports.html_report import write_report
from vosbench.reports.options import ReportOptions
from vosbench.store import load_runs

SIZE = (48, 80)
STRANGE = "a b#&'Ünî%20"
"""A name that must be escaped in addresses and in markup."""

FRAMES = {
    "bear": 24,
    "cat": 6,
    STRANGE: 5,
    **{f"clip-{letter}": 4 for letter in "efghijkl"},
}
"""Frames of each sequence; the cat has two objects."""


class Boxed(Jitter):
    """Says where it saw its objects."""

    def detections(self) -> tuple[Detection, ...]:
        return (Detection(1, (4.0, 6.0, 30.0, 20.0), 0.75),)


def label_map(ids: tuple[int, ...], index: int) -> Mask:
    mask = np.zeros(SIZE, np.uint8)
    for row, object_id in enumerate(ids):
        mask[6 + 18 * row : 20 + 18 * row, 8 + index : 30 + index] = object_id
    return mask


def picture(name: str, mask: Mask) -> Image:
    tone = hashlib.sha256(name.encode()).digest()
    frame = np.full((*SIZE, 3), tuple(tone[:3]), np.uint8)
    frame[mask > 0] = tuple(tone[3:6])
    return frame


def make_dataset(root: Path) -> None:
    for name, count in FRAMES.items():
        ids = (1, 2) if name == "cat" else (1,)
        images, annotations = root / "JPEGImages" / name, root / "Annotations" / name
        for folder in (images, annotations):
            folder.mkdir(parents=True)
        for index in range(count):
            mask = label_map(ids, index)
            Pictures.fromarray(picture(name, mask)).save(images / f"{index:05d}.png")
            write_mask(annotations / f"{index:05d}.png", mask)


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> ReportOptions:
    """Places of runs of three methods; the last fails on the cat."""
    folder = tmp_path_factory.mktemp("kept")
    make_dataset(folder / "data")
    places = DatasetOptions(root=folder / "data")
    dataset = open_dataset("folders", places)
    for label, build, reach in (
        ("steady", lambda: Boxed(reach=0), 0),
        ("<b>shaky</b>", lambda: Jitter(reach=9), 9),
        ("broken", lambda: Broken(explode), 2),
    ):
        name = re.sub(r"<.*?>", "", label)
        asked = request(build, method=name, label=label, settings={"reach": reach})
        run(asked, dataset, folder / "runs")
    return ReportOptions(metric="J&F", runs_folder=str(folder / "runs"), places=places)


@pytest.fixture(scope="session")
def runs(options: ReportOptions) -> tuple[Run, ...]:
    return load_runs(Path(options.runs_folder))


@pytest.fixture(scope="session")
def write(runs: tuple[Run, ...], options: ReportOptions) -> Callable[[Path], Path]:
    """Makes the report of these runs."""

    def make(out: Path) -> Path:
        return write_report(runs, options, out, workers=1, clips=1)

    return make


@pytest.fixture(scope="session")
def report(write: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report that tests look at and leave as it is."""
    return write(tmp_path_factory.mktemp("reports") / "a report").parent
