"""Generated sequences: the embedded sample, and as many others as wanted. Nothing lies on disk."""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from vosbench.arrays import Image, Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.sequence import Dataset, Sequence
from vosbench.synthetic import (
    GENERATOR_VERSION,
    SAMPLE,
    VALIDATION,
    Clip,
    ClipSettings,
    generate,
)

DATASETS: dict[str, str] = {
    "sample": "embedded sample: four short generated sequences, always the same",
    "synthetic": "generated sequences, as many as wanted, from a seed",
    "synthetic-480p": "the same, as large and long as real ones: 60 frames of 854×480",
}

DEFAULT_COUNT = 10
"""Sequences of `synthetic` when no number is given."""

_GENERATED = ClipSettings(height=240, width=432, frames=24, stride=2.0)

_LARGE = ClipSettings(
    height=480, width=854, frames=60, stride=1.5, objects=(1, 2), hard=0.1, veil=0.05
)

_SHORT = ClipSettings(
    height=240, width=432, frames=20, stride=1.5, hard=0.0, leaving=0.0, twin=0.0, stranger=0.0
)


@dataclass(frozen=True)
class _Recipe:
    """What one sequence is generated from."""

    name: str
    seed: tuple[int, ...]
    settings: ClipSettings


def open_dataset(name: str, options: DatasetOptions) -> Dataset:
    """The embedded sample, or `options.count` sequences generated from `options.seed`.

    Frames are generated when the first of a sequence is read.

    Raises:
        UsageError: `name` is not of this module, or the count or seed cannot be used.
    """
    variant = ""
    if name == "sample":
        recipes = _sample()
    elif name in DATASETS:
        count = DEFAULT_COUNT if options.count is None else options.count
        recipes = _drawn(name, options.seed, count)
        variant = _variant(options.seed, count)
    else:
        raise UsageError(f"there is no generated dataset {name!r}; it is {' or '.join(DATASETS)}")
    return Dataset(name, "davis2017", tuple(_sequence(recipe) for recipe in recipes), variant)


def _variant(seed: int, count: int) -> str:
    """Seed and number of sequences, where they are not the default."""
    seeded = "" if seed == DatasetOptions.seed else f"seed{seed}"
    counted = "" if count == DEFAULT_COUNT else f"count{count}"
    return "-".join(filter(None, (seeded, counted)))


def _sample() -> tuple[_Recipe, ...]:
    """The recipes of the embedded sample: seeds chosen by eye, moderately hard."""
    chosen: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("crouch", 4, {"cast": ("person",), "objects": (1, 1)}),
        ("rider", 24, {"cast": ("rider",), "objects": (2, 2), "split": 1.0, "occlusion": 1.0}),
        ("animals", 48, {"cast": ("quadruped", "quadruped", "person"), "objects": (3, 3)}),
        ("car", 62, {"cast": ("car",), "objects": (1, 1), "hard": 0.3, "occlusion": 1.0}),
    )
    return tuple(
        _Recipe(f"sample-{place}-{name}", (*SAMPLE, number), replace(_SHORT, **changes))
        for place, (name, number, changes) in enumerate(chosen, start=1)
    )


def _drawn(name: str, seed: int, count: int) -> tuple[_Recipe, ...]:
    """`count` recipes of random content, for the dataset `name`."""
    if count < 1:
        raise UsageError(f"{count} generated sequences were asked for; ask for 1 or more")
    if seed < 0:
        raise UsageError(f"generated sequences cannot have the seed {seed}; give 0 or more")
    settings = _GENERATED if name == "synthetic" else _LARGE
    return tuple(
        _Recipe(f"{name}-{seed}-{index:03d}", (*VALIDATION, seed, index), settings)
        for index in range(count)
    )


def _sequence(recipe: _Recipe) -> Sequence:
    """The sequence that `recipe` describes, not generated yet."""

    def read_image(index: int) -> Image:
        image: Image = _clip(recipe).images[index].copy()
        return image

    def read_annotation(index: int) -> Mask:
        mask: Mask = _clip(recipe).masks[index].copy()
        return mask

    return Sequence(
        name=recipe.name,
        frames=tuple(f"{index:05d}" for index in range(recipe.settings.frames)),
        read_image=read_image,
        read_annotation=read_annotation,
        fingerprint=lambda: _fingerprint(recipe),
    )


@lru_cache(maxsize=2)
def _clip(recipe: _Recipe) -> Clip:
    """The frames of `recipe`; those of the last two recipes are kept."""
    return generate(recipe.seed, recipe.settings)


def _fingerprint(recipe: _Recipe) -> str:
    """Hex sha256 over all that the frames of `recipe` depend on."""
    parts = (GENERATOR_VERSION, recipe.seed, recipe.settings)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
