"""Boxes as files: what is written comes back, what is damaged is named, old ones never stay."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny_runs import BEAR, CAT, ZOO, Jitter, dataset, folder_of, only, request, run
from vosbench.arrays import Image, Mask
from vosbench.detection_files import DETECTION_COLUMNS, detections_text, read_detections
from vosbench.errors import DataError
from vosbench.method import Detection
from vosbench.store import RunFolder

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
DETECTIONS = st.builds(
    Detection, st.integers(1, 255), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), NUMBERS
)


class Sees(Jitter):
    """Answers as `Jitter` and says where."""

    def __init__(self, *, fault: Callable[[Detection], object] = lambda seen: seen) -> None:
        super().__init__()
        self._fault = fault

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self._steps = 0

    def step(self, image: Image) -> Mask:
        self._steps += 1
        return super().step(image)

    def detections(self) -> tuple[Detection, ...]:
        ids = [int(each) for each in np.unique(self._mask) if each]
        seen = (Detection(each, (0.5, 1.0, 2.25, self._steps), 1 / 3) for each in ids)
        return tuple(self._fault(each) for each in seen)  # type: ignore[misc]


@given(noted=st.dictionaries(st.sampled_from(["00001", 'a,"b', "é"]), st.lists(DETECTIONS)))
def test_what_is_written_comes_back_to_the_bit(
    noted: dict[str, list[Detection]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("boxes") / "bear.csv"
    pairs = [(frame, seen) for frame, found in noted.items() for seen in found]
    path.write_text(detections_text('be"ar,', pairs), encoding="utf-8")
    if pairs:
        there = {frame: tuple(found) for frame, found in noted.items() if found}
        assert read_detections(path) == there
    else:
        assert path.read_text() == ""


def test_no_file_is_no_box(tmp_path: Path) -> None:
    assert read_detections(tmp_path / "bear.csv") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sequence,object\n", "no column frame, left"),
        (",".join(DETECTION_COLUMNS) + "\nbear,1,00001,1,2,3,x,0.5\n", "line 2"),
        (",".join(DETECTION_COLUMNS) + "\nbear,1,00001,1,2,3,nan,0.5\n", "line 2: expected finite"),
        (",".join(DETECTION_COLUMNS) + "\nbear,1,00001,1,2\n", "line 2"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bear.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=said) as error:
        read_detections(path)
    assert "bear.csv" in str(error.value)
    assert "--fresh" in str(error.value)


def test_a_run_keeps_what_its_method_saw(tmp_path: Path) -> None:
    run(request(Sees), dataset(BEAR, CAT), tmp_path)
    kept = RunFolder(folder_of(tmp_path))
    seen = read_detections(kept.detections("cat"))
    assert list(seen) == ["00001", "00002", "00003", "00004"]
    assert seen["00003"] == tuple(Detection(i, (0.5, 1.0, 2.25, 3.0), 1 / 3) for i in (2, 5))


@pytest.mark.parametrize("more", [{"timed": False}, {"repetitions": 2}])
def test_so_does_one_that_is_not_timed_or_timed_twice(tmp_path: Path, more: dict[str, int]) -> None:
    run(request(Sees, **more), dataset(BEAR), tmp_path)
    assert len(read_detections(RunFolder(folder_of(tmp_path)).detections("bear"))) == 4


def test_boxes_of_masks_that_are_replaced_go_with_them(tmp_path: Path) -> None:
    run(request(Sees), dataset(BEAR), tmp_path)
    run(request(Jitter), dataset(BEAR), tmp_path, fresh=True)
    assert not RunFolder(folder_of(tmp_path)).detections("bear").exists()


@pytest.mark.parametrize(
    "fault",
    [
        lambda seen: "box",
        lambda seen: Detection(9, seen.box, seen.score),
        lambda seen: Detection(seen.object_id, seen.box[:3], seen.score),
        lambda seen: Detection(seen.object_id, seen.box, float("nan")),
    ],
)
def test_a_method_that_notes_nonsense_fails(
    tmp_path: Path, fault: Callable[[Detection], object]
) -> None:
    run(request(lambda: Sees(fault=fault)), ZOO, tmp_path)
    assert {record.state for record in only(tmp_path).records} == {"failed"}
    assert "Sees.detections returned for frame 00001" in only(tmp_path).records[0].reason
