"""Files that pytest-benchmark wrote, versions 4 and 5: samples, and the machine they were taken on.

They may be anybody's. What a file does not say is unknown, never guessed.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vosbench.errors import DataError
from vosbench.record_json import canonical_json

FINGERPRINT = "vosbench"
"""Key of `machine_info` under which `vosbench.machine.fingerprint` stands, if it was added."""

KNOWN_WORK = "known_work_seconds"
"""Key of `extra_info` for seconds that work takes which never changes, before and after."""

_WRITE = "`pytest --benchmark-json=FILE` writes one"
_UNSERIALIZABLE = "UNSERIALIZABLE["
"""How pytest-benchmark begins what JSON cannot hold; what follows may be an address in memory."""


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    Attributes:
        name: its node in pytest, with its parameters in brackets.
        params: JSON of its parameters; empty without any.
        clock: name of the timer; empty where the file does not say.
        seconds: of one call, a sample a round; empty where the file has statistics only.
        known_work: seconds of known work around it; empty for most.
    """

    name: str
    params: str
    clock: str
    seconds: tuple[float, ...]
    known_work: tuple[float, ...] = ()


@dataclass(frozen=True)
class BenchmarkFile:
    """What one run of pytest-benchmark left.

    Attributes:
        path: of the file.
        machine: `machine_info` as it stands in the file.
        benchmarks: by name, in the order of the file.
    """

    path: Path
    machine: Mapping[str, object]
    benchmarks: Mapping[str, Benchmark]

    @property
    def fingerprint(self) -> Mapping[str, object]:
        """That of vosbench; empty where it was not added."""
        found = _mapping(self.machine.get(FINGERPRINT))
        return found if isinstance(found.get("id"), str) else {}


def read_benchmarks(path: Path) -> BenchmarkFile:
    """The benchmarks in a file.

    Raises:
        DataError: there is no such file, or pytest-benchmark did not write it.
    """
    content = _content(path)
    found: dict[str, Benchmark] = {}
    for number, each in enumerate(content["benchmarks"], 1):
        benchmark = _benchmark(path, number, each)
        if benchmark.name in found:
            raise DataError(
                f"{path} has two results of {benchmark.name}, and which one counts cannot be "
                "told; keep one of them"
            )
        found[benchmark.name] = benchmark
    return BenchmarkFile(path, _mapping(content.get("machine_info")), found)


def _content(path: Path) -> dict[str, list[object]]:
    """The JSON object of a file, which has a list of benchmarks."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"there is no file {path}; {_WRITE}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{path} is no JSON ({reason}); {_WRITE}") from error
    if not isinstance(content, dict) or not isinstance(content.get("benchmarks"), list):
        raise DataError(
            f"{path} is JSON, but not of pytest-benchmark: no list of benchmarks; {_WRITE}"
        )
    return content


def _benchmark(path: Path, number: int, given: object) -> Benchmark:
    """One entry of the list; `number` counts from 1."""
    entry = _mapping(given)
    name = entry.get("fullname", entry.get("name"))
    stats = entry.get("stats")
    if not isinstance(name, str) or not isinstance(stats, dict):
        raise DataError(
            f"benchmark {number} of {path} has no name or no stats, as pytest-benchmark gives it; "
            f"{_WRITE}"
        )
    clock = _mapping(entry.get("options")).get("timer")
    return Benchmark(
        name=name,
        params=_params(entry.get("params")),
        clock=clock if isinstance(clock, str) else "",
        seconds=_seconds(path, name, stats.get("data")),
        known_work=_seconds(path, name, _mapping(entry.get("extra_info")).get(KNOWN_WORK)),
    )


def _params(given: object) -> str:
    """Parameters in one way of writing; what JSON cannot hold is all alike."""
    known = {
        key: "…" if isinstance(value, str) and value.startswith(_UNSERIALIZABLE) else value
        for key, value in _mapping(given).items()
    }
    return canonical_json(known) if known else ""


def _seconds(path: Path, name: str, given: object) -> tuple[float, ...]:
    """Samples; none where there are none."""
    if given is None:
        return ()
    if not isinstance(given, list) or not all(map(_is_time, given)):
        raise DataError(f"{path} has samples of {name} that are no times in seconds; {_WRITE}")
    return tuple(map(float, given))


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def machine_differences(then: BenchmarkFile, now: BenchmarkFile) -> Iterator[str]:
    """In what the machines differ, or what speed depends on there; nothing where they are one.

    By the fingerprint of vosbench where both files have it, which takes machines of one kind for
    one; else by what pytest-benchmark says, name of the host included.
    """
    if then.fingerprint and now.fingerprint:
        yield from _by_fingerprint(then.fingerprint, now.fingerprint)
    else:
        yield from _by_machine_info(then, now)
    for what in ("python_implementation", "python_version"):
        yield from _unequal(what, _release(then.machine.get(what)), _release(now.machine.get(what)))


def _by_fingerprint(then: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    from vosbench.machine import HARDWARE, circumstances

    if then["id"] != now["id"]:
        found = [each for key in HARDWARE for each in _unequal(key, then.get(key), now.get(key))]
        yield from found or _unequal("fingerprint", then["id"], now["id"])
        return
    one, other = circumstances(then), circumstances(now)
    for key in one.keys() & other.keys():
        yield from _unequal(key, one[key], other[key])


def _by_machine_info(then: BenchmarkFile, now: BenchmarkFile) -> Iterator[str]:
    facts = [_facts(file.machine) for file in (then, now)]
    if not facts[0].keys() & facts[1].keys() & {"processor", "host"}:
        silent = then if not facts[0] else now
        yield f"{silent.path} does not say on what machine it was made"
        return
    for key in facts[0]:
        yield from _unequal(key, facts[0][key], facts[1].get(key))


def _facts(machine: Mapping[str, object]) -> dict[str, object]:
    """What identifies a machine in `machine_info`."""
    cpu = _mapping(machine.get("cpu"))
    facts = {
        "processor": cpu.get("brand_raw") or cpu.get("brand") or machine.get("processor"),
        "cores": cpu.get("count"),
        "architecture": machine.get("machine"),
        "system": machine.get("system"),
        "host": machine.get("node"),
    }
    return {key: value for key, value in facts.items() if value not in (None, "")}


def _release(version: object) -> str | None:
    """A version without its last number, which mends faults only."""
    return ".".join(version.split(".")[:2]) if isinstance(version, str) else None


def _unequal(what: str, then: object, now: object) -> Iterator[str]:
    if then is not None and now is not None and then != now:
        yield f"{what} {_text(then)} then and {_text(now)} now"


def _text(fact: object) -> str:
    return fact if isinstance(fact, str) else canonical_json(fact)
