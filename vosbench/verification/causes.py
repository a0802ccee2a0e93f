"""Why a stored number does not come out, from what else came out and what did not.

A number is stored more than once: in the scores of its sequence, in those of all sequences, and in
the statistics of the record. Where one of these comes out as it was, the inputs cannot be to blame
for another that does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vosbench.store import MERGED
from vosbench.verification.findings import (
    EDITED,
    MASKS_CHANGED,
    ROWS_MISSING,
    ROWS_REORDERED,
    ROWS_SURPLUS,
    SCORING_CHANGED,
    Drift,
)
from vosbench.verification.inputs import Change, Inputs
from vosbench.verification.numbers import ORDER, Mismatch

MEND = "score the masks again with `vosbench evaluate`"
"""What mends numbers whose masks are right."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file in which numbers of a sequence are stored.

    Attributes:
        file: its path below the run's folder.
        mismatches: numbers in it that do not come out.
        statistics: whether it holds statistics of objects rather than scores of frames.
    """

    file: str
    mismatches: tuple[Mismatch, ...]
    statistics: bool = False

    def agrees_on(self, mismatch: Mismatch) -> bool:
        """Whether the number is as it should be here, or all statistics of its object are."""
        if self.statistics:
            return all(other.object_id != mismatch.object_id for other in self.mismatches)
        return all(_cell(other) != _cell(mismatch) for other in self.mismatches)

    def agrees_on_object(self, object_id: int | None) -> bool:
        """Whether every number of an object is as it should be here."""
        return all(
            other.object_id != object_id or other.figure == ORDER for other in self.mismatches
        )


def first_changed_frame(files: Iterable[Stored], frames: Iterable[str]) -> str | None:
    """The first of `frames` with scores that no altered file accounts for; None if there is none.

    Args:
        files: all of a sequence.
        frames: names in order.
    """
    kept = tuple(files)
    differing = {
        mismatch.frame
        for file in kept
        if not file.statistics
        for mismatch in file.mismatches
        if mismatch.figure != ORDER and _witness(mismatch, file, kept) is None
    }
    return next((frame for frame in frames if frame in differing), None)


def drifts_of(
    run: str, sequence: str, files: Iterable[Stored], inputs: Inputs, remark: str = ""
) -> Iterator[Drift]:
    """Every mismatch with its cause.

    Args:
        run: its name.
        sequence: its name.
        files: all in which numbers of the sequence are stored.
        inputs: what changed.
        remark: what else may have moved a number although no input changed; empty for nothing.
    """
    kept = tuple(files)
    for file in kept:
        for mismatch in file.mismatches:
            cause, why = _blamed(mismatch, file, kept, inputs, remark)
            yield Drift(
                run=run,
                sequence=sequence,
                file=file.file,
                figure=mismatch.figure,
                stored=mismatch.stored,
                recomputed=mismatch.recomputed,
                cause=cause,
                why=why,
                object_id=mismatch.object_id,
                frame=mismatch.frame,
            )


def _blamed(
    mismatch: Mismatch, file: Stored, files: tuple[Stored, ...], inputs: Inputs, remark: str
) -> tuple[str, str]:
    """Cause and sentence of one mismatch."""
    if mismatch.figure == ORDER:
        return ROWS_REORDERED, f"{file.file} has its rows in another order; {MEND}"
    witness = _witness(mismatch, file, files)
    possible = _possible(mismatch, file, files, inputs) if witness is None else ()
    if possible:
        return possible[0].cause, _sentence(possible)
    if mismatch.stored is None:
        return ROWS_MISSING, f"{file.file} lacks numbers that the masks give; {MEND}"
    if mismatch.recomputed is None:
        return ROWS_SURPLUS, f"{file.file} has numbers that no mask gives; {MEND}"
    if witness is not None:
        stale = ", or left behind by a run that was broken off" if file.file == MERGED else ""
        what = f"{file.file} was altered{stale}: what {witness.file} says comes out again"
        return EDITED, f"{what}, so it is no matter of masks or metrics; {MEND}"
    what = f"{file.file} was altered: masks, annotations, protocol and metrics are those of the run"
    return EDITED, f"{what}{remark}; {MEND}"


def _witness(mismatch: Mismatch, file: Stored, files: tuple[Stored, ...]) -> Stored | None:
    """A file that shows that the inputs still give what they gave; none for statistics.

    Same scores of frames do not clear the statistics: their code may have changed.
    """
    if file.statistics:
        return None
    return next((one for one in files if one is not file and one.agrees_on(mismatch)), None)


def _possible(
    mismatch: Mismatch, file: Stored, files: tuple[Stored, ...], inputs: Inputs
) -> tuple[Change, ...]:
    """Changes that could have moved a number."""
    if not file.statistics:
        # Which rows there are is no matter of masks.
        moves = None in (mismatch.stored, mismatch.recomputed)
        return tuple(c for c in inputs.all if not (moves and c.cause == MASKS_CHANGED))
    frames_agree = any(
        not one.statistics and one.agrees_on_object(mismatch.object_id) for one in files
    )
    return tuple(c for c in inputs.all if not frames_agree or c.cause == SCORING_CHANGED)


def _sentence(changes: tuple[Change, ...]) -> str:
    """Why, by the first of the changes; the others are said to be possible too."""
    first, *others = changes
    if not others:
        return first.why
    also = " and ".join(change.cause for change in others)
    return f"{first.why} (or by what else changed: {also})"


def _cell(mismatch: Mismatch) -> tuple[str, int | None, str | None]:
    return mismatch.figure, mismatch.object_id, mismatch.frame
