"""Seconds that a table of 30 sequences and 4 methods takes to be built, and to be written."""

from collections.abc import Sequence

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from vosbench.records import Manifest, ObjectScore, Run, SequenceRecord, Statistic
from vosbench.reports import tables
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Table

SEQUENCES, METHODS, OBJECTS = 30, 4, 2


@pytest.fixture(scope="module")
def runs() -> tuple[Run, ...]:
    """Made up from fixed seeds."""
    return tuple(_run(number) for number in range(METHODS))


def test_build(benchmark: BenchmarkFixture, runs: tuple[Run, ...]) -> None:
    """The table itself, with its means, intervals and marks."""
    options = ReportOptions(metric="J&F")
    arguments = "per-sequence", runs, options
    (table,) = benchmark.pedantic(tables.build, arguments, rounds=20, warmup_rounds=1)
    assert len(table.columns) > METHODS


@pytest.mark.parametrize("format_name", ["text", "md", "latex", "html"])
def test_render(benchmark: BenchmarkFixture, runs: tuple[Run, ...], format_name: str) -> None:
    """The table as text."""
    built: Sequence[Table] = tables.build("per-sequence", runs, ReportOptions(metric="J&F"))
    written = benchmark.pedantic(
        render, (built, format_name), rounds=20, iterations=2, warmup_rounds=1
    )
    assert written.count("clip-") >= SEQUENCES


def _run(number: int) -> Run:
    rng = np.random.default_rng(number)
    names = tuple(f"clip-{index:02d}" for index in range(SEQUENCES))
    records = tuple(
        SequenceRecord(name, "done", "key", {}, protocol="davis2017", scores=_scores(name, rng))
        for name in names
    )
    manifest = Manifest(
        run=f"method-{number}-1", method=f"method-{number}", label=f"method-{number}",
        dataset="made", sequences=names, protocol="davis2017", seed=0, device="cpu", settings={},
        overrides={}, provenance={}, imported=False, machine={"id": "made"}, versions={}, git={},
        command="", created="2026-01-01T00:00:00Z",
    )  # fmt: skip
    return Run(manifest, records)


def _scores(name: str, rng: np.random.Generator) -> tuple[ObjectScore, ...]:
    def figure() -> Statistic:
        return Statistic(*(float(value) for value in rng.uniform(0.3, 0.95, 3)))

    return tuple(
        ObjectScore(name, number, 70, figure(), figure()) for number in range(1, OBJECTS + 1)
    )
