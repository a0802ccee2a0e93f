"""How long an HTML report takes: `python -m benchmarks.html_report`.

A dataset is generated, with masks of several methods that go wrong in several ways; the report of
them is made as by `vosbench report --html`, and opened where Chromium is installed.
"""

import contextlib
import io
import shlex
import tempfile
import time
from pathlib import Path

import click
import numpy as np
from PIL import Image as Pictures

from vosbench.arrays import Image, Mask
from vosbench.machine import fingerprint, usable_cores
from vosbench.masks import read_mask, write_mask
from vosbench.store import load_runs

SIZE = (480, 854)


@click.command()
@click.option("--sequences", type=click.IntRange(1), default=30, show_default=True)
@click.option("--methods", type=click.IntRange(1), default=4, show_default=True)
@click.option("--frames", type=click.IntRange(4), default=70, show_default=True)
@click.option("--objects", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Folder to work in, and leave.")
def main(sequences: int, methods: int, frames: int, objects: int, keep: Path | None) -> None:
    """Make a dataset, runs and their report, and say what the report took."""
    with tempfile.TemporaryDirectory() as place:
        folder = keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        click.echo(f"{sequences} sequences of {frames} frames, {methods} methods")
        if not (folder / "data").exists():
            make_dataset(folder / "data", sequences, frames, objects)
        if not (folder / "runs").exists():
            make_runs(folder, methods)
        seconds = timed_report(folder)
        report = folder / "report"
        files = [path for path in report.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        click.echo(f"machine: {fingerprint('cpu')['cpu']}, {usable_cores()} cores")
        click.echo(f"report made in {seconds:.1f} s: {size:.1f} MB in {len(files)} files")
        say_interactive(report / "index.html")


def make_dataset(folder: Path, sequences: int, frames: int, objects: int) -> None:
    """Sequences of ellipses that move, turn and hide behind a bar, before noise that scrolls."""
    for number in range(sequences):
        name = f"clip-{number:02d}"
        images, annotations = folder / "JPEGImages" / name, folder / "Annotations" / name
        for path in (images, annotations):
            path.mkdir(parents=True)
        rng = np.random.default_rng(number)
        scene = _scene(rng)
        start = rng.uniform(0.2, 0.8, (objects, 2))
        for index in range(frames):
            mask = label_map(start, index)
            picture = Pictures.fromarray(_painted(scene, mask, index))
            picture.save(images / f"{index:05d}.jpg", quality=90)
            write_mask(annotations / f"{index:05d}.png", mask)


def make_runs(folder: Path, methods: int) -> None:
    """Score the stored masks of so many made-up methods, each worse than the one before."""
    from vosbench.cli import commands

    annotations = folder / "data" / "Annotations"
    for method in range(methods):
        masks = folder / f"masks-{method}"
        for sequence in sorted(annotations.iterdir()):
            (masks / sequence.name).mkdir(parents=True)
            for index, path in enumerate(sorted(sequence.iterdir())):
                write_mask(masks / sequence.name / path.name, _worse(path, method, index))
        arguments = ["run", "--method", "stored", "--set", f"masks={masks}"]
        arguments += ["--set", f"label=method-{method}", "--dataset", "folders"]
        arguments += ["--root", str(folder / "data"), "--runs", str(folder / "runs")]
        said = io.StringIO()  # scores of made-up methods are not what this is about
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            commands.main(arguments, obj=f"vosbench {shlex.join(arguments)}", standalone_mode=False)


def timed_report(folder: Path) -> float:
    """Seconds of wall clock that the report takes, with all that is read for it."""
    from vosbench.datasets.options import DatasetOptions
    from vosbench.reports.html_report import write_report
    from vosbench.reports.options import ReportOptions

    began = time.perf_counter()
    runs = folder / "runs"
    options = ReportOptions(
        metric="J&F", runs_folder=str(runs), places=DatasetOptions(root=folder / "data")
    )
    write_report(load_runs(runs), options, folder / "report")
    return time.perf_counter() - began


def say_interactive(page: Path) -> None:
    """Seconds until the first page and that of a sequence answer: until their scripts have run."""
    from tests.reports.html_report.browsers import browser, chromium_missing

    reason = chromium_missing()
    if reason:
        click.echo(f"not opened: {reason}")
        return
    sequence = next((page.parent / "sequences").iterdir())
    with browser() as driver:
        for what, path in (("first page", page), ("page of a sequence", sequence)):
            driver.get("about:blank")
            driver.get(path.as_uri())
            seconds = driver.execute_script(
                "return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
            )
            click.echo(f"{what} interactive after {seconds / 1000:.2f} s")


def label_map(start: np.ndarray, index: int) -> Mask:
    """Ellipses in frame `index`, some behind a bar; h×w."""
    y, x = np.indices(SIZE)
    mask = np.zeros(SIZE, np.uint8)
    for number, (down, across) in enumerate(start, 1):
        angle = 0.05 * index * number
        centre_y = SIZE[0] * (down + 0.15 * np.sin(angle))
        centre_x = (SIZE[1] * across + 4 * index * (-1) ** number) % SIZE[1]
        height, width = 60 + 20 * np.sin(2 * angle), 45 + 10 * number
        mask[((y - centre_y) / height) ** 2 + ((x - centre_x) / width) ** 2 < 1] = number
    mask[:, 400:450] = 0
    return mask


def _scene(rng: np.random.Generator) -> Image:
    """Soft coloured noise, twice as wide as a frame."""
    coarse = rng.integers(0, 256, (SIZE[0] // 16, SIZE[1] // 8, 3), np.uint8)
    picture = Pictures.fromarray(coarse).resize((2 * SIZE[1], SIZE[0]), Pictures.Resampling.BICUBIC)
    fine = rng.integers(-12, 12, (SIZE[0], 2 * SIZE[1], 1))
    return np.clip(np.asarray(picture) + fine, 0, 255).astype(np.uint8)


def _painted(scene: Image, mask: Mask, index: int) -> Image:
    picture = np.roll(scene, -3 * index, axis=1)[:, : SIZE[1]].copy()  # h×w×3
    picture[mask > 0] = picture[mask > 0] // 3 + 120
    picture[:, 400:450] //= 3
    return picture


def _worse(path: Path, method: int, index: int) -> Mask:
    """What a method would answer: shifted, and now and then something else or nothing."""
    mask = read_mask(path)
    if method == 0:
        return mask
    shifted = np.roll(mask, (method, method * index // 8), (0, 1))
    if index % 23 > 20:
        shifted[:, : SIZE[1] // 2] = 0
    return shifted


if __name__ == "__main__":
    main()
