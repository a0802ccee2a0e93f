"""Sequences on the clock: sleeping methods, blocks of frames, whole clips, warm-ups, memory."""

import io
import math
import mmap
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    SIZE,
    ZOO,
    Jitter,
    content,
    dataset,
    folder_of,
    only,
    request,
    run,
    sequence,
)
from vosbench import segment as segmenting
from vosbench.arrays import Image, Mask
from vosbench.errors import MethodError, UsageError
from vosbench.method import Method, OfflineMethod
from vosbench.progress import Progress
from vosbench.request import run_name
from vosbench.runner import run_dataset
from vosbench.segment import segment
from vosbench.sensors.watch import Around, Watch
from vosbench.store import load_runs
from vosbench.timing import PhaseClock, phase
from vosbench.timing_records import STREAMING, THROUGHPUT, TimedPass, Timing

FIT, STEP, POST, ADAPT = 0.08, 0.03, 0.02, 0.05
"""Seconds that `Sleeper` sleeps in each phase."""


PASSES_OF_A_BUSY_MACHINE = 20


def sleep(seconds: float) -> None:
    """Sleep, and not a moment longer than the clock says, however late the system wakes one."""
    until = time.perf_counter() + seconds
    time.sleep(0.8 * seconds)
    while time.perf_counter() < until:
        pass


class Sleeper(Jitter):
    """Sleeps known times in every phase; adapts in the third step of each sequence."""

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self._steps = 0
        sleep(FIT)

    def step(self, image: Image) -> Mask:
        self._steps += 1
        if self._steps == 3:
            with phase("adapt"):
                sleep(ADAPT)
        sleep(STEP)
        with phase("post"):
            sleep(POST)
            return super().step(image)


class Late:
    """A device whose work ends after it was launched; nobody sleeps who does not wait for it."""

    def __init__(self) -> None:
        self._done = 0.0

    def launch(self, seconds: float) -> None:
        self._done = max(self._done, time.perf_counter()) + seconds

    def wait(self) -> None:
        sleep(max(0.0, self._done - time.perf_counter()))

    def mark(self) -> None:
        """It has no clock."""


def timed(method: Method, *, clock: PhaseClock | None = None, mode: str = STREAMING) -> Timing:
    clock = clock or PhaseClock()
    return segment(method, BEAR, lambda index, mask: None, seed=0, clock=clock, mode=mode)


def samples(made: TimedPass) -> dict[str, float]:
    """Seconds of the phases, of each step and to the first mask."""
    steps = {f"step {number}": seconds for number, seconds in enumerate(made.latencies)}
    return {**made.seconds, **steps, "first mask": made.first_mask or 0.0}


