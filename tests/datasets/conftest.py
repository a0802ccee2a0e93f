"""A small DAVIS on disk, for the tests to spoil."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

SIZE = (6, 8)  # height, width


@pytest.fixture
def save_grey() -> Callable[[Path, NDArray[np.uint8]], None]:
    """Writes a grey PNG, with its folders."""

    def save(path: Path, values: NDArray[np.uint8]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(values).save(path)

    return save


@pytest.fixture
def davis_root(tmp_path: Path, save_grey: Callable[[Path, NDArray[np.uint8]], None]) -> Path:
    """Root with sequences `bear` and `cows` of three frames, annotated with ids 1 and 3 (grey)."""
    root = tmp_path / "DAVIS"
    values = np.zeros(SIZE, np.uint8)
    values[1:3, 2:5] = 1
    values[4, 6] = 3
    for name in ("bear", "cows"):
        for frame in ("00000", "00001", "00002"):
            image = root / "JPEGImages" / "480p" / name / f"{frame}.jpg"
            image.parent.mkdir(parents=True, exist_ok=True)
            PIL.Image.fromarray(np.full((*SIZE, 3), 100, np.uint8)).save(image)
            save_grey(root / "Annotations" / "480p" / name / f"{frame}.png", values)
    for year in ("2016", "2017"):
        (root / "ImageSets" / year).mkdir(parents=True)
        (root / "ImageSets" / year / "val.txt").write_text("cows\n\nbear\n")
    return root
