"""How far two contours may run apart and still agree."""

from math import ceil, sqrt

TOLERANCE = 0.008
"""Fraction of the image diagonal by which two contours may differ."""


def tolerance_radius(size: tuple[int, ...], tolerance: float = TOLERANCE) -> int:
    """Pixels by which contours may differ in an image of `size` (h, w); at least 1.

    Raises:
        ValueError: a tolerance that is not above 0.

    >>> tolerance_radius((480, 854))
    8
    """
    if not tolerance > 0:
        raise ValueError(f"expected a tolerance above 0, got {tolerance}")
    height, width = size
    return ceil(tolerance * sqrt(height * height + width * width))
