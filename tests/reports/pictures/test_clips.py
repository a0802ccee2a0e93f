"""Clips of failures: what they show, and files of every kind that open again."""

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports import pictured_runs
from tests.reports.pictured_runs import kept, make, open_as_theirs, rows_of
from vosbench.arrays import Image
from vosbench.errors import UsageError
from vosbench.failures.events import LOST, FailureEvent
from vosbench.reports import figures
from vosbench.reports.pictures.clips import LONGEST, clip_of_event, span_of, write_clip
from vosbench.reports.pictures.overlays import FALSE
from vosbench.store import load_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    make(folder)
    return folder


@pytest.fixture
def herd(monkeypatch: pytest.MonkeyPatch) -> None:
    open_as_theirs(monkeypatch)


def event(**facts: object) -> FailureEvent:
    known = {"kind": LOST, "sequence": "gone", "object_id": 1, "first": 1, "last": 3}
    return FailureEvent(**{**known, "worst": 2, "frames": 3, "price": 0.1, **facts})  # type: ignore[arg-type]


def moving(count: int = 5) -> Iterator[Image]:
    for index in range(count):
        picture = np.full((60, 80, 3), 30, np.uint8)
        picture[:, 10 * index : 10 * index + 10] = (240, 40, 40)
        yield picture


class TestFiles:
    @pytest.mark.parametrize("kind", ["webp", "gif"])
    def test_animations_open_again_and_are_equal_bytes(self, kind: str, tmp_path: Path) -> None:
        if kind == "webp":
            from PIL import features

            if not features.check("webp"):
                pytest.skip("this Pillow has no WebP")
        made = [
            write_clip(tmp_path / f"{name}.{kind}", moving(), frames_per_second=8).read_bytes()
            for name in "ab"
        ]
        assert made[0] == made[1]
        with PIL.Image.open(tmp_path / f"a.{kind}") as clip:
            assert clip.n_frames == 5  # type: ignore[attr-defined]
            assert clip.size == (80, 60)
            for index in range(5):
                clip.seek(index)
                clip.load()
                shown = np.array(clip.convert("RGB")).astype(int)
                assert np.abs(shown[30, 10 * index + 5] - (240, 40, 40)).max() < 30
                assert clip.info["duration"] in (120, 125)  # a GIF counts hundredths

    def test_mp4_opens_again(self, tmp_path: Path) -> None:
        av = pytest.importorskip("av", reason="PyAV is not installed")
        path = write_clip(tmp_path / "clip.mp4", moving(), frames_per_second=12.5)
        with av.open(str(path)) as clip:
            (stream,) = clip.streams.video
            assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 80, 60)
            assert stream.average_rate == Fraction(25, 2)
            shown = [frame.to_ndarray(format="rgb24").astype(int) for frame in clip.decode(stream)]
        assert len(shown) == 5
        for index, picture in enumerate(shown):
            assert np.abs(picture[30, 10 * index + 5] - (240, 40, 40)).max() < 40

    def test_equal_pictures_are_equal_bytes_in_mp4_too(self, tmp_path: Path) -> None:
        pytest.importorskip("av", reason="PyAV is not installed")
        squares = np.random.default_rng(0).integers(0, 255, (17, 60, 3))
        ground = np.kron(squares, np.ones((8, 8, 1))).astype(np.uint8)
        frames = [ground[n % 5 : n % 5 + 120, 3 * n : 3 * n + 160] for n in range(40)]
        written = {
            write_clip(tmp_path / f"{n}.mp4", frames, frames_per_second=8).read_bytes()
            for n in range(4)
        }
        assert len(written) == 1

    def test_without_pyav_it_is_said_how_to_install_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "av", None)
        with pytest.raises(UsageError, match=r"pip install 'vosbench\[video\]'.*\.webp or \.gif"):
            write_clip(tmp_path / "clip.mp4", moving(), frames_per_second=8)
        assert not list(tmp_path.iterdir())

    def test_other_names_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"must end in \.webp or \.gif or \.mp4"):
            write_clip(tmp_path / "clip.avi", moving(), frames_per_second=8)
        with pytest.raises(ValueError, match="at least one frame"):
            write_clip(tmp_path / "clip.gif", moving(0), frames_per_second=8)
        with pytest.raises(ValueError, match="more than 0 frames a second"):
            write_clip(tmp_path / "clip.gif", moving(), frames_per_second=0)


