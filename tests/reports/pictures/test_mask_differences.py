"""Figure `differences`: which frames it shows, and how many pixels were right, missed and false."""

from pathlib import Path

import pytest

from tests.reports import pictured_runs
from tests.reports.pictured_runs import kept, make, open_as_theirs, rows_of
from vosbench.errors import UsageError
from vosbench.reports import figures
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


def test_a_frame_that_is_not_there(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="bear has no frame 9"):
        drawn(runs, tmp_path / "d.png", sequences=("bear",), frames=(9,))
