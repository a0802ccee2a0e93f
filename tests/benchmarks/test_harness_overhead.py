"""What the harness adds is told apart from what a method takes, and is small."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.harness_methods import Nested, Still, Working
from benchmarks.harness_overhead import table, timed_pass
from benchmarks.harness_rounds import InMemory, Overhead, Sample, interval, measure
from vosbench.arrays import Image, Mask
from vosbench.method import Method

ROOT = Path(__file__).resolve().parents[2]
IMAGES = [np.full((24, 32, 3), index, np.uint8) for index in range(5)]
MASK = np.zeros((24, 32), np.uint8)
MASK[4:12, 8:20] = 1


class FakeTime:
    """Time that passes only when somebody works."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Clockwork(Still):
    """Fits in 2 s, steps in 1 s."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self._time.now += 2

    def step(self, image: Image) -> Mask:
        self._time.now += 1
        return super().step(image)


def test_what_is_added_in_phases_between_them_and_once_a_pass() -> None:
    time = FakeTime()

    def clumsy(method: Method, taken: InMemory) -> float:
        """Adds 0.1 s to each phase, 0.5 s after each step but the last, 10 s to begin and end."""
        clip = taken.clip()
        images = [clip.read_image(index) for index in range(len(clip))]
        time.now += 10
        method.fit(images[0], MASK)
        phases, masks = 2.1, [MASK]
        time.now += 0.1
        for index, image in enumerate(images[1:]):
            time.now += 0.5 if index else 0.0
            masks.append(method.step(image))
            phases += 1.1
            time.now += 0.1 if index < 3 else 0.0
        time.now += 10
        for index, mask in enumerate(masks):
            taken.keep(index, mask)
            time.now += 1000
        return phases

    found = measure("", Clockwork(time), IMAGES, MASK, harness=clumsy, rounds=3, now=time, cpu=time)
    assert found.frames == 4
    assert found.bare() == pytest.approx([1500] * 3)
    assert found.inside() == pytest.approx([0.5 / 4 * 1000] * 3)
    # the border that ends the last phase lies behind the last step: it is charged to the phase
    assert found.between() == pytest.approx([(1.5 - 0.1) / 4 * 1000] * 3)
    assert found.added() == pytest.approx([1.9 / 4 * 1000] * 3)
    assert found.added_cpu() == found.added()
    assert found.around() == pytest.approx([20_000] * 3)
    assert found.share == pytest.approx(1.9 / 6)


def overhead(*added: float, cpu: float = 2.0) -> Overhead:
    """One frame of 50 ms a pass; milliseconds added, by wall clock and in computing time."""
    samples = (Sample(0.05, (50 + each) / 1000, 0.05, cpu / 1000, 0.0) for each in added)
    return Overhead("made up", 1, tuple(samples))


@pytest.mark.parametrize(
    ("added", "verdict"),
    [
        ([0.9] * 20, "kept"),
        ([1.1] * 20, "MISSED"),
        ([0.2] * 15 + [40.0] * 5, "kept"),  # a neighbour was at work now and then
        ([1.2] * 15 + [-40.0] * 5, "MISSED"),
        ([0.5] * 11 + [1.5] * 9, "undecided"),
        ([0.1] * 5, "undecided"),  # too few to say anything
    ],
)
def test_verdicts_wait_until_the_samples_agree(added: list[float], verdict: str) -> None:
    assert verdict in table([overhead(*added)])


def test_computing_time_has_a_say_where_neighbours_spoil_the_wall_clock() -> None:
    restless = [0.5] * 11 + [1.5] * 9
    assert overhead(*restless, cpu=0.3).verdict == "kept by CPU time"
    # somebody had the core all along, or the harness waited for something
    assert overhead(*[1.1] * 20, cpu=0.3).verdict == "undecided"
    assert overhead(*[0.9] * 20, cpu=2.0).verdict == "kept"


def test_medians_and_quartiles_are_shown() -> None:
    said = table([overhead(0.1, 0.2, 0.3, 500.0)])
    assert "0.250 [0.175, 125.225]" in said
    assert "0.50 %" in said


def test_the_interval_for_a_median_is_that_of_the_tables() -> None:
    # Conover, Practical Nonparametric Statistics: with 20 samples, the 6th and the 15th
    assert interval([float(rank) for rank in range(20, 0, -1)]) == (6, 15)


@pytest.mark.parametrize("method", [Still(), Nested()], ids=["still", "nested"])
def test_a_timed_pass_adds_little_to_small_frames(method: Method) -> None:
    found = measure("", method, IMAGES, MASK, harness=timed_pass, rounds=5)
    assert 0 < min(found.added()) < 1
    assert min(found.inside()) < 1


def test_work_takes_about_as_long_as_asked_for() -> None:
    found = measure("", Working(0.02), IMAGES, MASK, harness=timed_pass, rounds=2)
    assert 5 < min(found.bare()) < 80  # on a machine with others on it


def test_the_command_prints_machine_command_and_a_line_a_method() -> None:
    small = ["--frames", "2", "--rounds", "2", "--height", "32", "--width", "48"]
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.harness_overhead", *small, "--method", "copy-first"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 4, said.stderr  # two rounds decide nothing
    lines = said.stdout.splitlines()
    assert lines[0].startswith("$ python -m benchmarks.harness_overhead --frames 2 --rounds 2")
    assert "2 frames of 48×32" in said.stdout
    for name in ("does nothing", "phases within phases", "about 20 fps", "copy-first"):
        assert sum(line.startswith(name) for line in lines) == 1


def test_a_method_that_does_not_exist_is_one_sentence() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.harness_overhead", "--method", "copyfirst"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("Error: no method 'copyfirst' (did you mean copy-first?)")
