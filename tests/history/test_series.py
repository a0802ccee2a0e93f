"""Series: what is put together, what is kept apart, and what files they are read from."""

import json
import os
from pathlib import Path

import pytest

from tests.history.kept_results import history, keep
from tests.reports.conftest import MACHINE
from vosbench.errors import UsageError
from vosbench.gate.facts import Facts, Pace, SequenceFacts, write_baseline
from vosbench.history.commits import Commits
from vosbench.history.reading import read_results
from vosbench.history.series import Series, series_of
from vosbench.records import ObjectScore, Statistic


def read(folder: Path) -> tuple[Series, ...]:
    return series_of(read_results(folder).results, Commits())


def named(every: tuple[Series, ...], name: str, sequence: str = "") -> list[Series]:
    return [s for s in every if (s.figure.name, s.figure.sequence) == (name, sequence)]


def test_a_run_gives_quality_speed_and_each_sequence(tmp_path: Path) -> None:
    keep(tmp_path / "a", {"bear": [0.8, 0.4], "cows": [0.6]}, seconds=4.0)
    found = {
        (each.figure.name, each.figure.sequence): each.points[0].value for each in read(tmp_path)
    }
    assert found == {
        ("J", ""): pytest.approx(0.6),
        ("F", ""): pytest.approx(0.3),
        ("J&F", ""): pytest.approx(0.45),
        ("J&F", "bear"): pytest.approx(0.45),
        ("J&F", "cows"): pytest.approx(0.45),
        ("fps", ""): pytest.approx(2.5),  # 20 frames in 8 seconds
    }


def test_a_failed_sequence_leaves_no_mean(tmp_path: Path) -> None:
    keep(tmp_path / "a", {"bear": [0.8], "cows": "out of memory"})
    assert {(s.figure.name, s.figure.sequence) for s in read(tmp_path)} == {("J&F", "bear")}


@pytest.mark.parametrize(
    "facts",
    [
        {"settings": {"steps": 5}},
        {"dataset": "other"},
        {"protocol": "other"},
        {"seed": 1},
        {"method": "other"},
        {"dataset_variant": "480p"},
        {"device": "cuda"},
    ],
)
def test_what_is_another_thing_is_another_series(tmp_path: Path, facts: dict[str, object]) -> None:
    keep(tmp_path / "a", {"bear": [0.8]})
    keep(tmp_path / "b", {"bear": [0.8]}, **facts)
    assert [len(s.points) for s in named(read(tmp_path), "J&F")] == [1, 1]


def test_means_over_other_sequences_are_kept_apart_but_not_those_sequences(tmp_path: Path) -> None:
    keep(tmp_path / "a", {"bear": [0.8]})
    keep(tmp_path / "b", {"bear": [0.8], "cows": [0.2]})
    every = read(tmp_path)
    assert [len(s.points) for s in named(every, "J&F")] == [1, 1]
    assert [len(s.points) for s in named(every, "J&F", "bear")] == [2]


def test_the_order_of_sequences_keeps_nothing_apart(tmp_path: Path) -> None:
    keep(tmp_path / "a", {"bear": [0.8], "cows": [0.2]})
    keep(tmp_path / "b", {"cows": [0.2], "bear": [0.8]})
    every = read(tmp_path)
    for figure in ("J&F", "fps"):
        assert [len(s.points) for s in named(every, figure)] == [2]


def test_a_name_that_is_no_text_is_one_in_what_is_shown(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"old\xff")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes names that are text only")
    keep(folder / "a", {"bear": [0.8]})
    (result,) = read_results(tmp_path).results
    assert result.source == "old\N{REPLACEMENT CHARACTER}/a"


def test_speed_of_another_machine_is_kept_apart_but_not_quality(tmp_path: Path) -> None:
    keep(tmp_path / "a", {"bear": [0.8]})
    keep(tmp_path / "b", {"bear": [0.8]}, machine={**MACHINE, "id": "bbbb"})
    every = read(tmp_path)
    assert [len(s.points) for s in named(every, "fps")] == [1, 1]
    assert [len(s.points) for s in named(every, "J&F")] == [2]


