"""Annotated sequences whose objects have one attribute each, and runs that were scored on them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tests.attributes.made_videos import draw
from vosbench.datasets.options import DatasetOptions
from vosbench.masks import write_mask
from vosbench.records import Run

CALM, SMALL = "calm", "small"
FRAMES = 3


def dataset(folder: Path, objects: Mapping[str, tuple[str, ...]]) -> DatasetOptions:
    """Sequences of these objects in `folder`, each still: large ones or ones with a small box."""
    import PIL.Image

    heights = {CALM: 50, SMALL: 24}
    for name, kinds in objects.items():
        labels = draw(*((60, 36 + 65 * n, heights[k], 54) for n, k in enumerate(kinds)))
        for index in range(FRAMES):
            for kind in ("images", "annotations"):
                (folder / kind / name).mkdir(parents=True, exist_ok=True)
            write_mask(folder / "annotations" / name / f"{index}.png", labels)
            picture = PIL.Image.fromarray(np.zeros((*labels.shape, 3), np.uint8))
            picture.save(folder / "images" / name / f"{index}.png")
    return DatasetOptions(images=folder / "images", annotations=folder / "annotations")


def scored(
    make_run: Callable[..., Run],
    method: str,
    figures: Mapping[str, list[float] | None],
    **facts: object,
) -> Run:
    """A run on such sequences with the J of each object."""
    return make_run(method, figures, dataset="folders", protocol="davis2017", **facts)
