"""What is lost is counted once: prices and the rest add up, whatever masks there are."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.failures.made_failures import SIZE, Boxes, InMemory, film, in_memory, indices, label_map
from vosbench.arrays import Mask
from vosbench.failures.events import FailureEvent
from vosbench.failures.joining import BRIDGED, events_of
from vosbench.failures.judging import judged
from vosbench.failures.mining import mine
from vosbench.failures.rules import SLIGHT

IDS = (1, 2, 4)
FIRST: Boxes = {1: (5, 5, 40, 50), 2: (60, 10, 30, 30), 4: (30, 90, 60, 40)}

boxes = st.dictionaries(
    st.sampled_from(IDS),
    st.tuples(
        st.integers(0, SIZE[0] - 1),
        st.integers(0, SIZE[1] - 1),
        st.sampled_from((1, 3, 20, 60)),
        st.sampled_from((1, 3, 20, 60)),
    ),
)
label_maps = boxes.map(label_map)


@st.composite
def masks(draw: st.DrawFn, frames: int = 5) -> list[Mask]:
    """Label maps that often stay what they were, so that events last."""
    found: list[Mask] = []
    for _ in range(frames):
        found.append(found[-1] if found and draw(st.booleans()) else draw(label_maps))
    return found


@st.composite
def sequences(draw: st.DrawFn) -> InMemory:
    """Annotations and answers under some protocol, both often as the first annotation."""
    first = label_map(FIRST)
    protocol = draw(st.sampled_from(("davis2016", "davis2017", "vos-benchmark", "youtube-vos")))
    truth: list[Mask | None] = [first, first, *draw(masks())]  # so that every object counts
    answers = [first, *draw(masks(len(truth) - 1))]
    for index in range(1, len(answers)):
        answer = draw(st.sampled_from(("own", "right", "first")))
        if answer != "own":
            answers[index] = first if answer == "first" else np.asarray(truth[index])
    if protocol in ("vos-benchmark", "youtube-vos"):
        truth[draw(st.integers(2, 5))] = None
    return in_memory(truth, answers, protocol)


def objects_of(kept: InMemory) -> int:
    return len(indices(kept))


@settings(max_examples=40)
@given(sequences())
def test_prices_and_the_rest_are_what_is_lost(kept: InMemory) -> None:
    objects = objects_of(kept)
    scores: dict[int, list[float]] = {}
    for score in kept.scores():
        scores.setdefault(score.object_id, []).append((score.J + score.F) / 2)
    mean = sum(sum(each) / len(each) for each in scores.values()) / objects
    (frames,) = judged([kept])
    rest = sum(each.loss * each.weight for each in frames if each.kind is None) / objects
    prices = [event.price for event in mine(kept, objects=objects)]
    assert mean + sum(prices) + rest == pytest.approx(1, abs=1e-12)
    assert all(each.loss >= SLIGHT for each in frames if each.kind)


@settings(max_examples=40)
@given(sequences())
def test_events_are_made_of_frames_that_count_and_share_none(kept: InMemory) -> None:
    counting = indices(kept)
    (frames,) = judged([kept])
    events = mine(kept, objects=1)
    assert sum(event.frames for event in events) == sum(each.kind is not None for each in frames)
    for event in events:
        own = {each.index for each in frames if each.object_id == event.object_id and each.kind}
        assert {event.first, event.last, event.worst} <= own & counting[event.object_id]
        within = [i for i in counting[event.object_id] if event.first <= i <= event.last]
        assert 1 <= event.frames <= len(within) <= event.frames * (BRIDGED + 1)


@settings(max_examples=20)
@given(masks(), masks(), st.permutations(IDS))
def test_ids_are_names(truth: list[Mask], answers: list[Mask], names: list[int]) -> None:
    first = label_map(FIRST)
    renamed = np.zeros(256, np.uint8)
    renamed[list(IDS)] = names

    def events(frames: Sequence[Mask], answered: Sequence[Mask]) -> tuple[FailureEvent, ...]:
        frames, answered = [frames[0], *frames], [answered[0], *answered]
        return mine(in_memory(frames, answered, "vos-benchmark"), objects=3)

    before = events([first, *truth], [first, *answers])
    after = events(
        [renamed[each] for each in (first, *truth)], [renamed[each] for each in (first, *answers)]
    )
    called = dict(zip(IDS, names, strict=True))
    again = [replace(event, object_id=called[event.object_id]) for event in before]
    assert sorted(again, key=repr) == sorted(after, key=repr)


def test_an_answer_for_an_object_that_was_never_there_has_no_kind() -> None:
    """Under DAVIS a gap in the ids is an object; it cannot have disappeared."""
    truth = film({1: (20, 20, 40, 40), 3: (20, 90, 40, 40)})
    answers = [*truth[:4], *film({**FIRST, 1: (20, 20, 40, 40), 3: (20, 90, 40, 40)})[4:]]
    answers = [np.where(each == 4, 0, each).astype(np.uint8) for each in answers]
    kept = in_memory(truth, answers)
    (frames,) = judged([kept])
    gap = [each for each in frames if each.object_id == 2]
    assert [each.loss for each in gap] == [0] * 3 + [1] * 7
    assert not mine(kept, objects=3)
    assert not events_of("made", gap, objects=3)


def test_runs_share_what_is_read_and_nothing_else() -> None:
    truth = film({1: (20, 20, 40, 40)})
    lost = in_memory(truth, [*truth[:5], *film({})[5:]])
    adrift = in_memory(truth, [*truth[:3], *film({1: (70, 100, 40, 40)})[3:]])
    assert judged([lost, adrift]) == (*judged([lost]), *judged([adrift]))
