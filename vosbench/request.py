"""A run as asked for, the name of its folder, and what its masks depend on."""

import hashlib
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from vosbench.method import MaskSource, Method
from vosbench.record_json import canonical_json
from vosbench.sequence import Dataset, Sequence
from vosbench.time_limits import NO_LIMITS, TimeLimits
from vosbench.timing_records import STREAMING

if TYPE_CHECKING:
    from vosbench.registry import LoadedMethod

PROCEDURE = "1"
"""Version of how the runner feeds a method (seeding, order of calls, void in the first mask).

Part of every key: raise it when masks may differ for it.
"""

LONGEST_VALUE = 24
LONGEST_RUN = 160


@dataclass(frozen=True)
class RunRequest:
    """One method with its settings, to be run over a dataset.

    Attributes:
        method: registered name.
        label: how tables call it.
        settings: all settings, resolved; values that JSON can hold, or paths.
        overrides: those that the user set.
        source_sha256: digest over the code that the masks depend on.
        origin: distribution and version that brings the method.
        build: makes the plug-in; weights are loaded here.
        seed: 0 … 2³²−1.
        device: cpu, cuda (cuda:1, …) or mps.
        command: as typed.
        mode: `STREAMING` or `THROUGHPUT`, see `vosbench.timing_records`.
        repetitions: timed passes over each sequence, fixed before the first.
        warm_up: whether a made-up clip goes before the clock.
        timed: False makes masks and scores only.
        time_limits: that calls of the method are held to.
    """

    method: str
    label: str
    settings: Mapping[str, object]
    overrides: Mapping[str, object]
    source_sha256: str
    origin: str
    build: Callable[[], Method | MaskSource]
    seed: int = 0
    device: str = "cpu"
    command: str = ""
    mode: str = STREAMING
    repetitions: int = 1
    warm_up: bool = True
    timed: bool = True
    time_limits: TimeLimits = NO_LIMITS

    @property
    def device_kind(self) -> str:
        """The device without its number: masks do not depend on which of several it was."""
        return self.device.partition(":")[0]


def request_of(loaded: "LoadedMethod", **how: Any) -> RunRequest:
    """The request for a loaded method.

    Args:
        loaded: says what is run.
        how: the other fields of `RunRequest`, those that say how.
    """
    return RunRequest(
        method=loaded.entry.name,
        label=loaded.label,
        settings=loaded.settings,
        overrides=loaded.overrides,
        source_sha256=loaded.source_sha256,
        origin=loaded.entry.origin,
        build=loaded.build,
        **how,
    )


def run_name(request: RunRequest, dataset: Dataset) -> str:
    """Name of the run's folder: method, dataset and variant, seed, what the user set, device, mode.

    A default variant is left out, and so are the CPU and streaming.
    `eosvos-50__synthetic-seed3__seed0`.

    Values that are long or cannot stand in a file name are shortened and told apart by a digest.
    """
    where = _plain(dataset.name, 40)
    if dataset.variant:
        where += f"-{_plain(dataset.variant, 40)}"
    parts = [_plain(request.method, 60), where, f"seed{request.seed}"]
    parts += [
        f"{_plain(key, 40)}={_plain(_text(value), LONGEST_VALUE)}"
        for key, value in sorted(request.overrides.items())
    ]
    if request.device_kind != "cpu":
        parts.append(request.device_kind)
    if request.mode != STREAMING:
        parts.append(request.mode)
    return _plain("__".join(parts), LONGEST_RUN)


def run_key_parts(request: RunRequest, plugin: Method | MaskSource) -> dict[str, str]:
    """What the masks of every sequence depend on, by name.

    The machine is none of it: it belongs to the timing. The version of torch always is, whether
    or not this method uses it, so that the key does not depend on what else the process runs.
    Masks that exist already depend on no seed, device or torch.
    """
    parts = {
        "method": request.method,
        "origin": request.origin,
        "source_sha256": request.source_sha256,
        "procedure": PROCEDURE,
    }
    parts |= {f"settings.{key}": canonical_json(value) for key, value in request.settings.items()}
    parts |= {f"provenance.{key}": str(value) for key, value in plugin.provenance().items()}
    if isinstance(plugin, Method):
        parts |= {
            "seed": str(request.seed),
            "device": request.device_kind,
            "torch": _torch_version(),
            "precision": precision(),
        }
    return parts


def sequence_key_parts(plugin: Method | MaskSource, sequence: Sequence) -> dict[str, str]:
    """What the masks of one sequence depend on besides, by name.

    Raises:
        DataError: a file of the sequence or a stored mask is missing or unreadable.
    """
    parts = {"sequence": sequence.name, "sequence_sha256": sequence.fingerprint()}
    if isinstance(plugin, MaskSource):
        parts["masks_sha256"] = plugin.fingerprint(sequence)
    return parts


def key_of(parts: Mapping[str, str]) -> str:
    """Hex sha256 over parts: equal keys mean equal masks.

    >>> key_of({"a": "1", "b": "2"}) == key_of({"b": "2", "a": "1"})
    True
    """
    return hashlib.sha256(canonical_json(parts).encode(errors="surrogatepass")).hexdigest()


def precision() -> str:
    """Switches of torch that change results and are not as torch ships them; mostly `default`.

    Without torch in the process they are as shipped.
    """
    if "torch" not in sys.modules:
        return "default"
    import torch

    cudnn = torch.backends.cudnn
    shipped = {
        "dtype": (str(torch.get_default_dtype()), "torch.float32"),
        "matmul": (torch.get_float32_matmul_precision(), "highest"),
        "cudnn.allow_tf32": (cudnn.allow_tf32, True),
        "cudnn.benchmark": (cudnn.benchmark, False),
        "deterministic": (torch.are_deterministic_algorithms_enabled(), False),
    }
    changed = [
        f"{name}={value}" for name, (value, as_shipped) in shipped.items() if value != as_shipped
    ]
    return " ".join(changed) or "default"


def _torch_version() -> str:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else canonical_json(value).strip('"')


def _plain(text: str, longest: int) -> str:
    """`text` if it is short and can stand in a file name, else its readable part and a digest."""
    readable = re.sub(r"[^A-Za-z0-9._+=-]+", "-", text).lstrip(".")
    if readable == text and len(text) <= longest:
        return text
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]
    return f"{readable[: longest - 9].strip('-')}-{digest}"
