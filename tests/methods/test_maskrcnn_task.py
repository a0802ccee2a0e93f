"""Meta-learning tasks for Mask R-CNN: one augmentation a task, samples of their own each step."""

import numpy as np
import pytest
import torch

from tests.methods.tiny_rcnn import scene, tiny_rcnn
from vosbench.meta.learner import Learner, initial_rates
from vosbench.meta.outer import outer_gradients
from vosbench.meta.tasks import ObjectFrame, TaskDraw
from vosbench.methods._maskrcnn_examples import Batch, Example
from vosbench.methods._maskrcnn_following import RCNN
from vosbench.methods._maskrcnn_task import RCNNTask


def draw(seed: int) -> TaskDraw:
    support, query = (ObjectFrame(*scene(n), scene(n)[1]) for n in (0, 1))
    return TaskDraw("clip", 1, support, query, seed)


@pytest.fixture
def network() -> RCNN:
    return RCNN("tiny", tiny_rcnn)


def test_losses_depend_on_seed_step_and_frame_and_on_nothing_else(network: RCNN):
    parameters = network.parameters()
    task, again, other = (network.task(draw(seed)) for seed in (5, 5, 6))
    with torch.no_grad():
        torch.manual_seed(0)
        losses = [task.support_loss(parameters, step).item() for step in (0, 1)]
        losses += [task.query_loss(parameters).item(), other.query_loss(parameters).item()]
        after = torch.rand(1)
        torch.manual_seed(0)
        assert torch.equal(torch.rand(1), after)  # global generators were left alone
        assert again.support_loss(parameters, 1).item() == losses[1]
        assert again.query_loss(parameters).item() == losses[2]
    assert len(set(losses)) == 4


def test_the_two_frames_share_mirroring_and_are_turned_on_their_own():
    network = tiny_rcnn()
    mirrored = {"support": 0, "query": 0, "both": 0, "equal": 0}
    # Left half dark, right half bright: a frame tells whether it was mirrored, whatever its turn.
    image = np.zeros((64, 96, 3), np.uint8)
    image[:, 48:] = 200
    mask = scene()[1]
    frame = ObjectFrame(image, mask, mask)
    for seed in range(20):
        task = RCNNTask.drawn(network, TaskDraw("clip", 1, frame, frame, seed))
        seen = [batch.examples[0].image for batch in (task.support, task.query)]
        support, query = (
            bool(image[28:36, 30:44].mean() > image[28:36, 52:66].mean()) for image in seen
        )
        mirrored["support"] += support
        mirrored["query"] += query
        mirrored["both"] += support and query
        mirrored["equal"] += bool(np.array_equal(*seen))
    assert mirrored["support"] == mirrored["query"] == mirrored["both"]
    assert 3 < mirrored["both"] < 17
    assert mirrored["equal"] == 0


@pytest.mark.parametrize("differentiation", ["closed-form", "first", "second"])
def test_outer_gradients_of_every_order(network: RCNN, differentiation: str):
    start = {name: p.requires_grad_() for name, p in network.parameters().items()}
    rates = {n: r.requires_grad_() for n, r in initial_rates(start, 1e-3, scale="linear").items()}
    learner = Learner(start, rates, "linear")
    weights = (0.0, 1.0)
    found = outer_gradients(learner, network.task(draw(1)), weights, differentiation)  # type: ignore[arg-type]
    assert np.isfinite(found.loss)
    assert all(torch.isfinite(g).all() for g in (*found.start.values(), *found.rates.values()))
    if differentiation == "closed-form":
        oracle = outer_gradients(learner, network.task(draw(1)), weights, "first")
        for name, gradient in found.start.items():
            torch.testing.assert_close(gradient, oracle.start[name])
            torch.testing.assert_close(found.rates[name], oracle.rates[name])


def test_a_frame_without_the_object_cannot_be_learned_from():
    empty = Example(scene()[0], np.zeros((64, 96), np.uint8))
    with pytest.raises(ValueError, match="at least a pixel"):
        Batch([empty])
