"""The arrays that cross every boundary of vosbench: their shapes, dtypes and ranges, said once."""

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""RGB image, `uint8 h×w×3`, 0..255."""

Mask = NDArray[np.uint8]
"""Label map, `uint8 h×w`: 0 is background, any other value is the id of an object.

Ids need not be consecutive. 255 is void in annotations of some datasets; the protocol says
what becomes of it.
"""

VOID = 255
"""Value that many annotations give to pixels of which nobody can say what they show."""

BinaryMask = NDArray[np.bool_]
"""Pixels of one object, `bool h×w`."""


def check_image(image: Image) -> None:
    """Raise `ValueError` unless `image` is an `Image`.

    >>> check_image(np.zeros((4, 5, 3), np.uint8))
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"expected an image uint8 h×w×3, got {image.dtype} {image.shape}")


def check_mask(mask: Mask, size: tuple[int, int] | None = None) -> None:
    """Raise `ValueError` unless `mask` is a `Mask`, of `size` (h, w) if given.

    >>> check_mask(np.zeros((4, 5), np.uint8), size=(4, 5))
    """
    if mask.dtype != np.uint8 or mask.ndim != 2:
        raise ValueError(f"expected a label map uint8 h×w, got {mask.dtype} {mask.shape}")
    if size is not None and mask.shape != size:
        raise ValueError(f"expected a label map of size {size}, got {mask.shape}")


def check_binary_pair(first: BinaryMask, second: BinaryMask) -> None:
    """Raise `ValueError` unless both are `BinaryMask`s and of one size.

    >>> check_binary_pair(np.zeros((4, 5), np.bool_), np.ones((4, 5), np.bool_))
    """
    for mask in (first, second):
        if mask.dtype != np.bool_ or mask.ndim != 2:
            raise ValueError(f"expected a mask bool h×w, got {mask.dtype} {mask.shape}")
    if first.shape != second.shape:
        raise ValueError(f"expected two masks of one size, got {first.shape} and {second.shape}")


def object_ids(mask: Mask) -> tuple[int, ...]:
    """Ids of the objects in a label map, ascending; background is no object.

    >>> object_ids(np.array([[0, 3], [1, 3]], np.uint8))
    (1, 3)
    """
    highest = int(mask.max(initial=0))
    if highest <= 1:
        return (1,) * highest
    # Every value stands at the start of some run of equal ones; runs are few, pixels are many.
    flat = mask.reshape(-1)
    runs = flat[1:][flat[1:] != flat[:-1]]
    return tuple(value for value in sorted({int(flat[0]), *runs.tolist()}) if value)
