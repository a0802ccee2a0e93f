"""What else moves in a clip: copies of objects, strangers, covers, spray and the foreground."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator, SeedSequence

from vosbench.synthetic.actors import Actor, Look, layers
from vosbench.synthetic.cast import Role, role
from vosbench.synthetic.figures import Figure, Part, Sprite
from vosbench.synthetic.motion import course, passing, resting
from vosbench.synthetic.outlines import ellipse
from vosbench.synthetic.sampling import affine
from vosbench.synthetic.settings import ClipSettings
from vosbench.synthetic.staging import Play, ill_visible
from vosbench.synthetic.textures import cloudy
from vosbench.synthetic.things import plant, pole, verge
from vosbench.synthetic.troupe import extra

TRIES = 12
"""How often an extra is drawn anew until it hides no object in frame 0; then it stays away."""

Maker = Callable[[Generator, Play, ClipSettings], Actor]


def crowded(seed: SeedSequence, play: Play, settings: ClipSettings) -> Play:
    """`play` with the extras that `settings` ask for, each drawn from a seed of its own."""
    makers: tuple[tuple[float, Maker, bool], ...] = (
        (settings.twin, _twin, False),
        (settings.stranger, _stranger, False),
        (settings.occlusion, _cover, True),
        (settings.veil, _veil, True),
        (settings.verge, _verge, True),
    )
    for own, (chance, make, in_front) in zip(seed.spawn(len(makers)), makers, strict=True):
        rng = np.random.default_rng(own)
        if rng.random() < chance:
            play = _joined(rng, play, make, in_front, settings)
    return play


def _joined(
    rng: Generator, play: Play, make: Maker, in_front: bool, settings: ClipSettings
) -> Play:
    """`play` with one more actor, before or among the others, that hides no object in frame 0."""
    for _ in range(TRIES):
        newcomer = make(rng, play, settings)
        place = len(play.actors) if in_front else int(rng.integers(0, len(play.actors) + 1))
        wider = replace(play, actors=(*play.actors[:place], newcomer, *play.actors[place:]))
        if not ill_visible(wider, settings):
            return wider
    return play


def _objects(play: Play) -> list[Actor]:
    """The annotated actors."""
    return [actor for actor in play.actors if any(label for _, label in actor.members)]


def _twin(rng: Generator, play: Play, settings: ClipSettings) -> Actor:
    """A copy of an object, textures and all, on a course of its own."""
    model = _objects(play)[rng.integers(len(_objects(play)))]
    start = (rng.uniform(0, settings.width), model.course.y[0] + rng.normal(0, 12))
    return replace(
        model,
        members=tuple((figure, 0) for figure, _ in model.members),
        size=model.size * math.exp(rng.normal(-0.1, 0.2)),
        course=course(rng, play.times, start, settings.frame, rng.uniform(0.2, 1.2)),
        phase=rng.uniform(0, 40),
        facing=model.facing if rng.random() < 0.6 else -model.facing,
    )


def _stranger(rng: Generator, play: Play, settings: ClipSettings) -> Actor:
    """Another thing that moves, or stands about."""
    player = extra(rng, settings, 0.03)
    start = (rng.uniform(0, settings.width), rng.uniform(0.3, 0.8) * settings.height)
    liveliness = rng.uniform(0.2, 1.4) if rng.random() < 0.7 else 0.0
    path = course(rng, play.times, start, settings.frame, liveliness, player.upright)
    return replace(player.actor, course=path, depth=rng.uniform(0.2, 1.0))


def _cover(rng: Generator, play: Play, settings: ClipSettings) -> Actor:
    """Something that passes in front of an object."""
    target = _objects(play)[rng.integers(len(_objects(play)))]
    draw = rng.random()
    if draw < 0.45:
        player = extra(rng, settings, 0.05, Role("pole", (pole(rng),), 0.0, True))
        player = player.resized(1.5 * settings.height / player.reach[1])
        y = settings.height / 2
    else:
        chosen = Role("plant", (plant(rng),), 0.01, True) if draw < 0.65 else role(rng)
        player = extra(rng, settings, 0.05, chosen)
        y = float(target.course.y.mean())
    clearance = 0.5 * (player.reach[0] + _breadth(target, play, settings)) + 0.04 * settings.width
    path = passing(rng, play.times, target.course, clearance, y)
    return replace(player.actor, course=path, depth=target.depth)


def _breadth(actor: Actor, play: Play, settings: ClipSettings) -> float:
    """Width in pixels of `actor` in frame 0."""
    windows = [layer.window for layer in layers(actor, 0, 0.0, play.camera, settings.frame)]
    return float(max(w[2] for w in windows) - min(w[0] for w in windows))


def _verge(rng: Generator, play: Play, settings: ClipSettings) -> Actor:
    """A strip of ground in front of everything, somewhat out of focus."""
    strip = Role("verge", (verge(rng),), 0.0, True)
    player = extra(rng, settings, 0.1, strip)
    player = player.resized(3.0 * settings.width / player.reach[0])
    visible = rng.uniform(0.05, 0.2) * settings.height
    path = resting(settings.width / 2, settings.height + player.reach[1] / 2 - visible, play.times)
    look = Look(blur=rng.uniform(0, 2.5))
    return replace(player.actor, course=path, look=look, depth=rng.uniform(1.0, 1.5))


def _veil(rng: Generator, play: Play, settings: ClipSettings) -> Actor:
    """Spray, dust or smoke that goes along with an object and hides it in part."""
    target = _objects(play)[rng.integers(len(_objects(play)))]
    side = 64
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    fade = np.clip(1 - np.sqrt(x * x + y * y), 0, 1)
    puffs = np.clip(0.5 + rng.uniform(0.2, 0.8) * cloudy(rng, (side, side), 0.5, 0.6), 0, 1)
    opacity = (rng.uniform(0.4, 0.9) * puffs * np.minimum(1, 2.5 * fade))[..., None]
    tone = rng.uniform(0.5, 1.0) * np.array([1.0, rng.uniform(0.88, 1), rng.uniform(0.75, 1)])
    pixels = np.concatenate([opacity * tone, opacity], 2).astype(np.float32)
    sprite = Sprite(pixels, affine((side, side), shift=(side / 2, side / 2)), "puff")
    part = Part("puff", ellipse((0, 0), (0.5, 0.5)), "any")
    figure = Figure({"puff": part}, (sprite,), 0.06)
    breadth = _breadth(target, play, settings)
    shift = rng.normal(0, 0.3, 2) * breadth + (0.0, 0.25 * breadth)
    path = replace(target.course, x=target.course.x + shift[0], y=target.course.y + shift[1])
    path = replace(path, scale=path.scale * np.exp(0.15 * np.sin(0.3 * play.times)))
    size = breadth * rng.uniform(0.7, 1.4)
    return Actor(((figure, 0),), size, (0.0, 0.0), 1.0, target.depth, 0.0, path, Look(), veil=True)
