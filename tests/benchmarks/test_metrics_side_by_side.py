"""Fake evaluators of a few lines stand for the real ones, which are not part of vosbench."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.metrics_side_by_side.__main__ import main
from benchmarks.metrics_side_by_side.cases import Case, folder_case, generated_case
from benchmarks.metrics_side_by_side.timing import entries, measured
from benchmarks.metrics_side_by_side.tools import (
    PEERS,
    ROOT,
    Peer,
    Tool,
    read_davis2017,
    read_percentages,
)
from vosbench.evaluate import Rules
from vosbench.mask_folders import mask_file
from vosbench.masks import read_mask, write_mask
from vosbench.metrics import protocols
from vosbench.scoring.folders import score_folders

DAVIS2017 = Rules(protocols.get("davis2017"))

WRITES_BESIDE_THE_MASKS = """
import pathlib, sys
folder = pathlib.Path(sys.argv[-1])
assert not list(folder.glob("*.csv")), "the run before is still there"
(folder / "results.csv").write_text("old")
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Annotations and predictions of two sequences, the second with two objects."""
    truth = np.zeros((24, 32), np.uint8)
    truth[4:12, 5:15] = 1
    for name in ("bear", "camel"):
        for kind, shift in (("annotations", 0), ("predictions", 2)):
            folder = tmp_path / kind / name
            folder.mkdir(parents=True)
            for frame in range(5):
                mask = np.roll(truth, frame + shift, axis=1)
                mask[15:20, 8 + shift :] = 2 * (name == "camel")
                write_mask(mask_file(folder, f"{frame:05d}"), mask)
    return tmp_path / "annotations", tmp_path / "predictions"


@pytest.fixture
def case(folders: tuple[Path, Path], tmp_path: Path) -> Case:
    return folder_case("given", *folders, tmp_path / "scratch")


def tool(name: str, program: str) -> Tool:
    """A tool that is a Python program; its last argument is the folder of predictions."""
    return Tool(
        name,
        lambda case, _: [sys.executable, "-c", program, str(case.predictions)],
        read_percentages,
        "davis2017",
        1e-9,
    )


def result(case: Case, program: str, *, timeout_seconds: float = 60) -> str:
    """What is said of a program that is to score masks."""
    waiting = entries([tool("fake", program)], [1])
    return measured(case, waiting, repetitions=1, timeout_seconds=timeout_seconds)[0].problem


def clone(folder: Path, script: str, program: str) -> Path:
    (folder / script).parent.mkdir(parents=True)
    (folder / script).write_text(program, encoding="utf-8")
    return folder


def printed_table(folders: tuple[Path, Path]) -> str:
    """What davis2017-evaluation prints of these masks, by vosbench's figures."""
    (scored,) = score_folders([folders[1]], folders[0], DAVIS2017)
    rows = [f"{s.sequence}_{s.object_id} {s.J.mean!r} {s.F.mean!r}" for s in scored.objects]
    return "\n".join(["- Per sequence results for val -", "Sequence J-Mean F-Mean", *rows])


def compared(folders: tuple[Path, Path], *options: str) -> list[str]:
    """Arguments for one short run over `folders`."""
    given = ["--annotations", str(folders[0]), "--predictions", str(folders[1])]
    return [*given, "--repetitions", "1", "--processes", "1", *options]


