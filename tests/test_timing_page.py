"""docs/timing.md is true: its conventions are those that ship, its example comes out as shown."""

import re
from pathlib import Path

import pytest

from tests.made_timings import made_timing, one_pass
from vosbench.speed.conventions import ALL, CONVENTIONS, PER_OBJECT, SEGMENTED
from vosbench.speed.rates import AMORTISED, END_TO_END, STEADY, rates, seconds_per_object_frame
from vosbench.timing import PHASES
from vosbench.timing_records import Timing

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "timing.md").read_text(encoding="utf-8")

FRAMES = {"segmented": SEGMENTED, "all": ALL, "per object": PER_OBJECT}


def table(*columns: str) -> list[list[str]]:
    """Rows of the table with these columns."""
    head = f"| {' | '.join(columns)} |\n| {' | '.join('---' for _ in columns)} |\n"
    assert PAGE.count(head) == 1
    body = PAGE.split(head)[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in row.split("|")[1:-1]] for row in body.splitlines()]


def example() -> list[Timing]:
    phases = ("init", "adapt", "infer", "post", "io")
    return [
        made_timing(
            one_pass({phase: float(cell) for phase, cell in zip(phases, spent, strict=True)}),
            frames=int(length) - 1,
            objects=int(objects),
        )
        for _, length, objects, *spent in table("sequence", "T", "objects", *phases)
    ]


def test_the_conventions_are_those_that_ship() -> None:
    rows = table("convention", "whose", "on the clock", "frames")
    assert [
        (name, who, tuple(phases.split(", ")), FRAMES[frames]) for name, who, phases, frames in rows
    ] == [(c.name, c.who, c.phases, c.denominator) for c in CONVENTIONS.values()]


def test_where_they_were_read_and_which_way_they_are_off() -> None:
    assert [tuple(row) for row in table("convention", "read in", "figure is")] == [
        (c.name, c.source, c.moved) for c in CONVENTIONS.values() if c.beyond
    ]


@pytest.mark.parametrize("row", table("convention", "frames", "seconds", "fps"), ids=lambda r: r[0])
def test_the_example_gives_the_figures_on_the_page(row: list[str]) -> None:
    name, frames, seconds, fps = row
    rule, timings = CONVENTIONS[name], example()
    sign = ", " if name == "aot-sequences" else " + "
    assert sign.join(str(rule.frames(timing)) for timing in timings) == frames
    spent = (
        sum(timing.passes[0].seconds.get(phase, 0.0) for phase in rule.phases) for timing in timings
    )
    assert sign.join(f"{each:.1f}" for each in spent) == seconds
    assert [f"{rate:.3f}" for rate in rule.rates(timings)] == [fps]


def test_every_convention_is_in_the_example() -> None:
    assert [row[0] for row in table("convention", "frames", "seconds", "fps")] == list(CONVENTIONS)


def test_the_other_figures_of_the_example() -> None:
    timings = example()
    (steady,), (end_to_end,) = rates(timings, STEADY), rates(timings, END_TO_END)
    (apiece,) = seconds_per_object_frame(timings)
    text = " ".join(PAGE.split())
    assert f"Steady it is 100 / 10 = {steady:.3f} fps" in text
    assert f"end to end 100 / 26 = {end_to_end:.3f} fps" in text
    assert f"25 / 220 = {apiece:.4f} s / object-frame" in text


def test_the_phases_of_the_figures_are_those_of_the_code() -> None:
    rows = {row[0]: row[1] for row in table("figure", "seconds", "over")}
    assert rows["fps amortised, the headline"] == ", ".join(AMORTISED)
    assert rows["fps steady"] == ", ".join(STEADY)
    assert rows["fps end to end"] == ", ".join(END_TO_END)


def test_all_phases_are_explained() -> None:
    told = re.findall(r"`(\w+)`", PAGE.partition("**Phases**")[2].partition("\n\n")[0])
    assert tuple(told[: len(PHASES)]) == PHASES
