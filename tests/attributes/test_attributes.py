"""Each attribute has a made sequence in which it is the only one; a calm one has none."""

import numpy as np
import pytest

from tests.attributes.made_videos import FRAMES, Rectangle, changed, clip, draw, held, video
from vosbench.arrays import Mask
from vosbench.attributes import ATTRIBUTES, Attribute, attributes_of
from vosbench.metrics import protocols
from vosbench.sequence import Sequence


def calm(index: int) -> Rectangle:
    return (60, 80 + 0.5 * index, 52, 52)


def still(index: int) -> Rectangle:
    return (60, 80, 60, 60)


def hollowed(mask: Mask) -> None:
    """Hide 60 % of the square of `still` in its middle."""
    mask[37:83, 57:103] = 0


def split(mask: Mask) -> None:
    """A pole before the square of `still`."""
    mask[:, 78:84] = 0


MADE = {
    "low resolution": clip(lambda index: (60, 80, 30, 30)),
    "scale variation": clip(lambda index: (60, 80, 50 + index, 50 + index)),
    "fast motion": clip(lambda index: (60, 40 + 3 * index, 60, 60)),
    "deformation": clip(lambda index: (60, 80, *((60, 60) if index < 8 else (40, 90)))),
    "occlusion": changed(clip(still), range(9, 15), hollowed),
    "out of view": clip(lambda index: (60, 140 + 2 * index, 80, 80)),
    "disappearance": clip(lambda index: None if 9 <= index < 15 else still(index)),
}


def test_a_calm_object_has_no_attribute() -> None:
    assert held(clip(calm)) == set()
    assert held(clip(calm), "davis2016") == set()


@pytest.mark.parametrize("name", MADE)
def test_an_attribute_alone(name: str) -> None:
    assert held(MADE[name]) == {name}


def test_a_tiny_object_has_a_small_box_too() -> None:
    assert held(clip(lambda index: (60, 80, 12, 12))) == {"low resolution", "tiny"}


def test_an_object_that_leaves_is_gone_too() -> None:
    found = held(clip(lambda index: (60, 120 + 2 * index, 90, 70), frames=70))
    assert found == {"out of view", "disappearance"}


def test_an_object_that_jumps_out_of_the_image_leaves_it() -> None:
    """It never touches the border: its motion says where it went."""
    places = [40, 64, 88, 112, 136, 160]
    made = clip(lambda index: (60, places[index], 60, 60) if index < 6 else None, frames=12)
    assert held(made) == {"fast motion", "out of view", "disappearance"}


def test_what_stands_on_the_border_is_not_clipped_by_it() -> None:
    def feet(mask: Mask) -> None:
        mask[90:, 70:80] = mask[60, 80]

    assert held(changed(clip(still), range(FRAMES), feet)) == set()


def test_a_pole_before_an_object_occludes_it() -> None:
    assert held(changed(clip(still), range(9, 15), split)) == {"occlusion"}


def test_an_object_of_two_parts_from_the_start_is_not_occluded() -> None:
    assert held(changed(clip(still), range(FRAMES), split)) == set()


def test_what_is_hidden_for_long_is_not_taken_for_occluded() -> None:
    made = changed(clip(still, frames=150), range(50, 110), hollowed)
    assert held(made) == set()


TWINS: tuple[tuple[str, Rectangle, bool], ...] = (
    ("alike and near", (60, 120, 56, 46), True),
    ("far away", (60, 172, 50, 50), False),
    ("half as large", (60, 120, 48, 26), False),
    ("of another shape", (60, 108, 110, 23), False),
)


@pytest.mark.parametrize(("other", "alike"), [pytest.param(o, a, id=name) for name, o, a in TWINS])
def test_similar_objects_near_by(other: Rectangle, alike: bool) -> None:
    made = clip(lambda index: (60, 60, 50, 50), lambda index: other)
    assert held(made) == ({"similar object near by"} if alike else set())
    assert held(made, "davis2016") == set(), "merged objects are one"


