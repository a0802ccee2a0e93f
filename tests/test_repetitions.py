"""Several passes over a sequence: their order, what is kept of them, and what resuming adds."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    Jitter,
    content,
    dataset,
    fits_of,
    folder_of,
    only,
    request,
    run,
    silent,
    stripes,
)
from vosbench import method_run
from vosbench import passes as passes_module
from vosbench.arrays import Image, Mask
from vosbench.errors import DataError, MethodError, UsageError
from vosbench.progress import Progress
from vosbench.records import Run, SequenceRecord
from vosbench.repetitions import anew, with_pass
from vosbench.request import RunRequest
from vosbench.runner import run_together
from vosbench.timing_records import THROUGHPUT, TimedPass, Timing

NAMES = {stripes(sequence.read_image(0)): sequence.name for sequence in (BEAR, CAT, DOG)}


class Logged(Jitter):
    """Writes down which method is fitted to which sequence, and can fail at one of these."""

    def __init__(self, name: str, log: list[str], fails_at: tuple[int, ...] = ()) -> None:
        super().__init__()
        self._name = name
        self._log = log
        self._fails_at = fails_at

    def fit(self, image: Image, mask: Mask) -> None:
        self._log.append(f"{self._name} {NAMES[stripes(image)]}")
        if len(self._log) in self._fails_at:
            raise RuntimeError(f"fit number {len(self._log)}")
        super().fit(image, mask)


def team(log: list[str], *names: str, repetitions: int = 1) -> list[RunRequest]:
    """Requests for logged methods of these names."""
    return [
        request(
            lambda name=name: Logged(name, log),
            method=name,
            label=name,
            repetitions=repetitions,
        )
        for name in names
    ]


def passes(record: SequenceRecord) -> tuple[TimedPass, ...]:
    assert record.timing is not None
    return record.timing.passes


class TestOrder:
    def test_methods_take_turns_at_each_sequence_in_each_repetition(self, tmp_path: Path) -> None:
        log: list[str] = []
        run_together(
            team(log, "A", "B", repetitions=2), dataset(BEAR, DOG), tmp_path, progress=silent()
        )
        assert log == ["A bear", "B bear", "A dog", "B dog"] * 2

    def test_places_and_session_tell_the_order(self, tmp_path: Path) -> None:
        done = run_together(
            team([], "A", "B", repetitions=2), dataset(BEAR, DOG), tmp_path, progress=silent()
        )
        assert all(isinstance(one, Run) for one in done)
        a, b = done
        assert isinstance(a, Run) and isinstance(b, Run)
        places = [[made.place for made in passes(record)] for record in (*a.records, *b.records)]
        assert places == [[0, 4], [2, 6], [1, 5], [3, 7]]
        sessions = {made.session for one in (a, b) for r in one.records for made in passes(r)}
        assert len(sessions) == 1
        assert {made.beside for record in a.records for made in passes(record)} == {1}

    def test_all_methods_are_loaded_before_the_first_pass(self, tmp_path: Path) -> None:
        log: list[str] = []

        def loading(name: str) -> Callable[[], Logged]:
            def build() -> Logged:
                log.append(f"load {name}")
                return Logged(name, log)

            return build

        asked = [request(loading(name), method=name, label=name) for name in "AB"]
        run_together(asked, dataset(BEAR), tmp_path, progress=silent())
        assert log == ["load A", "load B", "A bear", "B bear"]

    def test_a_method_that_cannot_be_loaded_keeps_no_other_from_running(
        self, tmp_path: Path
    ) -> None:
        def build() -> Logged:
            raise RuntimeError("no engine")

        asked = [request(build, method="A", label="A"), *team([], "B")]
        error, done = run_together(asked, ZOO, tmp_path, progress=silent())
        assert isinstance(error, MethodError)
        assert "method A cannot be built" in str(error)
        assert isinstance(done, Run)
        assert {made.beside for record in done.records for made in passes(record)} == {0}

    def test_every_line_names_the_method_where_there_are_several(self, tmp_path: Path) -> None:
        said = io.StringIO()
        asked = team([], "A", "B", repetitions=2)
        run_together(asked, dataset(BEAR), tmp_path, progress=Progress(said))
        lines = said.getvalue().splitlines()
        named = [line[:10] for line in lines]
        assert named == ["1/4 A bear", "2/4 B bear", "3/4 A bear", "4/4 B bear"]
        assert re.match(r"3/4 A bear, pass 2 of 2  \d+\.\d frames/s", lines[2])


class TestPasses:
    def test_every_sample_of_every_pass_is_kept(self, tmp_path: Path) -> None:
        for record in run(request(repetitions=3), ZOO, tmp_path).records:
            timing = record.timing
            assert timing is not None
            assert (timing.planned, len(timing.passes)) == (3, 3)
            assert {len(made.latencies) for made in timing.passes} == {timing.frames}
            assert all(made.seconds["infer"] > 0 for made in timing.passes)
            assert all("init" in made.memory for made in timing.passes)
        assert only(tmp_path).records[2] == record

    def test_further_passes_give_the_same_masks_and_leave_the_files_alone(
        self, tmp_path: Path
    ) -> None:
        run(request(), ZOO, tmp_path)
        before = content(folder_of(tmp_path), "masks/*/*") | content(tmp_path, "*/scores/*")
        done = run(request(repetitions=3), ZOO, tmp_path)
        after = content(folder_of(tmp_path), "masks/*/*") | content(tmp_path, "*/scores/*")
        assert after == before
        assert [r.timing.steady_masks for r in done.records if r.timing] == [True] * 3

    def test_other_masks_are_told_and_those_that_were_scored_stay(self, tmp_path: Path) -> None:
        class Moody(Jitter):
            def step(self, image: Image) -> Mask:
                return np.roll(super().step(image), len(self.fits), axis=0)

        run(request(Moody), dataset(BEAR), tmp_path / "once")
        said = io.StringIO()
        asked = [request(Moody, repetitions=3)]
        (done,) = run_together(asked, dataset(BEAR), tmp_path, progress=Progress(said))
        assert isinstance(done, Run)
        timing = done.records[0].timing
        assert timing is not None
        assert timing.steady_masks is False
        assert said.getvalue().count("gave other masks than those that are scored") == 2
        kept = next(path for path in tmp_path.glob("*/masks") if "once" not in str(path))
        first = next(tmp_path.glob("once/*/masks"))
        assert content(kept, "*/*") == content(first, "*/*")

    def test_a_pass_that_fails_is_a_pass(self, tmp_path: Path) -> None:
        asked = request(lambda: Logged("A", [], fails_at=(2,)), repetitions=3)
        (record,) = run(asked, dataset(BEAR), tmp_path).records
        assert record.state == "done"
        assert [made.failed for made in passes(record)] == ["", "RuntimeError: fit number 2", ""]
        assert record.timing is not None
        assert record.timing.steady_masks is True
        assert passes(record)[1].seconds["init"] > 0
        assert fits_of(tmp_path, dataset(BEAR), repetitions=3) == 0

    def test_a_first_pass_that_fails_is_not_repeated(self, tmp_path: Path) -> None:
        log: list[str] = []
        asked = request(lambda: Logged("A", log, fails_at=(1,)), repetitions=3)
        first, _ = run(asked, dataset(BEAR, DOG), tmp_path).records
        assert first.state == "failed"
        assert [made.failed for made in passes(first)] == ["RuntimeError: fit number 1"]
        assert log == ["A bear", "A dog", "A dog", "A dog"]

    def test_frames_that_cannot_be_read_are_no_failure_of_the_method(self, tmp_path: Path) -> None:
        reads = [0]

        def read(index: int) -> Image:
            reads[0] += 1
            if reads[0] > len(BEAR):
                raise DataError("the disk is gone")
            return BEAR.read_image(index)

        gone = replace(BEAR, read_image=read)
        (record,) = run(request(repetitions=2), dataset(gone), tmp_path).records
        assert len(passes(record)) == 1
        assert fits_of(tmp_path, dataset(BEAR), repetitions=2) == 1


class TestResuming:
    def test_what_is_asked_for_again_is_there(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path, repetitions=2) == 6
        assert fits_of(tmp_path, repetitions=2) == 0
        assert fits_of(tmp_path) == 0
        assert len(passes(only(tmp_path).records[0])) == 2

    def test_more_repetitions_add_passes_of_another_session(self, tmp_path: Path) -> None:
        run(request(repetitions=2), ZOO, tmp_path)
        assert fits_of(tmp_path, repetitions=3) == 3
        for record in only(tmp_path).records:
            first, second, third = (made.session for made in passes(record))
            assert first == second != third
            assert record.timing is not None
            assert record.timing.planned == 3

    def test_fresh_starts_over(self, tmp_path: Path) -> None:
        run(request(repetitions=3), ZOO, tmp_path)
        assert fits_of(tmp_path, repetitions=2, fresh=True) == 6
        assert [len(passes(record)) for record in only(tmp_path).records] == [2, 2, 2]

    @pytest.mark.parametrize("at", range(1, 7))
    def test_an_interruption_loses_the_pass_at_work_and_nothing_else(
        self, tmp_path: Path, at: int
    ) -> None:
        class Interrupted(Logged):
            def fit(self, image: Image, mask: Mask) -> None:
                if len(self._log) == at - 1:
                    raise KeyboardInterrupt
                super().fit(image, mask)

        build = lambda: Interrupted("A", [])  # noqa: E731 - one line is all there is to it
        with pytest.raises(KeyboardInterrupt):
            run(request(build, repetitions=2), ZOO, tmp_path)
        kept = {record.sequence: passes(record) for record in only(tmp_path).records}
        assert sum(map(len, kept.values())) == at - 1
        assert fits_of(tmp_path, repetitions=2) == 6 - (at - 1)
        for record in only(tmp_path).records:
            assert len(passes(record)) == 2
            assert passes(record)[: len(kept.get(record.sequence, ()))] == kept.get(
                record.sequence, ()
            )

    def test_passes_of_several_machines_are_never_put_together(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(request(repetitions=2), dataset(BEAR), tmp_path)
        monkeypatch.setattr(method_run.machine, "fingerprint", lambda device: {"id": "elsewhere"})
        assert fits_of(tmp_path, dataset(BEAR), repetitions=2) == 0
        said = io.StringIO()
        (done,) = run_together(
            [request(repetitions=3)], dataset(BEAR), tmp_path, progress=Progress(said)
        )
        assert isinstance(done, Run)
        timing = done.records[0].timing
        assert timing is not None
        assert (timing.machine, len(timing.passes), timing.planned) == ("elsewhere", 3, 3)
        assert timing.steady_masks is True
        assert said.getvalue().count("is timed anew here") == 1

    @pytest.mark.parametrize(
        ("facts", "settings", "made"),
        [
            ({"threads": 1}, {}, 2),
            ({"threads": 2}, {}, 3),
            ({"threads": 1, "flags": {"tf32": "none"}}, {}, 2),
            ({}, {}, 2),
            ({"threads": 1}, {"warm_up": True}, 3),
        ],
    )
    def test_passes_under_other_circumstances_are_never_put_together(
        self,
        facts: dict[str, object],
        settings: dict[str, object],
        made: int,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def here(**facts: object) -> None:
            monkeypatch.setattr(
                method_run.machine, "fingerprint", lambda device: {"id": "here", **facts}
            )

        here(threads=1)
        log: list[str] = []
        asked = request(lambda: Logged("A", log))
        run(asked, dataset(BEAR), tmp_path)
        here(**facts)
        log.clear()
        done = run(replace(asked, repetitions=3, **settings), dataset(BEAR), tmp_path)
        sequences_fitted = [line for line in log if line == "A bear"]
        timing = done.records[0].timing
        assert timing is not None
        assert (len(timing.passes), len(sequences_fitted)) == (3, made)
        assert len({made.session for made in timing.passes}) == 1 + (made == 2)

    def test_masks_that_cannot_be_scored_get_no_further_pass(self, tmp_path: Path) -> None:
        short = replace(BEAR, frames=BEAR.frames[:2])
        log: list[str] = []
        asked = request(lambda: Logged("A", log), repetitions=3)
        run(asked, dataset(short), tmp_path)
        assert log == ["A bear"]


def test_fewer_than_one_repetition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one is the least"):
        run(request(repetitions=0), ZOO, tmp_path)


ONCE = TimedPass({"infer": 1.0})
TIMING = Timing(frames=1, objects=1, passes=(ONCE,), planned=2, machine="here")


@pytest.mark.parametrize(
    ("steady", "same", "expected"),
    [
        (None, True, True),
        (None, False, False),
        (None, None, None),
        (True, False, False),
        (True, None, True),
        (False, True, False),
    ],
)
def test_masks_are_steady_once_two_passes_agree_and_none_differs(
    steady: bool | None, same: bool | None, expected: bool | None
) -> None:
    timing = with_pass(replace(TIMING, steady_masks=steady), ONCE, planned=2, same_masks=same)
    assert timing.steady_masks is expected


def test_what_was_planned_first_is_kept_to_and_a_cold_start_happens_once() -> None:
    timing = with_pass(TIMING, ONCE, planned=1, same_masks=True, cold_start=3.0)
    assert (timing.planned, timing.cold_start) == (2, 3.0)
    assert with_pass(timing, ONCE, planned=3, same_masks=True, cold_start=9.0).cold_start == 3.0


def test_anew_on_another_machine_keeps_what_is_no_time() -> None:
    blank = anew(
        replace(TIMING, cold_start=1.0),
        machine="there",
        mode=THROUGHPUT,
        circumstances={"threads": 2},
    )
    assert (blank.passes, blank.machine, blank.mode) == ((), "there", THROUGHPUT)
    assert blank.circumstances == {"threads": 2}
    assert (blank.frames, blank.objects, blank.cold_start) == (1, 1, None)
    first = with_pass(blank, ONCE, planned=1, same_masks=True)
    assert (first.planned, first.steady_masks) == (1, None)


class TestWithoutAClock:
    def test_there_are_masks_and_scores_and_no_times(self, tmp_path: Path) -> None:
        done = run(request(timed=False, warm_up=True), ZOO, tmp_path / "plain")
        run(request(), ZOO, tmp_path / "timed")
        assert {record.timing for record in done.records} == {None}
        assert {record.state for record in done.records} == {"done"}
        plain, timed = (folder_of(tmp_path / name) for name in ("plain", "timed"))
        assert content(plain, "masks/*/*") == content(timed, "masks/*/*")
        assert content(plain, "scores/*") == content(timed, "scores/*")
        assert only(tmp_path / "plain").sessions == ()

    def test_nothing_goes_before_and_no_sensor_is_asked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def never(*arguments: object) -> None:
            raise AssertionError("a sensor was asked")

        monkeypatch.setattr(passes_module, "Watch", never)
        monkeypatch.setattr(passes_module, "MemoryMeter", never)
        assert fits_of(tmp_path, timed=False, warm_up=True) == 3

    def test_a_timed_run_adds_times_to_equal_masks_and_scores_nothing_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = run(request(timed=False), ZOO, tmp_path)
        monkeypatch.setattr(method_run.Scorer, "score", None)
        assert fits_of(tmp_path, repetitions=2) == 6
        for record, old in zip(only(tmp_path).records, before.records, strict=True):
            assert [made.failed for made in passes(record)] == ["", ""]
            assert replace(record, timing=None) == old
            assert record.timing is not None
            assert (record.timing.planned, record.timing.steady_masks) == (2, True)

    def test_masks_that_come_out_otherwise_replace_those_without_a_time(
        self, tmp_path: Path
    ) -> None:
        run(request(timed=False), dataset(BEAR), tmp_path)
        said = io.StringIO()
        asked = [request(lambda: Jitter(reach=9))]
        (done,) = run_together(asked, dataset(BEAR), tmp_path, progress=Progress(said))
        assert isinstance(done, Run)
        assert said.getvalue().count("its masks are replaced and scored anew") == 1
        run(asked[0], dataset(BEAR), tmp_path / "other")
        assert done.records[0].scores == only(tmp_path / "other").records[0].scores
        assert only(tmp_path).records == done.records
        assert fits_of(tmp_path, dataset(BEAR)) == 0

    def test_a_timed_pass_that_fails_leaves_the_masks_alone(self, tmp_path: Path) -> None:
        old = run(request(timed=False), dataset(BEAR), tmp_path).records[0]
        asked = request(lambda: Logged("A", [], fails_at=(1,)), repetitions=2)
        (record,) = run(asked, dataset(BEAR), tmp_path).records
        assert (record.state, record.scores) == ("done", old.scores)
        assert [made.failed for made in passes(record)] == ["RuntimeError: fit number 1", ""]

    def test_a_run_without_a_clock_finds_timed_results_good_enough(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        assert fits_of(tmp_path, timed=False) == 0
        assert all(passes(record) for record in only(tmp_path).records)

    def test_repetitions_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="leave out --repetitions, or --no-timing"):
            run(request(timed=False, repetitions=2), ZOO, tmp_path)


class TestSessions:
    def test_facts_of_every_machine_are_kept_once_a_session(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, data in (("here", dataset(BEAR, CAT)), ("there", ZOO)):
            facts = {"id": name, "cpu": f"the processor {name}"}
            monkeypatch.setattr(method_run.machine, "fingerprint", lambda device, f=facts: f)
            run(request(command=f"run {name}"), data, tmp_path)
        found = only(tmp_path)
        assert found.manifest.machine["id"] == "there"
        sessions = {session.session: session for session in found.sessions}
        assert [s.machine["id"] for s in found.sessions] == ["here", "there"]
        for record in found.records:
            (made,) = passes(record)
            session = sessions[made.session]
            assert record.timing is not None
            assert session.machine["id"] == record.timing.machine
            assert session.command == f"run {session.machine['id']}"
            assert session.machine["cpu"] == f"the processor {session.machine['id']}"

    def test_a_call_with_nothing_to_do_leaves_none(self, tmp_path: Path) -> None:
        first = run(request(), ZOO, tmp_path)
        assert run(request(), ZOO, tmp_path).sessions == first.sessions
        assert len(content(tmp_path, "*/sessions/*")) == len(first.sessions) == 1

    def test_sessions_whose_passes_are_gone_are_not_told(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        done = run(request(), ZOO, tmp_path, fresh=True)
        assert len(content(tmp_path, "*/sessions/*")) == 2
        assert len(done.sessions) == 1
        assert only(tmp_path).sessions == done.sessions

    def test_a_corrupt_one_is_told_in_one_sentence(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        (path,) = tmp_path.glob("*/sessions/*")
        path.write_text("{")
        with pytest.raises(DataError, match="is corrupt"):
            only(tmp_path)
