"""How samples are taken: in turn, as many as it takes, of whatever lies beside the method."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gate.test_sides import git
from tests.tiny_runs import BEAR, DOG, dataset, request
from vosbench.errors import UsageError
from vosbench.gate import pace as taking
from vosbench.gate.facts import Pace
from vosbench.gate.pace import Against, take_pace
from vosbench.gate.rules import TimedRules
from vosbench.gate.sides import Spent
from vosbench.record_json import from_json, to_json
from vosbench.sequence import Sequence

RULES = TimedRules(passes=4, most=12)
ZOO = dataset(BEAR, DOG)
"""The dog is shorter."""


class FakeWorker:
    """Says that a first frame took 30 ms, frames 10 ms, a unit 2 ms; notes what it was told."""

    done: list[tuple[str, int]]
    clips: list[int]

    def __init__(self, side: Any, clips: Path) -> None:
        self.side = side
        self.machine = {"id": "0123456789ab", "cpu": "model A", "threads": 1, "torch": "2.9"}
        for file in clips.glob("*.npz"):
            with np.load(file) as arrays:
                FakeWorker.clips.append(len(arrays.files))

    def __enter__(self) -> "FakeWorker":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def passes(self, times: int = 1) -> tuple[dict[str, Spent], ...]:
        FakeWorker.done.append(("method", times))
        parts = {"first frame": 0.03, "frames": 0.01}
        return ({part: Spent(2 * times * each, times * each) for part, each in parts.items()},)

    def workload(self, times: int) -> Spent:
        FakeWorker.done.append(("workload", times))
        return Spent(2 * times * 0.002, times * 0.002)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    """What workers were told to do, and how often."""
    FakeWorker.done, FakeWorker.clips = [], []
    monkeypatch.setattr(taking, "Worker", FakeWorker)
    yield FakeWorker.done


def taken(against: Against | None = None, rules: TimedRules = RULES, **changes: Any) -> Pace:
    return take_pace(request(**changes), ZOO, rules, against or Against())


def test_both_take_turns_in_the_order_a_b_b_a(done: list[tuple[str, int]]) -> None:
    pace = taken()
    assert [what[0] for what, _ in done[-16:]] == list("mwwm" * 4)
    assert len(pace.seconds) == len(pace.reference_seconds) == 8  # twice as many for a baseline


def test_samples_are_of_as_many_as_a_clock_needs(done: list[tuple[str, int]]) -> None:
    pace = taken()
    assert (pace.passes, pace.units) == (3, 60)  # 80 ms and 4 ms: 0.24 s either
    assert done[-2:] == [("workload", 60), ("method", 3)]
    first, frames = pace.parts["first frame"], pace.parts["frames"]
    assert set(first.cpu_seconds) == {0.03}
    assert set(frames.seconds) == {0.02}
    assert set(frames.reference_cpu_seconds) == {0.002}
    assert set(pace.seconds) == {0.08}
    assert pace.clock == "cpu"


def test_it_goes_over_the_shortest_sequence(done: list[tuple[str, int]]) -> None:
    pace = taken()
    assert (pace.sequence, pace.steps) == ("dog", 3)
    assert FakeWorker.clips == [5]  # four frames and a mask


def test_long_sequences_are_cut(
    done: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "STEPS", 2)
    assert taken().steps == 2
    assert FakeWorker.clips == [4]


def test_circumstances_hold_what_ratios_depend_on(done: list[tuple[str, int]]) -> None:
    pace = taken()
    assert pace.machine == "0123456789ab"
    assert pace.circumstances == {"threads": 1, "torch": "2.9"}


def test_more_pairs_are_taken_until_it_is_enough(done: list[tuple[str, int]]) -> None:
    looks: list[int] = []

    def enough(pace: Pace) -> bool:
        looks.append(len(pace.seconds))
        return len(pace.seconds) >= 8

    assert len(taken(Against(enough=enough)).seconds) == 8
    assert looks == [0, 4, 8]


def test_it_is_given_up_in_the_end(done: list[tuple[str, int]]) -> None:
    assert len(taken(Against(enough=lambda pace: False)).seconds) == RULES.most
    assert len(taken(rules=replace(RULES, seconds=0.0)).seconds) == 0


def test_nothing_is_taken_where_nothing_can_be_compared(done: list[tuple[str, int]]) -> None:
    pace = taken(Against(enough=lambda pace: True))
    assert pace.machine == "0123456789ab"
    assert (pace.seconds, done) == ((), [])


def test_samples_are_like_those_of_the_baseline(done: list[tuple[str, int]]) -> None:
    baseline = replace(taken(), passes=7, units=9)
    pace = taken(Against(baseline=baseline, enough=lambda pace: bool(pace.seconds)))
    assert (pace.passes, pace.units) == (7, 9)
    assert done[-2:] == [("workload", 9), ("method", 7)]


def test_a_commit_takes_turns_by_parts(
    done: list[tuple[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "then")
    monkeypatch.chdir(tmp_path)
    rules = replace(RULES, against="commit")
    pace = taken(Against(commit="HEAD", enough=lambda pace: bool(pace.seconds)), rules)
    assert pace.reference == "HEAD"
    assert set(pace.parts["first frame"].reference_cpu_seconds) == {0.03}
    assert [what for what, _ in done] == ["method"] * len(done)
    assert pace.reference_seconds == pace.seconds


def test_without_a_commit_there_is_no_such_pace(done: list[tuple[str, int]]) -> None:
    pace = taken(rules=replace(RULES, against="commit"))
    assert pace.trouble == "the baseline names no commit that could take turns"
    assert (pace.seconds, done) == ((), [])


def test_a_side_that_fails_leaves_its_reason(
    done: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(worker: FakeWorker, times: int = 1) -> Any:
        raise UsageError("a side ended before its time: out of luck")

    monkeypatch.setattr(FakeWorker, "passes", fail)
    pace = taken()
    assert pace.trouble == "a side ended before its time: out of luck"
    assert pace.seconds == ()


def test_threads_leave_the_judgement_to_the_wall_clock(done: list[tuple[str, int]]) -> None:
    assert taken(rules=replace(RULES, threads=2)).clock == "wall"


def test_a_pace_is_the_same_from_its_file(done: list[tuple[str, int]]) -> None:
    pace = taken()
    assert from_json(to_json(pace), Pace) == pace


def test_a_sequence_that_cannot_be_read_is_no_pace(done: list[tuple[str, int]]) -> None:
    empty: Sequence = replace(DOG, read_annotation=lambda index: None)
    with pytest.raises(ValueError, match="no annotation of its first frame"):
        take_pace(request(), dataset(empty), RULES, Against())
