"""A run that is killed at any moment loses the sequence in flight, and resuming makes it whole."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.slow_run import NAMES, outcome, run_slowly, sound
from vosbench.store import load_runs

ROOT = Path(__file__).resolve().parents[1]
KILLS = int(os.environ.get("VOSBENCH_KILLS", "6"))  # more of them find rarer moments

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL and fork")


def slow_run(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.slow_run", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def standing(runs: Path) -> dict[str, bytes]:
    """The records that count, as they lie on disk."""
    return {
        record.sequence: (
            runs / run.manifest.run / "records" / f"{record.sequence}.json"
        ).read_bytes()
        for run in load_runs(runs)
        for record in run.records
    }


def test_random_kills_lose_only_the_sequence_in_flight(tmp_path: Path) -> None:
    runs, log = tmp_path / "runs", tmp_path / "log"
    moments = random.Random(7)
    before: dict[str, bytes] = {}
    for _ in range(KILLS):
        process = slow_run(str(runs), str(log))
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        after = standing(runs)
        assert before.items() <= after.items(), "a finished sequence was lost or made again"
        assert sound(runs)
        before = after

    resumed = run_slowly(runs, log)
    undisturbed = run_slowly(tmp_path / "undisturbed", tmp_path / "other log")
    assert outcome(resumed, runs) == outcome(undisturbed, tmp_path / "undisturbed")
    begun = Counter(log.read_text().split())
    assert len(begun) == len(NAMES)
    assert begun.total() <= len(NAMES) + KILLS, "a kill lost more than the sequence in flight"


def test_death_before_any_change_of_the_file_system_is_mended_by_resuming(tmp_path: Path) -> None:
    process = slow_run("--sweep", str(tmp_path))
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    deaths = [json.loads(line) for line in told.splitlines()]
    assert {death["begin"] for death in deaths} == {"nothing", "changed", "failed"}
    assert len(deaths) > 60
    bad = [d for d in deaths if not (d["died"] and d["sound"] and d["resumed"] and d["clean"])]
    assert not bad
