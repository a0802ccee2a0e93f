"""Which file of a folder is the mask of which frame, by name, by number, or by order of numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True)
class Pairing:
    """Files of a folder, matched with the frames of a sequence.

    Attributes:
        files: frame → its file; frames without file are absent.
        renamed: frames whose file is named otherwise than the frame.
        shift: by how much the numbers in the names are too high; 0 if they are right.
        twins: frame → further files that claim to be it.
        contested: frames that several files claim and none has the exact name of.
        surplus: files of no frame.
    """

    files: dict[str, str]
    renamed: tuple[str, ...]
    shift: int
    twins: dict[str, tuple[str, ...]]
    contested: tuple[str, ...]
    surplus: tuple[str, ...]


def pair(frames: Sequence[str], files: Sequence[str]) -> Pairing:
    """The mask of every frame among `files`, names that end in .png in whatever case.

    A file named `FRAME.png` is that frame's. Any other is that of the frame with the same number.
    Where there are as many files as frames, and all numbers are off by the same, files are matched
    in the order of their numbers instead.

    >>> pair(["00000", "00001"], ["1.png", "2.png"]).files
    {'00000': '1.png', '00001': '2.png'}
    >>> pair(["00000", "00001"], ["mask_0.png", "mask_1.png"]).shift
    0
    """
    shift = _shift(frames, files)
    if shift:
        numbers = _numbers_of_files(files)
        ordered = sorted(files, key=lambda file: numbers[file])
        in_order = dict(zip(sorted(frames, key=_numbers(frames).__getitem__), ordered, strict=True))
        matched = {frame: in_order[frame] for frame in frames}
        return Pairing(matched, tuple(frames), shift, {}, (), ())
    exact = {frame: f"{frame}.png" for frame in frames if f"{frame}.png" in set(files)}
    taken = set(exact.values())
    claims = _claims(frames, [file for file in files if file not in taken])
    matched, twins, contested = {}, {}, []
    for frame in frames:
        claimed = claims.get(frame, ())
        if frame in exact:
            matched[frame] = exact[frame]
        elif len(claimed) == 1:
            matched[frame] = claimed[0]
        if claimed and len(claimed) + (frame in exact) > 1:
            twins[frame] = claimed
            contested += [] if frame in exact else [frame]
    claimed_files = {file for several in claims.values() for file in several}
    return Pairing(
        files=matched,
        renamed=tuple(frame for frame in matched if frame not in exact),
        shift=0,
        twins=twins,
        contested=tuple(contested),
        surplus=tuple(file for file in files if file not in taken | claimed_files),
    )


def _claims(frames: Sequence[str], files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Frame → files that are not named after it, but have its number (or its name, in .PNG)."""
    by_number = {number: frame for frame, number in _numbers(frames).items()}
    known = set(frames)
    numbers = _numbers_of_files(files)
    claims: dict[str, tuple[str, ...]] = {}
    for file in files:
        stem = PurePath(file).stem
        frame = stem if stem in known else by_number.get(numbers.get(file, -1))
        if frame is not None:
            claims[frame] = (*claims.get(frame, ()), file)
    return claims


def _shift(frames: Sequence[str], files: Sequence[str]) -> int:
    """By how much the numbers of the files are too high, all of them; 0 where that is not so."""
    wanted = sorted(_numbers(frames).values())
    found = sorted(_numbers_of_files(files).values())
    if not (len(wanted) == len(found) == len(frames) == len(files) == len(set(found))):
        return 0
    shifts = {have - want for have, want in zip(found, wanted, strict=True)}
    consecutive = wanted == list(range(wanted[0], wanted[0] + len(wanted)))
    # Of frames annotated now and then, others may have been predicted.
    if len(shifts) != 1 or not (consecutive or not set(wanted) & set(found)):
        return 0
    return shifts.pop()


def _numbers_of_files(files: Sequence[str]) -> dict[str, int]:
    """Number of every file that has one; several may have the same."""
    numbers = _numbers_of_stems([PurePath(file).stem for file in files])
    stems = {file: PurePath(file).stem for file in files}
    return {file: numbers[stem] for file, stem in stems.items() if stem in numbers}


def _numbers(frames: Sequence[str]) -> dict[str, int]:
    """Number of every frame; empty unless each has its own."""
    numbers = _numbers_of_stems(frames)
    return numbers if len(set(numbers.values())) == len(set(frames)) else {}


def _numbers_of_stems(stems: Sequence[str]) -> dict[str, int]:
    """The number in a name that tells it from the others of its build; names without are left out.

    >>> _numbers_of_stems(["clip2_0001_mask", "clip2_0002_mask", "overview"])
    {'clip2_0001_mask': 1, 'clip2_0002_mask': 2}
    """
    alike: dict[tuple[str, ...], dict[str, tuple[int, ...]]] = {}
    for stem in stems:
        parts = re.split(r"([0-9]{1,18})", stem)
        alike.setdefault(tuple(parts[::2]), {})[stem] = tuple(map(int, parts[1::2]))
    numbers: dict[str, int] = {}
    for group in alike.values():
        columns = list(zip(*group.values(), strict=True))
        varying = [at for at, column in enumerate(columns) if len(set(column)) > 1]
        if columns and len(varying) <= 1:
            at = varying[0] if varying else -1
            numbers |= {stem: values[at] for stem, values in group.items()}
    return numbers
