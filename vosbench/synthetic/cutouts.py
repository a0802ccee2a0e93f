"""Real things, cut out of the photographs along outlines traced by eye, in photograph pixels."""

from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage

from vosbench.synthetic.outlines import Outline, smooth
from vosbench.synthetic.photos import photo
from vosbench.synthetic.sampling import Floats


@dataclass(frozen=True)
class Cutout:
    """A thing on a photograph.

    Attributes:
        photo: name of the photograph; empty for a shape without colours.
        corners: x and y in turn.
    """

    photo: str
    corners: tuple[int, ...]

    def outline(self) -> Outline:
        """Closed curve through the corners, in pixels of the photograph."""
        return smooth(np.array(self.corners, float).reshape(-1, 2), 3)


# fmt: off
CUTOUTS: dict[str, Cutout] = {
    "woman": Cutout("astronaut.png", (
        10, 511, 20, 470, 22, 400, 30, 330, 45, 280, 70, 245, 110, 212, 118, 190, 140, 165,
        165, 150, 182, 148, 178, 132, 160, 110, 153, 75, 170, 45, 200, 22, 235, 16, 270, 28,
        295, 60, 301, 90, 290, 115, 272, 130, 265, 150, 258, 172, 285, 195, 303, 230, 325, 245,
        345, 270, 358, 310, 365, 345, 330, 365, 300, 395, 282, 440, 277, 511)),
    "helmet": Cutout("astronaut.png", (
        277, 511, 278, 450, 295, 405, 325, 370, 365, 348, 400, 344, 440, 355, 475, 385,
        495, 430, 503, 470, 510, 511)),
    "shuttle": Cutout("astronaut.png", (
        396, 60, 402, 15, 420, 1, 432, 15, 438, 45, 448, 40, 455, 60, 456, 200, 460, 270,
        468, 278, 370, 283, 368, 270, 385, 235, 355, 222, 375, 190, 380, 120, 383, 60, 388, 45)),
    "motorcycle": Cutout("motorcycle_left.png", (
        92, 200, 125, 198, 148, 205, 140, 160, 150, 148, 165, 155, 200, 165, 225, 170, 250, 165,
        262, 185, 290, 195, 345, 190, 358, 195, 395, 170, 440, 160, 455, 165, 470, 160, 465, 130,
        475, 115, 495, 125, 505, 145, 515, 125, 540, 122, 560, 140, 555, 170, 535, 185, 550, 190,
        548, 205, 560, 250, 570, 265, 600, 270, 630, 285, 640, 300, 650, 320, 675, 370, 680, 410,
        665, 440, 640, 450, 600, 440, 565, 410, 535, 370, 518, 330, 512, 345, 505, 320, 515, 295,
        530, 285, 515, 240, 500, 225, 475, 230, 475, 270, 475, 300, 460, 340, 430, 370, 390, 378,
        350, 372, 320, 365, 275, 350, 270, 370, 245, 390, 205, 402, 170, 385, 140, 355, 125, 310,
        125, 275, 145, 250, 165, 242, 130, 225, 110, 245, 100, 240, 110, 222, 95, 215)),
    "saucer": Cutout("coffee.png", (
        77, 225, 85, 170, 110, 120, 150, 85, 176, 72, 190, 50, 225, 28, 280, 18, 330, 25,
        370, 45, 395, 70, 410, 67, 424, 75, 417, 107, 450, 140, 470, 180, 478, 220, 470, 270,
        440, 320, 395, 358, 340, 380, 280, 388, 220, 378, 165, 350, 120, 310, 90, 265)),
    "cup": Cutout("coffee.png", (
        173, 105, 185, 65, 215, 35, 280, 18, 345, 32, 390, 65, 408, 105, 405, 150, 385, 200,
        365, 240, 320, 285, 250, 282, 225, 305, 205, 300, 197, 270, 215, 235, 185, 190)),
    "cameraman": Cutout("camera.png", (
        1, 260, 40, 200, 80, 140, 130, 122, 160, 105, 170, 85, 205, 64, 240, 75, 268, 105,
        268, 130, 255, 145, 258, 165, 240, 180, 238, 198, 225, 200, 240, 215, 248, 245, 275, 215,
        310, 200, 318, 170, 330, 175, 330, 205, 300, 230, 280, 245, 300, 265, 290, 285, 245, 312,
        205, 295, 180, 335, 140, 380, 150, 430, 150, 511, 140, 511, 100, 445, 90, 511, 1, 511)),
    "rocket": Cutout("rocket.jpg", (
        313, 170, 313, 150, 322, 127, 332, 150, 333, 178, 331, 190, 331, 300, 331, 405,
        313, 405, 313, 300, 313, 190)),
    "cat": Cutout("chelsea.png", (
        60, 2, 190, 1, 330, 2, 345, 70, 360, 110, 350, 150, 330, 200, 300, 245, 270, 270,
        230, 280, 180, 270, 120, 260, 60, 220, 30, 140, 40, 60)),
    "horse": Cutout("", (
        35, 90, 60, 88, 100, 82, 140, 86, 190, 92, 230, 88, 250, 78, 280, 42, 310, 23, 340, 19,
        350, 9, 357, 10, 357, 25, 367, 45, 388, 86, 380, 100, 370, 102, 355, 83, 328, 71,
        318, 105, 310, 125, 305, 165, 293, 185, 280, 230, 272, 265, 275, 292, 290, 308, 272, 312,
        265, 298, 262, 248, 257, 280, 268, 307, 250, 309, 245, 292, 250, 230, 249, 189, 180, 184,
        135, 167, 120, 195, 108, 250, 118, 283, 133, 303, 117, 303, 103, 285, 97, 240, 90, 205,
        65, 230, 58, 260, 60, 288, 73, 308, 55, 310, 45, 290, 50, 220, 67, 190, 55, 130, 63, 102,
        52, 120, 48, 200, 40, 245, 30, 250, 20, 230, 18, 150, 22, 110)),
}
# fmt: on


def cut_surface(name: str, size: tuple[int, int], margin: int) -> Floats:
    """The photograph behind cut-out `name` so that its outline fills `size` but for `margin`.

    The margin, on the right and at the bottom, repeats the last column and row.
    """
    thing = CUTOUTS[name]
    outline = thing.outline()
    (left, top), (right, bottom) = outline.min(0), outline.max(0)
    source = photo(thing.photo)
    limits = (max(0, left), max(0, top), min(source.shape[1], right), min(source.shape[0], bottom))
    image = PillowImage.fromarray(source).resize(
        (max(1, size[1] - margin), max(1, size[0] - margin)),
        PillowImage.Resampling.BILINEAR,
        box=limits,
    )
    pixels = np.asarray(image, np.float32) / 255
    return np.pad(pixels, ((0, margin), (0, margin), (0, 0)), mode="edge")
