"""Each kind of failure in a sequence drawn so that it is the only one there, with its price."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from tests.failures.made_failures import COUNT, Box, Boxes, during, film, kept_run, label_map, zoo
from vosbench import kept_frames
from vosbench.arrays import Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.failures.events import (
    BOUNDARY,
    COLLAPSE,
    DRIFT,
    GHOST,
    KINDS,
    LOST,
    MISSED_RETURN,
    OVER_FIT,
    PART,
    SPILL,
    SWITCH,
    FailureEvent,
)
from vosbench.failures.mining import MinedRun, mined_runs
from vosbench.failures.shapes import grown

A, FAR, ELSEWHERE = (20, 20, 40, 40), (70, 100, 40, 40), (60, 20, 40, 40)
LEFT, RIGHT = (30, 20, 40, 40), (30, 90, 40, 40)
LARGE = (20, 20, 60, 60)
HERE: Boxes = {1: A}
NOTHING: Boxes = {}


@dataclass(frozen=True)
class Case:
    """A drawn sequence.

    Attributes:
        truth: annotations.
        answers: masks of the run.
        events: kind, object, first, last, worst, frames, and the sum of the losses of the frames.
    """

    truth: Sequence[Mask]
    answers: Sequence[Mask]
    events: tuple[tuple[str, int, int, int, int, int, float | Fraction], ...] = ()


def loss(J: Fraction, F: Fraction | int = 0) -> Fraction:
    """Of one frame; F of outlines that never come as near as two pixels is 0."""
    return 1 - (J + F) / 2


def by_pixels(mask: Mask, pixels: int) -> Mask:
    """Grown by that many pixels all around, or shrunk where it is below 0."""
    inside = mask == 1
    moved = grown(inside, pixels) if pixels > 0 else ~grown(~inside, -pixels)
    return moved.view(np.uint8)


def with_hole(box: Box, hole: Box) -> Mask:
    """A rectangle of object 1 with background in another one."""
    mask, (top, left, height, width) = label_map({1: box}), hole
    mask[top : top + height, left : left + width] = 0
    return mask


RING = Fraction(60 * 60, 66 * 66)  # J of a square with an outline 3 pixels too far out
# every outline pixel of half a bar of 4 × 60 is near a true one, and of 128 true ones 33 above, 33
# below and 3 to the left are near it
HALF_A_BAR = 2 * loss(Fraction(1, 2), 2 * Fraction(69, 128) / (1 + Fraction(69, 128)))
CASES: Mapping[str, Case] = {
    LOST: Case(
        film(HERE),
        film(HERE, during(4, 6, NOTHING)),
        ((LOST, 1, 4, 6, 4, 3, 3),),
    ),
    DRIFT: Case(
        film(HERE),
        film(HERE, during(5, 9, {1: FAR})),
        ((DRIFT, 1, 5, 9, 5, 5, 5),),
    ),
    SWITCH: Case(
        film({1: LEFT, 2: RIGHT}),
        film({1: LEFT, 2: RIGHT}, during(6, 7, {1: RIGHT, 2: LEFT})),
        ((SWITCH, 1, 6, 7, 6, 2, 2), (SWITCH, 2, 6, 7, 6, 2, 2)),
    ),
    GHOST: Case(
        film(HERE, during(6, 11, NOTHING)),
        film(HERE, during(9, 11, NOTHING)),
        ((GHOST, 1, 6, 8, 6, 3, 3),),
    ),
    MISSED_RETURN: Case(
        film(HERE, during(3, 4, NOTHING)),
        film(HERE, during(3, 7, NOTHING)),
        ((MISSED_RETURN, 1, 5, 7, 5, 3, 3),),
    ),
    # 60² pixels are true and 66² answered; 3 pixels out is too far for every bit of the outline,
    # and of the ring of 756 wrong pixels two thirds lie within 2
    BOUNDARY: Case(
        film({1: LARGE}),
        film({1: LARGE}, during(2, 8, {1: (17, 17, 66, 66)})),
        ((BOUNDARY, 1, 2, 8, 2, 7, 7 * loss(RING)),),
    ),
    # 36 of 120·160 pixels are less than 1/300 of the frame
    COLLAPSE: Case(
        film(HERE, during(3, 11, {1: (30, 30, 6, 6)})),
        film(HERE, {**during(3, 11, {1: (30, 30, 6, 6)}), **during(5, 9, NOTHING)}),
        ((COLLAPSE, 1, 5, 9, 5, 5, 5),),
    ),
    # a square that has grown from 20 to 60 pixels, about the centre of the first or elsewhere
    OVER_FIT: Case(
        film({1: (40, 40, 20, 20)}, during(3, 11, {1: LARGE})),
        film({1: (40, 40, 20, 20)}),
        ((OVER_FIT, 1, 3, 10, 3, 8, 8 * loss(Fraction(1, 9))),),
    ),
    "over-fit in shape alone": Case(
        film({1: (40, 40, 20, 20)}, during(3, 11, {1: (40, 80, 60, 60)})),
        film({1: (40, 40, 20, 20)}, during(3, 11, {1: (60, 100, 20, 20)})),
        ((OVER_FIT, 1, 3, 10, 3, 8, 8 * loss(Fraction(1, 9))),),
    ),
    PART: Case(
        film({1: LARGE}),
        film({1: LARGE}, during(1, 4, {1: (27, 27, 46, 46)})),
        ((PART, 1, 1, 4, 1, 4, 4 * loss(Fraction(46 * 46, 60 * 60))),),
    ),
    SPILL: Case(
        film(HERE),
        film(HERE, during(8, 10, {1: (13, 13, 54, 54)})),
        ((SPILL, 1, 8, 10, 8, 3, 3 * loss(Fraction(40 * 40, 54 * 54))),),
    ),
    "nothing wrong": Case(film(HERE), film(HERE)),
    "an object that leaves and returns": Case(
        film(HERE, during(4, 6, NOTHING)), film(HERE, during(4, 6, NOTHING))
    ),
    "grown by half the tolerance": Case(
        film({1: LARGE}), [by_pixels(each, 1) for each in film({1: LARGE})]
    ),
    "shrunk by half the tolerance": Case(
        film({1: LARGE}), [by_pixels(each, -1) for each in film({1: LARGE})]
    ),
    "wrong in frames that do not count": Case(film(HERE), film(HERE, {0: {1: FAR}, 11: {1: FAR}})),
    "a ghost, then a missed return": Case(
        film(HERE, during(3, 5, NOTHING)),
        film(HERE, during(3, 8, {1: FAR})),
        ((GHOST, 1, 3, 5, 3, 3, 3), (MISSED_RETURN, 1, 6, 8, 6, 3, 3)),
    ),
    "lost, then adrift": Case(
        film(HERE),
        film(HERE, during(2, 3, NOTHING) | during(4, 7, {1: FAR})),
        ((LOST, 1, 2, 3, 2, 2, 2), (DRIFT, 1, 4, 7, 4, 4, 4)),
    ),
    "lost after it was taken up again": Case(
        film(HERE, during(3, 3, NOTHING)),
        film(HERE, during(3, 4, NOTHING) | during(8, 9, NOTHING)),
        ((MISSED_RETURN, 1, 4, 4, 4, 1, 1), (LOST, 1, 8, 9, 8, 2, 2)),
    ),
    "one object lost, the other adrift": Case(
        film({1: LEFT, 2: RIGHT}),
        film({1: LEFT, 2: RIGHT}, during(4, 6, {2: (80, 90, 40, 40)})),
        ((LOST, 1, 4, 6, 4, 3, 3), (DRIFT, 2, 4, 6, 4, 3, 3)),
    ),
    # two good frames between two of one event are bridged and cost nothing, three are not
    "lost and found": Case(
        film(HERE),
        film(HERE, during(1, 1, NOTHING) | during(4, 4, NOTHING) | during(8, 9, NOTHING)),
        ((LOST, 1, 1, 4, 1, 2, 2), (LOST, 1, 8, 9, 8, 2, 2)),
    ),
    # no more than a tenth of the object's area beside it is no drift
    "specks": Case(
        film(HERE),
        film(HERE, during(4, 5, {1: (70, 100, 10, 15)}) | during(8, 9, {1: (70, 100, 10, 20)})),
        ((LOST, 1, 4, 5, 4, 2, 2), (DRIFT, 1, 8, 9, 8, 2, 2)),
    ),
    # 9 and 11 of a hundred pixels of the object
    "next to nothing of it": Case(
        film({1: LARGE}),
        film({1: LARGE}, during(2, 3, {1: (41, 41, 18, 18)}) | during(7, 8, {1: (40, 40, 20, 20)})),
        (
            (LOST, 1, 2, 3, 2, 2, 2 * loss(Fraction(18 * 18, 60 * 60))),
            (PART, 1, 7, 8, 7, 2, 2 * loss(Fraction(20 * 20, 60 * 60))),
        ),
    ),
    # smaller than a three-hundredth of the frame, but no smaller than it was
    "small from the beginning": Case(
        film({1: (30, 30, 7, 7)}),
        film({1: (30, 30, 7, 7)}, during(4, 5, NOTHING)),
        ((LOST, 1, 4, 5, 4, 2, 2),),
    ),
    # smaller than it was, but a hundredth of the frame
    "smaller, but not small": Case(
        film(HERE, during(3, 11, {1: (30, 30, 14, 14)})),
        film(HERE, during(3, 4, {1: (30, 30, 14, 14)}) | during(5, 11, NOTHING)),
        ((LOST, 1, 5, 10, 5, 6, 6),),
    ),
    # the first mask of another place and shape is no excuse where the other object is in that place
    "a switch to where the first mask is": Case(
        film({1: LEFT, 2: RIGHT}, during(4, 11, {1: RIGHT, 2: LEFT})),
        film({1: LEFT, 2: RIGHT}),
        ((SWITCH, 1, 4, 10, 4, 7, 7), (SWITCH, 2, 4, 10, 4, 7, 7)),
    ),
    # half a square: the region is not right, however near the outline the rest may be
    "half of a narrow object": Case(
        film({1: (20, 20, 4, 60)}),
        film({1: (20, 20, 4, 60)}, during(3, 4, {1: (20, 20, 4, 30)})),
        ((PART, 1, 3, 4, 3, 2, HALF_A_BAR),),
    ),
    "an answer that stays while the object moves": Case(
        film(HERE, during(4, 11, {1: FAR})),
        film(HERE),
        ((OVER_FIT, 1, 4, 10, 4, 7, 7),),
    ),
    # 80² pixels are true and 90² answered: of 1700 wrong ones less than half lie within 2 pixels,
    # though more than half within 3
    "an outline too far out": Case(
        film({1: (20, 40, 80, 80)}),
        film({1: (20, 40, 80, 80)}, during(4, 5, {1: (15, 35, 90, 90)})),
        ((SPILL, 1, 4, 5, 4, 2, 2 * loss(Fraction(80 * 80, 90 * 90))),),
    ),
    # a hole of 26² in 60²: its outline of 4 · 26 pixels is too many, 4 · 60 are right
    "a hole": Case(
        film({1: LARGE}),
        [
            with_hole(LARGE, (37, 37, 26, 26)) if index in (6, 7) else mask
            for index, mask in enumerate(film({1: LARGE}))
        ],
        ((PART, 1, 6, 7, 6, 2, 2 * loss(Fraction(2924, 3600), Fraction(480, 584))),),
    ),
    "lost after a part of it was taken up again": Case(
        film({1: LARGE}, during(3, 3, NOTHING)),
        film(
            {1: LARGE},
            during(3, 3, NOTHING)
            | during(4, 4, NOTHING)
            | during(5, 5, {1: (27, 27, 46, 46)})
            | during(6, 7, NOTHING),
        ),
        (
            (MISSED_RETURN, 1, 4, 4, 4, 1, 1),
            (PART, 1, 5, 5, 5, 1, loss(Fraction(46 * 46, 60 * 60))),
            (LOST, 1, 6, 7, 6, 2, 2),
        ),
    ),
    # 640 of 1600 answered pixels are on the object, and of 160 pixels of either outline 42 near the
    # other: 19 above, 19 below and 4 at the corners
    "adrift with one foot on the object": Case(
        film(HERE),
        film(HERE, during(6, 8, {1: (20, 44, 40, 40)})),
        ((DRIFT, 1, 6, 8, 6, 3, 3 * loss(Fraction(640, 2560), Fraction(42, 160))),),
    ),
    # the shape is that of the first mask, but what is wrong is the place
    "adrift, the object a little longer than at first": Case(
        film(HERE, during(3, 11, {1: (20, 20, 40, 44)})),
        film(HERE, during(3, 4, {1: (20, 20, 40, 44)}) | during(5, 11, {1: FAR})),
        ((DRIFT, 1, 5, 10, 5, 6, 6),),
    ),
    # frame 5 is worse than its neighbours
    "a worst frame": Case(
        film({1: LARGE}),
        film({1: LARGE}, during(4, 6, {1: (27, 27, 46, 46)}) | during(5, 5, {1: (28, 28, 44, 44)})),
        (
            (
                PART,
                1,
                4,
                6,
                5,
                3,
                2 * loss(Fraction(46 * 46, 60 * 60)) + loss(Fraction(44 * 44, 60 * 60)),
            ),
        ),
    ),
}
OBJECTS = sum(len(set(np.unique(case.truth[0])) - {0}) for case in CASES.values())


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MinedRun]:
    """What is found in one run on all the sequences."""
    runs = tmp_path_factory.mktemp("runs")
    data = zoo({name: case.truth for name, case in CASES.items()})
    made = kept_run(runs, data, "drawn", {name: case.answers for name, case in CASES.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_frames, "dataset_of", lambda manifest, places: data)
        (found,) = mined_runs([made], folder=runs, places=DatasetOptions(), workers=1)
        yield found


@pytest.mark.parametrize("name", CASES)
def test_exactly_what_was_drawn_is_found(mined: MinedRun, name: str) -> None:
    found = [event for event in mined.events if event.sequence == name]
    expected = [
        FailureEvent(
            kind=kind,
            sequence=name,
            object_id=object_id,
            first=first,
            last=last,
            worst=worst,
            frames=frames,
            price=pytest.approx(float(lost / Fraction(COUNT * OBJECTS)), abs=1e-12),
        )
        for kind, object_id, first, last, worst, frames, lost in CASES[name].events
    ]
    assert sorted(found, key=lambda event: (event.object_id, event.first)) == expected


def test_every_kind_has_a_sequence_of_its_own() -> None:
    for kind in KINDS:
        assert {event[0] for event in CASES[kind].events} == {kind}


def test_the_mean_and_all_prices_are_one(mined: MinedRun) -> None:
    lost = sum(Fraction(event[-1]) for case in CASES.values() for event in case.events)
    assert mined.objects == OBJECTS
    assert mined.goal == pytest.approx(1, abs=1e-12)
    prices = sum(event.price for event in mined.events)
    assert prices == pytest.approx(float(lost) / COUNT / OBJECTS, abs=1e-12)
    assert mined.J_and_F + prices + mined.rest == pytest.approx(1, abs=1e-12)
    assert mined.unexplained == 0
    # one pixel in or out all around: J is as it is, F is 1
    grown_by_one, shrunk_by_one = 62 * 62 - 4, 58 * 58
    slight = loss(Fraction(60 * 60, grown_by_one), F=1) + loss(
        Fraction(shrunk_by_one, 60 * 60), F=1
    )
    assert mined.slight == pytest.approx(float(slight) / OBJECTS, abs=1e-12)


def test_the_dearest_come_first(mined: MinedRun) -> None:
    prices = [event.price for event in mined.events]
    assert prices == sorted(prices, reverse=True)
