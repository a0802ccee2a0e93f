"""Several processes learn what one learns from the same tasks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.meta.lines import START
from tests.meta.two_processes import train
from vosbench.errors import UsageError
from vosbench.meta.checkpoints import load_checkpoint
from vosbench.meta.distributed import ALONE, Processes, processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch lacks torch.distributed")
def test_two_processes_do_what_one_does_with_all_the_tasks(tmp_path: Path):
    together, alone = tmp_path / "together.safetensors", tmp_path / "alone.safetensors"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", "tests.meta.two_processes", str(together)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    train(alone)
    found, expected = (
        load_checkpoint(file, network="line", like=START) for file in (together, alone)
    )
    for name in START:
        torch.testing.assert_close(found.parameters[name], expected.parameters[name])
        torch.testing.assert_close(found.rates[name], expected.rates[name])
        assert not torch.equal(found.rates[name], torch.full((1,), 1e-3).log())
    assert [r["iteration"] for r in found.log] == [r["iteration"] for r in expected.log]
    assert [r.get("skipped_tasks") for r in found.log] == [1, 1, None, 1, None]


@pytest.mark.parametrize(("count", "numbers"), [(1, 7), (2, 4), (3, 7), (5, 3)])
def test_every_task_has_one_process(count: int, numbers: int):
    shares = [Processes(rank, count).share(range(numbers)) for rank in range(count)]
    assert sorted(number for share in shares for number in share) == list(range(numbers))


def test_without_torchrun_there_is_one_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with processes("cpu") as among:
        assert among == ALONE and among.leads
    tensors = [torch.ones(2)]
    among.add_up(tensors)
    assert tensors[0].tolist() == [1, 1]


def test_several_processes_need_a_device_that_can_be_shared_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(UsageError, match="cpu or cuda, not on mps"), processes("mps"):
        pass
