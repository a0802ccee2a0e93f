"""Names of files, label maps as text, curves, and rows of events."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vosbench.arrays import Mask
from vosbench.evaluate import FrameScore
from vosbench.reports.html_report.curves import ALL, by_object, points
from vosbench.reports.html_report.file_names import file_names
from vosbench.reports.html_report.frame_files import Size, size_of, small_labels
from vosbench.reports.html_report.label_runs import label_runs
from vosbench.reports.html_report.sequence_page import Mark, stacked
from vosbench.reports.html_report.site import site_of
from vosbench.reports.table import Subject

NAMES = st.lists(st.text(max_size=90), unique=True, max_size=12)


@given(NAMES)
def test_names_of_files_are_safe_and_never_alike(names: list[str]) -> None:
    found = file_names(names)
    assert list(found) == names
    assert len({file.casefold() for file in found.values()}) == len(names)
    for file in found.values():
        assert file.isascii() and not set(file) & set("/\\:*?\"<>|#%& '")
        assert not file.startswith(".") and 0 < len(file) < 120


@pytest.mark.parametrize("name", ["../x", "a b#?&<script>", "", "..", "con", "Aux.txt", "x" * 300])
def test_dangerous_names_lead_nowhere_else(name: str) -> None:
    site = site_of([name], [name])
    address = site.sequence(name)
    assert address.startswith("sequences/") and address.count("/") == 1 and "~" in address
    assert ".." not in address.removesuffix(".html")


def test_usual_names_are_kept() -> None:
    names = ["blackswan", "kite-surf", "eosvos-100-OnA__davis2016__seed0"]
    assert list(file_names(names).values()) == names
    assert "Dog" not in file_names(["Dog", "dog"]).values()


def test_subjects_without_a_page_have_no_address() -> None:
    link = site_of(["cows"], ["mine"]).link("../")
    assert link(Subject(sequence="cows", run="mine", frame=0)) == (
        "../sequences/cows.html#run=mine&frame=0"
    )
    assert link(Subject(run="mine")) == "../runs/mine.html"
    assert link(Subject(title="PReMVOS")) is None and link(Subject(sequence="dogs")) is None


def decoded(text: str) -> list[int]:
    """Labels of a text, read one by one as `static/labels.js` does."""
    data = base64.b64decode(text)
    labels: list[int] = []
    at = 0
    while at < len(data):
        label, length, shift, at = data[at], 0, 0, at + 1
        while True:
            length |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if not data[at - 1] & 128:
                break
        labels += [label] * length
    return labels


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40)))
def test_label_maps_survive_as_text(mask: Mask) -> None:
    assert decoded(label_runs(mask)) == mask.ravel().tolist()


@pytest.mark.parametrize("length", [127, 128, 16383, 16384, 100_000])
def test_long_runs_survive_as_text(length: int) -> None:
    mask = np.zeros((1, length + 1), np.uint8)
    mask[0, -1] = 255
    assert decoded(label_runs(mask)) == mask.ravel().tolist()


@pytest.mark.parametrize("shape", [(480, 854), (854, 480), (7, 5), (1080, 1920), (101, 1500)])
def test_small_labels_are_as_large_as_small_pictures(shape: tuple[int, int]) -> None:
    size = size_of(np.zeros((*shape, 3), np.uint8))
    assert small_labels(np.zeros(shape, np.uint8), size).shape == size.small
    assert size.small[0] * size.small[1] < 2.3 * 427 * 240


def test_small_labels_are_those_in_the_middle() -> None:
    mask = np.arange(36, dtype=np.uint8).reshape(6, 6)
    assert small_labels(mask, Size(6, 6, 3)).tolist() == [[7, 10], [25, 28]]


def test_curves_have_a_mean_where_there_are_several_objects() -> None:
    scores = [FrameScore(1, "b", 0.5, 0.25), FrameScore(4, "b", 1.0, 0.75)]
    found = by_object([*scores, FrameScore(4, "c", 0.25, 0.0)], ["a", "b", "c"])
    assert list(found) == [ALL, "1", "4"]
    assert found[ALL].J == [None, 0.75, 0.25] and found["1"].F == [None, 0.25, None]
    assert points(found[ALL].J) == "1,25 2,75"
    assert list(by_object(scores[:1], ["b"])) == ["1"]


def test_marks_never_lie_over_each_other() -> None:
    def mark(run: str, x: float, width: float) -> Mark:
        return Mark(run, "", "", 0, x, width)  # of one colour, as many runs may be

    rows = stacked([mark("a", 0, 9), mark("a", 5, 2), mark("a", 10, 1), mark("b", 20, 1)])
    assert [row for _, row in rows] == [0, 1, 0, 2]
