"""A method that fine-tunes in no time, and ablations of it over generated squares."""

from pathlib import Path

PLUGIN = '''\
"""Grows towards the truth with every step, as fast as its rate and its weights let it."""

from pathlib import Path
from typing import Literal

import numpy as np

from vosbench.errors import DataError
from vosbench.method import Method

VARIANTS = {"grow-5": {"steps": 5}, "grow-10": {"steps": 10}}


class Grow(Method):
    def __init__(
        self,
        *,
        steps: int = 5,
        rate: float = 0.1,
        boxes: Literal["predicted", "annotation"] = "predicted",
        weights: Path | None = None,
    ) -> None:
        self.weights = weights
        self.bonus = 0.0
        if weights is not None:
            if not weights.is_file():
                raise DataError(f"there is no checkpoint {weights}")
            self.bonus = float(weights.read_text().split()[0])
        self.share = min(1.0, self.bonus + steps * rate)
        self.boxes = boxes

    @property
    def sees_annotations(self):
        return self.boxes == "annotation"

    def fit(self, image, mask):
        if image[0, 0, 0] == 99:
            raise RuntimeError("too dark")
        self.last = mask

    def step(self, image):
        mask = (image[..., 2] > 0).astype(np.uint8)
        pixels = np.flatnonzero(mask)
        kept = round(self.share * len(pixels)) if self.boxes == "predicted" else len(pixels)
        mask.ravel()[pixels[kept:]] = 0
        return mask

    def peek(self, mask):
        self.last = mask

    def provenance(self):
        if self.weights is None:
            return {}
        bonus, seconds = self.weights.read_text().split()
        return {"network": "none", "weights_sha256": bonus, "training_cpu_seconds": seconds}
'''

DEFINITION = """\
title = "Growth"
steps = [5]

[weights.parent]
train = ["parent", "--steps", "3"]
minutes = 2

[weights.child]
train = ["eosvos", "--parent", "{parent}"]

[[row]]
label = "slow"
method = "grow-5"
weights = "parent"
settings = { rate = 0.05 }

[[row]]
label = "quick"
method = "grow-5"
weights = "child"
"""


def definition(folder: Path, text: str = DEFINITION) -> Path:
    """A file that holds an ablation."""
    file = folder / "growth.toml"
    file.write_text(text, encoding="utf-8")
    return file


def plugin(folder: Path) -> Path:
    """A file that holds the method."""
    file = folder / "grow.py"
    file.write_text(PLUGIN, encoding="utf-8")
    return file
