"""What gates allow: a small TOML file with defaults, so that an empty one will do."""

from dataclasses import dataclass, field

WEIGHTS = "weights"
ALLOWED = (WEIGHTS,)
"""What a change may be meant to change."""


@dataclass(frozen=True, kw_only=True)
class ExactRules:
    """Gate `exact`: what must come out the same to the bit.

    Attributes:
        masks: whether masks must be those of the baseline on the same platform.
        scores: how far a golden score may be off where masks are the same.
        elsewhere: on a platform of which the baseline has no masks: `"inconclusive"`, or
            `"quality"` to leave the judgement to that gate.
    """

    masks: bool = True
    scores: float = 1e-12
    elsewhere: str = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class QualityRules:
    """Gate `quality`: paired differences of the objects, drawn by sequence.

    Attributes:
        figure: one of J, F, J&F.
        drop: mean loss that is no regression, a fraction.
        sequence_drop: loss on a single sequence that is a regression whatever the mean says.
        level: of the interval of the mean difference.
    """

    figure: str = "J&F"
    drop: float = 0.005
    sequence_drop: float = 0.10
    level: float = 0.95


@dataclass(frozen=True, kw_only=True)
class CountedRules:
    """Gate `counted`: what a busy machine does not change.

    Attributes:
        calls: share by which calls (operators, inner steps, forward passes) may grow.
        bytes: share by which allocated bytes may grow.
        growth: bytes that memory may grow by with each frame.
    """

    calls: float = 0.0
    bytes: float = 0.01
    growth: float = 262_144.0


@dataclass(frozen=True, kw_only=True)
class TimedRules:
    """Gate `timed`: passes in turn with a reference in the same job.

    Attributes:
        against: `"workload"`, or `"commit"` for the commit of the baseline.
        slower: share by which it may be slower before it matters at all.
        least: seconds by which a pass may be slower likewise, whatever its share.
        level: one minus the chance of a false alarm of the rank tests, all of them together.
        passes: pairs of passes before the first verdict.
        most: pairs at which it is given up to take more, because they leave it undecided.
        seconds: that passes may take in all before no more are begun.
        threads: of numeric libraries; with one, time on a CPU is that of its core.
    """

    against: str = "workload"
    slower: float = 0.25
    least: float = 0.001
    level: float = 0.999
    passes: int = 14
    most: int = 42
    seconds: float = 120.0
    threads: int = 1


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """All rules.

    Attributes:
        gates: that are asked, of `vosbench.gate.findings.GATES` without `comparable`, which
            always is.
        allow: of `ALLOWED`, what may be another than the baseline's, so that the run is judged by
            its scores: masks cannot be the same then.
    """

    gates: tuple[str, ...] = ("exact", "quality", "counted", "timed")
    allow: tuple[str, ...] = ()
    exact: ExactRules = field(default_factory=ExactRules)
    quality: QualityRules = field(default_factory=QualityRules)
    counted: CountedRules = field(default_factory=CountedRules)
    timed: TimedRules = field(default_factory=TimedRules)
