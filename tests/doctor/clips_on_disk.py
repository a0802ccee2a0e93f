"""Small annotated clips on disk, and masks of them to damage."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image

from vosbench.arrays import Mask
from vosbench.doctor.examination import Examination, examine
from vosbench.doctor.finding import Finding
from vosbench.masks import davis_palette, read_mask, write_mask
from vosbench.metrics import protocols

HEIGHT, WIDTH, FRAMES = 40, 60, 6

Change = Callable[[Mask], Mask]


def cows(index: int) -> Mask:
    """One object that moves to the right."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[8:28, 4 + 2 * index : 24 + 2 * index] = 1
    return mask


def dogs(index: int) -> Mask:
    """Two objects, the second one taller, that move apart."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[6:20, 20 - 2 * index : 32 - 2 * index] = 1
    mask[10:36, 36 + index : 52 + index] = 2
    return mask


def write_clip(folder: Path, draw: Callable[[int], Mask], frames: int = FRAMES) -> Path:
    folder.mkdir(parents=True)
    for index in range(frames):
        write_mask(folder / f"{index:05d}.png", draw(index))
    return folder


def annotate(root: Path) -> Path:
    """Cows with one object, dogs with two, in the layout of DAVIS."""
    write_clip(root / "Annotations" / "480p" / "cows", cows)
    write_clip(root / "Annotations" / "480p" / "dogs", dogs)
    return root / "Annotations" / "480p"


def imperfect(draw: Callable[[int], Mask]) -> Callable[[int], Mask]:
    """Masks that a decent method predicts: the first as given, then a pixel too low."""
    return lambda index: np.roll(draw(index), int(index > 0), axis=0)


def predict(root: Path) -> Path:
    write_clip(root / "cows", imperfect(cows))
    write_clip(root / "dogs", imperfect(dogs))
    return root


def change(folder: Path, how: Change, only: tuple[str, ...] | None = None) -> None:
    """Save masks of a sequence differently."""
    for path in sorted(folder.glob("*.png")):
        if only is None or path.stem in only:
            write_mask(path, how(read_mask(path)))


def colour(folder: Path, mode: str = "RGB") -> None:
    """Save masks of a sequence in colour, or as the grey of their colours."""
    for path in sorted(folder.glob("*.png")):
        PIL.Image.fromarray(davis_palette()[read_mask(path)]).convert(mode).save(path)


def relabel(**ids: int) -> Change:
    """Other ids: `relabel(_1=2, _2=1)`."""
    table = np.arange(256, dtype=np.uint8)
    for name, new in ids.items():
        table[int(name[1:])] = new
    return lambda mask: table[mask]


def rename(folder: Path, name: Callable[[int], str]) -> None:
    """Give frames other names; a file of that name is not overwritten."""
    for path in sorted(folder.glob("*.png"), reverse=True):
        path.rename(folder / name(int(path.stem)))


def examined(
    annotations: Path, predictions: Path | None = None, protocol: str = "davis2017"
) -> Examination:
    return examine(annotations, protocols.get(protocol), predictions=predictions)


def found(
    annotations: Path, predictions: Path | None = None, protocol: str = "davis2017"
) -> tuple[Finding, ...]:
    return examined(annotations, predictions, protocol).diagnosis.findings


def only_one(
    annotations: Path, predictions: Path | None = None, protocol: str = "davis2017"
) -> Finding:
    """The one finding there must be."""
    findings = found(annotations, predictions, protocol)
    assert len(findings) == 1, findings
    return findings[0]
