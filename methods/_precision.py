"""How exactly a network computes, and whether it is compiled: settings that trade for speed.

Losses, gradients and updates of parameters are in the dtype of the parameters always.
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.meta.learner import Parameters

Precision = Literal["float32", "bfloat16"]
"""Of the layers of a network; bfloat16 is fast where the processor has instructions for it."""

Compilation = Literal["off", "default", "cuda-graphs"]
"""What `torch.compile` makes of a network: nothing, kernels, or kernels recorded as CUDA graphs."""

Call = Callable[[Parameters, Tensor], Tensor]
"""From parameters and inputs to the answer of a network."""


def computing(precision: Precision, device: torch.device) -> torch.autocast:
    """A context in which layers compute in `precision`."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def call_of(network: nn.Module, compilation: Compilation) -> Call:
    """`network` as a function of its parameters; it is compiled when first called."""

    def call(parameters: Parameters, inputs: Tensor) -> Tensor:
        answer: Tensor = functional_call(network, dict(parameters), (inputs,))
        return answer

    if compilation == "off":
        return call
    mode = "reduce-overhead" if compilation == "cuda-graphs" else "default"
    return torch.compile(call, mode=mode, dynamic=False)
