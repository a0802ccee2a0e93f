"""The benchmarks of the parts run, wait for the device, and say what machine they ran on."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch

from benchmarks import device_timer
from benchmarks.known_work import SAMPLES
from vosbench.machine import fingerprint

ROOT = Path(__file__).resolve().parents[2]


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "benchmarks/parts", "-p", "no:cacheprovider"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_files_have_samples_the_clock_and_the_machine(tmp_path: Path):
    path = tmp_path / "parts.json"
    chosen = "region or read or text or (inner_step and cuda and not bfloat16)"
    ran = bench("-k", chosen, "-rs", f"--benchmark-json={path}")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    written = json.loads(path.read_text())
    here = written["machine_info"]["vosbench"]
    assert here["threads"] == 1
    assert here["id"] == fingerprint("cuda" if torch.cuda.is_available() else "cpu")["id"]
    names = {each["name"] for each in written["benchmarks"]}
    expected = {
        "test_region_similarity", "test_read_plain", "test_read_by_pillow", "test_render[text]",
    }  # fmt: skip
    if torch.cuda.is_available():
        expected.add("test_inner_step[cuda]")
    else:
        assert "needs a CUDA device, and this machine has none" in ran.stdout
    assert names == expected
    for each in written["benchmarks"]:
        assert each["options"]["timer"] == "device_seconds"
        assert len(each["stats"]["data"]) >= 12
        assert len(each["extra_info"]["known_work_seconds"]) == 2 * SAMPLES
        assert all(seconds > 0 for seconds in each["stats"]["data"])


def test_another_clock_may_be_asked_for(tmp_path: Path):
    path = tmp_path / "parts.json"
    chosen = ("--benchmark-timer=time.process_time", f"--benchmark-json={path}")
    ran = bench("-k", "read_plain", *chosen)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (only,) = json.loads(path.read_text())["benchmarks"]
    assert only["options"]["timer"] == "process_time"


def test_every_part_is_measured():
    texts = [path.read_text() for path in (ROOT / "benchmarks" / "parts").glob("test_*.py")]
    found = {name for text in texts for name in re.findall(r"^def test_(\w+)", text, re.M)}
    assert found == {
        "region_similarity", "contour_accuracy", "all_objects", "write", "read_plain",
        "read_by_pillow", "inner_step", "inner_step_in_bfloat16", "outer_step",
        "propagated_frame", "online_adaptation", "build", "render", "mining", "intervals",
        "all_pairs",
    }  # fmt: skip


def test_they_are_no_part_of_the_tests():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests", "vosbench"]


def test_the_clock_waits_for_a_gpu_at_work(monkeypatch: pytest.MonkeyPatch):
    happened = []
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: happened.append("waited"))
    monkeypatch.setattr(device_timer, "perf_counter", lambda: happened.append("read") or 1.5)
    assert device_timer.device_seconds() == 1.5
    assert happened == ["waited", "read"]


def test_the_clock_waits_for_nothing_without_one(monkeypatch: pytest.MonkeyPatch):
    def waited() -> None:
        raise AssertionError("there is nothing to wait for")

    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
    monkeypatch.setattr(torch.cuda, "synchronize", waited)
    assert device_timer.device_seconds() > 0
