"""The benchmark of Mask R-CNN's inner steps runs on a CPU and says what it measured."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from benchmarks.maskrcnn_steps import implementations as made
from benchmarks.maskrcnn_steps.__main__ import VARIANTS, command
from benchmarks.maskrcnn_steps.straightforward import lovasz_hinge_of_one
from tests.methods.tiny_rcnn import tiny_rcnn
from vosbench.losses import lovasz_hinge


def test_a_run_leaves_all_samples_and_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(made, "build", lambda design, short_side: tiny_rcnn())
    monkeypatch.setitem(VARIANTS, "10", {"steps": 1})
    monkeypatch.setitem(VARIANTS, "50-OnA", {"steps": 1, "adapt": True, "adapt_steps": 1})
    size = ["--height", "64", "--width", "96", "--frames", "8", "--batch", "1"]
    few = ["--steps", "2", "--passes", "2", "--variant", "10", "--variant", "50-OnA", "--bfloat16"]
    done = CliRunner().invoke(command, [*size, *few, "--device", "cpu", "--output", str(tmp_path)])
    assert done.exit_code == 0, done.output
    (file,) = tmp_path.glob("*-maskrcnn-r50-cpu-800.json")
    found = json.loads(file.read_text())
    steps, clips = found["steps"], found["clips"]
    assert list(steps) == ["fast", "fast, bfloat16", "straightforward"]
    for one in steps.values():
        assert len(one["seconds"]) == len(one["cpu_seconds"]) == 2
        assert all(second > 0 for second in one["seconds"])
        assert one["operations"] > 1e6 and all(regions > 0 for regions in one["regions"])
    assert steps["fast"]["regions"] == steps["straightforward"]["regions"]
    assert set(found["matmul"]) == {"float32", "bfloat16"}
    turns = [(one["variant"], one["implementation"]) for one in clips]
    assert turns == [(v, name) for v in ("10", "50-OnA") for _ in range(2) for name in steps]
    assert all(one["frames"] == 7 and 0 < one["first"] < one["seconds"] for one in clips)
    note = file.with_suffix(".md").read_text()
    assert note in done.output and "| straightforward |" in note and found["command"] in note
    assert found["machine"]["id"] in note


def test_the_loss_of_one_region_is_that_of_a_row():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(4, 30, generator=generator)
    targets = torch.rand(4, 30, generator=generator)
    targets[1, :7] = 3  # void
    each = [lovasz_hinge_of_one(*pair) for pair in zip(logits, targets, strict=True)]
    torch.testing.assert_close(torch.stack(each), lovasz_hinge(logits, targets))
