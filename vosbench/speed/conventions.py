"""What others call frames per second, as data, and what a run measured here would be by their rule.

A convention says which phases are on the clock and which frames are in the denominator. Read in the
evaluation code of the methods named, at the commits given. What their clock saw and the stored
samples cannot tell apart is said beside the figure and never estimated.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vosbench.errors import UsageError
from vosbench.speed.rates import AMORTISED, by_pass, seconds_of
from vosbench.timing_records import TimedPass, Timing
from vosbench.wording import suggestion

SEGMENTED = "segmented"
"""Denominator: frames that the method had to segment."""

ALL = "all"
"""Denominator: frames of the video, the annotated first one included."""

PER_OBJECT = "per object"
"""Denominator: every frame once for each object in it, the annotated frame of each included."""

_TOTALS = "totals"
_SEQUENCES = "sequences"


@dataclass(frozen=True)
class Convention:
    """A rule by which frames per second are computed.

    Attributes:
        name: on the command line.
        who: whose rule it is.
        phases: on the clock.
        denominator: `SEGMENTED`, `ALL` or `PER_OBJECT`.
        waits: when their clock waits for the device.
        source: where the rule was read.
        beyond: what stored samples cannot tell apart from what was on their clock, and which way
            that moves the figure; empty where the translation is exact.
        moved: which way, in a few words; empty likewise.
        over: `"totals"`: frames and seconds are added up over sequences; `"sequences"`: the mean of
            the seconds a frame of sequences, turned over.
    """

    name: str
    who: str
    phases: tuple[str, ...]
    denominator: str
    waits: str
    source: str
    beyond: tuple[str, ...] = ()
    moved: str = ""
    over: str = _TOTALS

    def rates(self, timings: Iterable[Timing]) -> tuple[float, ...]:
        """Frames per second of each pass that every sequence has; 0 for a pass that failed."""
        found = (self._rate(passes) for passes in by_pass(timings))
        return tuple(rate for rate in found if rate is not None)

    def frames(self, timing: Timing) -> int:
        """Frames of a sequence that are in the denominator."""
        if self.denominator == SEGMENTED:
            return timing.frames
        if self.denominator == ALL:
            return timing.frames + 1
        alive = timing.object_frames or timing.frames * timing.objects
        return alive + timing.objects

    def rule(self) -> str:
        """The rule in one line: what is divided by what."""
        each = "" if self.over == _TOTALS else ", as 1 / mean over sequences of seconds a frame"
        return f"{_FRAMES[self.denominator]} / seconds of {', '.join(self.phases)}{each}"

    def _rate(self, passes: list[tuple[Timing, TimedPass]]) -> float | None:
        spent = [
            (self.frames(timing), seconds_of(made, self.phases))
            for timing, made in passes
            if timing.frames
        ]
        if not spent or any(math.isinf(seconds) for _, seconds in spent):
            return 0.0 if spent else None
        if self.over == _TOTALS:
            frames, seconds = sum(f for f, _ in spent), sum(s for _, s in spent)
        else:
            frames, seconds = len(spent), math.fsum(s / f for f, s in spent)
        return frames / seconds if seconds > 0 else None


_FRAMES: Mapping[str, str] = {
    SEGMENTED: "frames to segment",
    ALL: "all frames",
    PER_OBJECT: "all frames once for each object",
}

_ONLINE = ("adapt", "infer", "post")
"""All work in the steps, for a clock that starts after the first frame."""

_NO_COPY_IN = (
    "the copy of a frame to the device was off their clock and is in infer here, which makes the "
    "figure too low by it"
)
_NO_COPY_OUT = (
    "the copy of the mask to host memory was off their clock and is in post here, which makes the "
    "figure too low by it"
)

_NO_DECODING = (
    "decoding was on their clock; here io holds it together with saving, and is left out, which "
    "makes the figure too high"
)

_AOT = "yoxu515/aot-benchmark, networks/managers/evaluator.py at 0498a7c"

CONVENTIONS: Mapping[str, Convention] = {
    convention.name: convention
    for convention in (
        Convention(
            name="vbt-1",
            who="vosbench (VBT-1), amortised",
            phases=AMORTISED,
            denominator=SEGMENTED,
            waits="at the borders of phases",
            source="docs/timing.md",
        ),
        Convention(
            name="eosvos",
            who="e-OSVOS as published",
            phases=AMORTISED,
            denominator=PER_OBJECT,
            waits="never by itself; masks were copied to host memory on the clock, which waits",
            source="src/util/evaluate.py of dvl-tum/e-osvos, from a description of it",
            beyond=(
                _NO_DECODING,
                "objects were taken one by one; a method that takes them jointly gains from this "
                "denominator",
            ),
            moved="too high without decoding",
        ),
        Convention(
            name="eosvos-frames",
            who="e-OSVOS over frames of the video",
            phases=AMORTISED,
            denominator=ALL,
            waits="as eosvos",
            source="the seconds of eosvos over the frames of the video",
            beyond=(_NO_DECODING,),
            moved="too high without decoding",
        ),
        Convention(
            name="aot",
            who="AOT and DeAOT (All-Frame FPS)",
            phases=_ONLINE,
            denominator=SEGMENTED,
            waits="once at the end of a sequence; events on the device",
            source=_AOT,
            beyond=(_NO_COPY_IN, _NO_COPY_OUT),
            moved="too low by copies",
        ),
        Convention(
            name="aot-sequences",
            who="AOT and DeAOT (All-Seq FPS)",
            phases=_ONLINE,
            denominator=SEGMENTED,
            waits="once at the end of a sequence; events on the device",
            source=_AOT,
            beyond=(_NO_COPY_IN, _NO_COPY_OUT),
            over=_SEQUENCES,
            moved="too low by copies",
        ),
        Convention(
            name="stcn",
            who="STCN",
            phases=AMORTISED,
            denominator=ALL,
            waits="before and after a sequence",
            source="hkchengrex/STCN, eval_davis.py at 04ed17d",
            beyond=(
                "the whole clip was on the device before their clock started; its copy is in infer "
                "here, which makes the figure too low by it",
            ),
            moved="too low by copies",
        ),
        Convention(
            name="xmem",
            who="XMem",
            phases=AMORTISED,
            denominator=ALL,
            waits="after every frame; events on the device",
            source="hkchengrex/XMem, eval.py at 30bc6d9",
            beyond=(
                _NO_COPY_IN,
                "resizing to the size of the frame was on their clock, labels and their copy to "
                "host memory were not; post holds all of it, which makes the figure too low",
            ),
            moved="too low by copies and labels",
        ),
        Convention(
            name="cutie",
            who="Cutie",
            phases=("init", "adapt", "infer"),
            denominator=ALL,
            waits="before and after every frame; events on the device",
            source="hkchengrex/Cutie, cutie/eval_vos.py at e8773af",
            beyond=(
                _NO_COPY_IN,
                "resizing, labels and their copy to host memory were off their clock; that is so "
                "here only as far as the method marks them as post",
            ),
            moved="too low by copies, and by labels that are not marked as post",
        ),
        Convention(
            name="sam2",
            who="SAM 2 (benchmark script)",
            phases=_ONLINE,
            denominator=ALL,
            waits="never by itself",
            source="facebookresearch/sam2, sam2/benchmark.py at 9851575",
            beyond=(
                "one clip and one object, all frames on the device before the clock started; the "
                "first 5 of 25 passes were warm-up and the others were added up, here the median "
                "of the passes counts",
                "the memory of the annotated frame was encoded on their clock; here that is init, "
                "which is left out, so the figure is too high by it",
                "thresholds and the copy of masks to host memory were off their clock and are in "
                "post here, which makes the figure too low by it",
            ),
            moved="too high without init of the annotated frame, too low by copies and thresholds",
        ),
    )
}

UNSTATED: Mapping[str, str] = {
    "stm": "the code that its authors published times nothing, and runtimes that others print for "
    "it are marked as approximate or as extrapolated from one object",
    "feelvos": "the code that its authors published times nothing but the wait between checkpoints",
    "vot": "its toolkit stores the seconds of every call and computes no rate of them; it asks for "
    "a real-time experiment instead",
}
"""Rules that cannot be translated to, and why."""


def conventions(names: Iterable[str]) -> tuple[Convention, ...]:
    """The conventions of these names; `"all"` stands for every one.

    Raises:
        UsageError: no such convention, or one whose rule was never published.
    """
    found: dict[str, Convention] = {}
    for name in names:
        if name == "all":
            found |= CONVENTIONS
        elif name in CONVENTIONS:
            found[name] = CONVENTIONS[name]
        elif name in UNSTATED:
            raise UsageError(f"there is no rule to translate to {name}: {UNSTATED[name]}")
        else:
            raise UsageError(
                f"no convention {name!r}{suggestion(name, CONVENTIONS)}; the conventions are "
                f"{', '.join(CONVENTIONS)}, or all"
            )
    return tuple(found.values())
