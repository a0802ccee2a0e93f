"""Every table of runs whose names and labels hold what formats must escape."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports.made_streams import REQUEST
from tests.tiny_runs import dataset, request, run, sequence
from vosbench import kept_frames
from vosbench.methods.copy_first import CopyFirst
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Table
from vosbench.sequence import Dataset
from vosbench.store import load_runs

HOSTILE = (
    "a_b%&",
    r"\end{tabular}",
    "[3]*",
    "x|y`z",
    "#1 ~ ^2 {$5}",
    '"q" <b>',
    "-minus--",
    "<script>alert(1)</script>",
    "Müller–Łukasz Δ≤5° 黒鳥",
)

LOOK_AT_MASKS = ("attributes", "failures")
"""Tables that need more than records of runs."""


def small(name: str, value: float | None = 0.5) -> Table:
    """One row under two headings, its name everywhere."""
    columns = (Column("name", "name"), Column("value", name, "percent", "up", "values"))
    return Table(name, columns, (Row((Cell(name), Cell(value, best=True, notes=(1,)))),), (name,))


def hostile_runs(make_run: Callable[..., Run]) -> tuple[Run, ...]:
    """Measured, failed, incomplete, imported, with equal labels and hostile names."""
    weights = {"network": "com_pact", "weights": "w&w.safetensors", "weights_sha256": "ab" * 32}
    return (
        make_run(
            HOSTILE[0],
            {"blackswan": [0.91], "bmx-trees": [0.4], "a_b%": [0.5]},
            provenance=weights,
            settings={"steps": 10},
        ),
        make_run(
            "same",
            {"blackswan": [0.92], "bmx-trees": "50% of \\memory {gone}\nat once", "a_b%": None},
            settings={"steps": 10},
        ),
        make_run(
            "same",
            {"blackswan": [0.92], "bmx-trees": [0.1]},
            run="s2",
            overrides={"steps": 2},
            settings={"steps": 2},
        ),
        make_run("stored", {"blackswan": [0.3]}, imported=True, label=HOSTILE[2]),
    )


def hostile_masks(folder: Path) -> Dataset:
    """What two kept runs were made on; names as hostile as a file system lets them be."""
    data = dataset(sequence(HOSTILE[0], ids=(2, 5)), sequence("[3] x`y ~ ^2 {$5} 黒鳥", frames=4))
    run(request(label=HOSTILE[2]), data, folder)
    run(request(CopyFirst, method="copy-first", label=HOSTILE[5]), data, folder)
    return data


def built(name: str, runs: tuple[Run, ...], masks: tuple[Path, Dataset]) -> tuple[Table, ...]:
    """Table `name` with everything that it can hold; an ablation compares runs only."""
    if name in LOOK_AT_MASKS:
        folder, data = masks
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kept_frames, "dataset_of", lambda manifest, places: data)
            return tables.build(name, load_runs(folder), ReportOptions(runs_folder=str(folder)))
    quoted = () if name in ("ablation", "published") else ("PReMVOS", "Siam R-CNN")
    return tables.build(name, runs, ReportOptions(published=quoted, streaming=REQUEST))
