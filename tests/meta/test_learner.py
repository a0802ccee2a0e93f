"""Fine-tuning by learned rates: values, gradients to second order, shapes of rates."""

import numpy as np
import pytest
import torch
from torch import Tensor

from vosbench.meta.learner import Learner, Parameters, initial_rates, rate_shape


def quadratic(parameters: Parameters, step: int) -> Tensor:
    """Σ (w − (step + 1))² / 2, whose gradient is w − (step + 1)."""
    return 0.5 * (parameters["w"] - (step + 1)).square().sum()


def curved(parameters: Parameters, step: int) -> Tensor:
    """A loss with curvature in which both tensors and the step matter."""
    activation = torch.tanh(parameters["weight"] @ torch.tensor([0.3, -0.7], dtype=torch.float64))
    return (activation + parameters["bias"] - 0.1 * (step + 1)).pow(2).sum()


def small_learner(scale: str) -> Learner:
    generator = torch.Generator().manual_seed(3)
    start = {
        "weight": torch.randn(3, 2, dtype=torch.float64, generator=generator),
        "bias": torch.randn(3, dtype=torch.float64, generator=generator),
    }
    rates = initial_rates(start, 0.2, scale=scale, spread=0.5, generator=generator)  # type: ignore[arg-type]
    return Learner(start, rates, scale)  # type: ignore[arg-type]


def test_two_steps_by_hand():
    learner = Learner({"w": torch.tensor([4.0])}, {"w": torch.tensor([0.5])}, "linear")
    # 4 − 0.5·(4 − 1) = 2.5, then 2.5 − 0.5·(2.5 − 2) = 2.25.
    assert learner.fine_tune(quadratic, 2)["w"].item() == 2.25


def test_logarithmic_rates_are_exponentiated():
    linear = Learner({"w": torch.tensor([4.0])}, {"w": torch.tensor([0.5])}, "linear")
    logarithmic = Learner({"w": torch.tensor([4.0])}, {"w": torch.tensor([0.5]).log()})
    torch.testing.assert_close(
        linear.fine_tune(quadratic, 3)["w"], logarithmic.fine_tune(quadratic, 3)["w"]
    )


def test_later_steps_go_on_where_earlier_ones_ended():
    learner = small_learner("logarithmic")
    whole = learner.fine_tune(curved, 5)
    first = learner.fine_tune(curved, 2)
    rest = learner.fine_tune(curved, 3, begin=first, first_step=2)
    for name in whole:
        torch.testing.assert_close(rest[name], whole[name])


def test_no_steps_leave_the_start():
    learner = small_learner("linear")
    tuned = learner.fine_tune(curved, 0)
    assert all(torch.equal(tuned[name], learner.start[name]) for name in tuned)


def test_factor_multiplies_every_rate():
    learner = Learner({"w": torch.tensor([4.0])}, {"w": torch.tensor([0.5])}, "linear")
    assert learner.fine_tune(quadratic, 1, factor=0.1)["w"].item() == pytest.approx(3.85)


def test_a_differentiable_run_gives_the_same_parameters():
    learner = small_learner("logarithmic")
    start = {name: p.clone().requires_grad_() for name, p in learner.start.items()}
    with_graph = Learner(start, learner.rates).fine_tune(curved, 4, order="second")
    without = learner.fine_tune(curved, 4)
    for name in without:
        torch.testing.assert_close(with_graph[name].detach(), without[name])
        assert with_graph[name].requires_grad and not without[name].requires_grad


@pytest.mark.parametrize("scale", ["linear", "logarithmic"])
def test_second_order_gradients_equal_finite_differences(scale: str):
    learner = small_learner(scale)

    def outer(*tensors: Tensor) -> Tensor:
        start = dict(zip(learner.start, tensors[:2], strict=True))
        rates = dict(zip(learner.rates, tensors[2:], strict=True))
        tuned = Learner(start, rates, scale).fine_tune(curved, 5, order="second")  # type: ignore[arg-type]
        return curved(tuned, 7)

    tensors = [
        t.clone().requires_grad_() for t in (*learner.start.values(), *learner.rates.values())
    ]
    # gradcheck differentiates numerically in double precision.
    assert torch.autograd.gradcheck(outer, tensors, eps=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("single", (1, 1, 1, 1)),
        ("tensor", (1, 1, 1, 1)),
        ("neuron", (8, 1, 1, 1)),
        ("parameter", (8, 3, 5, 5)),
    ],
)
def test_shape_of_rates_by_level(level: str, expected: tuple[int, ...]):
    assert rate_shape(torch.zeros(8, 3, 5, 5), level) == expected  # type: ignore[arg-type]


def test_a_spread_needs_a_generator():
    with pytest.raises(ValueError, match="generator"):
        initial_rates({"w": torch.zeros(2, 2)}, 1e-3, spread=0.5)


def test_initial_rates_spread_within_bounds():
    rates = initial_rates(
        {"w": torch.zeros(500, 2)},
        1e-3,
        scale="linear",
        spread=0.5,
        generator=torch.Generator().manual_seed(0),
    )["w"]
    # Specification 2.1: uniform in 0.5e-3 … 1.5e-3.
    assert rates.min() >= 0.5e-3 and rates.max() <= 1.5e-3
    assert np.isclose(float(rates.mean()), 1e-3, rtol=0.05)
