"""Kept runs in live video: the limits that are known, what is left out, and what is refused."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tiny_runs import BEAR, CAT, DOG, ZOO, Jitter, Stored, dataset, request, run, sequence
from vosbench import kept_frames
from vosbench.arrays import Image, Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.evaluate import evaluate_sequence
from vosbench.mask_folders import mask_file
from vosbench.masks import read_mask, write_mask
from vosbench.methods.copy_first import CopyFirst
from vosbench.metrics import protocols
from vosbench.records import Run
from vosbench.sequence import Dataset
from vosbench.store import RunFolder, load_runs
from vosbench.streaming.runs import StreamedRun, streamed_runs
from vosbench.streaming.timeline import Stream, shown, work_of
from vosbench.timing_records import TimedPass, Timing

UNHURRIED, HOPELESS = Stream(fps=1e-9), Stream(fps=30, slower=1e12)
LATENCIES = (0.02, 0.3, 0.05, 0.05)


class FailsOnTheCat(Jitter):
    def step(self, image: Image) -> Mask:
        mask = super().step(image)
        if (mask == 5).any():
            raise RuntimeError("out of luck")
        return mask


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A method, the first mask for ever, and stored masks, all on the zoo."""
    runs = tmp_path_factory.mktemp("runs")
    run(request(), ZOO, runs)
    run(request(CopyFirst, method="copy-first", label="copy-first"), ZOO, runs)
    run(request(Stored, method="stored", label="stored"), dataset(BEAR, DOG), runs)
    return runs


@pytest.fixture(autouse=True)
def zoo(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Dataset]]:
    """What opens as the dataset of a run; nothing is registered under its name."""
    opened = [ZOO]
    monkeypatch.setattr(kept_frames, "dataset_of", lambda manifest, places: opened[0])
    yield opened


def named(runs: Path, method: str) -> Run:
    (found,) = (run for run in load_runs(runs) if run.manifest.method == method)
    return found


def streamed(runs: Path, *made: Run, streams: tuple[Stream, ...]) -> tuple[StreamedRun, ...]:
    return streamed_runs(made, streams, folder=runs, places=DatasetOptions())


def timed(made: Run, *latencies: tuple[float, ...], **facts: object) -> Run:
    """The run with passes of these latencies in every sequence, cut to its length."""

    def timing(old: Timing) -> Timing:
        passes = tuple(TimedPass({"init": 0.1}, each[: old.frames]) for each in latencies)
        return replace(old, **{"passes": passes, **facts})  # type: ignore[arg-type]

    records = (
        replace(record, timing=timing(record.timing)) if record.timing else record
        for record in made.records
    )
    return replace(made, records=tuple(records))


def test_a_video_that_waits_gives_the_stored_scores_exactly(kept: Path) -> None:
    made = named(kept, "jitter")
    (found,) = streamed(kept, made, streams=(UNHURRIED, HOPELESS))
    assert [r.scores for r in found.under(UNHURRIED).records] == [r.scores for r in made.records]
    assert set(found.lags(UNHURRIED)) == {0}


def test_a_device_that_never_answers_gives_what_copy_first_gives(kept: Path) -> None:
    jitter, copy = (named(kept, name) for name in ("jitter", "copy-first"))
    (found,) = streamed(kept, jitter, streams=(UNHURRIED, HOPELESS))
    assert [r.scores for r in found.under(HOPELESS).records] == [r.scores for r in copy.records]
    assert min(found.lags(HOPELESS)) == 1


def test_between_the_limits_each_mask_answers_for_its_frames(kept: Path) -> None:
    made = timed(named(kept, "jitter"), LATENCIES)
    stream = Stream(fps=10)
    (found,) = streamed(kept, made, streams=(stream,))
    assert made.records[0].timing is not None
    # init until 0.1 s, frame 1 ready at 0.12, frame 2 (0.3 s) at 0.5, when frame 4 is judged
    assert shown(work_of(made.records[0].timing), stream) == (0, 1, 1, 1, 2)
    for video, record, streamed_record in zip(
        ZOO.sequences, made.records, found.under(stream).records, strict=True
    ):
        assert record.timing is not None
        order = shown(work_of(record.timing), stream)
        place = RunFolder(kept / made.manifest.run).masks(video.name)
        alone = evaluate_sequence(
            video,
            lambda j, o=order, p=place, v=video: read_mask(mask_file(p, v.frames[o[j]])),
            protocols.get(ZOO.protocol),
        )
        assert streamed_record.scores == alone.objects
        assert streamed_record.scores != record.scores


