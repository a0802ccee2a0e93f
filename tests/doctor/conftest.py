from pathlib import Path

import pytest

from tests.doctor.clips_on_disk import annotate, predict


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """Annotations of cows, one object, and dogs, two objects."""
    return annotate(tmp_path / "DAVIS")


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    """Decent predictions of both."""
    return predict(tmp_path / "masks")
