"""Timed passes of one method: warmed up, on the clock, with what was going on around them."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Self

from vosbench.arrays import object_ids
from vosbench.call_limits import CallLimits
from vosbench.device_clock import device_clock
from vosbench.errors import DataError
from vosbench.method import Method
from vosbench.pass_samples import PassSamples
from vosbench.request import RunRequest
from vosbench.rescore import reason_of
from vosbench.segment import Keep, Note, first_mask, segment, timing_of
from vosbench.sensors.memory import MemoryMeter, greater
from vosbench.sensors.watch import Around, Watch
from vosbench.sequence import Sequence
from vosbench.time_limits import NO_LIMITS
from vosbench.timing import PhaseClock
from vosbench.timing_records import STREAMING, Memory, TimedPass, Timing
from vosbench.warm_up import Shape, WarmUp


@dataclass
class Session:
    """One call of vosbench: its passes are interleaved, and counted in their order.

    Attributes:
        id: that no other session has.
        methods: that are loaded in it.
    """

    id: str = field(default_factory=lambda: secrets.token_hex(6))
    methods: int = 0
    _passes: int = 0

    def next_place(self) -> int:
        """The number of the pass that is about to begin, from 0."""
        self._passes += 1
        return self._passes - 1


@dataclass(frozen=True)
class Attempt:
    """What came of a pass.

    Attributes:
        timing: of this one pass, also where the method brought it to no end; None where frames
            could not be read or masks not be written, and where nothing is timed.
        error: that ended it.
    """

    timing: Timing | None
    error: BaseException | None = None

    def result(self) -> Timing:
        """The timing of this one pass; raises whatever ended it."""
        if self.error is not None:
            raise self.error
        assert self.timing is not None, "a timed pass that nothing ended has a timing"
        return self.timing


class PassTimer:
    """Times passes of one method over sequences.

    Args:
        method: loaded, the only one on its device that works while a pass is on.
        request: says on which device, from which seed, in which mode, and whether a made-up clip of
            the shape of a sequence goes before its first pass.
        load_seconds: that loading the method took.
        session: that the passes belong to.
        tell: says something that stays.
        limits: that calls of the method are held to.
    """

    def __init__(
        self,
        method: Method,
        request: RunRequest,
        *,
        load_seconds: float,
        session: Session,
        tell: Callable[[str], None],
        limits: CallLimits | None = None,
    ) -> None:
        self._method = method
        self._request = request
        self._device = device_clock(request.device)
        self._load_seconds = load_seconds
        self._session = session
        self._tell = tell
        self._limits = limits or CallLimits(NO_LIMITS)
        self._at_work: _AtWork | None = None
        self._meter = MemoryMeter(request.device)
        self._watch = Watch(request.device)
        self._warm_up = WarmUp(method, self._open_clock, seed=request.seed, mode=request.mode)
        self._warm: dict[Shape, bool] = {}

    def attempt(
        self, sequence: Sequence, keep: Keep, frame: Callable[[], None], note: Note
    ) -> Attempt:
        """One pass over `sequence`; its masks go to `keep`.

        Args:
            sequence: to be segmented.
            keep: see `vosbench.segment.segment`.
            frame: called, off the clock, whenever a frame is done.
            note: see `vosbench.segment.segment`.
        """
        with self._limits.watching():
            warm, cold_start = self._contact(sequence)
            timing, error = self._pass(sequence, keep, frame, note, warm=warm)
        return Attempt(timing and replace(timing, cold_start=cold_start), error)

    def cut_short(self, reason: str) -> Timing | None:
        """The timing of the pass at work as far as it has come; None where none is at work.

        May be asked for in another thread; asks no sensor, which may be what everything waits for.
        """
        return None if self._at_work is None else self._at_work.cut_short(reason)

    def _pass(
        self,
        sequence: Sequence,
        keep: Keep,
        frame: Callable[[], None],
        note: Note,
        *,
        warm: bool,
    ) -> tuple[Timing | None, BaseException | None]:
        peaks = _PhasePeaks(self._meter)
        clock = self._open_clock(peaks.note)
        window = _Window(self._watch)
        facts = TimedPass(
            {"load": self._load_seconds},
            session=self._session.id,
            place=self._session.next_place(),
            warm=warm,
            beside=self._session.methods - 1,
        )
        at_work = _AtWork(sequence, self._request.mode, PassSamples(clock), facts)
        self._at_work = at_work
        error: BaseException | None = None
        try:
            timing: Timing | None = segment(
                self._method,
                sequence,
                keep,
                seed=self._request.seed,
                clock=clock,
                mode=self._request.mode,
                at_work=window,
                tell=frame,
                samples=at_work.samples,
                limited=self._limits.over,
                note=note,
            )
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - whatever a plug-in raises
            error = raised
            if isinstance(error, DataError):  # no fault of the method's
                return None, error
            timing = at_work.cut_short(reason_of(error))
        finally:
            self._at_work = None
        if timing is None:
            return None, error
        made = replace(
            _with_facts(timing.passes[0], facts),
            memory=self._meter.with_driver(peaks.by_phase),
            joules=window.around.joules,
            contended=window.around.contended,
            throttled=window.around.throttled,
            hertz=window.around.hertz,
            celsius=window.around.celsius,
        )
        return replace(timing, passes=(made,)), error

    def _open_clock(self, at_border: Callable[[str], None] | None = None) -> PhaseClock:
        """A fresh clock; where only totals count it lets the device run on within phases."""
        waits = self._request.mode == STREAMING
        return PhaseClock(device=self._device, inner_waits=waits, at_border=at_border)

    def _contact(self, sequence: Sequence) -> tuple[bool, float | None]:
        """Whether the method is warm to the shape of `sequence`, and the cold start if it is new.

        A warm-up that fails is told and no more: the pass will show whether the method can do it.
        """
        if not self._request.warm_up:
            return False, None
        try:
            given = first_mask(sequence)
        except Exception:  # noqa: BLE001 - the pass will fail of it, and tell
            return False, None
        shape = Shape(given.shape[0], given.shape[1], len(object_ids(given)))
        try:
            with self._limits.over("warm-up"):
                seconds = self._warm_up.to(shape)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plug-in raises
            self._warm[shape] = False
            self._tell(
                f"the warm-up for {sequence.name} failed, so its times are those of a cold start: "
                f"{reason_of(error)}"
            )
            return False, None
        if seconds is None:
            return self._warm[shape], None
        self._warm[shape] = True
        return True, self._load_seconds + seconds


@dataclass(frozen=True)
class _AtWork:
    """A pass that is being made.

    Attributes:
        sequence: that it is over.
        mode: in which frames are handed over.
        samples: that it has measured.
        facts: a pass without any, with what is known of it beforehand.
    """

    sequence: Sequence
    mode: str
    samples: PassSamples
    facts: TimedPass

    def cut_short(self, reason: str) -> Timing | None:
        """Its timing as far as it has come; None where the first annotation cannot be read."""
        try:
            given = first_mask(self.sequence)
        except Exception:  # noqa: BLE001 - there is no time of a sequence that is not known
            return None
        made = _with_facts(self.samples.cut_short(reason), self.facts)
        return timing_of(self.sequence, object_ids(given), made, size=given.shape, mode=self.mode)


def _with_facts(made: TimedPass, facts: TimedPass) -> TimedPass:
    return replace(
        made,
        seconds={**made.seconds, **facts.seconds},
        session=facts.session,
        place=facts.place,
        warm=facts.warm,
        beside=facts.beside,
    )


class _Window(AbstractContextManager["_Window"]):
    """The time in which the method works, looked at from outside.

    Attributes:
        around: what was going on; all unknown until the window is closed.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.around = Around(contended=None, throttled=None, joules=None)

    def __enter__(self) -> Self:
        self._watch.begin()
        return self

    def __exit__(self, *error: object) -> None:
        self.around = self._watch.end()


class _PhasePeaks:
    """Most memory of each phase, read whenever a stretch of one ends."""

    def __init__(self, meter: MemoryMeter) -> None:
        self._meter = meter
        self.by_phase: dict[str, Memory] = {}
        meter.begin()

    def note(self, phase: str) -> None:
        """A stretch of `phase` has ended."""
        peak = self._meter.peak()
        before = self.by_phase.get(phase)
        self.by_phase[phase] = peak if before is None else greater(before, peak)
        self._meter.begin()
