"""Stored masks of a run against the annotations: scores, and when they are out of date."""

import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from vosbench import evaluate, masks, provenance
from vosbench.errors import DataError, UsageError, VosbenchError
from vosbench.evaluate import FrameScore, evaluate_sequence
from vosbench.mask_folders import mask_file
from vosbench.metrics import protocols
from vosbench.metrics.protocols import Protocol
from vosbench.record_json import canonical_json
from vosbench.records import Run, SequenceRecord
from vosbench.request import key_of
from vosbench.sequence import Dataset, Sequence
from vosbench.staged_masks import masks_sha256
from vosbench.store import RunFolder


def evaluate_run(path: Path, dataset: Dataset) -> Run:
    """The run in folder `path`, its stored masks scored again under the dataset's protocol.

    Sequences that have no masks keep their records. One that cannot be read today comes out as
    failed, but keeps its record too if that is under this protocol. Nothing is segmented, no time
    is taken.

    Raises:
        UsageError: the dataset lacks a sequence of the run, or another runner is at work there.
        DataError: `path` is no run folder, or masks are not those that a record speaks of.
    """
    folder, scorer = RunFolder(path), Scorer.under(dataset.protocol)
    folder.load()  # before the lock, which would make a run folder of anything
    with folder.locked():
        run = folder.load()
        known = {sequence.name: sequence for sequence in dataset.sequences}
        missing = [name for name in run.manifest.sequences if name not in known]
        if missing:
            raise UsageError(
                f"dataset {dataset.name} lacks {', '.join(missing)} of the run {path.name}; "
                "name the dataset that it was made on"
            )
        records = tuple(
            _scored_again(scorer, folder, known[record.sequence], record)
            if record.masks_sha256
            else record
            for record in run.records
        )
        manifest = replace(run.manifest, protocol=dataset.protocol)
        folder.write_manifest(manifest)
        folder.merge_scores(manifest.sequences)
        return replace(run, manifest=manifest, records=records)


def _scored_again(
    scorer: "Scorer", folder: RunFolder, sequence: Sequence, record: SequenceRecord
) -> SequenceRecord:
    """`Scorer.score_again`, unless the files of the sequence are out of reach."""
    try:
        sequence.fingerprint()
    except DataError as error:
        failed = replace(record, state="failed", reason=reason_of(error), scores=())
        if record.protocol != scorer.protocol.name:  # its scores would stand among others
            folder.put_scores(failed, (), log_of(error))
        return failed
    return scorer.score_again(folder, sequence, record)


@dataclass(frozen=True)
class Scored:
    """A record with the scores of its masks, or with the reason why there are none.

    Attributes:
        record: what to write.
        rows: scores of its frames; none when it failed.
        log: traceback; empty unless it failed.
    """

    record: SequenceRecord
    rows: tuple[FrameScore, ...] = ()
    log: str = ""


@dataclass(frozen=True)
class Scorer:
    """Scores masks in files under one protocol.

    Attributes:
        protocol: the rules.
        source_sha256: digest over the code of metrics and mask reading.
    """

    protocol: Protocol
    source_sha256: str

    @staticmethod
    def under(protocol: str) -> "Scorer":
        """The scorer for the protocol of that name.

        Raises:
            UsageError: there is no such protocol.
        """
        code = {
            module.__name__: provenance.source_sha256(Path(module.__file__ or ""))
            for module in (evaluate, masks)
        }
        return Scorer(protocols.get(protocol), key_of(code))

    def key(self, sequence_sha256: str) -> str:
        """What scores depend on besides the masks, as a digest.

        Args:
            sequence_sha256: fingerprint of the sequence, annotations included.
        """
        return key_of(
            {
                "protocol": canonical_json(self.protocol),
                "source_sha256": self.source_sha256,
                "sequence_sha256": sequence_sha256,
            }
        )

    def score(
        self, record: SequenceRecord, sequence: Sequence, folder: Path, sequence_sha256: str
    ) -> Scored:
        """`record` with the scores of the masks in `folder`, or failed with the reason.

        Whatever is wrong with annotations or masks, the masks themselves are not given up.
        """
        try:
            found = evaluate_sequence(
                sequence,
                lambda index: masks.read_mask(mask_file(folder, sequence.frames[index])),
                self.protocol,
            )
        except Exception as error:  # noqa: BLE001 - any of them becomes the record's reason
            failed = replace(record, state="failed", reason=reason_of(error), scores=())
            return Scored(replace(failed, protocol=self.protocol.name), log=log_of(error))
        done = replace(
            record,
            state="done",
            reason="",
            protocol=self.protocol.name,
            scores=found.objects,
            scores_key=self.key(sequence_sha256),
        )
        return Scored(done, found.frames)

    def score_again(
        self, folder: RunFolder, sequence: Sequence, record: SequenceRecord
    ) -> SequenceRecord:
        """The new record of masks that stand in a run folder, written there.

        Raises:
            DataError: the masks are not those that the record speaks of.
        """
        place = folder.masks(sequence.name)
        if masks_sha256(place, sequence.frames) != record.masks_sha256:
            raise DataError(
                f"the masks in {place} are not those that the run made; run it again, or score "
                "them as a folder of masks"
            )
        scored = self.score(record, sequence, place, sequence.fingerprint())
        folder.put_scores(scored.record, scored.rows, scored.log)
        return scored.record


def reason_of(error: BaseException) -> str:
    """Why something failed, in one line."""
    said = " ".join(str(error).split())
    if isinstance(error, VosbenchError) and said:
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def log_of(error: BaseException) -> str:
    """The traceback of an error as text."""
    return "".join(traceback.format_exception(error))
