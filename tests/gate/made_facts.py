"""Facts that no run made, for gates as pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from vosbench.gate.facts import Facts, PlatformMasks, SequenceFacts
from vosbench.records import ObjectScore, Statistic

HERE = {"cpu": "model A", "threads": "1", "torch": "2.9.0"}


def score(sequence: str, object_id: int, j: float, f: float | None = None) -> ObjectScore:
    j_and_f = Statistic(j, 1.0, 0.0), Statistic(j if f is None else f, 1.0, 0.0)
    return ObjectScore(sequence, object_id, 10, *j_and_f)


def sequence(name: str, *scores: float) -> SequenceFacts:
    """One that is done, with an object a score."""
    made = tuple(score(name, place, value) for place, value in enumerate(scores, 1))
    return SequenceFacts(name, f"frames of {name}", "done", scores=made)


def masks(names: Sequence[str], look: str = "a", on: Mapping[str, str] = HERE) -> PlatformMasks:
    return PlatformMasks(on, {name: f"{look} {name}" for name in names})


def facts(scores: Mapping[str, Sequence[float]], *, look: str = "a", **changes: Any) -> Facts:
    """Facts of a run with these scores; masks of one look are the same."""
    fields: dict[str, Any] = {
        "method": "mover",
        "label": "mover",
        "settings": {"lift": 0},
        "overrides": {},
        "dataset": "folders",
        "variant": "",
        "protocol": "davis2017",
        "seed": 0,
        "device": "cpu",
        "mode": "streaming",
        "weights_sha256": "",
        "sequences": tuple(sequence(name, *of) for name, of in scores.items()),
        "masks": (masks(list(scores), look),),
    }
    return Facts(**fields | changes)
