"""Seconds that it takes to find what a run got wrong in one sequence, from its files."""

import contextlib
import io
from pathlib import Path

import pytest
from PIL import Image as Pictures
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.parts.scenes import answer, film, picture
from vosbench.cli import commands
from vosbench.datasets.options import DatasetOptions
from vosbench.failures.mining import mine
from vosbench.kept_frames import KeptSequence, kept_sequences
from vosbench.masks import write_mask
from vosbench.store import load_runs

NAME, FRAMES, OBJECTS = "clip", 25, 2
LOST = range(10, 16)
"""Frames in which nothing is answered."""


@pytest.fixture
def kept(tmp_path: Path) -> KeptSequence:
    """A clip, and a run on it that goes astray."""
    images, annotations, masks = (
        tmp_path / place / NAME for place in ("JPEGImages", "Annotations", "masks")
    )
    for folder in (images, annotations, masks):
        folder.mkdir(parents=True)
    for frame, truth in enumerate(film(OBJECTS, FRAMES)):
        Pictures.fromarray(picture(truth)).save(images / f"{frame:05d}.jpg")
        write_mask(annotations / f"{frame:05d}.png", truth)
        write_mask(masks / f"{frame:05d}.png", answer(truth) * (frame not in LOST))
    arguments = ["run", "--method", "stored", "--set", f"masks={masks.parent}"]
    arguments += ["--dataset", "folders", "--root", str(tmp_path), "--runs", str(tmp_path / "runs")]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        commands.main(arguments, obj="vosbench run", standalone_mode=False)
    runs = load_runs(tmp_path / "runs")
    found = kept_sequences(runs, folder=tmp_path / "runs", places=DatasetOptions(root=tmp_path))
    (one,) = found[NAME].values()
    return one


def test_mining(benchmark: BenchmarkFixture, kept: KeptSequence) -> None:
    """All failure events, annotations and masks read anew."""
    events = benchmark.pedantic(mine, (kept,), {"objects": OBJECTS}, rounds=12, warmup_rounds=1)
    assert any(event.first >= LOST[0] and event.last <= LOST[-1] for event in events)