def test_tools_agree_differ_fail_or_are_absent(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = clone(tmp_path / "right", "evaluation_method.py", f"print({printed_table(folders)!r})")
    silent = clone(tmp_path / "silent", "benchmark.py", "print('nothing to say')")
    arguments = compared(
        folders, "--davis2017-evaluation", str(right), "--vos-benchmark", str(silent)
    )
    assert main([*arguments, "--format", "csv"]) == 2
    rows = {row["tool"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert {name: row["result"] for name, row in rows.items()} == {
        "vosbench": "agree",
        "vosbench, Pillow": "agree",
        "davis2017-evaluation": "agree",
        "vos-benchmark": "failed: ended with code 0 without a result: nothing to say",
        "sam2": "absent: no clone is given",
    }
    official = rows["davis2017-evaluation"]
    assert float(official["times_davis2017-evaluation"]) == 1
    seconds, own = (float(row["median_seconds"]) for row in (official, rows["vosbench"]))
    assert float(rows["vosbench"]["times_davis2017-evaluation"]) == pytest.approx(seconds / own)
    assert not rows["vosbench"]["times_sam2"]


def test_a_figure_that_differs_is_named_and_the_machine_too(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = printed_table(folders).replace("camel_2 ", "camel_2 -")
    peer = clone(tmp_path / "wrong", "evaluation_method.py", f"print({wrong!r})")
    assert main(compared(folders, "--davis2017-evaluation", str(peer))) == 2
    text = capsys.readouterr().out
    assert "davis2017-evaluation: J of camel 2 is -0." in text
    assert "Machine " in text
    assert "repetitions: 1;" in text


def test_what_a_tool_says_when_it_fails_is_told(case: Case) -> None:
    assert result(case, "raise SystemExit('no cv2 here')") == "ended with code 1: no cv2 here"
    assert result(case, "") == "ended with code 0 without a result: (it says nothing)"


def test_a_tool_that_waits_for_ever_is_stopped(case: Case) -> None:
    waits = "import threading; threading.Event().wait()"
    assert result(case, waits, timeout_seconds=0.3) == "no end within 0.3 s; stopped"


def test_tools_take_turns_and_a_failed_one_is_left_out(case: Case, tmp_path: Path) -> None:
    log = tmp_path / "log"
    note = f"import pathlib; pathlib.Path({str(log)!r}).open('a').write"
    row = "print('bear 001 50.0 50.0 50.0')"
    fakes = [tool(name, f"{note}({name!r}); {row}") for name in "AC"]
    fakes.insert(1, tool("B", f"{note}('B'); raise SystemExit(3)"))
    done = measured(case, entries(fakes, [1]), repetitions=3, timeout_seconds=60)
    assert log.read_text(encoding="utf-8") == "ABCACAC"
    assert [len(entry.seconds) for entry in done] == [3, 0, 3]


def test_nothing_that_a_tool_writes_stays(case: Case, folders: tuple[Path, Path]) -> None:
    program = WRITES_BESIDE_THE_MASKS + "print('bear 001 50.0 50.0 50.0')"
    done = measured(case, entries([tool("fake", program)], [1]), repetitions=2, timeout_seconds=60)
    assert not done[0].problem
    assert sorted(path.name for path in case.predictions.iterdir()) == ["bear", "camel"]
    assert sorted(path.name for path in folders[1].iterdir()) == ["bear", "camel"]


def test_a_tool_of_one_process_is_not_asked_for_two() -> None:
    fakes = [
        Tool("one", lambda *_: [], read_percentages, "davis2017", 0, several=False),
        tool("two", ""),
    ]
    assert [(e.tool.name, e.processes) for e in entries(fakes, [1, 2])] == [
        ("one", 1),
        ("two", 1),
        ("two", 2),
    ]


def test_layout_is_that_of_davis(case: Case, folders: tuple[Path, Path]) -> None:
    sets = case.davis / "ImageSets" / "2017" / "val.txt"
    assert sets.read_text(encoding="utf-8") == "bear\ncamel\n"
    assert len(list((case.davis / "JPEGImages" / "480p" / "bear").glob("*.jpg"))) == 5
    copied = read_mask(mask_file(case.annotations / "camel", "00003"))
    assert np.array_equal(copied, read_mask(mask_file(folders[0] / "camel", "00003")))


def test_generated_masks_can_be_scored(tmp_path: Path) -> None:
    case = generated_case(tmp_path, dataset_name="synthetic", sequences=1)
    (scored,) = score_folders([case.predictions], case.annotations, DAVIS2017)
    assert 0.3 < np.mean([each.J.mean for each in scored.objects]) < 0.95


def test_figures_of_the_official_table_are_read() -> None:
    text = """
    ---------- Per sequence results for val ----------
            Sequence              J-Mean              F-Mean
      bike-packing_1 0.00241085451216352 0.05602454813941691
      big_bike_12                1e-05                 nan

    Total time:3.2"""
    scores = read_davis2017(text)
    assert scores["bike-packing", 1] == (0.00241085451216352, 0.05602454813941691)
    assert scores["big_bike", 12][0] == 1e-5
    assert len(scores) == 2
    assert read_davis2017("In your PNG files there is an index higher than …") == {}


def test_percentages_are_read() -> None:
    text = (
        "sequence       obj   J&F     J     F\n"
        "Global score        57.9  50.8  65.1\n"
        "bike-packing  001   2.9   0.2   5.6\n"
        "goat          255 100.0 100.0 100.0\n"
    )
    assert read_percentages(text) == {
        ("bike-packing", 1): (pytest.approx(0.002), pytest.approx(0.056)),
        ("goat", 255): (1.0, 1.0),
    }


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_folder_that_is_no_clone_is_refused(
    peer: Peer, folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(compared(folders, f"--{peer.name}", str(folders[0]))) == 1
    assert f"--{peer.name} takes a clone of https://github.com/" in capsys.readouterr().err


def test_one_folder_alone_is_refused(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--annotations", str(folders[0])]) == 1
    assert "together or not at all" in capsys.readouterr().err


def test_pillow_alone_is_pillow_alone(folders: tuple[Path, Path]) -> None:
    file = str(mask_file(folders[0] / "bear", "00000"))
    program = (
        "import json, pathlib, sys; from vosbench import masks; data = "
        "pathlib.Path(sys.argv[1]).read_bytes(); before = masks.plain_mask(data, max_pixels=9999);"
        "import benchmarks.metrics_side_by_side.pillow_only;"
        "after = masks.plain_mask(data, max_pixels=9999);"
        "same = (masks.read_mask(pathlib.Path(sys.argv[1])) == before).all();"
        "print(json.dumps([before is None, after is None, bool(same)]))"
    )
    output = subprocess.run(
        [sys.executable, "-c", program, file],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    assert json.loads(output.stdout) == [False, True, True]
