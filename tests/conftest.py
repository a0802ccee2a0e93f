"""Fixtures and rules that every part of the test suite shares."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure of a property, however long an example takes.
settings.register_profile(
    "vosbench", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("vosbench")

# Small networks gain nothing from a second thread and lose much where the cores are shared.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real frames and reference scores beside the checkout; skips without it."""
    folder = Path(os.environ.get("VOSBENCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "data" / "DAVIS").is_dir():
        pytest.skip(f"real frames are not at {folder} (set VOSBENCH_SHARED to their folder)")
    return folder


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `gpu` where there is none."""
    if item.get_closest_marker("gpu") is None:
        return
    import torch

    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device, and this machine has none")
