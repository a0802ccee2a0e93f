"""Clips of label maps as folders of masks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.metrics.clips import Clip, names
from tests.metrics.protocol_oracle import LabelMap
from vosbench.masks import write_mask


def blob(object_id: int = 1, moved: int = 0) -> LabelMap:
    """A square of 6×6 pixels in 20×12, `moved` columns to the right."""
    mask = np.zeros((12, 20), np.uint8)
    mask[3:9, 2 + moved : 8 + moved] = object_id
    return mask


def write_masks(folder: Path, masks: Sequence[LabelMap]) -> None:
    """One PNG a frame, 00000.png and so on."""
    folder.mkdir(parents=True)
    for name, mask in zip(names(len(masks)), masks, strict=True):
        write_mask(folder / f"{name}.png", mask)


def write_clip(root: Path, name: str, clip: Clip) -> None:
    """A sequence in `root/truth` and `root/masks`; frames without annotation have no PNG there."""
    write_masks(root / "masks" / name, clip.masks)
    write_masks(root / "truth" / name, [mask for mask in clip.truth if mask is not None])
