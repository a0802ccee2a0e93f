"""Figures of a kept run: quality, speed and memory."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from vosbench.history.results import Figure, Result, Subject
from vosbench.record_json import canonical_json
from vosbench.records import ObjectScore, Run
from vosbench.speed.consumption import device_peak, peak
from vosbench.speed.rates import fps_amortised
from vosbench.timing_records import Timing

_METRICS = ("J&F", "J", "F")

ScoresOf = Sequence[tuple[str, Sequence[ObjectScore]]]
"""Scores of the objects of each sequence; none where it failed."""


def result_of_run(run: Run, source: str) -> Result:
    """The figures that the folder of a run holds.

    Means are left out unless every sequence of the run was scored: over some they say something
    else.
    """
    made = run.manifest
    scores = {record.sequence: record.scores for record in run.records}
    figures = dict(quality([(name, scores.get(name, ())) for name in made.sequences]))
    timings = {r.sequence: r.timing for r in run.records if r.state == "done" and r.timing}
    if not made.imported and set(timings) == set(made.sequences):
        figures |= dict(_costs(timings))
    frames = {r.sequence: r.key_parts.get("sequence_sha256", "") for r in run.records}
    return Result(
        source=source,
        subject=Subject(
            label=made.label,
            method=made.method,
            dataset=made.dataset,
            variant=made.dataset_variant,
            protocol=made.protocol,
            seed=made.seed,
            device=made.device,
            mode=made.mode,
            settings=settings_of(made.settings),
        ),
        figures=figures,
        commit=str(made.git.get("commit") or ""),
        dirty=bool(made.git.get("dirty")),
        created=made.created,
        around=around(
            made.versions, made.machine, made.provenance.get("weights_sha256", ""), frames
        ),
    )


def quality(scores: ScoresOf) -> Iterator[tuple[Figure, float]]:
    """Mean J, F and J&F over all objects, if every sequence has some; J&F of each sequence."""
    names = ",".join(sorted(name for name, _ in scores))
    within = (("sequences", names),)
    if scores and all(objects for _, objects in scores):
        every = [score for _, objects in scores for score in objects]
        for metric in _METRICS:
            mean = _mean(every, metric)
            if mean is not None:
                yield Figure(metric, "percent", True, "quality", within=within), mean
    for name, objects in scores:
        mean = _mean(objects, "J&F")
        if mean is not None:
            yield Figure("J&F", "percent", True, "quality", sequence=name), mean


def settings_of(settings: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Settings as `Subject` has them."""
    return tuple(sorted((name, canonical_json(value)) for name, value in settings.items()))


def around(
    versions: object, machine: object, weights_sha256: str, frames: Mapping[str, str]
) -> dict[str, str]:
    """What a change may come from besides commits, by name; what is not known is left out."""
    found = {
        name: str(version)
        for name, version in (versions.items() if isinstance(versions, Mapping) else ())
    }
    if isinstance(machine, Mapping):
        found["machine"] = str(machine.get("id") or "")
    found["weights"] = weights_sha256[:12]
    if any(frames.values()):
        found["frames"] = digest(frames)
    return {name: value for name, value in found.items() if value}


def digest(value: object) -> str:
    """Twelve hex digits that stand for a value."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:12]


def _mean(objects: Iterable[ObjectScore], metric: str) -> float | None:
    """Mean over objects; None where one has no score."""
    found = [_score(score, metric) for score in objects]
    return math.fsum(found) / len(found) if found and all(map(math.isfinite, found)) else None


def _score(score: ObjectScore, metric: str) -> float:
    each = {"J": score.J.mean, "F": score.F.mean}
    return each[metric] if metric in each else (score.J.mean + score.F.mean) / 2


def _costs(timings: Mapping[str, Timing]) -> Iterator[tuple[Figure, float]]:
    """Speed and memory; none unless all was timed on one machine under the same circumstances."""
    places = {(each.machine, canonical_json(each.circumstances)) for each in timings.values()}
    if len(places) != 1:
        return
    ((machine, circumstances),) = places
    within = (
        ("sequences", ",".join(sorted(timings))),
        ("machine", machine),
        ("circumstances", circumstances),
    )
    rate = fps_amortised(timings.values())
    if rate:
        yield Figure("fps", "fps", True, "timed", within=within), rate
    held = device_peak(timings) or peak(timings, "host")
    if held is not None and held.bytes > 0:
        yield Figure(f"peak memory ({held.kind})", "gibibytes", False, within=within), held.bytes