class TestFrames:
    @given(
        count=st.integers(1, 300),
        ends=st.tuples(st.integers(0, 299), st.integers(0, 299)),
        place=st.floats(0, 1),
    )
    def test_a_clip_shows_the_worst_frame_and_is_never_long(
        self, count: int, ends: tuple[int, int], place: float
    ) -> None:
        first, last = sorted(min(each, count - 1) for each in ends)
        worst = first + round(place * (last - first))
        span = span_of(event(first=first, last=last, worst=worst), count)
        assert 0 <= span.start < span.stop <= count
        assert len(span) <= LONGEST
        assert worst in span
        if last - first < LONGEST - 12:
            assert first in span and last in span

    def test_words_picture_and_bar(self, runs: Path, herd: None) -> None:
        nothing = kept(runs, "nothing", "gone")
        frames = list(clip_of_event(nothing, event(), title="nothing", width=200))
        assert len(frames) == 7
        assert {frame.shape for frame in frames} == {frames[0].shape}
        height, width, _ = frames[0].shape
        assert width == 200 and height % 2 == 0
        marked = [bool((frame[0, -1] == FALSE).all()) for frame in frames]
        assert marked == [False, True, True, True, False, False, False]
        for index, frame in enumerate(frames):
            row = frame[height - 2]
            here = row[round((index + 0.5) * 200 / 7)]
            assert here.tolist() == [255, 255, 255]
        outlined = frames[1][36:-4]
        assert (outlined == 255).all(axis=2).any(), "the object that is not found has an outline"

    def test_two_runs_stand_side_by_side(self, runs: Path, herd: None) -> None:
        nothing, sees = (kept(runs, method, "cat") for method in ("nothing", "sees"))
        of = event(sequence="cat", object_id=2)
        both = list(clip_of_event(nothing, of, title="a", beside=sees, beside_title="b"))
        assert both[0].shape[1] == 480
        top = both[2].shape[0] - 4 - 190
        left, right = both[2][top:-4, :238], both[2][top:-4, 242:]
        assert (left != right).any()
        same = list(clip_of_event(sees, of, beside=sees))
        strip = same[2][18:-4]
        np.testing.assert_array_equal(strip[:, :238], strip[:, 242:])


class TestFigure:
    def drawn(self, runs: Path, out: Path, **asked: object) -> None:
        figures.draw("clips", load_runs(runs), pictured_runs.options(runs, **asked), out)

    @pytest.fixture
    def mined(self, monkeypatch: pytest.MonkeyPatch, herd: None) -> None:
        """Failures are looked for in this process, where the made dataset opens."""
        from vosbench.failures import mining

        monkeypatch.setattr(mining, "usable_cores", lambda: 1)

    def test_a_file_has_the_dearest_event(self, runs: Path, tmp_path: Path, mined: None) -> None:
        self.drawn(runs, tmp_path / "clip.gif")
        (row,) = rows_of(tmp_path / "clip.csv")
        assert (row["file"], row["title"]) == ("clip.gif", "nothing")
        assert float(row["price"]) > 0
        with PIL.Image.open(tmp_path / "clip.gif") as clip:
            assert clip.n_frames > 1  # type: ignore[attr-defined]

    def test_a_folder_has_the_dearest_few(self, runs: Path, tmp_path: Path, mined: None) -> None:
        folder = tmp_path / "clips"
        self.drawn(runs, folder, methods=("nothing",), sequences=("bear", "gone"))
        rows = rows_of(folder / "clips.csv")
        assert {row["file"] for row in rows} == {path.name for path in folder.glob("*.webp")}
        prices = [float(row["price"]) for row in rows]
        assert prices == sorted(prices, reverse=True)
        assert {row["sequence"] for row in rows} <= {"bear", "gone"}

    def test_against_another_run_it_is_shown_beside(
        self, runs: Path, tmp_path: Path, mined: None
    ) -> None:
        self.drawn(runs, tmp_path / "clip.gif", against="sees", sequences=("bear",))
        (row,) = rows_of(tmp_path / "clip.csv")
        assert row["title"] == "nothing"
