"""Live video for tests of reports: scores follow from the frame rate, no mask is looked at."""

from collections.abc import Sequence
from dataclasses import replace

from vosbench.records import ObjectScore, Run, SequenceRecord, Statistic
from vosbench.streaming.options import StreamingRequest
from vosbench.streaming.runs import StreamedRun, StreamedSequence
from vosbench.streaming.timeline import Stream

UNTIMED = "masks that existed already have no times"


def replay(runs: Sequence[Run], streams: Sequence[Stream]) -> tuple[StreamedRun, ...]:
    """Every score of a timed sequence halved at a rate of 10 a second, and so on.

    Ten frames, of which the last one is answered by its own mask, all at rates below 1.
    """
    return tuple(
        StreamedRun(
            run, tuple(streams), tuple(_streamed(record, streams) for record in run.records)
        )
        for run in runs
    )


REQUEST = StreamingRequest(replay=replay)


def _streamed(record: SequenceRecord, streams: Sequence[Stream]) -> StreamedSequence:
    if record.state != "done":
        return StreamedSequence(reason=record.reason)
    if record.timing is None:
        return StreamedSequence(reason=UNTIMED)
    return StreamedSequence(
        orders=tuple(tuple(range(10)) if stream.rate < 1 else (*[0] * 9, 9) for stream in streams),
        scores=tuple(
            tuple(_worse(score, 10 / (10 + stream.rate)) for score in record.scores)
            for stream in streams
        ),
    )


def _worse(score: ObjectScore, by: float) -> ObjectScore:
    J, F = (Statistic(each.mean * by, each.recall * by, each.decay) for each in (score.J, score.F))
    return replace(score, J=J, F=F)
