"""Jointed figures: every kind can be made, parts follow their parents, areas are right."""

import numpy as np
import pytest

from vosbench.synthetic.cast import COMPANIES, role
from vosbench.synthetic.figures import Part, Swing, area, extent, textured
from vosbench.synthetic.outlines import box, ellipse
from vosbench.synthetic.things import KINDS


@pytest.mark.parametrize("kind", [*KINDS, *COMPANIES])
def test_every_kind_of_figure_hangs_together(kind: str) -> None:
    for seed in range(12):
        for parts in role(np.random.default_rng(seed), kind).figures:
            names = [part.name for part in parts]
            assert len(set(names)) == len(names)
            assert all(not part.parent or part.parent in names for part in parts)
            assert all(np.isfinite(part.outline).all() for part in parts)


@pytest.mark.parametrize("kind", [*KINDS, *COMPANIES])
def test_every_kind_of_figure_can_be_textured(kind: str) -> None:
    rng = np.random.default_rng(1)
    for parts in role(rng, kind).figures:
        for sprite in textured(rng, parts, 40.0).sprites:
            colours, opacity = sprite.pixels[..., :3], sprite.pixels[..., 3:]
            assert opacity.min() >= 0 and opacity.max() <= 1
            assert (colours <= opacity + 1e-6).all()
            assert not sprite.pixels[0].any() and not sprite.pixels[-1].any()


def test_area_and_extent_of_a_box_are_its_own() -> None:
    parts = (Part("frame", box(-1.0, 0.0, 1.0, 1.0), "paint"),)
    assert extent(parts) == (-1.0, 0.0, 1.0, 1.0)
    assert area(parts) == pytest.approx(2.0, rel=0.05)


def test_a_hole_takes_area_away() -> None:
    disc = ellipse((0, 0), (1, 1))
    ring = Part("frame", disc, "paint", holes=(ellipse((0, 0), (0.5, 0.5)),))
    assert area((ring,)) == pytest.approx(0.75 * np.pi, rel=0.05)


def test_a_part_follows_the_joint_of_its_parent() -> None:
    quarter = Swing(rest=np.pi / 2)
    arm = Part("arm", box(0, -0.1, 1, 0.1), "paint", "", (0.0, 0.0), quarter)
    hand = Part("hand", box(1, -0.1, 1.2, 0.1), "skin", "arm", (1.0, 0.0), quarter)
    figure = textured(np.random.default_rng(0), (arm, hand), 20.0)
    arm_pose, hand_pose = figure.poses(0.0)
    assert arm_pose @ (1, 0, 1) == pytest.approx((0, 1, 1))
    assert hand_pose @ (1, 0, 1) == pytest.approx((0, 1, 1))
    assert hand_pose @ (2, 0, 1) == pytest.approx((-1, 1, 1))


def test_parts_without_a_joint_share_the_sprite_of_their_parent() -> None:
    frame = Part("frame", box(0, 0, 1, 1), "paint")
    pane = Part("pane", box(0.2, 0.2, 0.6, 0.6), "glass", "frame")
    wheel = Part("wheel", ellipse((0.5, 1), (0.2, 0.2)), "tyre", "frame", (0.5, 1), Swing(spin=1))
    figure = textured(np.random.default_rng(0), (frame, pane, wheel), 20.0)
    assert [sprite.carrier for sprite in figure.sprites] == ["frame", "wheel"]
