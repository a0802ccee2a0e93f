"""Calls of a method that take too long: interrupted, or ended with the process."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tiny_runs import BEAR, CAT, ZOO, Jitter, dataset, fits_of, only, request, run, stripes
from vosbench.arrays import Image, Mask
from vosbench.call_limits import CallLimits, OutOfTimeError
from vosbench.records import SequenceRecord
from vosbench.time_limits import TimeLimits
from vosbench.timing_records import THROUGHPUT, TimedPass

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 0.15
CAT_IMAGE = stripes(CAT.read_image(0))

posix = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs SIGALRM")


def snore() -> None:
    time.sleep(20)


def wait() -> None:
    threading.Event().wait(20)


def compute() -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        pass


def persist() -> None:
    """Takes every exception for a reason to try again."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            time.sleep(1)
        except Exception:  # noqa: BLE001 - what a careless plug-in does
            continue


class Slow(Jitter):
    """Does something that takes long at one place on the cat."""

    def __init__(self, where: str, what: Callable[[], None] = snore, number: int = 1) -> None:
        super().__init__()
        self._where, self._what, self._number = where, what, number

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self._steps = 0
        self._perhaps("fit")

    def step(self, image: Image) -> Mask:
        self._steps += 1
        self._perhaps(f"step {self._steps}")
        return super().step(image)

    def _perhaps(self, where: str) -> None:
        on_the_cat = self.fits[-1] == CAT_IMAGE and self.fits.count(CAT_IMAGE) == self._number
        if on_the_cat and where == self._where:
            self._what()


def passes(record: SequenceRecord) -> tuple[TimedPass, ...]:
    assert record.timing is not None
    return record.timing.passes


