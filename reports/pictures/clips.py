"""Short clips: frames around an event as pictures, and pictures as animated WebP, GIF or MP4."""

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vosbench.arrays import Image
from vosbench.atomic import write_bytes, writing
from vosbench.errors import UsageError
from vosbench.failures.events import FailureEvent
from vosbench.figure_kind import figure_kind
from vosbench.kept_frames import KeptSequence
from vosbench.reports.pictures.frame_panels import painted, true_object
from vosbench.reports.pictures.overlays import FALSE
from vosbench.reports.pictures.resizing import few_colours

if TYPE_CHECKING:
    import PIL.ImageDraw
    import PIL.ImageFont

ENDS = ("webp", "gif", "mp4")
"""Ends of the names of files that clips are written to."""

WIDTH = 480
"""Pixels of a clip, however many runs stand beside each other."""

BEFORE_AND_AFTER = 6
"""Frames that are shown around an event."""

LONGEST = 60
"""Frames of a clip; of a longer event those around its worst frame are shown."""

_GAP = 4  # pixels between runs
_LINE = 18  # height of a line of words
_BAR = 4  # height of the bar that tells where in the clip the event is
_LETTERS = 12  # points
_GREY, _DARK, _WHITE = (150, 150, 150), (32, 32, 32), (255, 255, 255)


def write_clip(path: Path, frames: Iterable[Image], *, frames_per_second: float) -> Path:
    """Write pictures as a clip that repeats (MP4: that ends); the path.

    Equal pictures give equal bytes. MP4 (H.264) is written picture by picture; of the other two
    Pillow keeps all pictures until it is done.

    Args:
        path: ends in `.webp`, `.gif` or `.mp4`.
        frames: `uint8 h×w×3` each, all of one even size; at least one.
        frames_per_second: more than 0.

    Raises:
        UsageError: the name ends in nothing that a clip can be; PyAV is not installed, for MP4.
        CannotWriteError: the file system refuses.
        ValueError: there is no picture, or the rate is not above 0.
    """
    kind = figure_kind(path, ENDS)
    if not frames_per_second > 0:
        raise ValueError(f"expected more than 0 frames a second, got {frames_per_second}")
    shown = iter(frames)
    first = next(shown, None)
    if first is None:
        raise ValueError("a clip needs at least one frame")
    all_frames = _chained(first, shown)
    if kind == "mp4":
        content = _mp4(first.shape, all_frames, frames_per_second)
    else:
        content = _animated(kind, all_frames, frames_per_second)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content)
    return path


