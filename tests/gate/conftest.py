"""Fixtures of the tests of gates."""

from pathlib import Path

import pytest

from tests.gate.small_clips import NAMES, Place, write_clip, write_method


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    """A folder with seven clips; no baseline yet."""
    for name in NAMES:
        write_clip(tmp_path / "clips", name)
    return Place(tmp_path, capsys)


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """A method that makes no mistake but to forget that clips are of another width."""
    return write_method(tmp_path / "right", off=2)


@pytest.fixture
def gated(place: Place, right: Path) -> Place:
    """The same with a baseline of a method."""
    assert place.baseline(plugin=right).code == 0
    return place
