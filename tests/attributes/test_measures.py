"""What measures must not depend on, over random clips; and real frames against plain numpy."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.attributes.made_videos import video
from vosbench.arrays import Mask
from vosbench.attributes import Measures, attributes_of
from vosbench.datasets.options import DatasetOptions
from vosbench.metrics import protocols
from vosbench.registry import open_dataset

SIZE = (48, 64)


@st.composite
def clips(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Mask]:
    """Up to three objects of a bar and an ellipse each, anywhere, sometimes missing."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    objects, frames = draw(st.integers(1, 3)), draw(st.integers(1, 7))
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    labels = []
    for index in range(frames):
        mask = np.zeros(SIZE, np.uint8)
        for object_id in range(1, objects + 1):
            if index and generator.random() < 0.2:
                continue
            row, column = generator.uniform(0, SIZE[0]), generator.uniform(0, SIZE[1])
            high, wide = generator.uniform(1, 16, 2)
            down, across = rows - row, columns - column
            mask[(down / high) ** 2 + (across / wide) ** 2 < 1] = object_id
            mask[(abs(down) < wide / 2) & (abs(across) < high)] = object_id
        labels.append(mask)
    return labels


def measures(labels: Sequence[Mask], protocol: str = "youtube-vos") -> dict[int, Measures]:
    found = attributes_of(video(labels), protocols.get(protocol))
    return {each.object_id: each.measures for each in found}


def numbers(of: Measures, *without: str) -> dict[str, Any]:
    """Measures by name, comparable although sums may differ in their last digit."""
    return {
        name: pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value
        for name, value in asdict(of).items()
        if name not in without
    }


def framed(mask: Mask, top: int, left: int) -> Mask:
    large = np.zeros((SIZE[0] + 20, SIZE[1] + 20), np.uint8)
    large[top : top + SIZE[0], left : left + SIZE[1]] = mask
    return large


@settings(max_examples=25)
@given(clips(), st.integers(1, 19), st.integers(1, 19))
def test_place_does_not_matter_away_from_the_border(
    labels: list[Mask], top: int, left: int
) -> None:
    here = measures([framed(mask, 10, 10) for mask in labels])
    there = measures([framed(mask, top, left) for mask in labels])
    for object_id, found in here.items():
        # who heads across the border depends on how far it is; frames may differ where two tie
        assert numbers(there[object_id], "exits", "when") == numbers(found, "exits", "when")


@settings(max_examples=25)
@given(clips(), st.permutations((1, 2, 3)))
def test_the_order_of_ids_does_not_matter(labels: list[Mask], order: tuple[int, ...]) -> None:
    names = np.array([0, *order], np.uint8)
    there = measures([names[mask] for mask in labels])
    for object_id, found in measures(labels).items():
        assert there[order[object_id - 1]] == found


@settings(max_examples=25)
@given(clips())
def test_size_in_pixels_does_not_matter(labels: list[Mask]) -> None:
    twice = measures([np.kron(mask, np.ones((2, 2), np.uint8)) for mask in labels])
    for object_id, found in measures(labels).items():
        assert numbers(twice[object_id], "when") == numbers(found, "when")


@settings(max_examples=25)
@given(clips())
def test_what_does_not_depend_on_the_direction_of_time(labels: list[Mask]) -> None:
    labels = [mask for mask in labels if len(np.unique(mask)) == len(np.unique(labels[0]))]
    there = measures(labels[::-1])
    for object_id, found in measures(labels).items():
        back = there[object_id]
        for name in ("area", "box", "scale", "motion", "hidden", "contact", "clipped", "twins"):
            assert getattr(back, name) == pytest.approx(getattr(found, name)), name


@settings(max_examples=25)
@given(clips())
def test_shares_are_shares(labels: list[Mask]) -> None:
    for found in measures(labels).values():
        for name in ("area", "smallest_area", "box", "scale", "fast", "deformation", "flicker"):
            value = getattr(found, name)
            assert value is None or 0 <= value <= 1, name
        for name in ("hidden", "broken", "absent", "clipped", "twins"):
            value = getattr(found, name)
            assert value is None or 0 <= value <= 1, name


def test_what_a_clip_does_not_tell_is_nothing() -> None:
    (found,) = measures([np.ones((4, 6), np.uint8)]).values()
    assert found.scale is found.motion is found.deformation is found.hidden is None
    assert found.area == found.box == found.clipped == 1


def test_real_frames_against_plain_numpy(shared_data: Path) -> None:
    places = DatasetOptions(root=shared_data / "data" / "DAVIS")
    videos = {each.name: each for each in open_dataset("davis2016", places).sequences}
    found = {
        name: attributes_of(videos[name], protocols.get("davis2016"))[0]
        for name in ("blackswan", "motocross-jump")
    }
    assert found["blackswan"].held == ()
    assert found["motocross-jump"].has("scale variation")
    assert found["motocross-jump"].has("out of view")

    video = videos["motocross-jump"]
    masks = [video.read_annotation(index) != 0 for index in range(len(video))]
    boxes, centres = [], []
    for mask in masks:
        rows, columns = np.nonzero(mask)
        boxes.append((np.ptp(rows) + 1) * (np.ptp(columns) + 1))
        centres.append((rows.mean(), columns.mean()))
    ways = np.hypot(*np.diff(centres, axis=0).T)
    seen = found["motocross-jump"].measures
    assert seen.area == pytest.approx(np.median([mask.mean() for mask in masks]))
    assert seen.box == pytest.approx(np.mean(boxes) / masks[0].size)
    assert seen.motion == pytest.approx(ways.mean() / np.hypot(*masks[0].shape))