def span_of(event: FailureEvent, count: int) -> range:
    """Indices of the frames of a clip: the event with some before and after, at most `LONGEST`.

    Args:
        event: in a sequence.
        count: frames of the sequence.
    """
    first, last = max(0, event.first - BEFORE_AND_AFTER), event.last + BEFORE_AND_AFTER
    last = min(last, count - 1)
    if last - first + 1 > LONGEST:
        first = max(first, min(event.worst - LONGEST // 2, last - LONGEST + 1))
        last = first + LONGEST - 1
    return range(first, last + 1)


def clip_of_event(
    kept: KeptSequence,
    event: FailureEvent,
    *,
    title: str = "",
    beside: KeptSequence | None = None,
    beside_title: str = "",
    width: int = WIDTH,
) -> Iterator[Image]:
    """The frames around an event, `uint8 h×w×3`: the mask filled, the object's true outline white.

    Above: the kind of the event and the frame; below: where in the clip the event is.

    Args:
        kept: the run that goes wrong, on the sequence of the event.
        event: one of its events.
        title: what the run is called; empty for nothing.
        beside: another run on the same sequence, shown at the right.
        beside_title: what that one is called.
        width: of the clip in pixels; even.
    """
    indices = span_of(event, len(kept.video))
    shown = [(title, kept)] + ([(beside_title, beside)] if beside is not None else [])
    wide = (width - (len(shown) - 1) * _GAP) // len(shown)
    named = any(name for name, _ in shown)
    for index in indices:
        panels = [_panel(run, event, index, wide) for _, run in shown]
        high = panels[0].shape[0]
        top = _LINE * (1 + named)
        height = top + high + _BAR
        picture = np.full((height + height % 2, width, 3), _DARK, np.uint8)
        for place, panel in enumerate(panels):
            left = place * (wide + _GAP)
            picture[top : top + high, left : left + wide] = panel
        _draw_bar(picture[top + high : top + high + _BAR], event, indices, index)
        columns = [(place * (wide + _GAP), name) for place, (name, _) in enumerate(shown)]
        yield _with_words(picture, event, index, columns if named else [])


def _panel(kept: KeptSequence, event: FailureEvent, index: int, width: int) -> Image:
    outline = true_object(kept, index, event.object_id)
    return painted(kept.image(index), kept.mask(index), width, outline=outline)


def _draw_bar(bar: Image, event: FailureEvent, indices: range, index: int) -> None:
    """The clip as a line, the event in it in colour, this frame in white."""
    width, count = bar.shape[1], len(indices)
    edges = [round(place * width / count) for place in range(count + 1)]
    for place, each in enumerate(indices):
        colour = FALSE if event.first <= each <= event.last else _GREY
        bar[1:, edges[place] : edges[place + 1]] = _WHITE if each == index else colour


def _with_words(
    picture: Image, event: FailureEvent, index: int, columns: list[tuple[int, str]]
) -> Image:
    """The picture with what happens in its first line, and names above their columns."""
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    inside = event.first <= index <= event.last
    canvas = PIL.Image.fromarray(picture)
    drawing = PIL.ImageDraw.Draw(canvas)
    font = PIL.ImageFont.load_default(_LETTERS)
    width = picture.shape[1]
    drawing.rectangle((0, 0, width - 1, _LINE - 1), fill=FALSE if inside else _DARK)
    frame = f"frame {index}"
    room = width - drawing.textlength(frame, font=font) - 16
    words = f"{event.sequence}, object {event.object_id}: {event.kind}"
    _write(drawing, (4, _LINE // 2), words, room, font)
    drawing.text((width - 4, _LINE // 2), frame, fill=_WHITE, font=font, anchor="rm")
    ends = [left for left, _ in columns[1:]] + [width]
    for (left, name), end in zip(columns, ends, strict=False):
        _write(drawing, (left + 4, _LINE + _LINE // 2), name, end - left - 8, font)
    return np.array(canvas)


def _write(
    drawing: "PIL.ImageDraw.ImageDraw",
    place: tuple[int, int],
    words: str,
    room: float,
    font: "PIL.ImageFont.ImageFont | PIL.ImageFont.FreeTypeFont",
) -> None:
    """Words right of a place, cut where there is no room."""
    kept = len(words)
    while kept and drawing.textlength(_cut(words, kept), font=font) > room:
        kept -= 1
    drawing.text(place, _cut(words, kept), fill=_WHITE, font=font, anchor="lm")


def _cut(words: str, kept: int) -> str:
    return words if kept == len(words) else f"{words[:kept].rstrip()}…" if kept else ""


def _chained(first: Image, others: Iterator[Image]) -> Iterator[Image]:
    yield first
    yield from others


def _animated(kind: str, frames: Iterator[Image], rate: float) -> bytes:
    """WebP or GIF; all pictures are shown equally long."""
    import PIL.Image

    pictures = map(few_colours if kind == "gif" else PIL.Image.fromarray, frames)
    looks = {"quality": 80, "method": 4} if kind == "webp" else {"optimize": False, "disposal": 1}
    content = io.BytesIO()
    next(pictures).save(
        content,
        format=kind.upper(),
        save_all=True,
        append_images=pictures,
        duration=round(1000 / rate),
        loop=0,
        **looks,
    )
    return content.getvalue()


def _mp4(size: tuple[int, ...], frames: Iterator[Image], rate: float) -> bytes:
    """H.264 in MP4."""
    av = _pyav()
    content = io.BytesIO()
    with av.open(content, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000))
        stream.height, stream.width = size[:2]
        stream.pix_fmt = "yuv420p"  # what every player shows
        # trees of macroblocks let equal pictures become files that differ
        stream.options = {"crf": "22", "preset": "medium", "x264-params": "mbtree=0"}
        stream.thread_count = 1
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(stream.encode())
    return content.getvalue()


def _pyav() -> Any:
    try:
        import av
    except ImportError:
        raise UsageError(
            "MP4 is written by PyAV, which is not installed: pip install 'vosbench[video]', or "
            "choose a name that ends in .webp or .gif"
        ) from None
    return av
