"""Every protocol against a second implementation of its rules, on sequences of every kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metrics import protocol_oracle
from tests.metrics.clips import Clip, clips
from tests.metrics.protocol_oracle import RefusedError, Scores
from vosbench.counting import Span
from vosbench.errors import DataError
from vosbench.evaluate import Rules, SequenceScores, evaluate
from vosbench.metrics import protocols
from vosbench.records import ObjectScore

SPARSE = tuple(each.name for each in protocols.PROTOCOLS if each.sparse)


def expected(protocol: str, clip: Clip) -> Scores | None:
    try:
        return protocol_oracle.BY_NAME[protocol](clip.truth, clip.masks)
    except RefusedError:
        return None


def scores_of(
    protocol: str, clip: Clip, spans: dict[int, Span] | None = None, **options: str
) -> SequenceScores | None:
    rules = Rules(protocols.get(protocol), **options)
    try:
        (scores,) = evaluate(
            clip.annotations(), [lambda index: clip.masks[index]], rules, spans=spans
        )
    except DataError:
        return None
    return scores


def figures(score: ObjectScore) -> tuple[float, ...]:
    return tuple(
        figure for each in (score.J, score.F) for figure in (each.mean, each.recall, each.decay)
    )


def check(scores: SequenceScores | None, wanted: Scores | None) -> None:
    """Both refuse, or frames are the same to the last bit and figures to rounding."""
    assert (scores is None) == (wanted is None)
    if scores is None or wanted is None:
        return
    assert [(each.object_id, int(each.frame), each.J, each.F) for each in scores.frames] == sorted(
        ((object_id, *row) for object_id, rows in wanted.items() for row in rows),
        key=lambda row: (row[1], row[0]),
    )
    assert [each.object_id for each in scores.objects] == sorted(wanted)
    for each in scores.objects:
        assert each.frames == len(wanted[each.object_id])
        *means, spread = protocol_oracle.figures(wanted[each.object_id])
        assert figures(each) == pytest.approx(means, rel=0, abs=1e-12)
        if protocols.get(scores.protocol).variability:
            assert each.variability == pytest.approx(spread, rel=0, abs=1e-12)
        else:
            assert each.variability is None


@pytest.mark.parametrize("protocol", protocols.names())
@given(clip=clips())
@settings(max_examples=60)
def test_frames_objects_and_figures_are_those_of_the_rules(protocol: str, clip: Clip) -> None:
    check(scores_of(protocol, clip), expected(protocol, clip))


@pytest.mark.parametrize("protocol", protocols.names())
@given(clip=clips(sparse=True))
@settings(max_examples=40)
def test_frames_without_annotation_do_not_count_or_are_refused(protocol: str, clip: Clip) -> None:
    check(scores_of(protocol, clip), expected(protocol, clip))


@given(clip=clips())
@settings(max_examples=40)
def test_extra_ids_that_are_ignored_change_nothing_else(clip: Clip) -> None:
    try:
        wanted = protocol_oracle.davis2017(clip.truth, clip.masks, ignore_extra=True)
    except RefusedError:
        wanted = None
    check(scores_of("davis2017", clip, extra_ids="ignore"), wanted)


@pytest.mark.parametrize("protocol", SPARSE)
@given(clip=clips(sparse=True))
@settings(max_examples=40)
def test_extra_ids_can_be_an_error_everywhere(protocol: str, clip: Clip) -> None:
    wanted = expected(protocol, clip)
    if wanted is not None:
        void = protocols.get(protocol).void is not None
        extra = protocol_oracle.extra_ids(clip.truth, clip.masks, void=void)
        wanted = None if extra else wanted
    check(scores_of(protocol, clip, extra_ids="error"), wanted)


@st.composite
def clips_with_ranges(draw: st.DrawFn) -> tuple[Clip, dict[int, tuple[int, int, int]]]:
    """Ranges need not fit what the annotations show; 9 is shown by nothing."""
    clip = draw(clips())
    ranges = {}
    for object_id in draw(st.lists(st.sampled_from((1, 2, 5, 9, 255)), min_size=1, unique=True)):
        start = draw(st.integers(0, len(clip.truth) - 1))
        end = draw(st.integers(start + 1, len(clip.truth)))
        ranges[object_id] = start, end, end - start + draw(st.integers(0, 2))
    return clip, ranges


@given(clips_with_ranges())
@settings(max_examples=80)
def test_lvos_takes_objects_and_frames_from_the_list(
    drawn: tuple[Clip, dict[int, tuple[int, int, int]]],
) -> None:
    clip, ranges = drawn
    if len(clip.truth) < 3:
        assert scores_of("lvos", clip) is None
        return
    spans = {
        object_id: Span(start=start, frames=number, end=end)
        for object_id, (start, end, number) in ranges.items()
    }
    check(scores_of("lvos", clip, spans), protocol_oracle.lvos(clip.truth, clip.masks, ranges))
