"""Other runs, and changed ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.tiny_runs import ZOO, folder_of, request, run
from vosbench.masks import read_mask, write_mask
from vosbench.sequence import Dataset


def another(runs: Path, data: Dataset = ZOO, **changes: Any) -> Path:
    """A run that is not `made`."""
    run(request(**changes), data, runs)
    return folder_of(runs)


def edit_manifest(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def paint(path: Path, object_id: int, pixels: int) -> None:
    """Give the first pixels of background to an object."""
    mask = read_mask(path).copy()
    for row, column in np.argwhere(mask == 0)[:pixels]:
        mask[row, column] = object_id
    write_mask(path, mask)
