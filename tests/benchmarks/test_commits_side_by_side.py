"""Two source trees run a method in turn; here both are this one."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.commits_side_by_side.__main__ import Side, compare, line
from vosbench.command_line import choose_dataset
from vosbench.gate.sides import HERE
from vosbench.masks import write_mask
from vosbench.sequence import Dataset

OPTIONS: dict[str, object] = {
    "dataset": "synthetic",
    "sequences": None,
    "dataset_seed": 0,
    "count": 1,
    "root": None,
    "images": None,
    "annotations": None,
    "split": "val",
    "resolution": "480p",
}


def opened(**changes: object) -> Dataset:
    return choose_dataset(**OPTIONS | changes)  # type: ignore[arg-type]


def test_ratios_are_taken_pass_by_pass() -> None:
    old, new = Side((2.0, 8.0, 3.0), 0.5), Side((1.0, 2.0, 3.0), 0.504)
    assert line("method", 12, old, new).split() == [
        "method", "4.00", "6.00", "2.00", "1.00", "…", "4.00", "50.0", "50.4",
    ]  # fmt: skip


def test_a_tree_beside_itself_has_the_same_scores() -> None:
    old, new = compare(HERE, "copy-first", (), opened(), 2)
    assert len(old.seconds) == len(new.seconds) == 2
    assert all(seconds > 0 for seconds in (*old.seconds, *new.seconds))
    assert old.J == new.J
    assert 0 < old.J < 1


def test_datasets_may_lie_in_folders(tmp_path: Path) -> None:
    for kind in ("images", "annotations"):
        (tmp_path / kind / "clip").mkdir(parents=True)
    for name in ("00000.png", "00001.png", "00002.png", "00003.png"):
        label_map = np.zeros((16, 16), np.uint8)
        label_map[4:9, 4:9] = 1
        write_mask(tmp_path / "annotations" / "clip" / name, label_map)
        Image.new("RGB", (16, 16)).save(tmp_path / "images" / "clip" / name)
    places = {kind: tmp_path / kind for kind in ("images", "annotations")}
    dataset = opened(dataset="folders", count=None, **places)
    old, new = compare(HERE, "copy-first", (), dataset, 1)
    assert old.J == new.J == 1


def test_a_commit_that_does_not_exist_is_one_sentence() -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.commits_side_by_side",
            "nowhere",
            "--method",
            "copy-first",
        ],
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: commit nowhere cannot be checked out")
    assert "Traceback" not in answer.stderr