def test_one_that_runs_past_is_near_by_for_some_frames() -> None:
    made = clip(
        lambda index: (80, 100, 50, 50), lambda index: (26, 100, 50, 50) if 8 < index < 12 else None
    )
    assert held(made) == {"similar object near by"}
    (first, *_) = attributes_of(made, protocols.get("youtube-vos"))
    assert first.measures.twins == 3 / FRAMES
    assert first.held[0].frame == 9


def test_three_objects_are_many() -> None:
    made = clip(
        lambda index: (60, 16, 110, 24),
        lambda index: (17, 100, 24, 120),
        lambda _: (76, 106, 52, 52),
    )
    for object_id in (1, 2, 3):
        assert held(made, object_id=object_id) == {"many objects"}
    assert held(made, "davis2016") == set()


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda attribute: attribute.short)
def test_a_reason_stands_in_one_line(attribute: Attribute) -> None:
    reasons = [
        (each.attribute, each.reason)
        for made in (
            *MADE.values(),
            clip(lambda _: (15, 20, 9, 9), lambda _: (15, 32, 9, 9), still),
        )
        for one in attributes_of(made, protocols.get("davis2017"))
        for each in one.held
    ]
    of_this = [reason for name, reason in reasons if name == attribute.name]
    assert of_this
    assert all(reason and "\n" not in reason and not reason[0].isupper() for reason in of_this)


def test_reasons_tell_the_numbers() -> None:
    def reason(name: str) -> str:
        (found,) = attributes_of(MADE[name], protocols.get("davis2017"))
        (held,) = found.held
        return held.reason

    assert reason("low resolution") == "its box takes 3.8 % of the image on average"  # 900 / 24000
    assert reason("scale variation").startswith("its smallest box has 0.48 times")  # (50 / 72)²
    assert reason("occlusion") == "59 % of it is hidden for a time"  # 46² / 60²
    assert reason("disappearance") == "it is gone in 25 % of 24 frames and comes back"


def test_the_frame_that_shows_it() -> None:
    frames = {}
    for name, made in MADE.items():
        (found,) = attributes_of(made, protocols.get("davis2017"))
        frames[name] = found.held[0].frame
    assert frames["scale variation"] == 0
    assert frames["deformation"] == 8
    assert frames["occlusion"] == 9
    assert frames["out of view"] == FRAMES - 1
    assert frames["disappearance"] == 9
    late = changed(clip(still), range(5, 8), split)
    (found,) = attributes_of(late, protocols.get("davis2017"))
    assert found.held[0].frame == 5


def test_objects_are_those_of_the_protocol() -> None:
    def ids(made: Sequence, protocol: str) -> list[int]:
        return [each.object_id for each in attributes_of(made, protocols.get(protocol))]

    late = video(
        [draw((30, 40, 40, 40), (90, 40, 40, 40) if index > 3 else None) for index in range(8)]
    )
    assert ids(late, "davis2017") == [1]
    assert ids(late, "youtube-vos") == [1, 2]
    assert ids(late, "davis2016") == [1]
    once = video(
        [draw((30, 40, 40, 40), (90, 40, 40, 40) if index == 0 else None) for index in range(8)]
    )
    assert ids(once, "davis2017") == [1, 2]
    assert ids(once, "vos-benchmark") == [1], "the first frame does not count"


def test_void_is_background_where_a_protocol_has_it() -> None:
    def voided(mask: Mask) -> None:
        mask[:, :20] = 255

    made = changed(clip(still), range(FRAMES), voided)
    (found,) = attributes_of(made, protocols.get("davis2017"))
    assert found.measures.area == pytest.approx(0.15)
    (merged,) = attributes_of(made, protocols.get("davis2016"))
    assert merged.measures.contact > 0


def test_frames_without_annotation_are_passed_over() -> None:
    fast = MADE["fast motion"]
    sparse = video([fast.read_annotation(i) if i % 5 == 0 else None for i in range(FRAMES)])
    (found,) = attributes_of(sparse, protocols.get("youtube-vos"))
    assert found.measures.frames == 5
    assert found.measures.absent == 0
    assert found.measures.motion == pytest.approx(3 / np.hypot(120, 200))


def test_an_empty_sequence_has_no_objects() -> None:
    assert attributes_of(video([np.zeros((4, 5), np.uint8)]), protocols.get("davis2017")) == ()
