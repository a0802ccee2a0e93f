"""`vosbench run`: how a run is timed is what its options say, and stands in its records."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from vosbench.cli import main
from vosbench.errors import UsageError
from vosbench.masks import write_mask
from vosbench.time_limits import time_limits
from vosbench.timing_records import THROUGHPUT

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


SLOW = '''\
"""Sleeps before its first frame, and nowhere else."""

import time

from vosbench.method import Method

VARIANTS = {"slow": {}}


class Slow(Method):
    def fit(self, image, mask):
        self._mask = mask
        time.sleep(20)

    def step(self, image):
        return self._mask.copy()
'''


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs SIGALRM")
def test_a_call_that_is_out_of_time_fails_its_sequence(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    asked = ("--plugin", "slow.py", "--method", "slow", "--no-warm-up")
    assert run(*asked, "--timeout", "60", "--timeout", "init=0.2") == 2
    assert "ball failed: init took longer than 0.2 s" in capsys.readouterr().err
    (made,) = timing(tmp_path, "slow__*")["passes"]
    assert made["failed"] == "init took longer than 0.2 s"
    assert made["seconds"]["init"] >= 0.2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("soon",), "--timeout soon is no time; give seconds above 0"),
        (("0",), "is no time"),
        (("init=inf",), "is no time"),
        (("adapt=3",), "names no call that is made in mode streaming; choose init, step, warm-up"),
        (("clip=3",), "names no call that is made in mode streaming"),
        (("step=3", "step=4"), "says twice how long step may take"),
        (("3", "4"), "says twice how long every call may take"),
    ],
)
def test_time_limits_that_mean_nothing_are_refused(
    run: Run, wrong: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = [word for each in wrong for word in ("--timeout", each)]
    assert run("--method", "copy-first", *limits) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_whole_clips_have_a_limit_of_their_own() -> None:
    limits = time_limits(["warm-up=5", "60"], mode=THROUGHPUT)
    assert (limits.clip, limits.warm_up) == (60, 5)
    with pytest.raises(UsageError, match="choose clip, warm-up"):
        time_limits(["init=5"], mode=THROUGHPUT)


def test_without_timing_there_are_masks_and_scores_and_no_times(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--method", "copy-first", "--no-timing") == 0
    told = capsys.readouterr()
    assert "frames/s" not in told.err
    assert "ball  J 0.818  F 1.000" in told.err
    (record,) = tmp_path.glob("runs/*/records/ball.json")
    assert json.loads(record.read_text())["timing"] is None
    assert not [*tmp_path.glob("runs/*/sessions/*")]


def test_repetitions_without_timing_are_refused(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--method", "copy-first", "--no-timing", "--repetitions", "3") == 1
    assert (
        "one pass is enough; leave out --repetitions 3, or --no-timing" in capsys.readouterr().err
    )
