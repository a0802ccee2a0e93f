"""Verdicts made by hand, and text that every format must survive."""

from vosbench.gate.findings import Finding, Verdict

HOSTILE = "a|b ]]> <b>\"'&\x00\x1b[31m\r\n::error::x, y: 100%\ud800\ufffe`_*"

STEPS = Finding(
    "counted", "inner steps", "regression", "5 more inner steps than then", baseline=10, measured=15
)
STALE = Finding(
    "comparable",
    "seed",
    "inconclusive",
    "stale baseline: seed was 0 and is 1",
    baseline="0",
    measured="1",
)
SCORES = Finding(
    "quality",
    "J&F (mean)",
    "pass",
    "J&F rose by 0.1 points",
    baseline=0.75,
    measured=0.751,
    unit="fraction",
)
MIXED = Verdict("mover", "baselines/mover.json", (SCORES, STALE, STEPS), ("not asked: timed",))
PASSED = Verdict("mover", "baselines/mover.json", (SCORES,))
NOTHING = Verdict("mover", "baselines/mover.json", ())


def hostile(verdict: str) -> Verdict:
    """A verdict of which every text is of the worst kind."""
    finding = Finding("exact", HOSTILE, verdict, HOSTILE, HOSTILE, HOSTILE, sequence=HOSTILE)
    return Verdict(HOSTILE, HOSTILE, (finding,), (HOSTILE,))
