"""`vosbench run`: how a run is timed is what its options say, and stands in its records."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from vosbench.cli import main
from vosbench.masks import write_mask

OFFLINE = '''\
"""Waits for the end."""

from vosbench.method import OfflineMethod

VARIANTS = {"offline": {}}


class Offline(OfflineMethod):
    def clip(self, images, mask):
        return [mask.copy() for _ in images[1:]]
'''

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs methods on a clip of three frames; the exit code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "offline.py").write_text(OFFLINE)
    for index in range(3):
        mask = np.zeros((20, 30), np.uint8)
        mask[5:12, 4 + index : 14 + index] = 1
        for folder in ("images", "annotations"):
            (tmp_path / folder / "ball").mkdir(parents=True, exist_ok=True)
        write_mask(tmp_path / f"annotations/ball/{index:05}.png", mask)
        image = PIL.Image.fromarray(np.repeat(mask[:, :, None] * 200, 3, axis=2))
        image.save(tmp_path / f"images/ball/{index:05}.png")
    where = ["--dataset", "folders", "--images", "images", "--annotations", "annotations"]

    def call(*arguments: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(["run", *where, "--plugin", "offline.py", *arguments])
        assert isinstance(left.value.code, int)
        return left.value.code

    return call


def timing(tmp_path: Path, run_name: str) -> dict[str, Any]:
    """What a record says of the time of the clip."""
    (record,) = tmp_path.glob(f"runs/{run_name}/records/ball.json")
    found = json.loads(record.read_text())["timing"]
    assert isinstance(found, dict)
    return found


def test_one_warm_streaming_pass_unless_asked_otherwise(run: Run, tmp_path: Path) -> None:
    assert run("--method", "copy-first") == 0
    found = timing(tmp_path, "copy-first__*")
    assert (found["planned"], found["mode"], len(found["passes"])) == (1, "streaming", 1)
    assert found["passes"][0]["warm"]
    assert found["cold_start"] > 0
    assert len(found["passes"][0]["latencies"]) == 2


def test_repetitions_of_several_methods_are_interleaved(run: Run, tmp_path: Path) -> None:
    both = ("--method", "copy-first", "--method", "offline", "--mode", "throughput")
    assert run(*both, "--repetitions", "3") == 0
    first, second = (timing(tmp_path, f"{name}__*") for name in ("copy-first", "offline"))
    assert [made["place"] for made in first["passes"]] == [0, 2, 4]
    assert [made["place"] for made in second["passes"]] == [1, 3, 5]
    assert len({made["session"] for found in (first, second) for made in found["passes"]}) == 1
    assert {found["mode"] for found in (first, second)} == {"throughput"}
    assert first["passes"][0]["latencies"] == []


def test_no_warm_up_stands_in_the_record(run: Run, tmp_path: Path) -> None:
    assert run("--method", "copy-first", "--no-warm-up") == 0
    found = timing(tmp_path, "copy-first__*")
    assert (found["cold_start"], found["passes"][0]["warm"]) == (None, False)


def test_a_method_that_needs_the_whole_clip_is_refused_in_one_sentence(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--method", "offline") == 1
    told = capsys.readouterr()
    assert told.err.startswith("Error: method offline needs the whole clip before it answers")
    assert told.err.endswith("run it with --mode throughput\n")
    assert told.out == ""


@pytest.mark.parametrize("wrong", [("--repetitions", "0"), ("--mode", "batch")])
def test_what_means_nothing_is_refused(run: Run, tmp_path: Path, wrong: tuple[str, str]) -> None:
    assert run("--method", "copy-first", *wrong) == 1
    assert not (tmp_path / "runs").exists()
