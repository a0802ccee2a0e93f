"""What masks may depend on besides the method: the processor, threads, libraries, the device."""

from collections.abc import Mapping

from vosbench import machine
from vosbench.gate.facts import PlatformMasks
from vosbench.provenance import RELEVANT
from vosbench.records import Manifest

_MACHINE = ("cpu", "cpu_capability", "threads", "device", "gpu", "cuda", "cudnn", "flags")
_HARMLESS = ("safetensors",)
"""Distributions that copy numbers and compute none."""


def platform_of(manifest: Manifest) -> dict[str, str]:
    """The platform that a run was made on, by name of the fact.

    Threads and instructions are there only where torch was at work.
    """
    facts = {name: manifest.machine.get(name) for name in _MACHINE}
    facts |= {name: manifest.versions.get(name) for name in RELEVANT if name not in _HARMLESS}
    return {name: _text(fact) for name, fact in facts.items() if fact is not None}


def masks_on(known: tuple[PlatformMasks, ...], platform: Mapping[str, str]) -> PlatformMasks | None:
    """The masks that are known of a platform; None where there are none.

    Two platforms are one if they agree on all that both state.
    """
    found = (each for each in known if machine.agree(each.platform, platform))
    return next(found, None)


def difference(known: tuple[PlatformMasks, ...], platform: Mapping[str, str]) -> str:
    """In what a platform differs from the closest that is known, in words.

    >>> here = {"cpu": "B", "threads": "2"}
    >>> difference((PlatformMasks({"cpu": "B", "threads": "1"}, {}),), here)
    'threads 1 then, 2 now'
    """
    unequal = [
        [
            f"{name} {then} then, {platform[name]} now"
            for name, then in each.platform.items()
            if platform.get(name, then) != then
        ]
        for each in known
    ]
    fewest: list[str] = min(unequal, key=len, default=[])
    return "; ".join(fewest)


def _text(fact: object) -> str:
    if isinstance(fact, Mapping):
        return ", ".join(f"{name} {value}" for name, value in sorted(fact.items()))
    return str(fact)
