"""Surfaces of things and places: photographs, noise made from them, cloth, fur and plain paint.

Every texture is `float32 h×w×3` in 0..1.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from PIL import Image as PillowImage

from vosbench.synthetic.photos import ODDITIES, SCENES, SURFACES, is_grey, photo
from vosbench.synthetic.sampling import Floats, as_colours, as_floats

Size = tuple[int, int]
"""Height and width in pixels."""


def resized(pixels: Floats, size: Size) -> Floats:
    """`pixels`, `h×w`, stretched smoothly to `size`."""
    image = PillowImage.fromarray(pixels.astype(np.float32))
    return np.array(image.resize((size[1], size[0]), PillowImage.Resampling.BICUBIC), np.float32)


def colour(rng: Generator) -> Floats:
    """A colour as things have it: mostly muted, browns, greens, blues and greys; `(3,)`."""
    hue = rng.choice((0.03, 0.08, 0.12, 0.28, 0.56, 0.6, rng.random())) + rng.normal(0, 0.03)
    saturation = rng.beta(1.4, 2.6)
    value = 0.08 + 0.87 * rng.beta(1.3, 1.5)
    wheel = 0.5 + 0.5 * np.cos(2 * np.pi * (hue - np.array([0, 1 / 3, 2 / 3])))
    return as_floats(value * (1 - saturation + saturation * wheel))


def cloudy(rng: Generator, size: Size, coarsest: float = 0.5, roughness: float = 0.55) -> Floats:
    """Fractal noise of mean 0 and deviation 1, `h×w`; `coarsest` wavelength in image heights."""
    height, width = size
    wavelength = max(2.0, coarsest * height)
    noise = np.zeros(size, np.float32)
    weight = 1.0
    while wavelength >= 1:
        wavelength = 1.0 if wavelength < 2.5 else wavelength
        grid = (math.ceil(height / wavelength) + 3, math.ceil(width / wavelength) + 3)
        octave = rng.standard_normal(grid, dtype=np.float32)
        if wavelength > 1:
            octave = resized(octave, _cover(grid, wavelength))
        top, left = (
            rng.integers(0, octave.shape[0] - height + 1),
            rng.integers(0, octave.shape[1] - width + 1),
        )
        noise += weight * octave[top : top + height, left : left + width]
        weight *= roughness
        wavelength /= 2
    noise -= noise.mean()
    return as_floats(noise / (noise.std() + 1e-6))


def _cover(grid: Size, wavelength: float) -> Size:
    """Size in pixels of `grid` cells of one `wavelength` each."""
    return math.ceil(grid[0] * wavelength), math.ceil(grid[1] * wavelength)


def photograph(rng: Generator, size: Size, names: tuple[str, ...], closest: float = 0.2) -> Floats:
    """A random crop of one of the photographs `names`, turned, mirrored and stretched a little.

    Args:
        closest: smallest crop, as a fraction of the photograph's height.
    """
    name = str(rng.choice(names))
    source = photo(name)
    height, width = source.shape[:2]
    aspect = size[1] / size[0] * math.exp(rng.normal(0, 0.15))
    crop_height = height * math.exp(rng.uniform(math.log(closest), 0))
    crop_width = crop_height * aspect
    shrink = min(1.0, width / crop_width)
    # Rounding may leave a hair more than there is.
    crop_height, crop_width = crop_height * shrink, min(crop_width * shrink, width)
    left = rng.uniform(0, width - crop_width)
    top = rng.uniform(0, height - crop_height)
    image = PillowImage.fromarray(source).resize(
        (size[1], size[0]),
        PillowImage.Resampling.BILINEAR,
        box=(left, top, left + crop_width, top + crop_height),
    )
    pixels = np.asarray(image, np.float32) / np.float32(255)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    return _tinted(rng, pixels[..., 0]) if is_grey(name) else pixels


def _tinted(rng: Generator, grey: Floats) -> Floats:
    """`grey`, `h×w`, as shades between a dark and a bright colour of about one hue."""
    dark = colour(rng) * 0.5
    bright = np.clip(dark + rng.uniform(0.2, 0.6) + rng.normal(0, 0.08, 3), 0, 1)
    bright = bright.astype(np.float32)
    return dark + grey[..., None] * (bright - dark)


def scene(rng: Generator, size: Size) -> Floats:
    """A crop of a colour photograph."""
    return photograph(rng, size, SCENES)


def surface(rng: Generator, size: Size) -> Floats:
    """Grass, gravel or brick in any colour."""
    return photograph(rng, size, SURFACES, closest=0.15)


def oddity(rng: Generator, size: Size) -> Floats:
    """Stars, tissue, coins and the like."""
    return photograph(rng, size, ODDITIES)


def scrambled(rng: Generator, size: Size) -> Floats:
    """Noise with the spectrum and colours of a photograph: its phases drawn anew.

    After Galerne, Gousseau and Morel (2011), "Random phase textures".
    """
    side = 96
    crop = photograph(rng, (side, side), SCENES + SURFACES, closest=0.1)
    mean = crop.mean((0, 1))
    window = np.hanning(side)[:, None] * np.hanning(side)
    spectrum = np.fft.rfft2((crop - mean) * window[..., None], axes=(0, 1))
    phases = np.fft.rfft2(rng.standard_normal((side, side)))
    noise = np.fft.irfft2(spectrum * (phases / np.abs(phases))[..., None], (side, side), (0, 1))
    noise *= crop.std() / (noise.std() + 1e-6)
    tile = (np.clip(np.tile(mean + noise, (2, 2, 1)), 0, 1) * 255).astype(np.uint8)
    wide = rng.uniform(0.4, 1.0) * side
    tall = min(wide * size[0] / size[1], side)
    left, top = rng.uniform(0, side), rng.uniform(0, side)
    image = PillowImage.fromarray(tile).resize(
        (size[1], size[0]), PillowImage.Resampling.BICUBIC, box=(left, top, left + wide, top + tall)
    )
    return np.asarray(image, np.float32) / np.float32(255)


def mottled(rng: Generator, size: Size) -> Floats:
    """Two colours in cloudy patches, like hide, rust or camouflage."""
    patches = cloudy(rng, size, rng.uniform(0.1, 0.8), rng.uniform(0.35, 0.7))
    sharpness = rng.uniform(0.5, 6)
    share = 1 / (1 + np.exp(-sharpness * (patches - rng.normal(0, 0.5))))[..., None]
    first = colour(rng)
    second = colour(rng) if rng.random() < 0.4 else np.clip(first * rng.uniform(0.4, 1.8), 0, 1)
    return _grained(rng, first + share * (second - first))


def furry(rng: Generator, size: Size) -> Floats:
    """Short strokes in one direction over a slowly changing colour."""
    across = max(2, int(rng.uniform(1, 3) * size[1] / 8))
    noise = rng.standard_normal((size[0], across), dtype=np.float32)
    strokes = resized(noise, size) if rng.random() < 0.5 else resized(noise.T, size)
    tone = (
        1 + 0.2 * cloudy(rng, size, 0.6)[..., None] + rng.uniform(0.05, 0.25) * strokes[..., None]
    )
    return as_colours(colour(rng) * tone)


def plain(rng: Generator, size: Size) -> Floats:
    """One colour with faint grain and folds, like cloth or paint."""
    return _grained(rng, np.broadcast_to(colour(rng), (*size, 3)))


def striped(rng: Generator, size: Size) -> Floats:
    """Stripes or checks of two colours."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    period = max(4.0, rng.uniform(0.04, 0.3) * min(size))
    wave = np.sin(2 * np.pi / period * (x * math.cos(angle) + y * math.sin(angle)))
    if rng.random() < 0.35:
        wave = wave * np.sin(2 * np.pi / period * (y * math.cos(angle) - x * math.sin(angle)))
    share = np.clip(0.5 + 2 * (wave - rng.uniform(-0.5, 0.5)), 0, 1)[..., None]
    first, second = colour(rng), colour(rng)
    return _grained(rng, first + share * (second - first))


