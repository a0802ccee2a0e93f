"""Runs of one method with several seeds."""

from collections.abc import Callable

import numpy as np
import pytest

from vosbench.records import Run
from vosbench.reports.compared.comparison import compare
from vosbench.reports.compared.seeds import KEYS, seed_groups
from vosbench.reports.options import ReportOptions
from vosbench.reports.scores import overall
from vosbench.seed_variance import seed_variance

MakeRun = Callable[..., Run]


def seeds(make_run: MakeRun, method: str, count: int, **facts: object) -> list[Run]:
    """Runs that differ in their seed, and in what it does to their scores."""
    drawn = np.random.default_rng(0).normal(0, 0.05, (count, 8)) + np.linspace(0.3, 0.7, 8)
    return [
        make_run(
            method,
            {f"s{place}": [value] for place, value in enumerate(row)},
            run=f"{method}-{seed}",
            seed=seed,
            key_parts={"seed": str(seed), "source": "same"},
            **facts,
        )
        for seed, row in enumerate(drawn)
    ]


def test_they_are_summarised_beside_the_table(make_run: MakeRun) -> None:
    runs = [*seeds(make_run, "a", 3), make_run("b", {f"s{place}": [0.5] for place in range(8)})]
    main, beside = overall.build(runs, ReportOptions())
    assert beside.title == "Several seeds on davis2016"
    rows = {str(row.cells[2].value): row.cells for row in beside.rows}
    assert list(rows) == ["J", "F", "J&F"]
    method, number, _, mean, between, of_seeds, of_sequences, of_both = rows["J"]
    assert (method.value, number.value) == ("a", 3)
    expected = seed_variance(
        [{score.sequence: [score.scores[0].J.mean] for score in run.records} for run in runs[:3]]
    )
    assert mean.value == pytest.approx(expected.mean)
    assert mean.interval == pytest.approx(expected.interval)
    assert between.value == pytest.approx(expected.of_runs**0.5)
    assert of_sequences.value == pytest.approx(expected.of_sequences**0.5)
    assert of_both.value == pytest.approx(expected.of_both**0.5)
    assert of_seeds.value == pytest.approx(max(0.0, expected.of_seeds) ** 0.5)
    for row in main.tidy[:3]:
        assert row["seeds"] == 3
        assert row["J_variance_of_seeds"] == pytest.approx(expected.of_seeds)
    assert {main.tidy[3][key] for key in KEYS} == {None}


def test_without_several_seeds_there_is_nothing_beside(make_run: MakeRun) -> None:
    assert len(overall.build(seeds(make_run, "a", 1), ReportOptions())) == 1


def test_whatever_else_differs_is_another_method(make_run: MakeRun) -> None:
    first, second = seeds(make_run, "a", 2)
    for facts in (
        {"settings": {"steps": 20}},
        {"label": "mine"},
        {"device": "cuda"},
        {"provenance": {"weights_sha256": "ab"}},
        {"key_parts": {"seed": "1", "source": "other"}},
    ):
        changed = make_run(
            "a",
            {record.sequence: [record.scores[0].J.mean] for record in second.records},
            **{"run": "a-1", "seed": 1, "key_parts": {"seed": "1", "source": "same"}, **facts},
        )
        (comparison,) = compare([first, changed], ReportOptions())
        assert seed_groups(comparison) == {}, facts
    (comparison,) = compare([first, second], ReportOptions())
    assert list(seed_groups(comparison)) == ["a"]


def test_incomplete_runs_do_not_count(make_run: MakeRun) -> None:
    first, second = seeds(make_run, "a", 2)
    part = Run(second.manifest, second.records[:-1])
    assert len(overall.build([first, part], ReportOptions())) == 1