@posix
class TestSoftEnd:
    @pytest.mark.parametrize("what", [snore, wait, compute, persist])
    def test_a_first_frame_that_takes_too_long_fails_and_the_others_go_on(
        self, tmp_path: Path, what: Callable[[], None]
    ) -> None:
        limits = TimeLimits(init=LIMIT)
        began = time.monotonic()
        done = run(request(lambda: Slow("fit", what), time_limits=limits), ZOO, tmp_path)
        assert time.monotonic() - began < 10
        assert [record.state for record in done.records] == ["done", "failed", "done"]
        late = done.records[1]
        assert late.reason == "init took longer than 0.15 s"
        (made,) = passes(late)
        assert made.failed == late.reason
        assert made.seconds["init"] >= LIMIT
        assert (made.latencies, made.first_mask) == ((), None)
        assert only(tmp_path) == done
        assert fits_of(tmp_path) == 1

    def test_latencies_of_the_steps_before_are_kept(self, tmp_path: Path) -> None:
        asked = request(lambda: Slow("step 3"), time_limits=TimeLimits(step=LIMIT))
        late = run(asked, ZOO, tmp_path).records[1]
        (made,) = passes(late)
        assert made.failed == late.reason == "step took longer than 0.15 s"
        assert len(made.latencies) == 2
        assert made.first_mask is not None
        assert made.seconds["infer"] >= sum(made.latencies) + LIMIT
        assert late.timing is not None
        assert (late.timing.frames, late.timing.objects) == (4, 2)

    def test_a_late_pass_further_on_is_a_failed_pass_of_masks_that_stay(
        self, tmp_path: Path
    ) -> None:
        asked = request(
            lambda: Slow("fit", number=2), repetitions=3, time_limits=TimeLimits(init=LIMIT)
        )
        (record,) = run(asked, dataset(CAT), tmp_path).records
        assert record.state == "done"
        said = [made.failed for made in passes(record)]
        assert said == ["", "init took longer than 0.15 s", ""]
        assert passes(record)[1].seconds["init"] >= LIMIT

    def test_whole_clips_have_a_limit(self, tmp_path: Path) -> None:
        limits = TimeLimits(clip=LIMIT)
        asked = request(lambda: Slow("step 2"), mode=THROUGHPUT, time_limits=limits)
        late = run(asked, ZOO, tmp_path).records[1]
        assert late.reason == "clip took longer than 0.15 s"
        assert passes(late)[0].seconds["infer"] >= 0

    def test_a_warm_up_that_takes_too_long_is_given_up(self, tmp_path: Path) -> None:
        class Cold(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                super().fit(image, mask)
                if len(self.fits) == 1:
                    snore()

        asked = request(Cold, warm_up=True, time_limits=TimeLimits(warm_up=LIMIT))
        (record,) = run(asked, dataset(BEAR), tmp_path).records
        assert record.state == "done"
        assert not passes(record)[0].warm

    def test_calls_without_a_limit_may_take_as_long_as_they_like(self, tmp_path: Path) -> None:
        asked = request(
            lambda: Slow("fit", lambda: time.sleep(2 * LIMIT)), time_limits=TimeLimits(step=LIMIT)
        )
        assert run(asked, ZOO, tmp_path).records[1].state == "done"

    def test_passes_that_are_not_timed_are_limited_too(self, tmp_path: Path) -> None:
        asked = request(lambda: Slow("fit"), timed=False, time_limits=TimeLimits(init=LIMIT))
        late = run(asked, ZOO, tmp_path).records[1]
        assert (late.reason, late.timing) == ("init took longer than 0.15 s", None)

    def test_an_interruption_by_the_user_stays_one(self, tmp_path: Path) -> None:
        def interrupt() -> None:
            raise KeyboardInterrupt

        asked = request(lambda: Slow("fit", interrupt), time_limits=TimeLimits(init=5))
        with pytest.raises(KeyboardInterrupt):
            run(asked, ZOO, tmp_path)

    def test_the_signal_is_given_back_as_it_was(self, tmp_path: Path) -> None:
        seen: list[int] = []
        before = signal.signal(signal.SIGALRM, lambda number, frame: seen.append(number))
        try:
            run(request(time_limits=TimeLimits(init=5, step=5)), ZOO, tmp_path)
            assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
            signal.raise_signal(signal.SIGALRM)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert seen == [signal.SIGALRM]

    def test_whatever_moment_the_signal_comes_at_nothing_is_left_armed(self) -> None:
        limits = CallLimits(TimeLimits(step=2e-5, grace=30))
        late = 0
        with limits.watching():
            for number in range(20000):
                try:
                    with limits.over("step"):
                        sum(range(number % 300))
                except OutOfTimeError:
                    late += 1
            assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
            assert not limits.at_work
        assert late


def stuck(runs: Path, where: str, *, number: int = 1, held: bool = False) -> tuple[int, str]:
    """Exit code and standard error of a run that is stuck on the cat, in its pass `number`."""
    command = [sys.executable, "-m", "tests.stuck_run", str(runs), where, str(number)]
    ended = subprocess.run(
        [*command, "held" if held else "free"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )
    return ended.returncode, ended.stderr


@posix
class TestHardEnd:
    @pytest.mark.parametrize("where", ["fit", "step"])
    def test_the_process_is_ended_with_what_is_known_on_disk(
        self, tmp_path: Path, where: str
    ) -> None:
        code, told = stuck(tmp_path, where)
        call = "init" if where == "fit" else "step"
        assert code == 2
        assert told.splitlines()[-1] == (
            f"Error: jitter on cat: {call} took longer than 0.1 s and could not be stopped, so "
            "vosbench was ended; what was finished is kept, and the same command goes on from there"
        )
        bear, cat = only(tmp_path).records
        assert (bear.state, cat.state) == ("done", "failed")
        assert cat.reason == f"{call} took longer than 0.1 s"
        (made,) = passes(cat)
        assert made.failed == cat.reason
        assert made.seconds["init" if where == "fit" else "infer"] >= 0.1
        assert len(made.latencies) == (0 if where == "fit" else 1)
        (log,) = tmp_path.glob("*/records/cat.log")
        assert "in _perhaps" in log.read_text()
        assert fits_of(tmp_path) == 2
        assert [record.state for record in only(tmp_path).records] == ["done"] * 3
        assert not [path for path in tmp_path.rglob(".*") if path.name != ".lock"]

    def test_masks_that_stand_are_kept_and_the_pass_counts_as_failed(self, tmp_path: Path) -> None:
        code, _ = stuck(tmp_path, "fit", number=2)
        assert code == 2
        bear, cat, dog = only(tmp_path).records
        assert {record.state for record in (bear, cat, dog)} == {"done"}
        assert [len(passes(record)) for record in (bear, cat, dog)] == [2, 2, 1]
        assert passes(cat)[1].failed == "init took longer than 0.1 s"
        assert fits_of(tmp_path, repetitions=2) == 1

    def test_a_call_that_keeps_the_interpreter_to_itself_ends_too(self, tmp_path: Path) -> None:
        code, told = stuck(tmp_path, "fit", held=True)
        assert code == 1
        assert "Timeout" in told
        assert "in _perhaps" in told
        assert [record.sequence for record in only(tmp_path).records] == ["bear"]
        assert fits_of(tmp_path) == 2
