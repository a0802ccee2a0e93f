"""How exactly a network computes, and whether it is compiled: settings that trade for speed.

Losses, gradients and updates of parameters are in the dtype of the parameters always.
"""

from typing import Literal

import torch

Precision = Literal["float32", "bfloat16"]
"""Of the layers of a network; bfloat16 is fast where the processor has instructions for it."""


def computing(precision: Precision, device: torch.device) -> torch.autocast:
    """A context in which layers compute in `precision`."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")
