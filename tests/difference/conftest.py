"""A run, and a copy of it to change."""

import shutil
from pathlib import Path

import pytest

from tests.tiny_runs import run_on_the_zoo

made = pytest.fixture(scope="module")(run_on_the_zoo)


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))
