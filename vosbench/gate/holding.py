"""A run held to a baseline: made again as the baseline was, or kept; judged by all gates."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from vosbench.command_line import load_methods
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import MethodError
from vosbench.gate import comparable
from vosbench.gate.facts import Facts, OldBaselineError, read_baseline
from vosbench.gate.findings import (
    COMPARABLE,
    EXACT,
    INCONCLUSIVE,
    QUALITY,
    REGRESSION,
    Finding,
    Verdict,
)
from vosbench.gate.judging import judge
from vosbench.gate.rules import GateRules
from vosbench.gate.taking import Taking, facts_of, take
from vosbench.made_on import reopened
from vosbench.progress import Progress
from vosbench.request import request_of
from vosbench.store import RunFolder
from vosbench.wording import first_few

if TYPE_CHECKING:
    from vosbench.registry import LoadedMethod
    from vosbench.sequence import Dataset

KEPT = (EXACT, QUALITY)
"""Gates that a kept run can be asked: the others need passes of their own."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """How a run is made that is held to a baseline.

    Attributes:
        baseline: its file.
        rules: of the gates.
        places: where the dataset lies, if it lies somewhere.
        plugins: files that bring further methods.
        assignments: settings as in `--set`, over those of the baseline: where weights lie now.
        device: where to compute; None for where the baseline was made.
        runs: folder that the run is kept in; None keeps nothing.
        command: as typed.
    """

    baseline: Path
    rules: GateRules = field(default_factory=GateRules)
    places: DatasetOptions = field(default_factory=DatasetOptions)
    plugins: tuple[Path, ...] = ()
    assignments: tuple[str, ...] = ()
    device: str | None = None
    runs: Path | None = None
    command: str = ""


def hold(asked: Holding, *, progress: Progress) -> Verdict:
    """What comes of the run that a baseline was made of, made again now.

    Raises:
        UsageError: the method, a setting, the device or the dataset does not exist here.
        DataError: the baseline, the dataset or weights cannot be used.
    """
    try:
        baseline = read_baseline(asked.baseline)
    except OldBaselineError as error:
        return too_old(asked.baseline, error)
    measured = measure(asked, baseline, progress=progress)
    if isinstance(measured, Finding):
        return _verdict(asked.baseline, baseline, [measured])
    return judged(asked.baseline, baseline, measured, asked.rules)


def measure(asked: Holding, baseline: Facts, *, progress: Progress) -> Facts | Finding:
    """The facts of the run of a baseline, made again now; or why there are none.

    Raises:
        UsageError: as `hold`.
        DataError: as `hold`.
    """
    from vosbench.machine import check_device
    from vosbench.profiling.quiet import keep_quiet

    keep_quiet()
    device = baseline.device if asked.device is None else asked.device
    check_device(device)
    loaded = load_again(baseline, asked.assignments, device, asked.plugins)
    dataset = dataset_again(baseline, asked.places)
    if not dataset.sequences:
        return comparable.nothing_ran(baseline)
    request = request_of(
        loaded,
        timed=False,
        seed=baseline.seed,
        device=device,
        mode=baseline.mode,
        command=asked.command,
    )
    with _folder(asked.runs) as runs:
        how = Taking(
            runs=runs,
            rules=asked.rules,
            progress=progress,
            commit=str(baseline.made.get("commit", "")),
            baseline=baseline,
        )
        try:
            return take(request, dataset, how)
        except MethodError as error:
            return _does_not_work(error)


def hold_run(path: Path, run: Path, rules: GateRules) -> Verdict:
    """What comes of a kept run; gates that need passes of their own are not asked.

    Args:
        path: of the baseline.
        run: folder of the run.
        rules: of the gates.

    Raises:
        DataError: the baseline or the run cannot be used.
    """
    try:
        baseline = read_baseline(path)
    except OldBaselineError as error:
        return too_old(path, error)
    left_out = [gate for gate in rules.gates if gate not in KEPT]
    asked = replace(rules, gates=tuple(gate for gate in rules.gates if gate in KEPT))
    verdict = judged(path, baseline, facts_of(RunFolder(run).load()), asked)
    if not left_out:
        return verdict
    note = (
        f"not asked: {' and '.join(left_out)}, which need passes of their own; leave out --run to "
        "have them"
    )
    return replace(verdict, notes=(*verdict.notes, note))


def load_again(
    baseline: Facts, assignments: Sequence[str], device: str, plugins: Sequence[Path]
) -> "LoadedMethod":
    """The method of a baseline with the settings that were set then, and those that are set now.

    Raises:
        UsageError: there is no such method, or no such setting any more.
    """
    then = [f"{name}={typed(value)}" for name, value in baseline.overrides.items()]
    (loaded,) = load_methods((baseline.method,), (*then, *assignments), device, plugins)
    return loaded


def dataset_again(baseline: Facts, places: DatasetOptions) -> "Dataset":
    """The dataset of a baseline with those of its sequences that are still there.

    Raises:
        UsageError: it is not said where the dataset is, or it is another variant.
        DataError: it cannot be opened.
    """
    command = str(baseline.made.get("command", "its command is not known"))
    opened = reopened(baseline.dataset, baseline.variant, places, made="the baseline", how=command)
    there = {sequence.name: sequence for sequence in opened.sequences}
    names = [each.sequence for each in baseline.sequences if each.sequence in there]
    return replace(opened, sequences=tuple(there[name] for name in names))


def judged(path: Path, baseline: Facts, measured: Facts, rules: GateRules) -> Verdict:
    """What comes of facts that were taken, with advice where masks differ.

    Args:
        path: of the baseline.
        baseline: its facts.
        measured: those of now.
        rules: of the gates.
    """
    findings = judge(baseline, measured, rules)
    return _verdict(path, baseline, findings, notes=tuple(_advice(path, baseline, findings)))


def _verdict(
    path: Path, baseline: Facts, findings: Sequence[Finding], notes: tuple[str, ...] = ()
) -> Verdict:
    return Verdict(baseline.label, str(path), tuple(findings), notes)


def _advice(path: Path, baseline: Facts, findings: Sequence[Finding]) -> Iterator[str]:
    """How to see in what masks differ: the baseline has their digests only."""
    other = [
        each.sequence
        for each in findings
        if each.gate == EXACT and each.verdict == REGRESSION and each.what.startswith("masks")
    ]
    if not other:
        return
    commit = str(baseline.made.get("commit", ""))[:12]
    gate = shlex.join(["vosbench", "gate", str(path), "--only", "exact", "--runs"])
    at = f"on the commit of the baseline ({commit})" if commit else "on the code of the baseline"
    yield (
        f"To see where the masks of {first_few(other)} differ: `{gate} now` here, `{gate} then` "
        f"{at}, then `vosbench diff then/RUN now/RUN` with the name of the run in both."
    )


def too_old(path: Path, error: OldBaselineError) -> Verdict:
    """What there is to say of a baseline that is not read any more."""
    finding = Finding(COMPARABLE, "format", INCONCLUSIVE, f"stale baseline: {error}")
    return Verdict("", str(path), (finding,))


def _does_not_work(error: MethodError) -> Finding:
    return Finding(COMPARABLE, "method", REGRESSION, f"{error}; for the baseline it worked")


@contextmanager
def _folder(runs: Path | None) -> Iterator[Path]:
    """Where the run is made."""
    if runs is not None:
        yield runs
        return
    with TemporaryDirectory(prefix="vosbench-gate-") as temporary:
        yield Path(temporary)


def typed(value: object) -> str:
    """A setting as `--set` takes it.

    >>> typed(True), typed(None), typed(0.1)
    ('true', 'none', '0.1')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)
