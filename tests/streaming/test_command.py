"""`vosbench report` about live video, from the command line to the files."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from vosbench.cli import main
from vosbench.masks import write_mask

FRAMES = tuple(f"{index:05}" for index in range(6))
SLEEPY = '''
"""Follows the square, and takes its time."""

import time

import numpy as np

from vosbench.method import Method

VARIANTS = {"sleepy": {}}


class Sleepy(Method):
    """One pixel to the right a frame, after 20 ms."""

    def fit(self, image, mask):
        self._mask = mask

    def step(self, image):
        time.sleep(0.02)
        self._mask = np.roll(self._mask, 1, axis=1)
        return self._mask
'''

CSV = ("--format", "csv")
Report = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tiny sequences, runs of two methods on them, and masks scored beside them."""
    place = tmp_path_factory.mktemp("place")
    for sequence in ("ball", "box"):
        for folder in ("images", "annotations"):
            (place / folder / sequence).mkdir(parents=True)
        for index, frame in enumerate(FRAMES):
            mask = np.zeros((20, 30), np.uint8)
            mask[5:12, 4 + index : 14 + index] = 1
            write_mask(place / "annotations" / sequence / f"{frame}.png", mask)
            picture = PIL.Image.fromarray(np.repeat(mask[:, :, None] * 200, 3, axis=2))
            picture.save(place / "images" / sequence / f"{frame}.png")
    (place / "sleepy.py").write_text(SLEEPY)
    with pytest.raises(SystemExit) as left:
        main(
            [
                *("run", "--plugin", str(place / "sleepy.py"), "--dataset", "folders"),
                *("--method", "sleepy", "--method", "copy-first", "--method", "stored"),
                *("--set", f"masks={place / 'annotations'}", *folders(place)),
            ]
        )
    assert left.value.code == 0
    return place


def folders(place: Path) -> tuple[str, ...]:
    """Where the dataset lies, and the runs."""
    return (
        *("--images", str(place / "images"), "--annotations", str(place / "annotations")),
        *("--runs", str(place / "runs")),
    )


@pytest.fixture
def report(place: Path, capsys: pytest.CaptureFixture[str]) -> Report:
    """Makes a report of the runs: exit code, what it prints, and what it complains of."""

    def made(*arguments: str, at: Path | None = None) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["report", *arguments, *(folders(place) if at is None else ("--runs", str(at)))])
        assert isinstance(left.value.code, int)
        return left.value.code, *capsys.readouterr()

    return made


def rows_of(text: str) -> dict[tuple[str, str, str], dict[str, str]]:
    rows = csv.DictReader(text.splitlines())
    return {(row["method"], row["fps"], row["slower"]): row for row in rows}


def test_the_limits_are_the_stored_scores_and_the_first_mask(report: Report, place: Path) -> None:
    code, text, _ = report(
        *("--table", "streaming", "--fps", "0.01,30", "--slower", "1,100000", "--format", "csv")
    )
    assert code == 0
    rows = rows_of(text)
    records = [json.loads(f.read_text()) for f in place.glob("runs/sleepy*/records/*.json")]
    stored = np.mean([score["J"]["mean"] for record in records for score in record["scores"]])
    waits, hopeless = rows["sleepy", "0.01", "1.0"], rows["sleepy", "30.0", "100000.0"]
    assert float(waits["J"]) == float(waits["J_offline"]) == stored == 1
    assert float(waits["late"]) == 0
    for metric in ("J", "F", "J&F"):
        assert hopeless[metric] == rows["copy-first", "0.01", "1.0"][metric]
    assert float(hopeless["late"]) == 1
    assert rows["stored", "0.01", "1.0"]["J"] == ""
    assert rows["stored", "0.01", "1.0"]["reason"] == "masks that existed already have no times"


def test_a_method_that_sleeps_is_late_where_it_must_be(report: Report) -> None:
    # 20 ms a step: in time at 2 frames a second however busy the machine is, never at 500
    code, text, _ = report("--table", "streaming", "--fps", "2,500", "--slower", "1", *CSV)
    assert code == 0
    rows = rows_of(text)
    assert float(rows["sleepy", "2.0", "1.0"]["late"]) == 0
    assert float(rows["sleepy", "500.0", "1.0"]["late"]) == 1


def test_head_start_deadline_and_policy_reach_the_table(report: Report) -> None:
    options = ("--policy", "latest", "--head-start", "--deadline", "0.5")
    code, text, _ = report("--table", "streaming", "--fps", "10", "--slower", "2", *options, *CSV)
    row = rows_of(text)["sleepy", "10.0", "2.0"]
    assert code == 0
    assert (row["policy"], row["init"], row["deadline_intervals"]) == ("latest", "before", "0.5")


def test_the_figure_and_its_data_are_written(report: Report, tmp_path: Path) -> None:
    code, *_ = report("--figure", "streaming", "--out", str(tmp_path / "live.svg"))
    assert code == 0
    assert (tmp_path / "live.svg").read_text().startswith("<?xml")
    rows = rows_of((tmp_path / "live.csv").read_text())
    assert {method for method, *_ in rows} == {"sleepy", "copy-first", "stored"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fps", "5,x"), "--fps takes numbers with commas between, such as 5,10,25; not '5,x'"),
        (("--fps", ""), "--fps takes numbers with commas between"),
        (("--fps", "5,5.0"), "--fps holds 5 twice; name every number once"),
        (("--fps", "0"), "a frame rate must be a finite number above 0, got 0"),
        (("--slower", "nan"), "times slower must be a finite number above 0, got nan"),
        (("--deadline", "-1"), "a deadline must be finite and at least 0, got -1"),
        (("--policy", "newest"), "'newest' is not one of 'queue', 'latest'"),
    ],
)
def test_an_option_that_does_not_fit_is_one_sentence(
    report: Report, options: tuple[str, ...], said: str
) -> None:
    code, shown, complaint = report("--table", "streaming", *options)
    assert code == 1
    assert not shown
    assert said in complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize("option", [("--fps", "5"), ("--head-start",), ("--deadline", "0")])
def test_options_of_live_video_are_refused_elsewhere(
    report: Report, place: Path, option: tuple[str, ...]
) -> None:
    code, _, complaint = report("--table", "overall", *option, at=place / "runs")
    assert code == 1
    assert f"{option[0]} is about live video: give it with --table streaming" in complaint


def test_a_dataset_that_is_not_named_is_asked_for(report: Report, place: Path) -> None:
    code, _, complaint = report("--table", "streaming", at=place / "runs")
    assert code == 1
    assert "--images" in complaint


def test_masks_that_were_changed_are_refused(report: Report, place: Path, tmp_path: Path) -> None:

    shutil.copytree(place / "runs", tmp_path / "runs")
    (masks,) = tmp_path.glob("runs/sleepy*/masks/box")
    write_mask(masks / "00003.png", np.zeros((20, 30), np.uint8))
    code, shown, complaint = report(
        "--table", "streaming", *folders(place)[:4], at=tmp_path / "runs"
    )
    assert (code, shown) == (5, "")
    assert "are not those that the run made" in complaint
