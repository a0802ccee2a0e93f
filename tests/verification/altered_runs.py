"""Ways to alter what a run stored, and what a check of it found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vosbench.masks import read_mask, write_mask
from vosbench.verification.findings import Drift, RunCheck


def edit_json(path: Path, change: Callable[[Any], None]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def edit_lines(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    path.write_text("".join(change(path.read_text().splitlines(keepends=True))))


def rewrite_row(path: Path, sequence: str, object_id: int, frame: str, value: float) -> None:
    """Another J in one row of a file of scores."""

    def change(lines: list[str]) -> list[str]:
        start = f"{sequence},{object_id},{frame},"
        (at,) = [i for i, line in enumerate(lines) if line.startswith(start)]
        lines[at] = f"{start}{value!r},{lines[at].split(',')[4]}"
        return lines

    edit_lines(path, change)


def repaint(path: Path, change: Callable[[np.ndarray], None]) -> None:
    mask = read_mask(path).copy()
    change(mask)
    write_mask(path, mask)


def enlarge(mask: np.ndarray) -> None:
    """One more pixel of object 1."""
    row, column = np.argwhere(mask == 0)[-1]
    mask[row, column] = 1


def cells(check: RunCheck) -> list[tuple[str, int | None, str | None, str]]:
    return [(drift.file, drift.object_id, drift.frame, drift.figure) for drift in check.drifts]


def the_drift(check: RunCheck) -> Drift:
    (drift,) = check.drifts
    return drift


def causes(check: RunCheck) -> set[str]:
    return {drift.cause for drift in check.drifts}
