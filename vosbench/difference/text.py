"""How two runs differ, as text for people and as JSON for programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from vosbench.difference.manifests import FieldDifference
from vosbench.difference.masks import FrameDifference, IdChange, MaskDifference
from vosbench.difference.runs import RunDifference, SequenceDifference
from vosbench.one_line import one_line
from vosbench.record_json import to_json
from vosbench.wording import counted, first_few, shortened

SHOWN = 4
"""How many pairs of ids are listed for people."""

_GROUPS = {
    "masks": "What masks depend on (A → B):",
    "machine": "Machine and versions (A → B):",
    "other": "The rest (A → B):",
}


def difference_text(found: RunDifference) -> str:
    """Lines on the masks, the scores and the manifests of two runs, A and B."""
    lines = [
        f"A: {found.folders[0]}",
        f"B: {found.folders[1]}",
        *_verdict(found),
        *(line for one in found.sequences for line in _sequence(found, one)),
        *(f"  {name}: only in A (B: {why})" for name, why in found.only_first.items()),
        *(f"  {name}: only in B (A: {why})" for name, why in found.only_second.items()),
        *_fields(found.fields),
    ]
    if found.suspects:
        lines += ["What may explain other masks:", *(f"  {one.why}" for one in found.suspects)]
    return "".join(f"{one_line(line)}\n" for line in lines)


def difference_json(found: RunDifference) -> str:
    """An object with `equal`, `runs`, `first`, `sequences`, `manifest`, `suspects`; keys stay."""
    differing = found.differing
    first = differing[0] if differing else None
    whole = {
        "equal": found.equal,
        "runs": [found.first.manifest.run, found.second.manifest.run],
        "protocols": list(found.protocols),
        "first": {"sequence": first.sequence, **_frame(first.masks.first)} if first else None,
        "sequences": [_sequence_json(one) for one in found.sequences],
        "only_first": dict(found.only_first),
        "only_second": dict(found.only_second),
        "manifest": [
            {"group": one.group, "name": one.name, "first": one.first, "second": one.second}
            for one in found.fields
        ],
        "suspects": [{"name": one.name, "why": one.why} for one in found.suspects],
    }
    return to_json(whole, indent=2)


def _verdict(found: RunDifference) -> Iterator[str]:
    """The first difference of all, or that there is none."""
    common, differing = len(found.sequences), found.differing
    if not common:
        yield "The runs have no sequence with masks in common."
    elif not differing:
        shared = " that both have" if found.only_first or found.only_second else ""
        yield f"The masks of {_all(common)}{shared} are equal."
    else:
        first = differing[0]
        assert first.masks.first is not None, "a sequence that differs has a first frame"
        yield (
            f"Masks differ in {len(differing)} of {counted(common, 'sequence')}, first in sequence "
            f"{first.sequence}, {_where(first.masks.first)}."
        )


def _all(number: int) -> str:
    return "the one sequence" if number == 1 else f"all {number} sequences"


def _where(frame: FrameDifference) -> str:
    """Frame, object and number of pixels."""
    if frame.object_id is None:
        return f"frame {frame.frame} ({frame.remark})"
    pixels = counted(frame.object_pixels, "pixel")
    return f"frame {frame.frame}, object {frame.object_id}: {pixels}"


def _sequence(found: RunDifference, one: SequenceDifference) -> Iterator[str]:
    """Lines on one sequence; none where nothing differs."""
    masks = one.masks
    if masks.first is not None:
        frames = counted(masks.frames, "frame")
        yield f"  {one.sequence}: {masks.differing} of {frames} differ, by {_extent(masks)}"
        yield f"    first in {_detail(masks.first)}"
        if masks.largest is not None and masks.largest != masks.first:
            yield f"    most in {_detail(masks.largest)}"
    if one.scores:
        scores = [f"{name} {_score(a)} → {_score(b)}" for name, (a, b) in one.scores.items()]
        where = "    " if masks.differing else f"  {one.sequence}: equal masks, scored otherwise: "
        yield f"{where}{', '.join(scores)}{_under(found)}"


def _under(found: RunDifference) -> str:
    first, second = found.protocols
    return "" if first == second else f" (under {first} → {second}, which do not compare)"


def _extent(masks: MaskDifference) -> str:
    return f"{counted(masks.pixels, 'pixel')} in all: {_pairs(masks.changes)}"


def _detail(frame: FrameDifference) -> str:
    if not frame.changes:
        return f"frame {frame.frame}: {frame.remark}"
    return f"frame {frame.frame}: {counted(frame.pixels, 'pixel')}: {_pairs(frame.changes)}"


def _pairs(changes: tuple[IdChange, ...]) -> str:
    """`12 background → object 1, …`, most pixels first."""
    if not changes:
        return "none that can be compared"
    told = [f"{c.pixels} {_called(c.first)} → {_called(c.second)}" for c in changes[:SHOWN]]
    rest = sum(change.pixels for change in changes[SHOWN:])
    return ", ".join([*told, f"{rest} others"] if rest else told)


def _called(object_id: int) -> str:
    return f"object {object_id}" if object_id else "background"


def _score(value: float | None) -> str:
    """A fraction with as many digits as show a difference of one pixel."""
    return "none" if value is None else f"{value:.6f}"


def _fields(fields: Iterable[FieldDifference]) -> Iterator[str]:
    """What differs in the manifests, in groups; that nothing does, where so."""
    known = tuple(fields)
    for group, title in _GROUPS.items():
        members = [one for one in known if one.group == group]
        if members:
            yield title
        for one in members:
            yield f"  {one.name}: {_fact(one.first)} → {_fact(one.second)}"
    if not known:
        yield "The manifests are the same."


def _fact(value: object) -> str:
    """A fact of a manifest in a line."""
    if isinstance(value, list | tuple):
        return f"{first_few([str(item) for item in value])} ({len(value)})"
    return shortened(value)


def _sequence_json(one: SequenceDifference) -> dict[str, Any]:
    masks = one.masks
    return {
        "sequence": one.sequence,
        "frames": masks.frames,
        "frames_differing": masks.differing,
        "pixels": masks.pixels,
        "first": _frame(masks.first),
        "largest": _frame(masks.largest),
        "changes": [_change(change) for change in masks.changes],
        "scores": _scores(one.scores),
    }


def _frame(frame: FrameDifference | None) -> dict[str, Any]:
    if frame is None:
        return {}
    return {
        "frame": frame.frame,
        "object": frame.object_id,
        "object_pixels": frame.object_pixels,
        "pixels": frame.pixels,
        "changes": [_change(change) for change in frame.changes],
        "remark": frame.remark or None,
    }


def _change(change: IdChange) -> dict[str, int]:
    return {"first": change.first, "second": change.second, "pixels": change.pixels}


def _scores(scores: Mapping[str, tuple[float | None, float | None]]) -> dict[str, Any]:
    return {name: {"first": a, "second": b} for name, (a, b) in scores.items()}
