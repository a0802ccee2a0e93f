"""Datasets and methods small enough to run hundreds of times, and what to ask of their folders."""

import hashlib
import io
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vosbench.arrays import Image, Mask
from vosbench.method import MaskSource, Method
from vosbench.progress import Progress
from vosbench.records import Run
from vosbench.request import RunRequest
from vosbench.runner import run_dataset
from vosbench.sequence import Dataset, Sequence
from vosbench.store import load_runs

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


class Broken(Jitter):
    """Fails on the cat in the way it is told to."""

    def __init__(self, fault: Callable[[Mask], Mask]) -> None:
        super().__init__()
        self._fault = fault

    def step(self, image: Image) -> Mask:
        mask = super().step(image)
        return self._fault(mask) if set(np.unique(mask)) & {2, 5} else mask


def explode(mask: Mask) -> Mask:
    raise RuntimeError("out of luck\nsecond line")


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
    """A request for `build`, with a made-up source; not warmed up, so that every fit is a pass."""
    fields: dict[str, Any] = {
        "method": "jitter",
        "label": "jitter",
        "settings": {"reach": 2},
        "overrides": {},
        "source_sha256": "0" * 64,
        "origin": "tests 1.0",
        "build": build,
        "warm_up": False,
    }
    return RunRequest(**fields | changes)


def silent() -> Progress:
    return Progress(io.StringIO(), quiet=True)


BEAR, CAT, DOG = sequence("bear"), sequence("cat", ids=(2, 5)), sequence("dog", frames=4)
ZOO = dataset(BEAR, CAT, DOG)


class Counted:
    """Builds a method and counts the sequences that it is fitted to."""

    def __init__(self, make: Callable[[], Jitter] = Jitter) -> None:
        self._make = make
        self._made: list[Jitter] = []

    def __call__(self) -> Jitter:
        self._made.append(self._make())
        return self._made[-1]

    @property
    def fits(self) -> int:
        return sum(len(method.fits) for method in self._made)


def run(asked: RunRequest, data: Dataset, runs: Path, **more: Any) -> Run:
    return run_dataset(asked, data, runs, progress=silent(), **more)


def fits_of(runs: Path, data: Dataset = ZOO, **changes: Any) -> int:
    """How many sequences are segmented when this is run."""
    more = {"fresh": changes.pop("fresh")} if "fresh" in changes else {}
    build = Counted(changes.pop("build", Jitter))
    run(request(build, **changes), data, runs, **more)
    return build.fits


def only(runs: Path) -> Run:
    (found,) = load_runs(runs)
    return found


def folder_of(runs: Path) -> Path:
    return runs / only(runs).manifest.run


def content(folder: Path, pattern: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob(pattern)}


def run_on_the_zoo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a run that tests copy before they change anything."""
    runs = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, runs)
    return folder_of(runs)
