"""Group normalisation with its rectifier: the same as the two one after the other."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from vosbench.methods._rectified_norm import RectifiedGroupNorm

ORDERS = [torch.contiguous_format, torch.channels_last]


def made(channels: int, dtype: torch.dtype) -> tuple[RectifiedGroupNorm, Tensor]:
    """A layer whose parameters are not those of a new one, and features for it."""
    generator = torch.Generator().manual_seed(0)
    layer = RectifiedGroupNorm(4, channels).to(dtype)
    for parameter in layer.parameters():
        parameter.data = torch.randn(channels, generator=generator, dtype=dtype)
    features = torch.randn(2, channels, 6, 5, generator=generator, dtype=dtype)
    return layer, features + 0.5


@pytest.mark.parametrize("order", ORDERS)
def test_it_is_the_two_layers_one_after_the_other(order: torch.memory_format) -> None:
    layer, features = made(8, torch.float32)
    features = features.contiguous(memory_format=order).requires_grad_()
    inputs = (features, layer.weight, layer.bias)
    apart = F.group_norm(features, 4, layer.weight, layer.bias).relu()
    ones = torch.randn_like(apart)
    together = layer(features)
    torch.testing.assert_close(together, apart)
    found = torch.autograd.grad(together, inputs, ones)
    for gradient, expected in zip(found, torch.autograd.grad(apart, inputs, ones), strict=True):
        torch.testing.assert_close(gradient, expected)


def test_both_derivatives_equal_finite_differences() -> None:
    layer, features = made(4, torch.float64)
    features.requires_grad_()

    def of(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        parameters = {"weight": weight, "bias": bias}
        answer: Tensor = torch.func.functional_call(layer, parameters, (features,))
        return answer

    inputs = (features, layer.weight, layer.bias)
    assert torch.autograd.gradcheck(of, inputs)
    assert torch.autograd.gradgradcheck(of, inputs)


def test_gradients_that_nobody_asked_for_are_left_out() -> None:
    layer, features = made(4, torch.float32)
    for parameter in layer.parameters():
        parameter.requires_grad_(False)
    features.requires_grad_()
    (once,) = torch.autograd.grad(layer(features).sum(), features)
    (again,) = torch.autograd.grad(layer(features).sum(), features, create_graph=True)
    torch.testing.assert_close(once, again)


def test_statistics_of_coarse_features_are_taken_in_full_precision() -> None:
    layer, features = made(8, torch.float32)
    coarse = (100 + features).bfloat16().requires_grad_()
    answer = layer(coarse)
    assert answer.dtype == torch.bfloat16
    exact = F.group_norm(coarse.float(), 4, layer.weight, layer.bias).relu()
    torch.testing.assert_close(answer.float(), exact, rtol=2**-8, atol=1e-6)
    by_features, by_weight = torch.autograd.grad(answer.float().sum(), (coarse, layer.weight))
    assert (by_features.dtype, by_weight.dtype) == (torch.bfloat16, torch.float32)