def test_runs_share_the_work_and_keep_their_own_figures(kept: Path) -> None:
    both = [timed(named(kept, name), LATENCIES) for name in ("jitter", "copy-first")]
    streams = (Stream(fps=10), Stream(fps=3), UNHURRIED)
    together = streamed(kept, *both, streams=streams)
    apart = [streamed(kept, each, streams=streams)[0] for each in both]
    assert [each.sequences for each in together] == [each.sequences for each in apart]


def test_latencies_of_several_passes_are_medians(kept: Path) -> None:
    three = timed(named(kept, "jitter"), (0.01,) * 4, LATENCIES, (9.0,) * 4)
    one = timed(named(kept, "jitter"), LATENCIES)
    stream = Stream(fps=10)
    (of_three,), (of_one,) = (streamed(kept, each, streams=(stream,)) for each in (three, one))
    # medians frame by frame: of 0.01, 0.02 and 9.0, then of 0.01, 0.3 and 9.0
    assert of_three.sequences == of_one.sequences


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"mode": "throughput"}, "throughput mode"),
        ({"passes": (TimedPass({}, failed="it broke"),)}, "a timed pass failed (it broke)"),
    ],
)
def test_what_has_no_latencies_says_so(kept: Path, facts: dict[str, object], reason: str) -> None:
    (found,) = streamed(kept, timed(named(kept, "jitter"), **facts), streams=(UNHURRIED,))
    (why,) = found.reasons
    assert reason in why
    assert not found.lags(UNHURRIED)
    assert {(r.state, r.scores) for r in found.under(UNHURRIED).records} == {("failed", ())}


def test_masks_that_existed_have_no_times_and_need_no_dataset(
    kept: Path, zoo: list[Dataset]
) -> None:
    zoo.clear()  # opening it would fail
    (found,) = streamed(kept, named(kept, "stored"), streams=(UNHURRIED,))
    assert found.reasons == ("masks that existed already have no times",)


def test_a_sequence_that_failed_is_left_out_with_its_reason(tmp_path: Path) -> None:
    run(request(FailsOnTheCat), ZOO, tmp_path)
    (found,) = streamed(tmp_path, *load_runs(tmp_path), streams=(UNHURRIED,))
    assert found.reasons == ("RuntimeError: out of luck",)
    states = {record.sequence: record.state for record in found.under(UNHURRIED).records}
    assert states == {"bear": "done", "cat": "failed", "dog": "done"}
    assert len(found.lags(UNHURRIED)) == len(BEAR) + len(DOG) - 2


class TestRefused:
    @pytest.fixture
    def runs(self, kept: Path, tmp_path: Path) -> Path:
        shutil.copytree(kept, tmp_path / "runs")
        return tmp_path / "runs"

    def test_masks_that_were_changed(self, runs: Path) -> None:
        made = named(runs, "jitter")
        file = mask_file(RunFolder(runs / made.manifest.run).masks("cat"), CAT.frames[2])
        write_mask(file, read_mask(file) * 0)
        with pytest.raises(DataError, match=r"the masks in .*cat are not those that the run made"):
            streamed(runs, made, streams=(UNHURRIED,))

    def test_frames_that_were_changed(self, kept: Path, zoo: list[Dataset]) -> None:
        zoo[0] = dataset(BEAR, sequence("cat", ids=(2, 5), shift=2), DOG)
        with pytest.raises(DataError, match=r"cat is not what it was when the run jitter"):
            streamed(kept, named(kept, "jitter"), streams=(UNHURRIED,))

    def test_a_dataset_that_lacks_a_sequence(self, kept: Path, zoo: list[Dataset]) -> None:
        zoo[0] = dataset(BEAR)
        with pytest.raises(UsageError, match=r"lacks cat, dog here; .* the run jitter"):
            streamed(kept, named(kept, "jitter"), streams=(UNHURRIED,))

    def test_times_of_another_number_of_frames(self, kept: Path) -> None:
        made = timed(named(kept, "jitter"), (0.1,) * 2, frames=2)
        with pytest.raises(DataError, match=r"times of 2 steps for the 5 frames of bear"):
            streamed(kept, made, streams=(UNHURRIED,))
