"""Clips in folders and methods in files, small enough to be gated many times."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from vosbench.cli import main
from vosbench.masks import write_mask

SIZE = (48, 64)
NAMES = ("bear", "cat", "dog", "elk", "fox", "goat", "hen")
"""One more than an interval takes."""

METHOD = '''\
"""The mask of the first frame, moved by what the code says."""

import numpy as np

from vosbench.method import Method

VARIANTS = {{"mover": {{}}}}


class Mover(Method):
    def __init__(self, *, lift: int = {lift}) -> None:
        self._lift = lift

    def fit(self, image, mask):
        self._mask, self._frame = mask, 0
        self._wrong = {wrong}

    def step(self, image):
        self._frame += 1
        {body}
        moved = np.roll(self._mask, self._frame + {off} * self._wrong, axis=1)
        return np.roll(moved, self._lift, axis=0)
'''


def write_method(
    folder: Path, *, off: int = 0, lift: int = 0, only: int = 0, body: str = ""
) -> Path:
    """A method that follows every clip, as a plug-in file.

    Args:
        off: pixels that it is beside the object.
        lift: default of its setting.
        only: how wide a clip's object is that it goes wrong on; 0 for all.
        body: what else it does with a frame.
    """
    wrong = f"int((mask > 0).any(axis=0).sum() == {only})" if only else "1"
    folder.mkdir(exist_ok=True)
    file = folder / "mover.py"
    file.write_text(METHOD.format(off=off, lift=lift, wrong=wrong, body=body))
    return file


def write_clip(folder: Path, name: str, *, frames: int = 6) -> None:
    """A square that moves by a pixel a frame; its width tells the clips apart."""
    width = 10 + NAMES.index(name)
    for index in range(frames):
        mask = np.zeros(SIZE, np.uint8)
        mask[16:32, 8 + index : 8 + index + width] = 1
        for part in ("JPEGImages", "Annotations"):
            (folder / part / name).mkdir(parents=True, exist_ok=True)
        write_mask(folder / f"Annotations/{name}/{index:05}.png", mask)
        image = PIL.Image.fromarray(np.repeat(mask[:, :, None] * 200, 3, axis=2))
        image.save(folder / f"JPEGImages/{name}/{index:05}.png")


@dataclass(frozen=True)
class Told:
    """What a command ended with and said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """A folder with clips, methods and a baseline of them.

    Attributes:
        folder: of all.
        capsys: takes what commands say.
    """

    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def file(self) -> Path:
        return self.folder / "baseline.json"

    def call(self, *arguments: object) -> Told:
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([*map(str, arguments)])
        assert isinstance(left.value.code, int)
        said = self.capsys.readouterr()
        return Told(left.value.code, said.out, said.err)

    def baseline(self, *arguments: object, method: str = "mover", plugin: Path | None) -> Told:
        """Write a baseline of masks and scores."""
        where = ("--dataset", "folders", "--root", self.folder / "clips")
        brought = () if plugin is None else ("--plugin", plugin)
        what = ("--method", method, *where, *brought, "--only", "exact,quality")
        return self.call("baseline", self.file, *what, *arguments)

    def gate(
        self, *arguments: object, plugin: Path | None = None, only: str = "exact,quality"
    ) -> Told:
        """Hold the run made again to it."""
        brought = () if plugin is None else ("--plugin", plugin)
        where = ("--root", self.folder / "clips")  # not looked at where the sample is meant
        return self.call("gate", self.file, *where, *brought, "--only", only, *arguments)
