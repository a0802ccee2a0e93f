"""Facts of a run: those that its folder holds, and those that need passes of their own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vosbench.gate.facts import Facts, PlatformMasks, SequenceFacts
from vosbench.gate.findings import COUNTED, TIMED
from vosbench.gate.platforms import platform_of
from vosbench.gate.rules import GateRules
from vosbench.progress import Progress
from vosbench.provenance import checkout_around, git_state
from vosbench.record_json import canonical_json
from vosbench.records import Manifest, Run, SequenceRecord
from vosbench.request import RunRequest
from vosbench.sequence import Dataset

_MACHINE = ("id", "cpu", "cores", "os", "memory_bytes", "gpu", "driver")
"""Facts about the machine that a baseline keeps besides its platform."""


def facts_of(run: Run) -> Facts:
    """What the folder of a run holds: masks and scores; no counts, growth or pace."""
    made = run.manifest
    return Facts(
        method=made.method,
        label=made.label,
        settings=_plain(made.settings),
        overrides=_plain(made.overrides),
        dataset=made.dataset,
        variant=made.dataset_variant,
        protocol=made.protocol,
        seed=made.seed,
        device=made.device,
        mode=made.mode,
        weights_sha256=made.provenance.get("weights_sha256", ""),
        sequences=tuple(_sequence(record) for record in run.records),
        masks=(
            PlatformMasks(
                platform_of(made),
                {each.sequence: each.masks_sha256 for each in run.records if each.masks_sha256},
            ),
        ),
        made=_made(made),
    )


@dataclass(frozen=True, kw_only=True)
class Taking:
    """How facts are taken.

    Attributes:
        runs: folder that the folder of the run is made in.
        rules: which gates are asked says what is taken.
        progress: told how far it is.
        commit: of the baseline, which may take turns with this code; empty where none is known.
        baseline: that the run is held to; None where one is made.
    """

    runs: Path
    rules: GateRules
    progress: Progress
    commit: str = ""
    baseline: Facts | None = None


def take(request: RunRequest, dataset: Dataset, how: Taking) -> Facts:
    """The facts of a run that is made now, whatever stands in the folder.

    Raises:
        VosbenchError: as `vosbench.runner.run_dataset`.
        MethodError: also where the method fails in a pass that comes after the run.
    """
    from vosbench.runner import run_dataset

    run = run_dataset(request, dataset, how.runs, progress=how.progress, fresh=True)
    facts = facts_of(run)
    if COUNTED in how.rules.gates:
        facts = _with_counts(facts, request, dataset)
    if TIMED in how.rules.gates:
        facts = _with_pace(facts, request, dataset, how)
    here = _repository()
    return replace(facts, made={**facts.made, **here})


def _with_counts(facts: Facts, request: RunRequest, dataset: Dataset) -> Facts:
    """The same with what is counted on one of the sequences that worked."""
    from vosbench.gate.counting_pass import count
    from vosbench.gate.growth import grown

    rest = _working(facts, dataset)
    return replace(facts, counts=count(request, rest), growth=grown(request, rest))


def _with_pace(facts: Facts, request: RunRequest, dataset: Dataset, how: Taking) -> Facts:
    """The same with the pace over one of the sequences that worked."""
    from vosbench.gate.pace import Against, take_pace
    from vosbench.gate.timed import settled

    rest = _working(facts, dataset)
    if not rest.sequences:
        return facts
    rule, baseline = how.rules.timed, how.baseline
    against = Against()
    if baseline is not None:
        against = Against(
            commit=how.commit,
            baseline=baseline.pace,
            enough=lambda pace: settled(baseline.pace, pace, rule),
        )
    return replace(facts, pace=take_pace(request, rest, rule, against))


def _working(facts: Facts, dataset: Dataset) -> Dataset:
    """The dataset with those sequences that the run did not fail on."""
    done = {each.sequence for each in facts.sequences if each.state == "done"}
    working = tuple(sequence for sequence in dataset.sequences if sequence.name in done)
    return replace(dataset, sequences=working)


def _sequence(record: SequenceRecord) -> SequenceFacts:
    return SequenceFacts(
        sequence=record.sequence,
        sequence_sha256=record.key_parts.get("sequence_sha256", ""),
        state=record.state,
        reason=record.reason,
        scores=record.scores,
    )


def _made(made: Manifest) -> Mapping[str, object]:
    """How a run was made, for people; `commit` and `dirty` are those of vosbench."""
    return {
        "command": made.command,
        "created": made.created,
        "commit": made.git.get("commit", ""),
        "dirty": made.git.get("dirty", False),
        "versions": dict(made.versions),
        "machine": {name: made.machine[name] for name in _MACHINE if name in made.machine},
    }


def _repository() -> Mapping[str, object]:
    """Commit of the checkout that one works in, which need not be that of vosbench."""
    root = checkout_around(Path.cwd())
    return {} if root is None else git_state(root)


def _plain(settings: Mapping[str, object]) -> Mapping[str, object]:
    """Settings as a file holds them, so that they compare with those of one."""
    plain: Mapping[str, object] = json.loads(canonical_json(settings))
    return plain
