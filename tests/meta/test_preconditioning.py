"""Adam's direction: against torch's own optimizer, and differentiable where the gradient is 0."""

import pytest
import torch
from torch import Tensor

from vosbench.errors import UsageError
from vosbench.meta.learner import Learner, Parameters
from vosbench.meta.preconditioning import Adam, Moments


def curved(parameters: Parameters, step: int) -> Tensor:
    """A loss with curvature in which both tensors and the step matter."""
    activation = torch.tanh(parameters["weight"] @ torch.tensor([0.3, -0.7], dtype=torch.float64))
    return (activation + parameters["bias"] - 0.1 * (step + 1)).pow(2).sum()


def start() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(5)
    return {
        "weight": torch.randn(3, 2, dtype=torch.float64, generator=generator),
        "bias": torch.randn(3, dtype=torch.float64, generator=generator),
    }


def learner(epsilon: float) -> Learner:
    begin = start()
    rates = {name: torch.full_like(p, 0.05) for name, p in begin.items()}
    return Learner(begin, rates, "linear", Adam(epsilon=epsilon))


def test_without_epsilon_it_is_torchs_adam():
    tuned = learner(1e-30).fine_tune(curved, 7)
    parameters = {name: p.clone().requires_grad_() for name, p in start().items()}
    oracle = torch.optim.Adam(parameters.values(), lr=0.05, eps=0.0)
    for step in range(7):
        oracle.zero_grad()
        curved(parameters, step).backward()
        oracle.step()
    for name, parameter in parameters.items():
        torch.testing.assert_close(tuned[name], parameter.detach(), rtol=1e-9, atol=1e-12)


def test_one_step_by_hand():
    # m̂ = g = 3 and v̂ = g² = 9 after one step, so d = 3 / √(9 + 16) = 0.6.
    gradients = {"w": torch.tensor([3.0])}
    directions, moments = Adam(epsilon=16.0).direction(gradients, Moments.none(gradients))
    assert directions["w"].item() == pytest.approx(0.6)
    assert moments.steps == 1


def test_gradients_to_second_order_equal_finite_differences():
    made = learner(1e-2)

    def outer(*tensors: Tensor) -> Tensor:
        begin = dict(zip(made.start, tensors[:2], strict=True))
        rates = dict(zip(made.rates, tensors[2:], strict=True))
        tuned = Learner(begin, rates, "linear", made.preconditioning)
        return curved(tuned.fine_tune(curved, 4, order="second"), 7)

    tensors = [t.clone().requires_grad_() for t in (*made.start.values(), *made.rates.values())]
    assert torch.autograd.gradcheck(outer, tensors, eps=1e-6, atol=1e-7)


def test_a_gradient_of_zero_has_a_finite_derivative():
    gradient = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    adam = Adam(epsilon=1e-8)
    directions, _ = adam.direction({"w": gradient}, Moments.none({"w": gradient.detach()}))
    (slope,) = torch.autograd.grad(directions["w"].sum(), gradient)
    assert slope.tolist() == pytest.approx([1e4, 1e4])  # 1/√ε


def test_every_fine_tuning_begins_without_memory():
    made = learner(1e-8)
    first = made.fine_tune(curved, 3)
    assert all(torch.equal(first[name], p) for name, p in made.fine_tune(curved, 3).items())
    continued = made.fine_tune(curved, 3, begin=first)
    point = made.descended(curved, 3, made.at(first))
    assert all(torch.equal(continued[name], p) for name, p in point.parameters.items())


def test_a_point_remembers_what_it_went_through():
    made = learner(1e-8)
    point = made.descended(curved, 2, made.descended(curved, 2, made.at(made.start)))
    for name, parameter in made.fine_tune(curved, 4).items():
        torch.testing.assert_close(point.parameters[name], parameter)


@pytest.mark.parametrize("changes", [{"mean_decay": 1.0}, {"square_decay": -0.1}, {"epsilon": 0.0}])
def test_numbers_that_give_no_direction_are_refused(changes: dict[str, float]):
    with pytest.raises(UsageError, match=next(iter(changes))):
        Adam(**changes)


def test_means_that_change_in_place_give_the_same_directions():
    generator = torch.Generator().manual_seed(0)
    zeros = {"weight": torch.zeros(3, 2, 1, 1).double(), "bias": torch.zeros(3).double()}
    functional, in_place = Moments.none(zeros), Moments.none(zeros).copied()
    for _ in range(5):
        gradients = {n: torch.randn(z.shape, generator=generator).to(z) for n, z in zeros.items()}
        expected, functional = Adam().direction(gradients, functional)
        directions, in_place = Adam().advance(gradients, in_place)
        torch.testing.assert_close(directions, expected, rtol=1e-12, atol=1e-12)
    assert in_place.steps == functional.steps == 5
    torch.testing.assert_close(dict(in_place.square), dict(functional.square))
