from tests.reports.gate.made_verdicts import MIXED, NOTHING, hostile
from vosbench.reports.gate.text import render_text


def test_the_verdict_comes_first_then_the_worst() -> None:
    assert render_text(MIXED).splitlines() == [
        "regression: mover held to baselines/mover.json",
        "regression: counted: 5 more inner steps than then",
        "inconclusive: comparable: stale baseline: seed was 0 and is 1",
        "pass: quality: J&F rose by 0.1 points",
        "not asked: timed",
    ]


def test_nothing_looked_at_is_said() -> None:
    told = render_text(NOTHING)
    assert told == "inconclusive: mover held to baselines/mover.json; nothing was looked at\n"


def test_nothing_from_outside_acts_on_a_terminal() -> None:
    told = render_text(hostile("regression"))
    assert "\x1b" not in told
    assert len(told.splitlines()) == 3


def test_colours_mark_verdicts_only() -> None:
    told = render_text(MIXED, ansi=True)
    assert told.startswith("\x1b[1;31mregression\x1b[0m: mover")
    assert told.count("\x1b[0m") == 4