def test_a_slower_machine_is_no_step(tmp_path: Path) -> None:
    machines = [MACHINE] * 6 + [{**MACHINE, "id": "bbbb"}] * 6
    history(tmp_path, [0.8] * 12, machine=machines, seconds=[2.0] * 6 + [9.0] * 6)
    assert not any(series.steps for series in read(tmp_path))


def test_slower_on_the_same_machine_is_a_step(tmp_path: Path) -> None:
    history(tmp_path, [0.8] * 12, seconds=[2.0] * 6 + [3.0] * 6)
    (series,) = named(read(tmp_path), "fps")
    (step,) = series.steps
    assert series.worse(step) and series.regressed
    assert series.change(step) == pytest.approx(-1 / 3)
    assert (step.before, step.after) == (pytest.approx(5.0), pytest.approx(10 / 3))


def facts(J: float, day: int, *, seconds: float = 1.0) -> Facts:
    score = ObjectScore("bear", 1, 8, Statistic(J, 1, 0), Statistic(J, 1, 0))
    return Facts(
        method="m",
        label="m",
        settings={},
        overrides={},
        dataset="sample",
        variant="",
        protocol="davis2017",
        seed=0,
        device="cpu",
        mode="streaming",
        weights_sha256="",
        sequences=(SequenceFacts("bear", "aa", "done", scores=(score,)),),
        masks=(),
        pace=Pace("workload", "aaaa", {}, (0.0, *(seconds,) * 3), (0.5,) * 4),
        made={"commit": "", "created": f"2026-01-{day:02}T00:00:00+00:00"},
    )


def test_baselines_have_their_scores_and_their_time_over_a_reference(tmp_path: Path) -> None:
    for day in range(1, 9):
        worse = day > 4
        path = tmp_path / f"{day}.json"
        write_baseline(path, facts(0.7 if worse else 0.8, day, seconds=2.0 if worse else 1.0))
    every = read(tmp_path)
    (quality,), (pace,) = named(every, "J&F"), named(every, "time over reference")
    assert [step.place for step in (*quality.steps, *pace.steps)] == [4, 4]
    assert pace.change(pace.steps[0]) == pytest.approx(1.0) and pace.regressed
    assert quality.points[0].result.baseline


def saved(seconds: float, day: int, cpu: str = "A") -> str:
    machine = {"node": "n", "cpu": {"brand_raw": cpu, "count": 2, "hz_actual": day}}
    return json.dumps(
        {
            "machine_info": machine,
            "commit_info": {"id": f"{day:040x}", "dirty": False},
            "datetime": f"2026-01-{day:02}T00:00:00",
            "benchmarks": [{"fullname": "test_J", "stats": {"median": seconds}}],
        }
    )


def test_files_of_pytest_benchmark_are_read(tmp_path: Path) -> None:
    for day in range(1, 9):
        (tmp_path / f"{day}.json").write_text(saved(0.5 if day < 5 else 0.8, day))
    (tmp_path / "elsewhere.json").write_text(saved(9.0, 9, cpu="B"))
    here = [series for series in read(tmp_path) if len(series.points) == 8]
    (series,) = here
    assert series.subject.label == "test_J" and [step.place for step in series.steps] == [4]
    assert series.steps[0].after == pytest.approx(0.8)


def test_one_file_that_cannot_be_read_keeps_no_other_from_it(tmp_path: Path) -> None:
    keep(tmp_path / "a", {"bear": [0.8]})
    keep(tmp_path / "b", {"bear": [0.8]}).joinpath("manifest.json").write_text("{")
    (tmp_path / "c.json").write_text("not JSON")
    (tmp_path / "d.json").write_text('{"benchmarks": [{}]}')
    (tmp_path / "e.json").write_text('{"loss": 3}')
    found = read_results(tmp_path)
    assert len(found.results) == 1
    assert len(found.unread) == 3
    for name, sentence in zip(("b", "c.json", "d.json"), sorted(found.unread), strict=True):
        assert str(tmp_path / name) in sentence


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder of results"):
        read_results(tmp_path / "nowhere")
