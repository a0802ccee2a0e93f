"""Layers that Mask R-CNN gets in place of torchvision's."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F

from vosbench.methods._maskrcnn_design import Norm


def norm_layer(norm: Norm) -> Callable[[int], nn.Module]:
    """What makes the norm layer of so many channels; its parameters have batch norm's names."""
    return FrozenAffine if norm == "frozen-batch" else group_norm


def group_norm(channels: int) -> nn.GroupNorm:
    """GroupNorm of 32 groups, of fewer where a group would have less than two channels.

    >>> group_norm(256).num_groups, group_norm(24).num_groups
    (32, 4)
    """
    return nn.GroupNorm(math.gcd(32, channels // 2), channels)


class FrozenAffine(nn.Module):
    """A batch norm whose statistics and affine map stay: one factor and one offset a channel.

    The two stand among the parameters, so that a checkpoint holds them and all designs have the
    same names, but their gradient is 0 and fine-tuning leaves them as they are.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        """`features`, `float n×c×h×w`, scaled and moved by channel."""
        weight, bias = _held(self.weight), _held(self.bias)
        return features * weight[:, None, None] + bias[:, None, None]


class _Hold(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, value: Tensor) -> Tensor:
        return value.view_as(value)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> Tensor:
        return torch.zeros_like(gradient)


def _held(value: Tensor) -> Tensor:
    """`value` with a gradient that is 0, not missing."""
    hold: Callable[[Tensor], Tensor] = _Hold.apply
    return hold(value)


class HardSigmoid(nn.Module):
    """Hard sigmoid with a second derivative, which torch's own lacks."""

    def forward(self, features: Tensor) -> Tensor:
        """min(max(x + 3, 0), 6) / 6, the same shape."""
        return F.relu6(features + 3) / 6
