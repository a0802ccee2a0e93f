"""Every object in every frame of a run that counts: what it loses there, and how it fails."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from vosbench.arrays import Mask
from vosbench.errors import DataError
from vosbench.evaluate import FrameScore
from vosbench.failures.evidence import History, evidence
from vosbench.failures.joining import Judged
from vosbench.failures.rules import SLIGHT, kind_of, missed
from vosbench.kept_frames import KeptSequence


def judged(
    kept: Sequence[KeptSequence], *, against: Iterable[FrameScore] | None = None
) -> tuple[tuple[Judged, ...], ...]:
    """For each of these runs on one sequence, every object in every frame that counts.

    Annotations are read once for all runs, masks only where something is lost; one frame is in
    memory at a time.

    Args:
        kept: of one and the same sequence, under one protocol.
        against: scores of another run; what is lost is then what it has more.

    Raises:
        DataError: scores, masks or annotations cannot be read, or do not fit each other.
    """
    if not kept:
        return ()
    than = None if against is None else {(s.object_id, s.frame): _loss(s) for s in against}
    runs = [_Judging(each, than) for each in kept]
    history = History()
    last = max(run.last for run in runs)
    for index in range(last + 1):
        truth = kept[0].annotation(index)
        if truth is not None:
            history.see(truth)
            for run in runs:
                run.judge(index, truth, history)
    return tuple(tuple(run.found) for run in runs)


class _Judging:
    """The frames of one run while they come in."""

    def __init__(self, kept: KeptSequence, than: Mapping[tuple[int, str], float] | None) -> None:
        self.found: list[Judged] = []
        self._kept = kept
        self._than = than
        places = {frame: index for index, frame in enumerate(kept.video.frames)}
        self._scores: dict[int, list[FrameScore]] = defaultdict(list)
        self._frames: dict[int, int] = defaultdict(int)
        for score in kept.scores():
            if score.frame not in places:
                raise DataError(
                    f"{kept.folder.scores(kept.name)} has scores of a frame {score.frame}, which "
                    f"{kept.name} lacks; `vosbench evaluate` writes them again"
                )
            self._scores[places[score.frame]].append(score)
            self._frames[score.object_id] += 1
        self._taken_up: dict[int, int] = defaultdict(int)  # after which return, by object

    @property
    def last(self) -> int:
        """Index of the last frame that counts; -1 when none does."""
        return max(self._scores, default=-1)

    def judge(self, index: int, truth: Mask, history: History) -> None:
        """Judge all objects in a frame, if it counts."""
        mask: Mask | None = None
        for score in self._scores.get(index, ()):
            loss, past = _loss(score), history.of(score.object_id)
            if loss < SLIGHT:
                kind, found = None, True
            else:
                mask = self._kept.mask(index) if mask is None else mask
                taken_up = self._taken_up[score.object_id] == past.returns
                seen = evidence(score.object_id, truth, mask, past, taken_up=taken_up)
                kind, found = kind_of(seen, loss), not missed(seen)
            if found:
                self._taken_up[score.object_id] = past.returns
            self.found.append(self._judged(index, score, loss, kind))

    def _judged(self, index: int, score: FrameScore, loss: float, kind: str | None) -> Judged:
        # under protocols that count from first sight, a frame that the other run lacks is one in
        # which nothing was there and nothing was answered
        other = 0.0 if self._than is None else self._than.get((score.object_id, score.frame), 0.0)
        return Judged(
            object_id=score.object_id,
            index=index,
            kind=kind,
            loss=loss,
            gain=loss - other,
            weight=1 / self._frames[score.object_id],
        )


def _loss(score: FrameScore) -> float:
    return 1 - (score.J + score.F) / 2
