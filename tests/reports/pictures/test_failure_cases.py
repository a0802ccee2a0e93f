"""Figure `failure-cases`: which sequences, frames, methods and boxes it shows; what it refuses."""

from itertools import pairwise
from pathlib import Path

import PIL.Image
import pytest
from click.testing import CliRunner

from tests.reports import pictured_runs
from tests.reports.pictured_runs import kept, make, open_as_theirs, rows_of
from vosbench.cli import main
from vosbench.errors import DataError, UsageError
from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.command import report_command
from vosbench.reports.pictures.pictured import frame_means, lowest
from vosbench.store import load_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    make(folder)
    return folder


@pytest.fixture(autouse=True)
def herd(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "shared_data" not in request.fixturenames:
        open_as_theirs(monkeypatch)


def drawn(runs: Path, out: Path, **asked: object) -> list[dict[str, str]]:
    figures.draw("failure-cases", load_runs(runs), pictured_runs.options(runs, **asked), out)
    return rows_of(out.with_suffix(".csv"))


def test_frames_methods_and_boxes_that_were_asked_for(runs: Path, tmp_path: Path) -> None:
    rows = drawn(
        runs,
        tmp_path / "f.png",
        frames=(2, 0),
        sequences=("cat",),
        methods=("sees", "nothing"),
    )
    shown = [(row["title"], row["index"], row["object"], row["score"]) for row in rows]
    third = str(1 / 3)
    assert shown == [
        ("sees", "2", "1", third),
        ("sees", "2", "2", third),
        ("sees", "0", "", ""),
        ("nothing", "2", "", ""),
        ("nothing", "0", "", ""),
    ]
    assert {(row["sequence"], row["trust"]) for row in rows} == {("cat", "measured")}
    means = frame_means(kept(runs, "sees", "cat"))[2]
    assert (float(rows[0]["J"]), float(rows[0]["F"])) == (means.J, means.F)
    assert rows[2]["J"] == "", "the first frame does not count"
    box = [float(rows[0][side]) for side in ("left", "top", "right", "bottom")]
    assert box == [0.5, 1.0, 2.25, 2.0]


def test_without_being_asked_it_shows_where_the_first_method_loses_most(
    runs: Path, tmp_path: Path
) -> None:
    rows = drawn(runs, tmp_path / "f.png", methods=("sees",))
    by_name = {run.manifest.method: run for run in load_runs(runs)}
    lost = {
        record.sequence: -sum(score.J.mean + score.F.mean for score in record.scores)
        / len(record.scores)
        for record in by_name["sees"].records
    }
    order = sorted(lost, key=lambda name: -lost[name])
    assert list(dict.fromkeys(row["sequence"] for row in rows)) == order
    for name in order:
        means = frame_means(kept(runs, "sees", name))
        expected = lowest({index: found.both for index, found in means.items()}, 3)
        found = dict.fromkeys(int(row["index"]) for row in rows if row["sequence"] == name)
        assert tuple(found) == expected


def test_against_another_it_shows_where_that_one_is_better(runs: Path, tmp_path: Path) -> None:
    rows = drawn(runs, tmp_path / "f.png", against="sees")
    assert {row["title"] for row in rows} == {"nothing", "sees"}
    sequences = list(dict.fromkeys(row["sequence"] for row in rows))
    assert set(sequences) <= {"bear", "cat", "gone"} and sequences


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_equal_runs_give_equal_files(kind: str, runs: Path, tmp_path: Path) -> None:
    asked = {"frames": (1,), "sequences": ("bear",), "methods": ("sees",)}
    for name in ("a", "b"):
        drawn(runs, tmp_path / f"{name}.{kind}", **asked)
    content = (tmp_path / f"a.{kind}").read_bytes()
    assert content == (tmp_path / f"b.{kind}").read_bytes()
    if kind == "png":
        with PIL.Image.open(tmp_path / "a.png") as picture:
            assert picture.width == pytest.approx(7.2 * picture.info["dpi"][0], abs=1)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"frames": (1, 5), "sequences": ("bear",)}, "bear has no frame 5.*5 frames are 0 to 4"),
        ({"sequences": ("bare",)}, "no sequence 'bare'.*did you mean bear"),
        ({"methods": ("see",)}, "no run of 'see'"),
    ],
)
def test_what_is_not_there_cannot_be_drawn(
    asked: dict[str, object], sentence: str, runs: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=sentence):
        drawn(runs, tmp_path / "f.png", **asked)
    assert not list(tmp_path.iterdir())


