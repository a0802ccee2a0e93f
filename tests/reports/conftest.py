"""Runs made straight from the dataclasses, for tests of tables."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.reports.every_table import built, hostile_masks, hostile_runs
from vosbench.records import Manifest, ObjectScore, Run, SequenceRecord, Statistic
from vosbench.reports import tables
from vosbench.reports.table import Table
from vosbench.timing_records import TimedPass, Timing

MACHINE = {"id": "aaaa", "cpu": "Test CPU", "cores": 2, "os": "Linux", "device": "cpu"}


def made_record(
    sequence: str, figures: list[float], *, seconds: float | None, machine: str
) -> SequenceRecord:
    """A sequence with one object for each J; F is J / 2, recall J / 4, decay J / 8."""
    scores = tuple(
        ObjectScore(sequence, number, 8, Statistic(J, J / 4, J / 8), Statistic(J / 2, J / 4, J / 8))
        for number, J in enumerate(figures, 1)
    )
    timing = None
    if seconds is not None:
        spent = {"load": 100.0, "init": seconds / 2, "infer": seconds / 2}
        passes = (TimedPass(spent, (0.1,)),)
        timing = Timing(10, len(figures), passes, machine=machine)
    return SequenceRecord(sequence, "done", "key", {}, scores=scores, timing=timing)


def made_run(
    method: str,
    figures: Mapping[str, list[float] | str | None],
    *,
    dataset: str = "davis2016",
    seconds: float = 2.0,
    imported: bool = False,
    **facts: Any,
) -> Run:
    """A run with the J of each object by sequence; a text is the reason of a failure.

    None stands for a sequence without a record. `facts` go into the manifest.
    """
    records = []
    machine = facts.get("machine", MACHINE)["id"]
    for name, found in figures.items():
        if isinstance(found, str):
            records.append(SequenceRecord(name, "failed", "key", {}, reason=found))
        elif found is not None:
            spent = None if imported else seconds
            records.append(made_record(name, found, seconds=spent, machine=machine))
    manifest = {
        "run": f"{method}-1",
        "method": method,
        "label": method,
        "dataset": dataset,
        "sequences": tuple(figures),
        "protocol": dataset,
        "seed": 0,
        "device": "cpu",
        "settings": {},
        "overrides": {},
        "provenance": {},
        "imported": imported,
        "machine": MACHINE,
        "versions": {"vosbench": "0.1.0"},
        "git": {},
        "command": "vosbench run",
        "created": "2026-01-01T00:00:00Z",
    }
    return Run(Manifest(**{**manifest, **facts}), tuple(records))


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    """`made_run`."""
    return made_run


@pytest.fixture(scope="session")
def every_table(
    make_run: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[Table, ...]]:
    """All tables by name, of runs with hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    masks = folder, hostile_masks(folder)
    return {name: built(name, hostile_runs(make_run), masks) for name in tables.names()}


@pytest.fixture(params=tables.names())
def made(
    request: pytest.FixtureRequest, every_table: Mapping[str, tuple[Table, ...]]
) -> tuple[Table, ...]:
    """What one name of a table gives, one name after the other."""
    return every_table[request.param]
