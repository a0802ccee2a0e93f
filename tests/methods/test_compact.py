"""The compact network: sizes, independence of the batch, exact second derivatives."""

import pytest
import torch

from vosbench.methods._compact import WINDOW_SIZE, CompactNetwork


@pytest.fixture(scope="module")
def network() -> CompactNetwork:
    torch.manual_seed(0)
    return CompactNetwork()


def test_logits_have_the_size_of_the_window(network: CompactNetwork):
    windows = torch.rand(2, 4, WINDOW_SIZE, WINDOW_SIZE)
    assert network(windows).shape == (2, 1, WINDOW_SIZE, WINDOW_SIZE)


def test_a_checkpoint_stays_below_four_megabytes(network: CompactNetwork):
    # All shipped weights together take at most 10 MB, two checkpoints of this size among them.
    assert sum(p.numel() for p in network.parameters()) * 4 < 4e6
    assert not list(network.buffers())


def test_a_window_does_not_depend_on_the_others(network: CompactNetwork):
    windows = torch.rand(3, 4, 32, 32)
    alone = network(windows[1:2])
    torch.testing.assert_close(network(windows)[1:2], alone, atol=1e-5, rtol=1e-4)


def test_every_parameter_is_used(network: CompactNetwork):
    loss = network(torch.rand(1, 4, 32, 32)).square().mean()
    gradients = torch.autograd.grad(loss, list(network.parameters()))  # raises on an unused one
    assert all(torch.isfinite(g).all() for g in gradients)


def test_second_derivatives_are_exact():
    torch.manual_seed(0)
    network = CompactNetwork((8, 8, 8, 8), 8).double()
    parameters = list(network.parameters())
    windows = torch.rand(1, 4, 16, 16, dtype=torch.float64)
    directions = [torch.randn_like(p) for p in parameters]

    def gradient_norm() -> torch.Tensor:
        loss = network(windows).sigmoid().square().mean()
        gradients = torch.autograd.grad(loss, parameters, create_graph=True)
        return torch.stack([g.square().sum() for g in gradients]).sum()

    second = torch.autograd.grad(gradient_norm(), parameters)
    slope = sum((s * d).sum() for s, d in zip(second, directions, strict=True))
    step = 1e-6
    values = []
    for sign in (1, -2):
        with torch.no_grad():
            for parameter, direction in zip(parameters, directions, strict=True):
                parameter.add_(direction, alpha=sign * step)
        values.append(gradient_norm())
    numerical = ((values[0] - values[1]) / (2 * step)).detach()
    assert float(slope) == pytest.approx(float(numerical), rel=1e-4)
