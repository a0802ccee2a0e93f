"""Figures of a baseline: those of its run, and what was counted and timed for the gate."""

from collections.abc import Iterator, Mapping
from statistics import median

from vosbench.gate.facts import Facts
from vosbench.history.results import Figure, Result, Subject
from vosbench.history.run_results import around, quality, settings_of
from vosbench.record_json import canonical_json


def result_of_baseline(facts: Facts, source: str) -> Result:
    """The figures that a baseline holds."""
    made = facts.made
    figures = dict(quality([(each.sequence, each.scores) for each in facts.sequences]))
    figures |= dict(_counted(facts))
    figures |= dict(_timed(facts))
    versions, machine = made.get("versions"), made.get("machine")
    frames = {each.sequence: each.sequence_sha256 for each in facts.sequences}
    return Result(
        source=source,
        subject=Subject(
            label=facts.label,
            method=facts.method,
            dataset=facts.dataset,
            variant=facts.variant,
            protocol=facts.protocol,
            seed=facts.seed,
            device=facts.device,
            mode=facts.mode,
            settings=settings_of(facts.settings),
        ),
        figures=figures,
        commit=str(made.get("commit") or ""),
        dirty=bool(made.get("dirty")),
        created=str(made.get("created") or ""),
        around=around(versions, machine, facts.weights_sha256, frames),
        baseline=True,
    )


def _counted(facts: Facts) -> Iterator[tuple[Figure, float]]:
    """Calls and bytes of the profiled sequence, over its phases, where torch was profiled."""
    counts = facts.counts
    if counts is None:
        return
    within = (
        ("sequence", counts.sequence),
        ("torch", counts.torch),
        ("threads", str(counts.threads)),
        ("processor", counts.processor),
    )
    phases = counts.phases.values()
    totals: Mapping[str, tuple[str, list[int | None]]] = {
        "operator calls": ("count", [each.operator_calls for each in phases]),
        "backward passes": ("count", [each.backward_passes for each in phases]),
        "allocated (host)": ("gibibytes", [each.host_bytes for each in phases]),
        "allocated (device)": ("gibibytes", [each.device_bytes for each in phases]),
    }
    for name, (unit, found) in totals.items():
        known = [value for value in found if value is not None]
        if known and sum(known) > 0:
            yield Figure(name, unit, False, "counted", within=within), sum(known)


def _timed(facts: Facts) -> Iterator[tuple[Figure, float]]:
    """Seconds of a pass over those of the reference beside it; of one reference only."""
    pace = facts.pace
    if pace is None or not pace.seconds:
        return
    pairs = zip(pace.seconds, pace.reference_seconds, strict=False)
    ratios = [own / reference for own, reference in pairs if own > 0 and reference > 0]
    if not ratios:
        return
    within = (
        ("reference", pace.reference),
        ("machine", pace.machine),
        ("circumstances", canonical_json(pace.circumstances)),
    )
    yield Figure("time over reference", "times", False, "timed", within=within), median(ratios)
