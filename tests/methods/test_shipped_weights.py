"""The checkpoints that ship: small, made as README says, and better than doing nothing."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from vosbench.datasets.options import DatasetOptions
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, sha256
from vosbench.meta.generated_tasks import GeneratedTasks
from vosbench.method import Method
from vosbench.methods import eosvos, finetune
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._compact_task import CompactTask
from vosbench.methods.copy_first import CopyFirst
from vosbench.methods.eosvos import EOSVOS
from vosbench.methods.finetune import FineTune
from vosbench.metrics import region_similarity
from vosbench.registry import open_dataset
from vosbench.sequence import Sequence

README = Path(__file__).resolve().parents[2] / "README.md"


def load(path: Path) -> Checkpoint:
    like = dict(CompactNetwork().named_parameters())
    return load_checkpoint(path, network="compact", like=like)


def test_all_together_are_small():
    shipped = (eosvos.SHIPPED_WEIGHTS, finetune.SHIPPED_WEIGHTS)
    assert sum(path.stat().st_size for path in shipped) <= 10e6


def test_the_learner_began_at_the_parent_that_ships():
    assert load(eosvos.SHIPPED_WEIGHTS).training["parent_sha256"] == sha256(
        finetune.SHIPPED_WEIGHTS
    )


@pytest.mark.parametrize(
    ("path", "command", "option", "setting"),
    [
        (finetune.SHIPPED_WEIGHTS, "train parent", "steps", "steps"),
        (eosvos.SHIPPED_WEIGHTS, "train eosvos", "iterations", "iterations"),
    ],
)
def test_readme_has_the_command_that_made_them(path: Path, command: str, option: str, setting: str):
    training = load(path).training
    assert str(training["data"]).startswith("generated clips")
    found = re.search(rf"vosbench {command} [^`]*?--{option} (\d+)", README.read_text())
    assert found is not None and int(found[1]) == training[setting]


def test_the_training_log_shows_the_parent_learning():
    losses = [float(str(record["loss"])) for record in load(finetune.SHIPPED_WEIGHTS).log]
    assert losses[-1] < 0.6 * losses[0]


def test_five_learned_steps_do_better_on_later_frames_than_none():
    network = CompactNetwork()
    learner = load(eosvos.SHIPPED_WEIGHTS).learner()
    # Clips of another seed than those of training.
    source = GeneratedTasks(1001, first_clips=8)
    tasks = [CompactTask.drawn(network, source.draw(number)) for number in range(16)]

    def loss(steps: int) -> float:
        tuned = [learner.fine_tune(task.support_loss, steps) for task in tasks]
        with torch.no_grad():
            losses = [task.query_loss(p).item() for task, p in zip(tasks, tuned, strict=True)]
        return sum(losses) / len(losses)

    assert loss(5) < 0.85 * loss(0)


def mean_similarity(method: Method, sequence: Sequence, frames: int) -> float:
    """Mean J of the first object over the frames after the first."""
    first = sequence.read_annotation(0)
    assert first is not None
    method.fit(sequence.read_image(0), first)
    scores = []
    for index in range(1, frames):
        truth = sequence.read_annotation(index)
        assert truth is not None
        found = method.step(sequence.read_image(index))
        scores.append(region_similarity(truth == 1, found == 1))
    return float(np.mean(scores))


@pytest.mark.parametrize("method", [EOSVOS, FineTune])
def test_the_sample_is_segmented_better_than_by_copying(method: type[EOSVOS] | type[FineTune]):
    sequence = open_dataset("sample", DatasetOptions()).sequences[0]
    copied = mean_similarity(CopyFirst(), sequence, 12)
    assert mean_similarity(method(steps=10), sequence, 12) > copied + 0.2


@pytest.mark.parametrize("method", [EOSVOS, FineTune])
def test_real_frames_are_segmented_better_than_by_copying(
    method: type[EOSVOS] | type[FineTune], shared_data: Path
):
    dataset = open_dataset("davis2016", DatasetOptions(root=shared_data / "data" / "DAVIS"))
    sequence = next(s for s in dataset.sequences if s.name == "car-shadow")
    copied = mean_similarity(CopyFirst(), sequence, 20)
    assert mean_similarity(method(steps=10), sequence, 20) > copied + 0.2