def graded(rng: Generator, size: Size) -> Floats:
    """A smooth passage between two colours."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0 : 1 : size[0] * 1j, 0 : 1 : size[1] * 1j].astype(np.float32)
    share = np.clip(0.5 + (x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle), 0, 1)
    first, second = colour(rng), colour(rng)
    return _grained(rng, first + share[..., None] * (second - first))


def _grained(rng: Generator, pixels: Floats) -> Floats:
    """`pixels` with faint unevenness, since nothing real is flat."""
    size = (pixels.shape[0], pixels.shape[1])
    grain = rng.uniform(0.01, 0.08) * cloudy(rng, size, rng.uniform(0.05, 0.6), 0.7)
    return as_colours(pixels + grain[..., None])


def recoloured(rng: Generator, pixels: Floats, strength: float = 1.0) -> Floats:
    """`pixels` with other contrast, brightness, balance and hue; `strength` 0 changes nothing."""
    mean = pixels.mean((0, 1))
    contrast = math.exp(strength * rng.normal(0, 0.3))
    if rng.random() < 0.5 * strength:
        turn = np.eye(3)[rng.permutation(3)] * 0.6 + rng.dirichlet((1, 1, 1), 3) * 0.4
    else:
        turn = np.eye(3) + strength * rng.normal(0, 0.08, (3, 3))
    target = mean + strength * rng.normal(0, 0.12) + strength * rng.normal(0, 0.04, 3)
    changed = (pixels - mean) @ (contrast * turn).astype(np.float32)
    return as_colours(changed + target.astype(np.float32))


MATERIALS: tuple[tuple[Callable[[Generator, Size], Floats], float], ...] = (
    (scene, 0.22),
    (surface, 0.12),
    (scrambled, 0.14),
    (mottled, 0.16),
    (furry, 0.12),
    (plain, 0.15),
    (striped, 0.04),
    (graded, 0.03),
    (oddity, 0.02),
)
"""What objects are made of, and how often."""


def material(rng: Generator, size: Size) -> Floats:
    """A texture for a part of an object."""
    weights = np.array([weight for _, weight in MATERIALS])
    draw = MATERIALS[rng.choice(len(MATERIALS), p=weights / weights.sum())][0]
    return recoloured(rng, draw(rng, size), 0.8)
