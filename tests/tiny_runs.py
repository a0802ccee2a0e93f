"""Datasets and methods small enough to run hundreds of times."""

import hashlib
import io
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.method import MaskSource, Method
from vosbench.progress import Progress
from vosbench.request import RunRequest
from vosbench.sequence import Dataset, Sequence

SIZE = (16, 20)


def sequence(name: str, frames: int = 5, ids: tuple[int, ...] = (1,), shift: int = 1) -> Sequence:
    """Squares that move to the right, one an id, before stripes that only this name has."""

    def annotation(index: int) -> Mask:
        mask = np.zeros(SIZE, np.uint8)
        for row, object_id in enumerate(ids):
            mask[1 + 4 * row : 4 + 4 * row, 1 + shift * index : 5 + shift * index] = object_id
        return mask

    def image(index: int) -> Image:
        colours = np.frombuffer(hashlib.sha256(name.encode()).digest()[: SIZE[1]], np.uint8)
        picture = np.zeros((*SIZE, 3), np.uint8)
        picture[..., 0] = colours
        picture[..., 1] = index
        picture[..., 2] = 80 * (annotation(index) > 0)
        return picture

    facts = f"{name} {frames} {ids} {shift}"
    return Sequence(
        name=name,
        frames=tuple(f"{index:05}" for index in range(frames)),
        read_image=image,
        read_annotation=annotation,
        fingerprint=lambda: hashlib.sha256(facts.encode()).hexdigest(),
    )


def stripes(image: Image) -> str:
    """What tells the frames of one sequence from those of another."""
    return image[0, :4, 0].tobytes().hex()


def dataset(*sequences: Sequence, protocol: str = "davis2017") -> Dataset:
    return Dataset(name="tiny", protocol=protocol, sequences=sequences)


class Jitter(Method):
    """The first mask, shifted at random: every global generator and the seed have a say."""

    def __init__(self, *, reach: int = 2, weights: str = "w0") -> None:
        self.reach = reach
        self.weights = weights
        self.fits: list[str] = []

    def fit(self, image: Image, mask: Mask) -> None:
        self.fits.append(stripes(image))
        self._mask = mask
        self._own = random.Random(self.seed)

    def step(self, image: Image) -> Mask:
        shift = self._own.randint(0, self.reach) + random.randint(0, 1) + np.random.randint(0, 2)
        return np.roll(self._mask, shift, axis=1)

    def provenance(self) -> Mapping[str, str]:
        return {"network": "none", "weights_sha256": self.weights}


class Stored(MaskSource):
    """Masks that exist: all of one value in the right half."""

    def __init__(self, value: int = 1, content: str = "a", frames_less: int = 0) -> None:
        self.value, self.content, self.frames_less = value, content, frames_less
        self.reads = 0

    def masks(self, sequence: Sequence) -> Iterator[Mask]:
        self.reads += 1
        for _ in range(len(sequence) - self.frames_less):
            mask = np.zeros(SIZE, np.uint8)
            mask[:, SIZE[1] // 2 :] = self.value
            yield mask

    def fingerprint(self, sequence: Sequence) -> str:
        return hashlib.sha256(f"{self.content} {sequence.name}".encode()).hexdigest()


def request(build: Callable[[], Method | MaskSource] = Jitter, **changes: Any) -> RunRequest:
    """A request for `build`, with a made-up source."""
    fields: dict[str, Any] = {
        "method": "jitter",
        "label": "jitter",
        "settings": {"reach": 2},
        "overrides": {},
        "source_sha256": "0" * 64,
        "origin": "tests 1.0",
        "build": build,
    }
    return RunRequest(**fields | changes)


def silent() -> Progress:
    return Progress(io.StringIO(), quiet=True)
