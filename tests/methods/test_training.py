"""Training by the command line, from nothing to masks: a parent, a learner, and a run of each."""

import json
from pathlib import Path

import pytest
import torch

from vosbench.cli import main
from vosbench.meta.checkpoints import load_checkpoint
from vosbench.meta.generated_tasks import FIRST_CLIPS
from vosbench.meta.monitoring import MonitorSettings
from vosbench.meta.supervised import SupervisedSettings
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._train_command import train_group

FEW = ("--clips", "3")


def vosbench(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("weights")
    parent, learner = folder / "parent.safetensors", folder / "learner.safetensors"
    assert vosbench("train", "parent", "--out", str(parent), "--steps", "3", *FEW) == 0
    made = ("--parent", str(parent), "--out", str(learner), "--iterations", "1", *FEW)
    made = (*made, "--monitor-tasks", "1", "--monitor-steps", "1")
    made = (*made, "--set", "tasks=1", "--set", "steps=2", "--set", "detached_steps=0")
    assert vosbench("train", "eosvos", *made) == 0
    return parent, learner


def test_checkpoints_say_how_they_were_made(checkpoints: tuple[Path, Path]):
    like = dict(CompactNetwork().named_parameters())
    parent, learner = (load_checkpoint(c, network="compact", like=like) for c in checkpoints)
    assert parent.training["stage"] == "supervised" and parent.training["steps"] == 3
    assert learner.training["stage"] == "meta" and learner.training["iterations"] == 1
    assert learner.training["parent"] == parent.training
    assert "generated" in str(parent.training["data"])
    assert parent.log[-1]["step"] == 3 and learner.log[-1]["iteration"] == 1
    rates = learner.learner().step_sizes()
    assert all((rate > 0).all() for rate in rates.values())
    assert sum(rate.numel() for rate in rates.values()) == sum(len(p) for p in like.values())


def test_meta_training_moves_start_and_rates(checkpoints: tuple[Path, Path]):
    like = dict(CompactNetwork().named_parameters())
    parent, learner = (load_checkpoint(c, network="compact", like=like) for c in checkpoints)
    assert any(
        not torch.equal(parent.parameters[n], learner.parameters[n]) for n in parent.parameters
    )
    assert len({round(float(r), 6) for rate in learner.rates.values() for r in rate.flatten()}) > 1


@pytest.mark.parametrize(("method", "which"), [("finetune-10", 0), ("eosvos-10-OnA", 1)])
def test_a_run_uses_the_checkpoint_it_is_given(
    checkpoints: tuple[Path, Path], tmp_path: Path, method: str, which: int
):
    weights = checkpoints[which]
    ran = vosbench(
        *("run", "--method", method, "--set", f"weights={weights}", "--set", "steps=1"),
        *("--sequences", "sample-1-crouch", "--runs", str(tmp_path)),
    )
    assert ran == 0
    (manifest,) = tmp_path.glob("*/manifest.json")
    assert json.loads(manifest.read_text())["provenance"]["weights"] == weights.name


def test_a_parent_is_no_start_for_eosvos(
    checkpoints: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    ran = vosbench(
        *("run", "--method", "eosvos-10", "--set", f"weights={checkpoints[0]}"),
        *("--runs", str(tmp_path)),
    )
    assert ran == 5
    assert "vosbench train eosvos" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "option", "default"),
    [
        ("parent", "steps", SupervisedSettings().steps),
        ("eosvos", "monitor_tasks", MonitorSettings().tasks),
        ("eosvos", "monitor_every", MonitorSettings().every),
        ("eosvos", "monitor_steps", MonitorSettings().steps),
        ("parent", "clips", FIRST_CLIPS),
        ("eosvos", "clips", FIRST_CLIPS),
    ],
)
def test_defaults_of_the_command_line_are_those_of_the_settings(
    command: str, option: str, default: int
):
    # The command line states them itself, because reading them would import torch.
    options = {
        parameter.name: parameter for parameter in train_group(print).commands[command].params
    }
    assert options[option].default == default
