"""Outer gradients: three ways against each other and against finite differences."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vosbench.meta.learner import Learner, Level, Parameters, Scale, initial_rates
from vosbench.meta.outer import Differentiation, OuterGradients, outer_gradients
from vosbench.meta.preconditioning import Adam

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


class Later(Curved):
    """The same task, its steps counted from the third."""

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        return super().support_loss(parameters, step + 2)


def learner(level: Level, scale: Scale, seed: int = 3, adam: Adam | None = None) -> Learner:
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
        adam,
    )


def flat(gradients: OuterGradients) -> Tensor:
    return torch.cat(
        [g.flatten() for part in (gradients.start, gradients.rates) for g in part.values()]
    )


levels = st.sampled_from(["single", "tensor", "neuron", "parameter"])
scales = st.sampled_from(["linear", "logarithmic"])
weights = st.lists(st.floats(0, 2), min_size=1, max_size=5).filter(any)
preconditionings = st.sampled_from([None, Adam(epsilon=1e-3)])
cuts = st.sampled_from([None, 1, 2, 3, 9])


@settings(max_examples=60)
@given(levels, scales, weights, st.integers(0, 4), st.integers(0, 1000), preconditionings, cuts)
def test_closed_form_equals_first_order_by_autograd(
    level: Level,
    scale: Scale,
    weights: list[float],
    detached: int,
    seed: int,
    adam: Adam | None,
    cut: int | None,
):
    made = learner(level, scale, seed, adam)
    oracle, closed = (
        outer_gradients(made, Curved(), weights, way, detached_steps=detached, truncation=cut)
        for way in ("first", "closed-form")
    )
    assert closed.loss == pytest.approx(oracle.loss)
    assert closed.start.keys() == oracle.start.keys()
    assert closed.rates.keys() == oracle.rates.keys()
    torch.testing.assert_close(flat(closed), flat(oracle), rtol=1e-9, atol=1e-12)


def by_differences(made: Learner, weights: list[float]) -> Tensor:
    """Outer gradients by central differences of the outer loss."""
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
    return torch.tensor(numerical, dtype=torch.float64)


@pytest.mark.parametrize("adam", [None, Adam(epsilon=1e-2)])
@pytest.mark.parametrize("scale", ["linear", "logarithmic"])
@pytest.mark.parametrize("level", ["single", "tensor", "neuron", "parameter"])
def test_second_order_equals_finite_differences(level: Level, scale: Scale, adam: Adam | None):
    made = learner(level, scale, adam=adam)
    weights = [0.2, 0.0, 1.0]
    exact = flat(outer_gradients(made, Curved(), weights, "second"))
    torch.testing.assert_close(exact, by_differences(made, weights), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("way", ["first", "closed-form", "second"])
def test_a_multi_step_loss_is_the_weighted_sum_of_its_steps(way: Differentiation):
    made = learner("neuron", "linear")
    weights = [0.05, 0.10, 0.2, 0.30, 0.35]
    whole = outer_gradients(made, Curved(), weights, way)
    parts = [
        outer_gradients(made, Curved(), [0.0] * t + [weight], way)
        for t, weight in enumerate(weights)
    ]
    assert whole.loss == pytest.approx(sum(part.loss for part in parts))
    torch.testing.assert_close(flat(whole), torch.stack([flat(part) for part in parts]).sum(0))


@pytest.mark.parametrize("way", ["first", "closed-form", "second"])
def test_after_a_cut_a_loss_moves_the_rates_of_the_steps_since(way: Differentiation):
    made = learner("neuron", "linear")
    cut = outer_gradients(made, Curved(), [0, 1, 0, 1], way, truncation=2)
    before = outer_gradients(made, Curved(), [0, 1], way)
    # The second half alone: it begins where the first ended, which is taken as a constant.
    tuned = made.fine_tune(Curved().support_loss, 2)
    other = Learner({n: p.requires_grad_() for n, p in tuned.items()}, made.rates, "linear")
    after = outer_gradients(other, Later(), [0, 1], way)
    assert cut.loss == pytest.approx(before.loss + after.loss)
    for name, gradient in cut.start.items():
        torch.testing.assert_close(gradient, before.start[name])
    for name, gradient in cut.rates.items():
        torch.testing.assert_close(gradient, before.rates[name] + after.rates[name])


def test_a_cut_after_the_last_step_changes_nothing():
    made = learner("neuron", "linear")
    whole, cut = (
        outer_gradients(made, Curved(), [0, 0, 1], "second", truncation=k) for k in (None, 3)
    )
    assert torch.equal(flat(whole), flat(cut))


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
