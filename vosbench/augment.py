"""Augmentation of an annotated frame, as in the training and fine-tuning of e-OSVOS.

In this order: colours change, the frame is mirrored, then turned and resized about its centre, its
size kept and what comes in from outside black. In meta-training the two frames of a task share
colours and mirroring, and are turned on their own:

    shared = draw_shared(TASK, generator)
    support = augmented(image, mask, TASK, generator, shared=shared)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pictures
from PIL import ImageEnhance

from vosbench.arrays import BinaryMask, Image

MOST_DRAWS = 50
"""Turns drawn for one frame before it stays upright: a tiny object may vanish in all of them."""


@dataclass(frozen=True, kw_only=True)
class ColourJitter:
    """How far colours may change.

    Attributes:
        brightness: largest distance of its factor from 1, 0..1.
        contrast: the same.
        saturation: the same.
        hue: largest shift, in turns of the colour circle, 0..0.5.

    Raises:
        ValueError: a number is out of its range.
    """

    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    hue: float = 0.1

    def __post_init__(self) -> None:
        """Raise `ValueError` for a number out of its range."""
        for name, most in {"brightness": 1, "contrast": 1, "saturation": 1, "hue": 0.5}.items():
            if not 0 <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 0 to {most}")


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """What is drawn for an annotated frame.

    Attributes:
        colour: how far colours may change; None leaves them.
        flip: mirror left and right with probability ½.
        degrees: largest angle of the turn, either way.
        scale: least and largest factor of the size.

    Raises:
        ValueError: a number is out of its range.
    """

    colour: ColourJitter | None
    flip: bool
    degrees: float
    scale: tuple[float, float]

    def __post_init__(self) -> None:
        """Raise `ValueError` for a number out of its range."""
        if not 0 <= self.degrees <= 180:
            raise ValueError(f"degrees is {self.degrees}; expected 0 to 180")
        low, high = self.scale
        if not 0 < low <= high < math.inf:
            raise ValueError(f"scale is {self.scale}; expected two factors above 0, in order")


TASK = Augmentation(colour=ColourJitter(), flip=True, degrees=30.0, scale=(0.75, 1.25))
"""Of the frames of a meta-learning task (specification 2.4)."""

FIRST_FRAME = Augmentation(colour=None, flip=True, degrees=30.0, scale=(0.75, 1.25))
"""Of the annotated frame in fine-tuning (specification 3.1)."""


@dataclass(frozen=True)
class ColourChange:
    """One change of colours.

    Attributes:
        order: names of the four steps, in the order they are taken.
        brightness: factor.
        contrast: factor.
        saturation: factor.
        hue: shift, in turns of the colour circle.
    """

    order: tuple[str, ...]
    brightness: float
    contrast: float
    saturation: float
    hue: float

    @staticmethod
    def draw(jitter: ColourJitter, generator: np.random.Generator) -> "ColourChange":
        """Factors and shift uniform in their ranges, the order any."""
        order = generator.permutation(["brightness", "contrast", "saturation", "hue"])
        low = [1 - jitter.brightness, 1 - jitter.contrast, 1 - jitter.saturation, -jitter.hue]
        high = [1 + jitter.brightness, 1 + jitter.contrast, 1 + jitter.saturation, jitter.hue]
        return ColourChange(tuple(order.tolist()), *generator.uniform(low, high).tolist())

    def __call__(self, image: Image) -> Image:
        """The image in other colours."""
        picture = Pictures.fromarray(image)
        for step in self.order:
            if step == "brightness":
                picture = ImageEnhance.Brightness(picture).enhance(self.brightness)
            elif step == "contrast":
                picture = ImageEnhance.Contrast(picture).enhance(self.contrast)
            elif step == "saturation":
                picture = ImageEnhance.Color(picture).enhance(self.saturation)
            else:
                picture = _other_hue(picture, self.hue)
        return np.array(picture)


@dataclass(frozen=True)
class SharedDraw:
    """What the two frames of a task have in common.

    Attributes:
        colours: how they change; None leaves them.
        mirrored: left and right change places.
    """

    colours: ColourChange | None
    mirrored: bool


@dataclass(frozen=True)
class Turn:
    """A turn and a change of size about the centre of a frame whose own size stays.

    Attributes:
        degrees: counter-clockwise as one sees it.
        factor: above 1, things grow.
    """

    degrees: float
    factor: float

    def image(self, image: Image) -> Image:
        """The image turned, by cubic interpolation; black where nothing was."""
        return np.array(self._moved(Pictures.fromarray(image), Pictures.Resampling.BICUBIC))

    def mask(self, mask: BinaryMask) -> BinaryMask:
        """The mask turned, each pixel as the nearest one was; empty where nothing was."""
        picture = Pictures.fromarray(mask.astype(np.uint8))
        return np.array(self._moved(picture, Pictures.Resampling.NEAREST)) > 0

    def _moved(self, picture: Pictures.Image, resampling: Pictures.Resampling) -> Pictures.Image:
        return picture.transform(
            picture.size, Pictures.Transform.AFFINE, self._origins(*picture.size), resampling
        )

    def _origins(self, width: int, height: int) -> Sequence[float]:
        """(a, b, c, d, e, f): what is seen at (x, y) comes from (ax + by + c, dx + ey + f)."""
        cosine = math.cos(math.radians(self.degrees)) / self.factor
        sine = math.sin(math.radians(self.degrees)) / self.factor
        x, y = width / 2, height / 2
        left, top = x - cosine * x + sine * y, y - sine * x - cosine * y
        return (cosine, -sine, left, sine, cosine, top)


def draw_shared(settings: Augmentation, generator: np.random.Generator) -> SharedDraw:
    """Colours and mirroring, for one frame or for all frames of a task."""
    colours = ColourChange.draw(settings.colour, generator) if settings.colour else None
    return SharedDraw(colours, settings.flip and bool(generator.random() < 0.5))


def augmented(
    image: Image,
    mask: BinaryMask,
    settings: Augmentation,
    generator: np.random.Generator,
    *,
    shared: SharedDraw | None = None,
) -> tuple[Image, BinaryMask]:
    """Another image and mask of the same size, with at least a pixel of the object in it.

    Turn and size are drawn again while the object is out of the picture; after `MOST_DRAWS` of
    them the frame stays upright. An empty mask stays empty.

    Args:
        image: the frame.
        mask: one object in it.
        settings: see there.
        generator: source of all draws.
        shared: colours and mirroring, where another frame has the same; drawn by default.
    """
    drawn = draw_shared(settings, generator) if shared is None else shared
    if drawn.colours is not None:
        image = drawn.colours(image)
    if drawn.mirrored:
        image, mask = image[:, ::-1], mask[:, ::-1]
    for _ in range(MOST_DRAWS):
        degrees = generator.uniform(-settings.degrees, settings.degrees)
        turn = Turn(float(degrees), float(generator.uniform(*settings.scale)))
        turned = turn.mask(mask)
        if turned.any() or not mask.any():
            return turn.image(np.ascontiguousarray(image)), turned
    return image.copy(), mask.copy()


def _other_hue(picture: Pictures.Image, shift: float) -> Pictures.Image:
    """The picture with every hue `shift` turns further round the colour circle."""
    hue, saturation, value = picture.convert("HSV").split()
    # Bytes run over at 256, as hues do.
    moved = np.array(hue) + np.uint8(round(shift * 255) % 256)
    return Pictures.merge("HSV", (Pictures.fromarray(moved), saturation, value)).convert("RGB")
