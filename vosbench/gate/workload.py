"""A fixed piece of work that takes turns with a method where no older code does.

It resembles what methods do on a core, so that what slows down one slows down the other: small
convolutions forth and back, a label map out of soft maps, and loops of Python. Its figures do not
matter.
"""

from collections.abc import Callable

import numpy as np

VERSION = 1
"""Raised when the work changes: times beside another work are no ratios of this one."""

CHANNELS, HEIGHT, WIDTH = 48, 60, 107
"""Of the maps; those of a frame of 240×432 at a stride of four."""

OBJECTS = 4
"""Soft maps that a label map is made of."""


def workload(device: str) -> Callable[[], object]:
    """One unit of the work, some 15 ms on a core of 2.6 GHz; the device may still be at it."""
    import torch
    from torch.nn.functional import conv2d, relu

    generator = torch.Generator().manual_seed(0)

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator).to(device)

    maps = numbers(1, CHANNELS, HEIGHT, WIDTH)
    kernel = (0.05 * numbers(CHANNELS, CHANNELS, 3, 3)).requires_grad_()
    soft = np.random.default_rng(0).random((OBJECTS, 4 * HEIGHT, 4 * WIDTH), np.float32)

    def unit() -> object:
        hidden = relu(conv2d(maps, kernel, padding=1))
        loss = conv2d(hidden, kernel, padding=1).square().mean()
        (gradient,) = torch.autograd.grad(loss, kernel)
        labels = soft.argmax(axis=0).astype(np.uint8)
        counts = {label: int((labels == label).sum()) for label in range(OBJECTS)}
        return gradient, sorted(counts.items(), key=lambda item: -item[1])

    return unit
