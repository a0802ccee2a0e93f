"""Figure `extremes`: the worst and best frames of each method, at most one a sequence and side."""

from pathlib import Path

import numpy as np
import pytest

from tests.reports import pictured_runs
from tests.reports.pictured_runs import kept, make, open_as_theirs, rows_of
from vosbench.errors import UsageError
from vosbench.reports import figures
from vosbench.reports.pictures.extremes import EACH, extremes
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
    figures.draw("extremes", load_runs(runs), pictured_runs.options(runs, **asked), out)
    assert out.stat().st_size > 1000
    return rows_of(out.with_suffix(".csv"))


def test_the_worst_come_first_and_each_sequence_once(runs: Path, tmp_path: Path) -> None:
    rows = drawn(runs, tmp_path / "e.png", methods=("sees",))
    for side, sign in (("worst", 1), ("best", -1)):
        there = [row for row in rows if row["side"] == side]
        assert [row["rank"] for row in there] == ["1", "2", "3"]
        assert {row["sequence"] for row in there} == {"bear", "cat", "gone"}
        levels = [sign * (float(row["J"]) + float(row["F"])) for row in there]
        assert levels == sorted(levels)


def test_no_frame_of_a_sequence_is_worse(runs: Path) -> None:
    sees = kept(runs, "sees", "cat")
    (found,) = extremes([sees], worst=True)
    assert min(each.J + each.F for each in sees.scores()) == found.score.J + found.score.F
    assert sees.video.frames[found.index] == found.score.frame


def test_a_frame_without_the_object_is_no_good_one(runs: Path) -> None:
    nothing = kept(runs, "nothing", "gone")
    gone = {score.frame for score in nothing.scores() if score.J == score.F == 1}
    assert gone, "nothing was to be found, and nothing was answered"
    (best,) = extremes([nothing], worst=False)
    assert best.score.frame not in gone
    annotation = nothing.annotation(best.index)
    assert annotation is not None and annotation.any()


def test_at_most_so_many_a_side(runs: Path) -> None:
    sees = [kept(runs, "sees", name) for name in ("bear", "cat", "gone")]
    assert len(extremes(sees, worst=True, each=2)) == 2
    assert len(extremes(sees * 3, worst=True)) == EACH


def test_sequences_can_be_chosen(runs: Path, tmp_path: Path) -> None:
    rows = drawn(runs, tmp_path / "e.svg", sequences=("cat",))
    assert {row["sequence"] for row in rows} == {"cat"}
    assert {row["title"] for row in rows} == {"nothing", "sees"}
    with pytest.raises(UsageError, match="no sequence 'cow'"):
        drawn(runs, tmp_path / "e.png", sequences=("cow",))


def test_only_the_object_is_outlined(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vosbench.reports.pictures.frame_panels import true_object

    sees = kept(runs, "sees", "cat")
    annotation = sees.annotation(1)
    assert annotation is not None and set(np.unique(annotation)) == {0, 1, 2}
    np.testing.assert_array_equal(true_object(sees, 1, 2) == 2, annotation == 2)
    assert set(np.unique(true_object(sees, 1, 2))) == {0, 2}
