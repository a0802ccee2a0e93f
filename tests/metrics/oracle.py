"""J and F as their definitions read: slow, obvious, and without a line of vosbench."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]


def region(truth: Mask, prediction: Mask) -> float:
    true_pixels = set(map(tuple, np.argwhere(truth)))
    predicted_pixels = set(map(tuple, np.argwhere(prediction)))
    union = true_pixels | predicted_pixels
    return len(true_pixels & predicted_pixels) / len(union) if union else 1.0


def boundary(mask: Mask) -> Mask:
    """A pixel differs from its east, south or south-east neighbour, as far as the rules allow.

    The last row looks east only, the last column south only, their corner nowhere.
    """
    height, width = mask.shape
    result = np.zeros_like(mask)
    for y in range(height):
        for x in range(width):
            neighbours = [(y, x + 1), (y + 1, x), (y + 1, x + 1)]
            result[y, x] = any(
                mask[y, x] != mask[v, u] for v, u in neighbours if v < height and u < width
            )
    return result


def contour(truth: Mask, prediction: Mask, tolerance: float) -> float:
    radius = int(np.ceil(tolerance * np.linalg.norm(truth.shape)))
    true_contour = np.argwhere(boundary(truth))
    predicted_contour = np.argwhere(boundary(prediction))
    if len(predicted_contour) == 0 and len(true_contour) > 0:
        precision, recall = 1.0, 0.0
    elif len(predicted_contour) > 0 and len(true_contour) == 0:
        precision, recall = 0.0, 1.0
    elif len(predicted_contour) == 0 and len(true_contour) == 0:
        precision, recall = 1.0, 1.0
    else:
        precision = _near(predicted_contour, true_contour, radius) / len(predicted_contour)
        recall = _near(true_contour, predicted_contour, radius) / len(true_contour)
    if precision + recall == 0:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def decay(values: list[float]) -> float:
    """As the official evaluator does it, its 8-bit edges included: right up to 255 frames."""
    frames = np.array(values)
    edges = np.round(np.linspace(1, len(frames), 5) + 1e-10) - 1
    # By way of int64, since what a float beyond 255 becomes in 8 bits is up to the processor.
    ids = edges.astype(np.int64).astype(np.uint8)
    bins = [frames[ids[i] : ids[i + 1] + 1] for i in range(4)]
    return float(np.nanmean(bins[0]) - np.nanmean(bins[3]))


def _near(pixels: NDArray[np.int64], others: NDArray[np.int64], radius: int) -> int:
    """How many pixels have one of the others within `radius`: dx² + dy² ≤ radius²."""
    return sum(int(((others - pixel) ** 2).sum(axis=1).min()) <= radius**2 for pixel in pixels)


def region_of_pixels(truth: Mask, prediction: Mask) -> float:
    """`region` for whole images, where sets of pixels take too long."""
    union = int((truth | prediction).sum())
    return int((truth & prediction).sum()) / union if union else 1.0


def contour_by_distance(truth: Mask, prediction: Mask, tolerance: float) -> float:
    """`contour` for whole images: a pixel is near if its distance to the other contour is small."""
    radius = int(np.ceil(tolerance * np.linalg.norm(truth.shape)))
    true, predicted = _boundary_of_image(truth), _boundary_of_image(prediction)
    if not true.any() or not predicted.any():
        return float(true.any() == predicted.any())
    to_true, to_predicted = (ndimage.distance_transform_edt(~each) for each in (true, predicted))
    precision = int((predicted & (to_true <= radius)).sum()) / int(predicted.sum())
    recall = int((true & (to_predicted <= radius)).sum()) / int(true.sum())
    if precision + recall == 0:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def _boundary_of_image(mask: Mask) -> Mask:
    """Every pixel compared with itself moved; what enters at an edge is the edge itself."""
    padded = np.pad(mask, ((0, 1), (0, 1)), mode="edge")
    east, south, both = padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    return (mask != east) | (mask != south) | (mask != both)
