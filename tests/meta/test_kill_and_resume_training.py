"""A training that is killed at any moment and started again ends as if it had not been."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("VOSBENCH_KILLS", "8"))  # more of them find rarer moments

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL and fork")


def test_kills_leave_no_trace_in_the_checkpoint_nor_in_the_log(tmp_path: Path):
    command = [sys.executable, "-m", "tests.meta.slow_training", str(tmp_path), str(KILLS)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    told = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, check=True
    ).stdout
    outcomes = [line.split() for line in told.splitlines()]
    assert [(kind, outcome) for kind, outcome, _ in outcomes] == [
        ("meta", "equal"),
        ("supervised", "equal"),
    ]
    assert all(int(struck) >= KILLS / 4 for _, _, struck in outcomes), "too few kills hit"
