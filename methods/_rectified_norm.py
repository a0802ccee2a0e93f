"""Group normalisation and the rectifier after it as one step.

The two always come together in the compact network. As one they keep two tensors for the gradient
where they would keep three, and take statistics in full precision whatever the features come in.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RectifiedGroupNorm(nn.GroupNorm):
    """`GroupNorm` and `ReLU`; parameters as those of `GroupNorm`, twice differentiable.

    Statistics are taken in the dtype of the parameters, whatever the dtype of what comes in, which
    is also that of what comes out.
    """

    def forward(self, features: Tensor) -> Tensor:  # n×c×h×w
        """Normalised and rectified features, `n×c×h×w`."""
        rectified: Tensor = _Rectified.apply(
            features, self.weight, self.bias, self.num_groups, self.eps
        )
        return rectified


class _Rectified(torch.autograd.Function):
    """See above; kept are what came in and what went out."""

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, groups: int, epsilon: float
    ) -> Tensor:
        samples, channels, height, width = features.shape
        size = (samples, channels, height * width, groups)
        full = features.to(weight.dtype)
        normal, mean, deviation = torch.native_group_norm(full, weight, bias, *size, epsilon)
        rectified = normal.relu_().to(features.dtype)
        ctx.save_for_backward(features, weight, bias, rectified, mean, deviation)
        ctx.size, ctx.epsilon = size, epsilon
        return rectified

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        features, weight, bias, rectified, mean, deviation = ctx.saved_tensors
        asked = ctx.needs_input_grad[:3]
        if torch.is_grad_enabled():  # somebody differentiates this gradient again
            inputs = (features, weight, bias)
            again = F.group_norm(features.to(weight.dtype), ctx.size[3], weight, bias, ctx.epsilon)
            found = iter(
                torch.autograd.grad(
                    again.relu().to(features.dtype),
                    [tensor for tensor, wanted in zip(inputs, asked, strict=True) if wanted],
                    gradients[0],
                    create_graph=True,
                )
            )
            return *(next(found) if wanted else None for wanted in asked), None, None
        full = features.to(weight.dtype)
        through = torch.ops.aten.threshold_backward(gradients[0], rectified, 0).to(weight.dtype)
        by_features, by_weight, by_bias = torch.ops.aten.native_group_norm_backward(
            through, full, mean, deviation, weight, *ctx.size, list(asked)
        )
        if by_features is not None:
            by_features = by_features.to(features.dtype)
        return by_features, by_weight, by_bias, None, None
