"""Seconds that label maps take to a file and back."""

from pathlib import Path

import numpy as np
from PIL import Image
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.parts.scenes import label_map
from vosbench.masks import read_mask, write_mask
from vosbench.plain_png import plain_mask


def test_write(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """A palette PNG of three objects."""
    path, mask = tmp_path / "mask.png", label_map(3)
    benchmark.pedantic(write_mask, (path, mask), rounds=30, iterations=3, warmup_rounds=2)
    assert np.array_equal(read_mask(path), mask)


def test_read_plain(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """What masks nearly always are."""
    path, mask = tmp_path / "mask.png", label_map(3)
    write_mask(path, mask)
    assert plain_mask(path.read_bytes(), max_pixels=mask.size) is not None
    read = benchmark.pedantic(read_mask, (path,), rounds=30, iterations=10, warmup_rounds=2)
    assert np.array_equal(read, mask)


def test_read_by_pillow(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """One with a transparent colour, which is left to Pillow."""
    path, mask = tmp_path / "mask.png", label_map(3)
    write_mask(path, mask)
    with Image.open(path) as picture:
        picture.save(path, transparency=0)
    assert plain_mask(path.read_bytes(), max_pixels=mask.size) is None
    read = benchmark.pedantic(read_mask, (path,), rounds=30, iterations=5, warmup_rounds=2)
    assert np.array_equal(read, mask)
