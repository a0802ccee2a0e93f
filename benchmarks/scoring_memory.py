"""Peak memory of `vosbench score` on a long sequence: `python benchmarks/scoring_memory.py`.

Masks are written once and linked, so that 10,000 frames of 480p cost little time and disk.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np

from vosbench.machine import fingerprint
from vosbench.mask_folders import mask_file
from vosbench.masks import write_mask

DIFFERENT = 8
"""Label maps that the frames take in turn."""


@click.command()
@click.option("--frames", type=click.IntRange(3), default=10_000, show_default=True)
@click.option("--objects", type=click.IntRange(1, 40), default=10, show_default=True)
@click.option("--height", type=click.IntRange(16), default=480, show_default=True)
@click.option("--width", type=click.IntRange(16), default=854, show_default=True)
def main(frames: int, objects: int, height: int, width: int) -> None:
    """Score a long sequence in a process of its own, and say what memory and time it took."""
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("annotations", "predictions")]
        for folder, shift in zip(folders, (0, 3), strict=True):
            _write(
                folder,
                frames,
                [
                    _label_map(objects, (height, width), shift + 4 * turn)
                    for turn in range(DIFFERENT)
                ],
            )
        command = [sys.executable, "-c", "from vosbench.cli import main; main()", "score"]
        command += [str(folders[1]), "--annotations", str(folders[0]), "--format", "csv"]
        began = time.perf_counter()
        scored = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    *_, means = scored.stdout.splitlines()
    click.echo(f"{frames} frames, {objects} objects, {width}×{height}: {means}")
    click.echo(f"peak memory of the process {peak:.0f} MiB, {seconds:.1f} s of wall clock")
    click.echo(f"machine: {fingerprint('cpu')['cpu']}")


def _label_map(objects: int, size: tuple[int, int], shift: int) -> np.ndarray:
    """Ellipses in a row, moved to the right by `shift` pixels."""
    y, x = np.indices(size)
    mask = np.zeros(size, np.uint8)
    spread = size[1] / (objects + 1)
    for number in range(objects):
        across = (x - shift - spread * (number + 0.7)) / (0.45 * spread)
        down = (y / size[0] - 0.3 - 0.4 * (number % 2)) / 0.25
        mask[across**2 + down**2 < 1] = number + 1
    return mask


def _write(folder: Path, frames: int, masks: list[np.ndarray]) -> None:
    """One sequence of `frames` files, links to one file for each mask."""
    sequence = folder / "long"
    sequence.mkdir(parents=True)
    for turn, mask in enumerate(masks):
        write_mask(mask_file(folder, f"mask{turn}"), mask)
    for frame in range(frames):
        source = mask_file(folder, f"mask{frame % len(masks)}")
        mask_file(sequence, f"{frame:05d}").symlink_to(source)


if __name__ == "__main__":
    main()
