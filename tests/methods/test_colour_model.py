"""Evidence by colour: for the object where colours are its own, against it where they are not."""

import numpy as np
import pytest
import torch

from vosbench.methods._colour_model import STRONGEST, ColourModel

RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


def red_square_on_green():
    image = np.empty((60, 80, 3), np.uint8)
    image[:] = GREEN
    mask = np.zeros((60, 80), bool)
    mask[20:40, 30:50] = True
    image[mask] = RED
    return image, mask


def evidence_of(model, colour):
    """For one pixel of that colour."""
    pixel = torch.tensor(colour).float().reshape(1, 3, 1, 1) / 127.5 - 1
    return model.evidence(pixel).item()


def test_colours_of_the_object_speak_for_it_those_around_it_against():
    model = ColourModel.of(*red_square_on_green())
    assert evidence_of(model, RED) == pytest.approx(STRONGEST)
    assert evidence_of(model, GREEN) == pytest.approx(-STRONGEST)


def test_a_colour_that_was_never_seen_speaks_for_neither():
    model = ColourModel.of(*red_square_on_green())
    assert evidence_of(model, BLUE) == pytest.approx(0, abs=1e-5)


def test_a_little_more_light_changes_little():
    model = ColourModel.of(*red_square_on_green())
    assert evidence_of(model, [value + 14 for value in RED]) > STRONGEST / 2


def test_only_the_surroundings_count():
    image, mask = red_square_on_green()
    image[:, :5] = BLUE  # far from the object
    assert evidence_of(ColourModel.of(image, mask), BLUE) == pytest.approx(0, abs=1e-5)


def test_an_object_that_fills_the_frame_has_only_its_own_colours():
    image, _ = red_square_on_green()
    model = ColourModel.of(image, np.ones((60, 80), bool))
    assert evidence_of(model, RED) > 0
    assert np.isfinite(model.log_odds).all()


def test_evidence_has_the_shape_of_the_picture():
    model = ColourModel.of(*red_square_on_green())
    assert model.evidence(torch.zeros(2, 3, 5, 7)).shape == (2, 1, 5, 7)