class TestSleepers:
    def test_each_phase_is_measured_within_five_per_cent(self) -> None:
        plain = STEP + POST
        expected = {"init": FIT, "adapt": ADAPT, "infer": 4 * STEP, "post": 4 * POST}
        expected |= {f"step {number}": plain for number in (0, 1, 3)}
        expected |= {"step 2": plain + ADAPT, "first mask": FIT + plain}
        least = dict.fromkeys(expected, math.inf)
        # A busy machine takes time away from any one pass, and gives none.
        for _ in range(PASSES_OF_A_BUSY_MACHINE):
            made = samples(timed(Sleeper()).passes[0])
            least = {name: min(seconds, made[name]) for name, seconds in least.items()}
            if all(least[name] <= 1.05 * expected[name] for name in expected):
                break
        assert least == pytest.approx(expected, rel=0.05)

    def test_steps_that_adapted_are_told_apart(self) -> None:
        assert timed(Sleeper()).passes[0].adapting == (2,)

    @pytest.mark.parametrize("mode", [STREAMING, THROUGHPUT])
    def test_work_that_a_device_ends_later_is_not_under_measured(self, mode: str) -> None:
        device = Late()

        class Launches(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                super().fit(image, mask)
                device.launch(FIT)

            def step(self, image: Image) -> Mask:
                device.launch(STEP)
                return super().step(image)

        clock = PhaseClock(device=device, inner_waits=mode == STREAMING)
        seconds = timed(Launches(), clock=clock, mode=mode).passes[0].seconds
        assert seconds["init"] >= 0.99 * FIT
        assert seconds["infer"] >= 0.99 * 4 * STEP

    def test_a_clip_as_a_whole_has_totals_and_no_latencies(self) -> None:
        timing = timed(Sleeper(), mode=THROUGHPUT)
        (made,) = timing.passes
        assert (timing.mode, made.latencies, made.first_mask) == (THROUGHPUT, (), None)
        total = sum(made.seconds[name] for name in ("init", "adapt", "infer", "post"))
        assert total >= FIT + ADAPT + 4 * (STEP + POST)
        assert made.seconds["init"] < FIT + STEP


class TestFramesAndMasks:
    @pytest.mark.parametrize("frames_ahead", [0, 1, 2, 3, 100])
    def test_frames_come_in_order_however_many_are_decoded_ahead(
        self, monkeypatch: pytest.MonkeyPatch, frames_ahead: int
    ) -> None:
        monkeypatch.setattr(segmenting, "AHEAD_BYTES", frames_ahead * 3 * SIZE[0] * SIZE[1])
        happened: list[str] = []
        seen: list[int] = []

        class Watches(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                super().fit(image, mask)
                self._see(image)

            def step(self, image: Image) -> Mask:
                self._see(image)
                return super().step(image)

            def _see(self, image: Image) -> None:
                happened.append("work")
                seen.append(int(image[0, 0, 1]))

        def read(index: int) -> Image:
            happened.append("read")
            return BEAR.read_image(index)

        kept: list[int] = []
        watched = replace(BEAR, read_image=read)
        segment(Watches(), watched, lambda i, _: kept.append(i), seed=0, clock=PhaseClock())
        assert seen == kept == [0, 1, 2, 3, 4]
        together = min(max(frames_ahead, 1), 5)
        assert happened[: together + 1] == ["read"] * together + ["work"]
        assert _longest(happened, "read") == together

    def test_an_answer_painted_over_later_is_kept_as_it_was(self) -> None:
        class Painter(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                self._canvas = np.zeros_like(mask)

            def step(self, image: Image) -> Mask:
                self._canvas[:] = 0
                self._canvas[int(image[0, 0, 1])] = 1
                return self._canvas

        kept: list[Mask] = []
        segment(Painter(), BEAR, lambda _, mask: kept.append(mask), seed=0, clock=PhaseClock())
        assert [int(mask.argmax() // SIZE[1]) for mask in kept[1:]] == [1, 2, 3, 4]

    def test_nothing_is_kept_while_the_method_is_at_work(self) -> None:
        order: list[str] = []

        class Works(Jitter):
            def step(self, image: Image) -> Mask:
                order.append("step")
                return super().step(image)

        segment(Works(), BEAR, lambda *_: order.append("keep"), seed=0, clock=PhaseClock())
        assert order == ["step"] * 4 + ["keep"] * 5

    def test_a_frame_is_told_off_whenever_it_is_done(self) -> None:
        for mode in (STREAMING, THROUGHPUT):
            told: list[int] = []
            segment(
                Jitter(),
                BEAR,
                lambda *_: None,
                seed=0,
                clock=PhaseClock(),
                mode=mode,
                tell=lambda told=told: told.append(1),
            )
            assert len(told) == 5


def _longest(happened: list[str], what: str) -> int:
    """Length of the longest stretch of the same thing."""
    return max(map(len, "".join("x" if one == what else " " for one in happened).split()))


class Backwards(OfflineMethod):
    """Gives to each frame the id of the first mask, moved by how many frames are still to come."""

    def clip(self, images: list[Image], mask: Mask) -> list[Mask]:
        left = range(len(images) - 1, 0, -1)
        return [np.roll(mask, many, axis=1) for many in left]


class TestModes:
    def test_the_masks_are_the_same_in_both(self, tmp_path: Path) -> None:
        for mode in (STREAMING, THROUGHPUT):
            run(request(mode=mode), ZOO, tmp_path / mode)
        one, other = (folder_of(tmp_path / mode) for mode in (STREAMING, THROUGHPUT))
        assert content(one, "masks/*/*") == content(other, "masks/*/*")

    def test_each_has_a_folder_and_says_in_it_which_it_is(self, tmp_path: Path) -> None:
        done = [run(request(mode=mode), ZOO, tmp_path) for mode in (STREAMING, THROUGHPUT)]
        assert [one.manifest.mode for one in done] == [STREAMING, THROUGHPUT]
        assert [one.records[0].timing.mode for one in done if one.records[0].timing] == [
            STREAMING,
            THROUGHPUT,
        ]
        assert run_name(request(), ZOO) == "jitter__tiny__seed0"
        assert run_name(request(mode=THROUGHPUT), ZOO) == "jitter__tiny__seed0__throughput"

    def test_a_method_that_needs_the_whole_clip_gets_it(self, tmp_path: Path) -> None:
        done = run(request(Backwards, mode=THROUGHPUT, warm_up=True), ZOO, tmp_path)
        assert {record.state for record in done.records} == {"done"}
        assert done.manifest.offline
        timings = [record.timing for record in done.records if record.timing]
        assert {made.warm for timing in timings for made in timing.passes} == {True}

    def test_and_is_refused_frame_by_frame(self, tmp_path: Path) -> None:
        with pytest.raises(
            UsageError, match=r"needs the whole clip.*run it with --mode throughput"
        ):
            run(request(Backwards), ZOO, tmp_path)
        with pytest.raises(MethodError, match="needs the whole clip"):
            Backwards().step(BEAR.read_image(0))

    def test_an_oracle_is_refused_the_whole_clip(self, tmp_path: Path) -> None:
        class Oracle(Jitter):
            @property
            def sees_annotations(self) -> bool:
                return True

        with pytest.raises(UsageError, match="is shown annotations between frames"):
            run(request(Oracle, mode=THROUGHPUT), ZOO, tmp_path)

    def test_a_mode_that_does_not_exist_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="there is no mode 'batch'; choose streaming or"):
            run(request(mode="batch"), ZOO, tmp_path)

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (lambda masks: masks[1:], r"Odd\.clip returned 3 masks, expected 4"),
            (lambda masks: [mask + 7 for mask in masks], r"Odd\.clip .* frame 00001 object id 7"),
            (lambda masks: [mask[1:] for mask in masks], r"an array uint8 \(15, 20\), expected"),
            (lambda masks: (mask for mask in masks), r"returned a generator, expected a list of 4"),
        ],
        ids=["number", "ids", "size", "not yet computed"],
    )
    def test_what_a_clip_may_not_be_answered(
        self, tmp_path: Path, answer: object, reason: str
    ) -> None:
        class Odd(Backwards):
            def clip(self, images: list[Image], mask: Mask) -> list[Mask]:
                assert callable(answer)
                found: list[Mask] = answer(super().clip(images, mask))
                return found

        done = run(request(Odd, mode=THROUGHPUT), dataset(BEAR), tmp_path)
        assert re.search(reason, done.records[0].reason)


class Counting(Jitter):
    """Remembers all that it was shown, and lets it have no say."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[int, ...]] = []

    def fit(self, image: Image, mask: Mask) -> None:
        self.shapes.append((*image.shape[:2], len(np.unique(mask)) - 1))
        super().fit(image, mask)


class TestWarmUp:
    def test_masks_know_nothing_of_it(self, tmp_path: Path) -> None:
        for warm in (True, False):
            run(request(warm_up=warm), ZOO, tmp_path / str(warm))
        one, other = (folder_of(tmp_path / str(warm)) for warm in (True, False))
        assert content(one, "masks/*/*") == content(other, "masks/*/*")

    def test_it_is_made_once_for_each_shape_and_told(self, tmp_path: Path) -> None:
        method = Counting()
        done = run(request(lambda: method, warm_up=True, repetitions=2), ZOO, tmp_path)
        # bear and dog have one object, the cat has two; a warm-up before each that is new
        assert method.shapes[:4] == [(*SIZE, 1), (*SIZE, 1), (*SIZE, 2), (*SIZE, 2)]
        assert len(method.shapes) == 6 + 2
        timings = [record.timing for record in done.records if record.timing]
        assert [timing.cold_start is None for timing in timings] == [False, False, True]
        assert {made.warm for timing in timings for made in timing.passes} == {True}
        cold = timings[0].cold_start
        assert cold is not None
        assert cold >= timings[0].passes[0].seconds["load"]

    def test_without_it_the_record_says_so(self, tmp_path: Path) -> None:
        run(request(warm_up=False), ZOO, tmp_path)
        for record in only(tmp_path).records:
            assert record.timing is not None
            assert (record.timing.cold_start, record.timing.passes[0].warm) == (None, False)

    def test_one_that_fails_is_told_and_the_pass_goes_on(self, tmp_path: Path) -> None:
        class Shy(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                super().fit(image, mask)
                if len(self.fits) == 1:
                    raise RuntimeError("not yet")

        said = io.StringIO()
        asked = request(Shy, warm_up=True)
        done = run_dataset(asked, dataset(BEAR, CAT), tmp_path, progress=Progress(said))
        bear, cat = (record.timing for record in done.records)
        assert bear is not None and cat is not None
        assert (bear.passes[0].warm, cat.passes[0].warm) == (False, True)
        assert "the warm-up for bear failed" in said.getvalue()
        assert "RuntimeError: not yet" in said.getvalue()

    def test_stored_generators_are_as_after_no_warm_up(self) -> None:
        drawn: list[float] = []

        class Draws(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                super().fit(image, mask)
                drawn.append(random.random())

        timed(Draws())
        random.seed(123)
        timed(Draws())
        assert drawn[0] == drawn[1]


@pytest.fixture
def bear_pass(tmp_path: Path) -> TimedPass:
    """A pass of a method that holds 64 MiB while it fits."""

    class Hungry(Jitter):
        def fit(self, image: Image, mask: Mask) -> None:
            super().fit(image, mask)
            with mmap.mmap(-1, 64 << 20) as held:  # an array might lie in memory freed before
                for page in range(0, 64 << 20, mmap.PAGESIZE):
                    held[page] = 1

    done = run(request(Hungry), dataset(sequence("bear", frames=40)), tmp_path)
    timing = done.records[0].timing
    assert timing is not None
    return timing.passes[0]


def test_memory_is_that_of_each_phase(bear_pass: TimedPass) -> None:
    peaks = {name: memory.host for name, memory in bear_pass.memory.items()}
    if peaks["infer"] is None:
        pytest.skip("this system sets no peak of memory back")
    assert peaks["init"] is not None
    assert peaks["init"] - peaks["infer"] > 60 << 20


def test_what_is_known_of_a_pass_stands_in_its_record(bear_pass: TimedPass) -> None:
    assert len(bear_pass.session) == 12
    assert bear_pass.seconds["load"] > 0
    assert bear_pass.joules is None, "no counter says anything of so short a window"


def test_clocks_and_temperatures_around_a_pass_stand_in_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Around(None, None, None, hertz=(2.6e9, 2.4e9), celsius=(40.0, 55.0))
    monkeypatch.setattr(Watch, "end", lambda watch: around)
    run(request(), dataset(BEAR), tmp_path)
    (stored,) = load_runs(tmp_path)
    timing = stored.records[0].timing
    assert timing is not None
    assert (timing.passes[0].hertz, timing.passes[0].celsius) == ((2.6e9, 2.4e9), (40.0, 55.0))
