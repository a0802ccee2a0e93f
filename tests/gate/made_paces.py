"""Paces that nobody measured, for gate `timed` as a pure function."""

from typing import Any

import numpy as np

from tests.gate.made_facts import facts
from vosbench.gate.facts import Facts, Pace, PartPace

UNIT, FIRST, FRAMES = 0.015, 0.3, 0.2
"""Seconds of a unit of the workload, of the first frame, and of all later ones."""


def samples(rng: np.random.Generator, pairs: int, seconds: float, spread: float) -> Any:
    return tuple((seconds * np.exp(rng.normal(0, spread, pairs))).tolist())


def part(
    pairs: int,
    seconds: float,
    *,
    seed: int = 0,
    slower: float = 1.0,
    waits: float = 0.0,
    reference: float = UNIT,
    spread: float = 0.04,
    wall_spread: float = 0.06,
    reference_spread: float = 0.04,
) -> PartPace:
    """A part that takes some seconds of CPU time, and of wall clock a little more.

    Args:
        slower: times as long as that.
        waits: seconds of wall clock besides.
    """
    rng = np.random.default_rng(seed)
    cpu = samples(rng, pairs, slower * seconds, spread)
    wall = samples(rng, pairs, 1.1 * slower * seconds + waits, wall_spread)
    beside = samples(rng, pairs, reference, reference_spread)
    beside_wall = samples(rng, pairs, 1.1 * reference, wall_spread)
    return PartPace(wall, cpu, beside_wall, beside)


def pace(pairs: int = 14, *, seed: int = 1, clock: str = "cpu", **changes: Any) -> Pace:
    """Beside the workload; `first` and `frames` are what differs in these parts."""
    first, frames = changes.pop("first", {}), changes.pop("frames", {})
    parts = {
        "first frame": part(pairs, FIRST, **{"seed": 2 * seed} | first),
        "frames": part(pairs, FRAMES, **{"seed": 2 * seed + 1} | frames),
    }
    fields: dict[str, Any] = {
        "reference": "workload",
        "machine": "0123456789ab",
        "circumstances": {"threads": 1, "environment": {"OMP_NUM_THREADS": "1"}},
        "seconds": tuple(
            sum(pair) for pair in zip(*(p.seconds for p in parts.values()), strict=True)
        ),
        "reference_seconds": parts["frames"].reference_seconds,
        "sequence": "bear",
        "steps": 20,
        "parts": parts,
        "clock": clock,
    }
    return Pace(**fields | changes)


def timed_facts(taken: Pace | None) -> Facts:
    return facts({"bear": [0.8]}, pace=taken)
