"""Players: roles with textures, a size and a look, but no course yet."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from vosbench.synthetic.actors import Actor, Look
from vosbench.synthetic.cast import Role, role
from vosbench.synthetic.figures import Figure, textured
from vosbench.synthetic.motion import resting
from vosbench.synthetic.sampling import Floats
from vosbench.synthetic.settings import ClipSettings

TYPICAL_SHARE = 0.075
"""Median share of the frame that the objects of a clip cover together, about."""


@dataclass(frozen=True)
class Player:
    """An actor that rests, and what must be known to send it on a course.

    Attributes:
        reach: width and height in pixels in frame 0.
        upright: whether it stands on the ground and turns little.
    """

    actor: Actor
    reach: tuple[float, float]
    upright: bool

    def resized(self, factor: float) -> "Player":
        """The same player, `factor` times as large."""
        actor = replace(self.actor, size=self.actor.size * factor)
        return Player(actor, (self.reach[0] * factor, self.reach[1] * factor), self.upright)


def troupe(rng: Generator, settings: ClipSettings, stage: Floats) -> list[Player]:
    """The annotated players of a clip, ids 1..n.

    Args:
        stage: colours of the background, `n×3`, for objects that blend in.
    """
    count = int(rng.integers(settings.objects[0], settings.objects[1] + 1))
    players: list[Player] = []
    label = 0
    while label < count:
        kind = settings.cast[len(players)] if len(players) < len(settings.cast) else None
        part = role(rng, kind)
        split = len(part.figures) > 1 and label + 2 <= count and rng.random() < settings.split
        labels = [label + 1 + (i if split else 0) for i in range(len(part.figures))]
        label = labels[-1]
        share = math.exp(rng.normal(math.log(TYPICAL_SHARE), 0.85)) / count**0.35
        chosen = player(rng, part, labels, min(max(share, 0.008), 0.3), settings)
        if rng.random() < settings.hard:
            chosen = _blending(rng, chosen, stage)
        players.append(chosen)
    return players


def player(
    rng: Generator, part: Role, labels: list[int], share: float, settings: ClipSettings
) -> Player:
    """`part` textured so that it covers about `share` of the frame; one label a figure."""
    size = math.sqrt(share * settings.height * settings.width / part.area())
    left, top, right, bottom = part.extent()
    overflow = 1.5 if rng.random() < 0.2 else 0.95
    size = min(
        size,
        overflow * settings.height / (bottom - top),
        overflow * settings.width / (right - left),
    )
    members = tuple(
        (textured(rng, parts, 1.1 * size, part.softness), label)
        for parts, label in zip(part.figures, labels, strict=True)
    )
    actor = Actor(
        members,
        size,
        ((left + right) / 2, (top + bottom) / 2),
        float(rng.choice([-1.0, 1.0])),
        0.0,
        rng.uniform(0, 40),
        resting(0, 0, np.zeros(1)),
        _look(rng, part.upright),
    )
    return Player(actor, ((right - left) * size, (bottom - top) * size), part.upright)


def extra(
    rng: Generator, settings: ClipSettings, typical: float, part: Role | None = None
) -> Player:
    """An unannotated player of about the share `typical` of the frame; any role unless given."""
    part = part or role(rng)
    share = min(max(math.exp(rng.normal(math.log(typical), 0.8)), 0.004), 0.25)
    return player(rng, part, [0] * len(part.figures), share, settings)


def _look(rng: Generator, upright: bool) -> Look:
    """A random way to be lit and seen."""
    return Look(
        light=(rng.uniform(0, 0.35), rng.uniform(-np.pi, np.pi)),
        shadow=rng.uniform(0.2, 0.65) if upright and rng.random() < 0.65 else 0.0,
        cast=(rng.uniform(0.05, 0.45), rng.normal(0, 0.4)),
        mirror=rng.uniform(0.15, 0.5) if rng.random() < 0.1 else 0.0,
        shutter=rng.uniform(0.2, 0.8) if rng.random() < 0.6 else 0.0,
        blur=rng.uniform(0.3, 1.4) if rng.random() < 0.2 else 0.0,
    )


def _blending(rng: Generator, plain: Player, stage: Floats) -> Player:
    """`plain` with its colours moved towards those of the background."""
    spot = int(rng.integers(0, len(stage)))
    target = stage[spot : spot + 200].mean(0)
    weight = np.float32(rng.uniform(0.4, 0.9))
    members = tuple(
        (_shifted(figure, target, weight), label) for figure, label in plain.actor.members
    )
    return replace(plain, actor=replace(plain.actor, members=members))


def _shifted(figure: Figure, target: Floats, weight: np.float32) -> Figure:
    """`figure` with the mean colour of each part moved towards `target` by `weight`."""
    sprites = []
    for sprite in figure.sprites:
        opacity = sprite.pixels[..., 3:]
        mean = sprite.pixels[..., :3].sum((0, 1)) / max(float(opacity.sum()), 1.0)
        shift = weight * (target - mean) * opacity
        colours = np.clip(sprite.pixels[..., :3] + shift, 0, opacity)
        sprites.append(replace(sprite, pixels=np.concatenate([colours, opacity], 2)))
    return replace(figure, sprites=tuple(sprites))
