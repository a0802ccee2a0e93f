"""Sequences of a run as they are worked on."""

from dataclasses import dataclass

from vosbench import evaluate
from vosbench.records import SequenceRecord
from vosbench.sequence import Sequence
from vosbench.speed import rates


@dataclass
class Job:
    """One sequence of a run, from what was there to what is there in the end.

    Attributes:
        key_parts: what its masks depend on; `key` is empty when that could not be found out.
        record: of the masks in the folder, if they are what the key asks for.
        scored: whether its scores are up to date as well.
        trouble: why there is no key.
    """

    sequence: Sequence
    key_parts: dict[str, str]
    key: str = ""
    record: SequenceRecord | None = None
    scored: bool = False
    trouble: Exception | None = None


def outcome(record: SequenceRecord) -> str:
    """One line about a sequence that has just ended."""
    if record.state != "done":
        return f"{record.sequence} failed: {record.reason}"
    overall = evaluate.summarise(record.scores)
    rate = rates.fps_amortised([record.timing] if record.timing else [])
    text = f"{record.sequence}  J {overall.J.mean:.3f}  F {overall.F.mean:.3f}"
    return text if rate is None else f"{text}  {rate:.1f} frames/s"
