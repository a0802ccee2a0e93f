"""Lists of objects as YouTube-VOS and LVOS have them, and what is wrong with others."""

import json
from pathlib import Path

import pytest

from vosbench.counting import Span
from vosbench.errors import DataError
from vosbench.metrics import protocols
from vosbench.scoring.object_meta import FrameRange, ObjectMeta, read_object_meta

LVOS, DAVIS2017 = protocols.get("lvos"), protocols.get("davis2017")
FRAMES = tuple(f"{number:08d}" for number in range(1, 47, 5))


def written(folder: Path, content: object) -> Path:
    file = folder / "meta.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def of_objects(objects: object) -> object:
    return {"videos": {"clip": {"objects": objects}}}


def ranges(**numbers: object) -> ObjectMeta:
    """One object with a range."""
    found = FrameRange(*(int(numbers[key]) for key in ("start", "end", "frame_nums")))
    return ObjectMeta(Path("meta.json"), {}, {("clip", 4): found})


def test_categories_and_ranges_are_read_and_other_keys_passed_over(tmp_path: Path) -> None:
    meta = read_object_meta(
        written(
            tmp_path,
            of_objects(
                {
                    "1": {"category": "dog", "frames": ["00000"]},
                    "07": {
                        "frame_range": {"start": "1", "end": 21, "frame_nums": "4"},
                        "caption": "a cat",
                    },
                }
            ),
        )
    )
    assert meta.categories == {("clip", 1): "dog"}
    assert meta.ranges == {("clip", 7): FrameRange(start=1, end=21, frames=4)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is no JSON: "),
        ("[" * 100_000, "is no JSON: "),
        ([], "is no list of objects"),
        ({}, r"is no list of objects \(KeyError: 'videos'\)"),
        ({"videos": []}, "is no list of objects"),
        ({"videos": {"clip": {}}}, r"is no list of objects \(KeyError: 'objects'\)"),
        (of_objects(["dog"]), "is no list of objects"),
        (of_objects({"dog": {}}), "is no list of objects"),
        (of_objects({"1": None}), "is no list of objects"),
        (of_objects({"1": {"frame_range": {"start": 1}}}), r"KeyError: 'end'"),
        (of_objects({"1": {"frame_range": 5}}), "TypeError"),
        (
            of_objects({"1": {"frame_range": {"start": "first", "end": 2, "frame_nums": 2}}}),
            "invalid literal",
        ),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: object, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        read_object_meta(written(tmp_path, content))
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "meta.json") in str(caught.value)


def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"meta\.json cannot be read: No such file"):
        read_object_meta(tmp_path / "meta.json")
    (tmp_path / "meta.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(DataError, match=r"meta\.json is no JSON: "):
        read_object_meta(tmp_path / "meta.json")


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (1, 47, (0, 10)),
        (11, 31, (2, 6)),  # 11, 16, 21, 26
        (11, 32, (2, 7)),  # and 31
        (9, 12, (2, 3)),
        (41, 500, (8, 10)),
    ],
)
def test_a_range_becomes_places_in_the_sequence(
    start: int, end: int, span: tuple[int, int]
) -> None:
    spans = ranges(start=start, end=end, frame_nums=5).spans(LVOS, "clip", FRAMES)
    assert spans == {4: Span(start=span[0], frames=5, end=span[1])}


def test_only_protocols_of_own_starts_ask_for_ranges() -> None:
    meta = ranges(start=500, end=600, frame_nums=9)
    assert meta.spans(DAVIS2017, "clip", FRAMES) is None
    assert ObjectMeta(Path("meta.json"), {("clip", 1): "dog"}, {}).spans(LVOS, "x", ()) is None


def test_a_list_of_other_sequences_is_refused() -> None:
    expected = r"no frame_range of an object of sequence goat; give the list that belongs"
    with pytest.raises(DataError, match=expected):
        ranges(start=1, end=9, frame_nums=2).spans(LVOS, "goat", FRAMES)


@pytest.mark.parametrize(("start", "end"), [(47, 60), (2, 6), (30, 11)])
def test_a_range_without_an_annotated_frame_is_refused(start: int, end: int) -> None:
    expected = rf"object 4 of sequence clip is in frames {start} to {end}, .* 00000001 to 00000046"
    with pytest.raises(DataError, match=expected):
        ranges(start=start, end=end, frame_nums=3).spans(LVOS, "clip", FRAMES)