def test_quoted_methods_have_no_masks(make_run: object, tmp_path: Path) -> None:
    run: Run = make_run("own", {"blackswan": [0.5]})  # type: ignore[operator]
    for asked in ({"methods": ("PReMVOS",)}, {"published": ("PReMVOS",)}):
        with pytest.raises(UsageError, match=r"PReMVOS cannot be drawn.*quot.*no masks"):
            figures.draw(
                "failure-cases",
                (run,),
                pictured_runs.options(tmp_path, **asked),
                tmp_path / "f.png",
            )


def test_masks_of_others_are_not_shown_as_those_of_a_run(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    make(runs)
    (runs / "sees__tiny__seed0" / "masks" / "bear" / "00002.png").write_bytes(b"other")
    with pytest.raises(DataError, match="not those that the run made"):
        drawn(runs, tmp_path / "f.png", sequences=("bear",))


def test_the_command_draws_it(runs: Path, tmp_path: Path) -> None:
    out = tmp_path / "failures.png"
    asked = f"--figure failure-cases --frames 1,2 --sequences bear,cat --runs {runs} --out {out}"
    found = CliRunner().invoke(report_command(print), asked.split())  # type: ignore[arg-type]
    assert found.exit_code == 0, found.output
    assert {row["index"] for row in rows_of(tmp_path / "failures.csv")} == {"1", "2"}


def test_the_lowest_are_spread_out() -> None:
    losing = {index: abs(index - 30) / 100 for index in range(1, 60)}
    chosen = lowest(losing, 3)
    assert 30 in chosen and min(b - a for a, b in pairwise(chosen)) >= 9
    assert lowest({1: 0.5, 2: 0.4}, 3) == (1, 2)
    assert lowest({}, 3) == ()


def test_real_masks_are_drawn_over_real_frames(shared_data: Path, tmp_path: Path) -> None:
    """The masks of OSVOS on the sequences of the figure in the supplement of e-OSVOS."""
    place = ["--dataset", "davis2016", "--root", str(shared_data / "data" / "DAVIS")]
    masks = shared_data / "data" / "results" / "osvos"
    runs, out = tmp_path / "runs", tmp_path / "failures.png"
    where = ["--sequences", "blackswan,kite-surf", "--runs", str(runs)]
    stored = ["run", "--method", "stored", "--set", f"masks={masks}", "--set", "label=OSVOS"]
    figure = ["report", "--figure", "failure-cases", "--frames", "1,2,40", "--out", str(out)]
    for typed in ([*stored, *place, *where], [*figure, *place, *where]):
        with pytest.raises(SystemExit) as ended:
            main(typed)
        assert ended.value.code == 0
    rows = rows_of(out.with_suffix(".csv"))
    assert [(row["sequence"], row["index"]) for row in rows] == [
        (name, index) for name in ("blackswan", "kite-surf") for index in ("1", "2", "40")
    ]
    assert {(row["title"], row["trust"]) for row in rows} == {("OSVOS (re-scored)", "re-scored")}
    assert float(rows[0]["J"]) > 0.9 > float(rows[3]["J"]), "thin lines of the kite are missed"
    with PIL.Image.open(out) as picture:
        assert picture.size == (2160, picture.height)
    assert out.stat().st_size < 3_000_000
