"""What `vosbench score` refuses, the doctor calls an error, under every protocol."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.doctor.clips_on_disk import (
    FRAMES,
    Change,
    change,
    colour,
    cows,
    found,
    relabel,
    rename,
    write_clip,
)
from vosbench.arrays import Mask
from vosbench.errors import DataError
from vosbench.evaluate import Rules
from vosbench.metrics import protocols
from vosbench.scoring.folders import score_folders

ALL = frozenset(protocols.names())
NAMES = tuple(f"{index:05d}" for index in range(FRAMES))

Harm = Callable[[Path, Path], object]


def spot(object_id: int) -> Change:
    def spotted(mask: Mask) -> Mask:
        mask = mask.copy()
        mask[:2, :5] = object_id
        return mask

    return spotted


def folders_of_objects(truth: Path, masks: Path) -> None:
    for root in (truth, masks):
        write_clip(root / "birds" / "000", cows)
    (masks / "birds" / "000" / "00003.png").write_bytes(b"")


DAMAGES: dict[str, tuple[Harm, frozenset[str]]] = {
    "late object with a high id": (
        lambda t, m: change(t / "dogs", relabel(_2=0), only=NAMES[:3]),
        frozenset({"davis2017"}),
    ),
    "late object with a low id": (
        lambda t, m: change(t / "dogs", relabel(_1=0), only=NAMES[:3]),
        frozenset(),
    ),
    "only in the first frame": (
        lambda t, m: change(t / "cows", np.zeros_like, only=NAMES[1:]),
        frozenset({"vos-benchmark", "sa-v"}),
    ),
    "only in the last frame": (
        lambda t, m: change(t / "cows", np.zeros_like, only=NAMES[:-1]),
        ALL,
    ),
    "from the last frame that counts": (
        lambda t, m: change(t / "cows", np.zeros_like, only=NAMES[:-2]),
        ALL - {"vos-benchmark", "sa-v"},
    ),
    "never annotated": (lambda t, m: change(t / "cows", np.zeros_like), ALL),
    "white annotations": (
        lambda t, m: change(t / "cows", relabel(_1=255)),
        frozenset({"davis2017", "youtube-vos"}),
    ),
    "white annotations in the first frame": (
        lambda t, m: (
            change(t / "cows", relabel(_1=255)),
            change(t / "cows", np.zeros_like, only=NAMES[1:]),
        ),
        frozenset({"davis2017", "youtube-vos", "vos-benchmark", "sa-v"}),
    ),
    "void": (lambda t, m: change(t / "cows", spot(255)), frozenset()),
    "gaps": (lambda t, m: change(t / "dogs", relabel(_1=3, _2=5)), frozenset()),
    "two frames annotated": (
        lambda t, m: [(t / "cows" / f"{name}.png").unlink() for name in NAMES[2:]],
        ALL,
    ),
    "annotated now and then": (
        lambda t, m: [(t / "cows" / f"{name}.png").unlink() for name in NAMES[1::2]],
        frozenset(),
    ),
    "no frames in common": (lambda t, m: rename(m / "cows", lambda i: f"{i + 50}.png"), ALL),
    "an annotation cut off": (lambda t, m: (t / "cows" / "00002.png").write_bytes(b"x"), ALL),
    "a mask cut off": (lambda t, m: (m / "cows" / "00002.png").write_bytes(b"x"), ALL),
    "a first mask cut off": (
        lambda t, m: (m / "cows" / "00000.png").write_bytes(b"x"),
        frozenset(),
    ),
    "a mask missing": (lambda t, m: (m / "cows" / "00002.png").unlink(), ALL),
    "a folder missing": (lambda t, m: shutil.rmtree(m / "cows"), ALL),
    "a file for a folder": (lambda t, m: (t / "fish").write_bytes(b"x"), frozenset()),
    "an empty folder": (lambda t, m: (t / "fish").mkdir(), ALL),
    "a loop of links": (lambda t, m: (m / "fish").symlink_to(m / "fish"), frozenset()),
    "another size": (
        lambda t, m: change(m / "cows", lambda mask: mask[::2, ::2], only=("00003",)),
        ALL,
    ),
    "colours": (lambda t, m: colour(m / "dogs"), ALL),
    "extra id": (lambda t, m: change(m / "cows", spot(7)), frozenset({"davis2017"})),
    "extra id and white": (lambda t, m: change(m / "cows", spot(255)), frozenset({"davis2017"})),
    "folders of objects": (folders_of_objects, ALL),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_cannot_be_scored_is_an_error(truth: Path, masks: Path, damage: str) -> None:
    harm, expected = DAMAGES[damage]
    harm(truth, masks)
    refused, errors = set(), set()
    for protocol in protocols.PROTOCOLS:
        try:
            score_folders([masks], truth, Rules(protocol))
        except DataError:
            refused.add(protocol.name)
        findings = found(truth, masks, protocol.name)
        if any(finding.severity == "error" for finding in findings):
            errors.add(protocol.name)
    assert refused == expected
    assert refused <= errors
