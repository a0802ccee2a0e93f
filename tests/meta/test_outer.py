"""Outer gradients: three ways against each other and against finite differences."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vosbench.meta.learner import Learner, Level, Parameters, Scale, initial_rates
from vosbench.meta.outer import OuterGradients, outer_gradients

SUPPORT = torch.tensor([0.3, -0.7], dtype=torch.float64)
QUERY = torch.tensor([-0.2, 0.9], dtype=torch.float64)


@dataclass(frozen=True)
class Curved:
    """A task whose losses have curvature in every parameter."""

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        return self._loss(parameters, SUPPORT, 0.1 * (step + 1))

    def query_loss(self, parameters: Parameters) -> Tensor:
        return self._loss(parameters, QUERY, -0.4)

    def _loss(self, parameters: Parameters, x: Tensor, target: float) -> Tensor:
        activation = torch.tanh(parameters["weight"] @ x + parameters["bias"])
        return (activation - target).pow(2).sum()


def learner(level: Level, scale: Scale, seed: int = 3) -> Learner:
    generator = torch.Generator().manual_seed(seed)
    start = {
        "weight": torch.randn(3, 2, dtype=torch.float64, generator=generator),
        "bias": torch.randn(3, dtype=torch.float64, generator=generator),
    }
    rates = initial_rates(start, 0.2, level=level, scale=scale, spread=0.5, generator=generator)
    return Learner(
        {name: p.requires_grad_() for name, p in start.items()},
        {name: r.requires_grad_() for name, r in rates.items()},
        scale,
    )


def flat(gradients: OuterGradients) -> Tensor:
    return torch.cat(
        [g.flatten() for part in (gradients.start, gradients.rates) for g in part.values()]
    )


levels = st.sampled_from(["single", "tensor", "neuron", "parameter"])
scales = st.sampled_from(["linear", "logarithmic"])
weights = st.lists(st.floats(0, 2), min_size=1, max_size=5).filter(any)


@settings(max_examples=40)
@given(levels, scales, weights, st.integers(0, 4), st.integers(0, 1000))
def test_closed_form_equals_first_order_by_autograd(
    level: Level, scale: Scale, weights: list[float], detached: int, seed: int
):
    made = learner(level, scale, seed)
    oracle, closed = (
        outer_gradients(made, Curved(), weights, way, detached_steps=detached)
        for way in ("first", "closed-form")
    )
    assert closed.loss == pytest.approx(oracle.loss)
    assert closed.start.keys() == oracle.start.keys()
    assert closed.rates.keys() == oracle.rates.keys()
    torch.testing.assert_close(flat(closed), flat(oracle), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("scale", ["linear", "logarithmic"])
@pytest.mark.parametrize("level", ["single", "tensor", "neuron", "parameter"])
def test_second_order_equals_finite_differences(level: Level, scale: Scale):
    made = learner(level, scale)
    weights = [0.2, 0.0, 1.0]
    exact = flat(outer_gradients(made, Curved(), weights, "second"))
    numerical = []
    step = 1e-6
    for tensor in (*made.start.values(), *made.rates.values()):
        for index in range(tensor.numel()):
            losses = []
            for sign in (1, -2):
                with torch.no_grad():
                    tensor.view(-1)[index] += sign * step
                losses.append(outer_gradients(made, Curved(), weights, "closed-form").loss)
            with torch.no_grad():
                tensor.view(-1)[index] += step
            numerical.append((losses[0] - losses[1]) / (2 * step))
    torch.testing.assert_close(
        exact, torch.tensor(numerical, dtype=torch.float64), rtol=1e-5, atol=1e-8
    )


def test_first_and_second_order_differ_where_there_is_curvature():
    made = learner("neuron", "linear")
    first, second = (outer_gradients(made, Curved(), [0, 1], way) for way in ("first", "second"))
    assert not torch.allclose(flat(first), flat(second), rtol=1e-2)


def test_one_rate_for_all_is_one_number():
    made = learner("single", "logarithmic")
    assert sum(rate.numel() for rate in made.rates.values()) == 1
    assert len({size.item() for size in made.step_sizes().values()}) == 1


def test_the_learner_stays_as_it_is():
    made = learner("neuron", "linear")
    before = {name: p.detach().clone() for name, p in made.start.items()}
    for way in ("first", "second", "closed-form"):
        outer_gradients(made, Curved(), [1.0], way, detached_steps=3)
    assert all(torch.equal(before[name], made.start[name]) for name in before)
    assert all(p.grad is None for p in made.start.values())
