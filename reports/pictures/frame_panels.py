"""Frames of kept runs as pictures of a sheet; read and painted when the sheet asks for them."""

from collections.abc import Sequence

import numpy as np

from vosbench.arrays import Image, Mask
from vosbench.kept_frames import KeptSequence
from vosbench.method import Detection
from vosbench.reports.pictures.overlays import Part, paint_difference, paint_labels, paint_outline
from vosbench.reports.pictures.pictured import FrameMeans
from vosbench.reports.pictures.resizing import enlarged, line_for, resized
from vosbench.reports.pictures.sheet_plan import Panel

_FULL_LINES = 400  # width of pictures from which on outlines are whole pixels


def given(kept: KeptSequence) -> Panel:
    """The first frame with its annotation."""

    def paint(width: int) -> Image:
        return painted(kept.image(0), truth(kept, 0), width)

    return Panel(paint, kept.mask(0).shape)


def answered(
    kept: KeptSequence,
    index: int,
    *,
    outlined: int | None = None,
    corner: str = "",
    below: tuple[str, ...] = (),
    boxes: Sequence[Detection] = (),
) -> Panel:
    """A frame with what the run answered.

    Args:
        kept: the sequence as the run left it.
        index: of the frame.
        outlined: object whose true outline is drawn over it.
        corner, below, boxes: as in `Panel`.
    """

    def paint(width: int) -> Image:
        outline = None if outlined is None else true_object(kept, index, outlined)
        return painted(kept.image(index), kept.mask(index), width, outline=outline)

    return Panel(paint, kept.mask(index).shape, corner, below, tuple(boxes))


def mistaken(
    kept: KeptSequence, index: int, part: Part, *, corner: str = "", below: tuple[str, ...] = ()
) -> Panel:
    """A part of a frame with what the run got right, missed and made up."""
    left, top, right, bottom = part
    window = np.s_[top:bottom, left:right]

    def paint(width: int) -> Image:
        answer = kept.mask(index)[window]
        picture = paint_difference(kept.image(index)[window], truth(kept, index)[window], answer)
        return resized(enlarged(picture, width), width)

    return Panel(paint, (bottom - top, right - left), corner, below)


def in_part(kept: KeptSequence, index: int, part: Part) -> Panel:
    """A part of a frame as it is, with the outline of what is true."""
    left, top, right, bottom = part
    window = np.s_[top:bottom, left:right]

    def paint(width: int) -> Image:
        image = enlarged(kept.image(index)[window], width)
        outline = enlarged(truth(kept, index)[window], width)
        line = _line(image, width)
        return resized(paint_outline(image, outline, line=line), width)

    return Panel(paint, (bottom - top, right - left))


def truth(kept: KeptSequence, index: int) -> Mask:
    """The annotation of a frame; empty where it has none."""
    found = kept.annotation(index)
    return np.zeros(kept.mask(index).shape, np.uint8) if found is None else found


def true_object(kept: KeptSequence, index: int, object_id: int) -> Mask:
    """The annotation of one object, and nothing else, in a frame."""
    true = truth(kept, index)
    return np.where(true == object_id, true, 0).astype(np.uint8)


def painted(image: Image, mask: Mask, width: int, *, outline: Mask | None = None) -> Image:
    """A frame with its objects so many pixels wide, the lines thin and smooth at that size.

    Args:
        image: `uint8 h×w×3`.
        mask: `uint8 h×w`, shown in the colours of its objects.
        width: of the picture.
        outline: `uint8 h×w`, of which outlines are drawn instead of those of the mask.
    """
    image, mask = enlarged(image, width), enlarged(mask, width)
    line = _line(image, width)
    picture = paint_labels(image, mask, line=0 if outline is not None else line)
    if outline is not None:
        picture = paint_outline(picture, enlarged(outline, width), line=line)
    return resized(picture, width)


def score_words(scores: FrameMeans | None) -> str:
    """J and F of a frame in per cent; nothing where it does not count."""
    return "" if scores is None else f"J {100 * scores.J:.0f}  F {100 * scores.F:.0f}"


def _line(image: Image, width: int) -> int:
    """Thickness of outlines in a frame that will be so wide; finer in small pictures."""
    return line_for(image.shape[1], width, line=min(1.0, max(0.6, width / _FULL_LINES)))
