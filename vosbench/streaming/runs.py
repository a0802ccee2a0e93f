"""Kept runs as they would have done in live video: their latencies, their masks, nothing run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vosbench import masks
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError
from vosbench.kept_frames import check_kept, videos_of
from vosbench.mask_folders import mask_file
from vosbench.metrics import protocols
from vosbench.records import ObjectScore, Run, SequenceRecord
from vosbench.sequence import Sequence as Video
from vosbench.store import RunFolder
from vosbench.streaming.scores import Film, Order, film_scores
from vosbench.streaming.timeline import Stream, shown, work_of


@dataclass(frozen=True)
class StreamedSequence:
    """What a run would have been on one sequence.

    Attributes:
        orders: of each stream, as `vosbench.streaming.timeline.shown`; empty where there are none.
        scores: of each stream, one an object.
        reason: why there are none, one sentence.
    """

    orders: tuple[Order, ...] = ()
    scores: tuple[tuple[ObjectScore, ...], ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class StreamedRun:
    """What a run would have been in several streams.

    Attributes:
        run: as it is stored.
        streams: that were asked for.
        sequences: one for each record of the run, in their order.
    """

    run: Run
    streams: tuple[Stream, ...]
    sequences: tuple[StreamedSequence, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why sequences are left out, each reason once."""
        return tuple(dict.fromkeys(found.reason for found in self.sequences if found.reason))

    def under(self, stream: Stream) -> Run:
        """The run with the scores that it would have had in one of the streams.

        A sequence without such scores has failed, for the reason there is.
        """
        place = self.streams.index(stream)
        records = (
            replace(record, scores=found.scores[place])
            if found.scores
            else replace(record, state="failed", reason=found.reason, scores=())
            for record, found in zip(self.run.records, self.sequences, strict=True)
        )
        return replace(self.run, records=tuple(records))

    def lags(self, stream: Stream) -> tuple[int, ...]:
        """How many frames old the mask shown is, for every frame to segment, all sequences."""
        place = self.streams.index(stream)
        return tuple(
            frame - index
            for found in self.sequences
            if found.orders
            for frame, index in enumerate(found.orders[place])
            if frame
        )


def streamed_runs(
    runs: Sequence[Run], streams: Sequence[Stream], *, folder: Path, places: DatasetOptions
) -> tuple[StreamedRun, ...]:
    """What these runs would have been; all are on one dataset, scored under one protocol.

    What was not timed, or not so that it could be streamed, is left out with the reason.

    Args:
        folder: that the folders of the runs lie in.
        places: where the dataset lies.

    Raises:
        UsageError: the dataset does not open, or lacks a sequence of a run.
        DataError: a sequence or the masks of one are not those that the run was made on or made.
    """
    found = {
        (run.manifest.run, record.sequence): _planned(run, record, streams)
        for run in runs
        for record in run.records
    }
    wanted = dict.fromkeys(sequence for (_, sequence), plan in found.items() if plan.orders)
    for video in videos_of(runs[0].manifest, tuple(wanted), places) if wanted else ():
        records = {
            run.manifest.run: record
            for run in runs
            for record in run.records
            if record.sequence == video.name and found[run.manifest.run, video.name].orders
        }
        films = [
            _film(video, record, RunFolder(folder / name), found[name, video.name].orders)
            for name, record in records.items()
        ]
        scores = film_scores(video, films, protocols.get(runs[0].manifest.protocol))
        for name, scored in zip(records, scores, strict=True):
            found[name, video.name] = replace(found[name, video.name], scores=scored)
    return tuple(
        StreamedRun(
            run,
            tuple(streams),
            tuple(found[run.manifest.run, record.sequence] for record in run.records),
        )
        for run in runs
    )


def _planned(run: Run, record: SequenceRecord, streams: Sequence[Stream]) -> StreamedSequence:
    """What is shown of a sequence, or why nothing is; scores come later."""
    if record.state != "done" or not record.scores:
        return StreamedSequence(reason=record.reason or "not scored")
    if record.timing is None:
        why = "masks that existed already have no times" if run.manifest.imported else "not timed"
        return StreamedSequence(reason=why)
    try:
        work = work_of(record.timing)
    except DataError as error:
        return StreamedSequence(reason=str(error))
    return StreamedSequence(orders=tuple(shown(work, stream) for stream in streams))


def _film(video: Video, record: SequenceRecord, run: RunFolder, orders: tuple[Order, ...]) -> Film:
    """The masks of a sequence of a run, once it is clear that they and the frames are the same."""
    check_kept(record, video, run)
    place = run.masks(video.name)
    if len(orders[0]) != len(video):
        raise DataError(
            f"{run.path} has times of {len(orders[0]) - 1} steps for the {len(video)} frames of "
            f"{video.name}; run it again with --fresh"
        )
    return Film(lambda index: masks.read_mask(mask_file(place, video.frames[index])), orders)
