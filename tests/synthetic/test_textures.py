"""Textures, places and photographs: ranges, sizes, and that nothing is fetched."""

import numpy as np
import pytest

from vosbench.synthetic.cutouts import CUTOUTS
from vosbench.synthetic.photos import ODDITIES, SCENES, SURFACES, is_grey, photo
from vosbench.synthetic.places import PLACES, cluttered
from vosbench.synthetic.scenery import scenery
from vosbench.synthetic.surfaces import SURFACES as PART_SURFACES
from vosbench.synthetic.surfaces import surface_for
from vosbench.synthetic.textures import MATERIALS, cloudy

DRAWS = {draw.__name__: draw for draw, _ in (*MATERIALS, *PLACES)}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("size", [(40, 70), (150, 60)])
def test_every_texture_has_the_size_and_range_asked_for(name: str, size: tuple[int, int]) -> None:
    for seed in range(3):
        pixels = DRAWS[name](np.random.default_rng(seed), size)
        assert pixels.shape == (*size, 3)
        assert pixels.min() >= -1e-5 and pixels.max() <= 1 + 1e-5
        assert np.isfinite(pixels).all()


@pytest.mark.parametrize("name", [*PART_SURFACES, "cut:cup", "cut:motorcycle"])
@pytest.mark.parametrize("size", [(5, 6), (60, 30)])
def test_every_surface_has_the_size_and_range_asked_for(name: str, size: tuple[int, int]) -> None:
    pixels = surface_for(np.random.default_rng(2), name, size)
    assert pixels.shape == (*size, 3)
    assert pixels.min() >= 0 and pixels.max() <= 1


def test_clouds_have_mean_0_and_deviation_1() -> None:
    noise = cloudy(np.random.default_rng(0), (80, 90), 0.4)
    assert noise.mean() == pytest.approx(0, abs=1e-4)
    assert noise.std() == pytest.approx(1, abs=1e-3)


def test_clutter_changes_a_part_of_the_picture_only() -> None:
    plain = np.full((80, 120, 3), 0.5, np.float32)
    changed = (cluttered(np.random.default_rng(3), plain) != plain).any(2).mean()
    assert 0 < changed < 1


@pytest.mark.parametrize("name", [*SCENES, *SURFACES, *ODDITIES])
def test_every_photograph_lies_in_the_wheel_and_cannot_be_written_to(name: str) -> None:
    pixels = photo(name)
    assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
    assert not pixels.flags.writeable
    assert bool(np.ptp(pixels, axis=2).max() == 0) == is_grey(name)


@pytest.mark.parametrize("name", [name for name, thing in CUTOUTS.items() if thing.photo])
def test_every_cut_out_lies_on_its_photograph(name: str) -> None:
    height, width = photo(CUTOUTS[name].photo).shape[:2]
    corners = np.array(CUTOUTS[name].corners).reshape(-1, 2)
    assert (corners >= 0).all() and (corners < (width, height)).all()


def test_a_background_reaches_beyond_the_frame() -> None:
    far = scenery(np.random.default_rng(0), (60, 100)).far
    assert far.shape[0] > 60 and far.shape[1] > 100
