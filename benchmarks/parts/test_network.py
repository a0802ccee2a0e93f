"""Seconds that the compact network takes to learn and to follow, with the weights shipped."""

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.parts.scenes import film, label_map, picture
from vosbench.arrays import Image, Mask
from vosbench.meta.checkpoints import load_checkpoint
from vosbench.meta.generated_tasks import GeneratedTasks
from vosbench.meta.learner import Learner, Parameters
from vosbench.meta.meta_settings import MetaSettings
from vosbench.meta.meta_state import MetaState
from vosbench.meta.outer import outer_gradients
from vosbench.methods._compact_following import Compact
from vosbench.methods._following import FirstFrame, Follower
from vosbench.methods._propagation import past_frames
from vosbench.methods._propagation_settings import PropagationSettings
from vosbench.methods.eosvos import EOSVOS, SHIPPED_WEIGHTS, LearnedTuner


def test_inner_step(benchmark: BenchmarkFixture, device: str) -> None:
    """One step of fine-tuning on the first frame of one object."""
    _inner_step(benchmark, device, PropagationSettings())


def test_inner_step_in_bfloat16(benchmark: BenchmarkFixture, device: str) -> None:
    """The same, its layers computed half as exactly."""
    if not _has_bfloat16(device):
        pytest.skip(f"this {device} has no instructions for bfloat16")
    _inner_step(benchmark, device, PropagationSettings(precision="bfloat16"))


def test_outer_step(benchmark: BenchmarkFixture, device: str) -> None:
    """One of meta-training, on one task: through two inner steps and back, then on."""
    settings = MetaSettings(tasks=1, steps=2)
    state = MetaState(_learner(device), settings)
    task = Compact().task(GeneratedTasks(0, first_clips=1).draw(0))
    before = {name: p.detach().clone() for name, p in state.learner.start.items()}

    def outer_step() -> None:
        found = outer_gradients(state.learner, task, settings.weights(), settings.differentiation)
        state.step([*found.start.values(), *found.rates.values()])

    benchmark.pedantic(outer_step, rounds=12, warmup_rounds=1)
    assert any(not torch.equal(p, before[name]) for name, p in state.learner.start.items())


@pytest.mark.parametrize("objects", [1, 3])
def test_propagated_frame(benchmark: BenchmarkFixture, device: str, objects: int) -> None:
    """One frame through the network and back to a label map, after fine-tuning."""
    method = EOSVOS(steps=0, device=device)
    truths = film(objects, 3)
    first, second, third = (picture(mask) for mask in truths)

    def follow() -> tuple[tuple[Image], dict[str, object]]:
        method.fit(first, truths[0])
        method.step(second)
        return (third,), {}

    found: Mask = benchmark.pedantic(method.step, setup=follow, rounds=20, warmup_rounds=2)
    assert found.shape == third.shape[:2]


def test_online_adaptation(benchmark: BenchmarkFixture, device: str) -> None:
    """One update of OnA: ten steps on the first frame and two past ones of one object."""
    learner, settings = _learner(device), PropagationSettings(adapt=True)
    follower, last = _follower(settings), 5
    for frame in range(1, last + 1):
        follower.find(learner.start, picture(label_map(1, frame)), frame)
    loss = follower.adaptation_loss(last + 1, past_frames(last + 1, settings.adapt_past))
    tuner = LearnedTuner(learner, 1.0)

    def update() -> Parameters:
        return tuner.online(loss, settings.adapt_steps, learner.start)

    adapted = benchmark.pedantic(update, rounds=12, warmup_rounds=1)
    assert loss(adapted, 0) < loss(learner.start, 0)


def _inner_step(benchmark: BenchmarkFixture, device: str, settings: PropagationSettings) -> None:
    learner, follower = _learner(device), _follower(settings)

    def step() -> Parameters:
        return learner.fine_tune(follower.first_frame_loss, 1)

    tuned = benchmark.pedantic(step, rounds=20, warmup_rounds=2)
    assert any(not torch.equal(p, learner.start[name]) for name, p in tuned.items())


def _learner(device: str) -> Learner:
    network = Compact()
    checkpoint = load_checkpoint(SHIPPED_WEIGHTS, network=network.name, like=network.shapes())
    return checkpoint.channels_last().to(device).learner()


def _follower(settings: PropagationSettings) -> Follower:
    mask = label_map(1)
    return Compact().follower(FirstFrame(picture(mask), mask > 0, seed=0), settings)


def _has_bfloat16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported()
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
