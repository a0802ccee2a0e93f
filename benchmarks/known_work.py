"""Work that no change of vosbench makes slower: how fast the machine was at the moment."""

from collections.abc import Callable

import numpy as np

SAMPLES = 15
"""Before a benchmark, and as many after it."""


def known_work() -> float:
    """Products of matrices that fit a cache and sums over an array that does not; some 2 ms."""
    rng = np.random.default_rng(0)
    matrix = rng.random((192, 192), np.float32)
    for _ in range(8):
        matrix = matrix @ matrix
        matrix /= matrix.max()
    large = np.full((1024, 1024), matrix[0, 0], np.float32)
    return float(large.sum() + np.sort(large[0]).sum())


def sampled(clock: Callable[[], float]) -> list[float]:
    """Seconds that it takes, `SAMPLES` times, after once that does not count."""
    known_work()
    found = []
    for _ in range(SAMPLES):
        began = clock()
        known_work()
        found.append(clock() - began)
    return found
