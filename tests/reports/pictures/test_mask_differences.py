"""Figure `differences`: which frames it shows, and how many pixels were right, missed and false."""

import re
from pathlib import Path

import matplotlib as mpl
import pytest

from tests.reports import pictured_runs
from tests.reports.pictured_runs import kept, make, open_as_theirs, rows_of
from vosbench.errors import UsageError
from vosbench.reports import figures
from vosbench.reports.pictures import mask_differences
from vosbench.reports.pictures.pictured import frame_means
from vosbench.store import load_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    make(folder)
    return folder


@pytest.fixture(autouse=True)
def herd(monkeypatch: pytest.MonkeyPatch) -> None:
    open_as_theirs(monkeypatch)


def drawn(runs: Path, out: Path, **asked: object) -> list[dict[str, str]]:
    figures.draw("differences", load_runs(runs), pictured_runs.options(runs, **asked), out)
    assert out.stat().st_size > 1000
    return rows_of(out.with_suffix(".csv"))


def test_shares_are_those_of_the_pixels(runs: Path, tmp_path: Path) -> None:
    rows = drawn(
        runs, tmp_path / "d.png", sequences=("bear",), frames=(1, 2), methods=("sees", "nothing")
    )
    assert [(row["title"], row["index"]) for row in rows] == [
        ("sees", "1"),
        ("nothing", "1"),
        ("sees", "2"),
        ("nothing", "2"),
    ]
    for row in rows:
        sees = kept(runs, row["title"], "bear")
        truth, mask = sees.annotation(int(row["index"])), sees.mask(int(row["index"]))
        assert truth is not None
        union = ((truth > 0) | (mask > 0)).sum()
        assert float(row["correct"]) == ((truth > 0) & (mask > 0)).sum() / union
        assert float(row["missed"]) == ((truth > 0) & (mask == 0)).sum() / union
        assert float(row["false"]) == ((truth == 0) & (mask > 0)).sum() / union
        assert float(row["correct"]) == pytest.approx(float(row["J"]))
    assert rows[1]["missed"] == "1.0"


def test_where_nothing_is_and_nothing_is_answered_there_are_no_shares(
    runs: Path, tmp_path: Path
) -> None:
    (row,) = drawn(runs, tmp_path / "d.png", sequences=("gone",), frames=(5,), methods=("nothing",))
    assert (row["correct"], row["missed"], row["J"]) == ("", "", "1.0")


def test_without_being_asked_it_shows_the_worst_frame_of_the_first_method(
    runs: Path, tmp_path: Path
) -> None:
    rows = drawn(runs, tmp_path / "d.svg", methods=("sees", "nothing"))
    assert {row["sequence"] for row in rows} == {"bear", "cat", "gone"}
    for row in rows:
        means = frame_means(kept(runs, "sees", row["sequence"]))
        assert means[int(row["index"])].both == min(each.both for each in means.values())


def words_of(runs: Path, out: Path, **asked: object) -> str:
    with mpl.rc_context({"svg.fonttype": "none"}):
        drawn(runs, out, **asked)
    return " ".join(re.findall("<text[^>]*>([^<]*)<", out.read_text()))


def test_it_says_how_sequences_and_frames_were_chosen(runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "d.svg"
    said = words_of(runs, out, methods=("sees",), against="nothing")
    assert "Sequences: where sees loses most against nothing. Frames: where sees is worst." in said
    said = words_of(runs, out, methods=("nothing",))
    assert "Sequences: where nothing loses most. Frames: where nothing is worst." in said
    said = words_of(runs, out, sequences=("bear",), frames=(1,))
    assert "Sequences" not in said and "Frames" not in said


def test_more_methods_than_there_is_room_for_are_refused(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mask_differences, "WIDEST", 1)
    out = tmp_path / "d.png"
    with pytest.raises(UsageError, match="shows 1 methods at most, and there are 2; choose some"):
        drawn(runs, out)
    assert not out.exists()
    drawn(runs, out, methods=("sees",))


def test_a_frame_that_is_not_there(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="bear has no frame 9"):
        drawn(runs, tmp_path / "d.png", sequences=("bear",), frames=(9,))
