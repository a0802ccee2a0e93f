"""A run to verify, and a copy of it to alter."""

import shutil
from pathlib import Path

import pytest

from tests.tiny_runs import ZOO, folder_of, request, run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the zoo; copied before anything is done to it."""
    runs = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, runs)
    return folder_of(runs)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name))
