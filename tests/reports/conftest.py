"""Runs made straight from the dataclasses, for tests of tables."""

from collections.abc import Callable, Mapping

import pytest

from vosbench.records import Manifest, ObjectScore, Run, SequenceRecord, Statistic, Timing

MACHINE = {"id": "aaaa", "cpu": "Test CPU", "cores": 2, "os": "Linux", "device": "cpu"}
EOSVOS = {
    "network": "compact",
    "weights": "eosvos.safetensors",
    "weights_sha256": "0123456789abcdef",
}


def made_record(
    sequence: str, figures: list[float], *, seconds: float = 2.0, timed: bool = True
) -> SequenceRecord:
    """A sequence with one object for each J; F is J / 2, recall J / 4, decay J / 8."""
    scores = tuple(
        ObjectScore(sequence, number, 8, Statistic(J, J / 4, J / 8), Statistic(J / 2, J / 4, J / 8))
        for number, J in enumerate(figures, 1)
    )
    timing = Timing({"init": seconds / 2, "infer": seconds / 2}, 10, len(figures), (0.1,), "aaaa")
    return SequenceRecord(
        sequence, "done", "k", {}, scores=scores, timing=timing if timed else None
    )


def failed_record(sequence: str, reason: str) -> SequenceRecord:
    """A sequence that failed."""
    return SequenceRecord(sequence, "failed", "k", {}, reason=reason)


def made_run(
    method: str,
    figures: Mapping[str, list[float] | str | None],
    *,
    dataset: str = "davis2016",
    imported: bool = False,
    seconds: float = 2.0,
    **manifest: object,
) -> Run:
    """A run with the given J by sequence: of each object, the reason of a failure, or no record."""
    records = tuple(
        failed_record(name, found)
        if isinstance(found, str)
        else made_record(name, found, seconds=seconds, timed=not imported)
        for name, found in figures.items()
        if found is not None
    )
    facts: dict[str, object] = {
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
    return Run(Manifest(**{**facts, **manifest}), records)  # type: ignore[arg-type]


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """`made_run`: a method's name and its J by sequence make a run."""
    return made_run
