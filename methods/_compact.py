"""Compact network: a window around an object and a rough prior of its mask to the object's logits.

A U-Net with GroupNorm, small enough to fine-tune and to differentiate through fine-tuning on a CPU,
trained without any pre-trained weights. It stands in for the Mask R-CNN of e-OSVOS when there is no
GPU: the propagated box takes the place of the proposals, the local mask that of the mask head.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosbench.methods._rectified_norm import RectifiedGroupNorm

WINDOW_SIZE = 96
"""Height and width of the network's input and output, pixels."""


class CompactNetwork(nn.Module):
    """U-Net from 4 channels (RGB in −1..1, prior in 0..1) to one channel of logits, same size.

    GroupNorm everywhere: nothing depends on the batch, so the network is the same in training,
    in fine-tuning and under `functional_call`. Every operation has a second derivative, so
    second-order meta-gradients are exact. Features lie in memory with their channels last, which
    convolutions on a CPU are fastest in; parameters may lie in either order.

    Args:
        widths: channels at strides 1, 2, 4, 8.
        decoder_width: channels of the decoder.
    """

    def __init__(
        self, widths: tuple[int, int, int, int] = (16, 48, 96, 128), decoder_width: int = 32
    ) -> None:
        super().__init__()
        full, half, quarter, eighth = widths
        self.stem = _block(4, full)
        self.down_half = nn.Sequential(_block(full, half, stride=2), _block(half, half))
        self.down_quarter = nn.Sequential(_block(half, quarter, stride=2), _block(quarter, quarter))
        self.down_eighth = nn.Sequential(
            _block(quarter, eighth, stride=2), _block(eighth, eighth), _block(eighth, eighth)
        )
        self.lateral_eighth = nn.Conv2d(eighth, decoder_width, 1)
        self.lateral_quarter = nn.Conv2d(quarter, decoder_width, 1)
        self.lateral_half = nn.Conv2d(half, decoder_width, 1)
        self.up_quarter = _block(decoder_width, decoder_width)
        self.up_half = _block(decoder_width, decoder_width)
        self.narrow = nn.Conv2d(decoder_width, full, 1)
        self.up_full = _block(full, full)
        self.logits = nn.Conv2d(full, 1, 1)

    def forward(self, windows: Tensor) -> Tensor:  # n×4×s×s
        """Logits `n×1×s×s` of the object for `windows` `n×4×s×s`, s a multiple of 8."""
        full = self.stem(windows.contiguous(memory_format=torch.channels_last))
        half = self.down_half(full)
        quarter = self.down_quarter(half)
        eighth = self.down_eighth(quarter)
        x = self.lateral_eighth(eighth)
        x = self.up_quarter(_double(x) + self.lateral_quarter(quarter))
        x = self.up_half(_double(x) + self.lateral_half(half))
        # Full size costs most of all: few channels, and a sum in place of a concatenation.
        x = self.up_full(_double(self.narrow(x)) + full)
        logits: Tensor = self.logits(x)
        return logits


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, RectifiedGroupNorm(8, outputs))


def _double(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2.0, mode="bilinear", align_corners=False)
