"""Memory of scoring does not grow with the length of a sequence."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEAK = re.compile(r"peak memory of the process (\d+) MiB")


def peak_mebibytes(frames: int) -> int:
    command = [sys.executable, str(ROOT / "benchmarks" / "scoring_memory.py")]
    said = subprocess.run(
        [*command, "--frames", str(frames), "--objects", "4"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = PEAK.search(said.stdout)
    assert found is not None, said.stdout
    return int(found[1])


def test_a_long_sequence_needs_no_more_memory_than_a_short_one() -> None:
    short, long = peak_mebibytes(20), peak_mebibytes(1500)
    # A label map is 0.4 MiB: had they been kept, it would be hundreds.
    assert long - short < 30
    assert long < 300
