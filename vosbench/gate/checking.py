"""A method in a test: run as the test says, and held to the baseline beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.gate.facts import Facts
from vosbench.gate.findings import Verdict
from vosbench.gate.rules import GateRules


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a test runs.

    Attributes:
        method: name of a method.
        dataset: name of a dataset.
        place: where the dataset lies, or which sequences are generated.
        sequences: only these; None for all.
        settings: of the method.
        seed: of the method.
        device: where to compute.
        mode: as in `vosbench.timing_records.Timing`.
        plugins: files that bring further methods.
        rules: of the gates.
        command: by which the baseline is made anew.
    """

    method: str
    dataset: str
    place: DatasetOptions
    sequences: tuple[str, ...] | None
    settings: Mapping[str, object] = field(default_factory=dict)
    seed: int
    device: str
    mode: str
    plugins: tuple[Path, ...]
    rules: GateRules
    command: str


def facts_now(asked: Check) -> Facts:
    """What the method does now.

    Raises:
        UsageError: the method, a setting, the device or the dataset does not exist here.
        DataError: the dataset or weights cannot be used.
        MethodError: the method cannot be built.
    """
    from vosbench.command_line import load_methods
    from vosbench.datasets import select
    from vosbench.gate.holding import typed
    from vosbench.gate.taking import Taking, take
    from vosbench.machine import check_device
    from vosbench.profiling.quiet import keep_quiet
    from vosbench.progress import Progress
    from vosbench.registry import open_dataset
    from vosbench.request import request_of
    from vosbench.timing_records import MODES

    keep_quiet()
    if asked.mode not in MODES:
        raise UsageError(f"mode is {asked.mode!r}, expected {' or '.join(map(repr, MODES))}")
    check_device(asked.device)
    assignments = tuple(f"{name}={typed(value)}" for name, value in asked.settings.items())
    (loaded,) = load_methods((asked.method,), assignments, asked.device, asked.plugins)
    dataset = open_dataset(asked.dataset, asked.place)
    if asked.sequences is not None:
        dataset = select(dataset, asked.sequences)
    request = request_of(
        loaded,
        timed=False,
        seed=asked.seed,
        device=asked.device,
        mode=asked.mode,
        command=asked.command,
    )
    with TemporaryDirectory(prefix="vosbench-check-") as runs:
        how = Taking(runs=Path(runs), rules=asked.rules, progress=Progress(quiet=True))
        return take(request, dataset, how)


def check(asked: Check, baseline: Path) -> Verdict:
    """What comes of the method now, held to the baseline.

    Raises:
        UsageError: as `facts_now`.
        DataError: as `facts_now`; or there is no baseline, or it is none.
        MethodError: as `facts_now`.
    """
    from vosbench.gate.facts import OldBaselineError, read_baseline
    from vosbench.gate.holding import judged, too_old

    try:
        then = read_baseline(baseline)
    except OldBaselineError as error:
        return too_old(baseline, error)
    return judged(baseline, then, facts_now(asked), asked.rules)


def write_anew(asked: Check, baseline: Path) -> Facts:
    """Write what the method does now as the baseline, and the folders above it.

    Raises:
        UsageError: as `facts_now`.
        DataError: as `facts_now`; or a sequence failed: a baseline is of what works; or the file
            system refuses.
        MethodError: as `facts_now`.
    """
    from vosbench.atomic import writing
    from vosbench.gate.facts import write_baseline

    facts = facts_now(asked)
    failed = [each for each in facts.sequences if each.state != "done"]
    if failed or not facts.sequences:
        why = (
            f"{failed[0].sequence} fails: {failed[0].reason}"
            if failed
            else "the dataset has no sequence"
        )
        raise DataError(f"{baseline} was not written: a baseline is of what works, and {why}")
    with writing(baseline):
        baseline.parent.mkdir(parents=True, exist_ok=True)
    write_baseline(baseline, facts)
    return facts
