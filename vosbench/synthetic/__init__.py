"""Generated video with exact annotations, without end: training data, test data, the sample.

    clip = generate((*TRAINING, 17), ClipSettings(frames=8, stride=4))

The seeds of training, validation and sample begin with different numbers, so they never meet.
"""

from vosbench.synthetic.clip import Clip, generate
from vosbench.synthetic.settings import ClipSettings

GENERATOR_VERSION = 3
"""Raised whenever the same seed and settings give another clip."""

TRAINING = (0,)
"""First words of every seed of a training clip: `(*TRAINING, n)`."""

VALIDATION = (1,)
"""First words of every seed of the dataset `synthetic`: `(*VALIDATION, seed, n)`."""

SAMPLE = (2,)
"""First words of every seed of the embedded sample: `(*SAMPLE, n)`."""

__all__ = [
    "GENERATOR_VERSION",
    "SAMPLE",
    "TRAINING",
    "VALIDATION",
    "Clip",
    "ClipSettings",
    "generate",
]
