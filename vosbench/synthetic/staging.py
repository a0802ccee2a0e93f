"""The play of a clip: its objects on courses on which all are well visible in frame 0."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator, SeedSequence

from vosbench.synthetic.actors import Actor, layers
from vosbench.synthetic.layers import mark
from vosbench.synthetic.motion import Camera, Course, Track, camera, course, leaving
from vosbench.synthetic.settings import ClipSettings
from vosbench.synthetic.troupe import Player

SMALLEST, LARGEST = 0.004, 0.35
"""Share of frame 0 that every object covers, at least and at most."""

ATTEMPTS = 60
"""How often courses are drawn anew until every object is well visible in frame 0."""


@dataclass(frozen=True)
class Play:
    """Everything that a clip shows but for its background and lens.

    Attributes:
        actors: from back to front.
        times: of the frames, in video frames.
        ids: those of the annotated objects.
    """

    actors: tuple[Actor, ...]
    camera: Camera
    times: Track
    ids: tuple[int, ...]


def rehearsed(
    seed: SeedSequence, players: list[Player], times: Track, settings: ClipSettings
) -> Play:
    """A play of `players` in which every object is well visible in frame 0.

    Raises:
        RuntimeError: none was found in `ATTEMPTS`.
    """
    camera_seed, *attempts = seed.spawn(1 + ATTEMPTS)
    view = camera(np.random.default_rng(camera_seed), times, settings.frame)
    for attempt in attempts:
        play = _staged(np.random.default_rng(attempt), players, times, view, settings)
        amiss = ill_visible(play, settings)
        if not amiss:
            return play
        players = [_adjusted(player, amiss) for player in players]
    raise RuntimeError(f"the objects of this seed do not fit into {settings}")


def ill_visible(play: Play, settings: ClipSettings) -> dict[int, float]:
    """Objects that cover too little or too much of frame 0, and how much (0..1)."""
    labels = np.zeros(settings.frame, np.uint8)
    for actor in play.actors:
        for layer in layers(actor, 0, 0.0, play.camera, settings.frame):
            mark(labels, layer)
    shares = np.bincount(labels.ravel(), minlength=256) / labels.size
    return {i: float(shares[i]) for i in play.ids if not SMALLEST < shares[i] < LARGEST}


def _adjusted(player: Player, shares: dict[int, float]) -> Player:
    """`player` larger or smaller if one of its ids is among those of `shares`."""
    own = [shares[label] for _, label in player.actor.members if label in shares]
    if not own:
        return player
    return player.resized(0.9 if max(own) >= LARGEST else 1.06)


def _staged(
    rng: Generator, players: list[Player], times: Track, view: Camera, settings: ClipSettings
) -> Play:
    """The players on random courses, in random order of depth."""
    order, *own = rng.spawn(1 + len(players))
    actors = []
    for index, (player, draw) in enumerate(zip(players, own, strict=True)):
        walk, exits = draw.spawn(2)
        start = _start(walk, index, len(players), player, settings)
        liveliness = walk.uniform(0.4, 1.5)
        path = course(walk, times, start, settings.frame, liveliness, player.upright)
        if exits.random() < settings.leaving and len(times) > 2:
            path = leaving(exits, path, times, _way_out(exits, path, player, settings))
        depth = walk.uniform(0.0, 0.4) if walk.random() < 0.7 else 1.0
        depth = min(depth, _deepest(view, settings))
        actors.append(replace(player.actor, course=path, depth=depth))
    ids = tuple(sorted({label for actor in actors for _, label in actor.members}))
    return Play(tuple(actors[i] for i in order.permutation(len(actors))), view, times, ids)


def _deepest(view: Camera, settings: ClipSettings) -> float:
    """Largest share of the camera's motion that leaves a thing in the picture, more or less."""
    across = float(np.abs(view.x).max()) / settings.width
    down = float(np.abs(view.y).max()) / settings.height
    return 0.22 / max(across, down, 0.22)


def _start(
    rng: Generator, index: int, count: int, player: Player, settings: ClipSettings
) -> tuple[float, float]:
    """Centre in frame 0: anywhere for one object, rather side by side for several."""
    x = (index + 0.5 + rng.uniform(-0.6, 0.6)) / count if count > 1 else rng.uniform(0.15, 0.85)
    y = rng.normal(0.55, 0.13)
    if player.upright and rng.random() < 0.75:
        y = rng.uniform(0.62, 0.97) - 0.5 * player.reach[1] / settings.height
    return x * settings.width, min(max(y, 0.12), 0.88) * settings.height


def _way_out(
    rng: Generator, path: Course, player: Player, settings: ClipSettings
) -> tuple[float, float]:
    """Shift that takes the player out of the picture to one side, wherever on `path` it is."""
    side = 1.0 if path.x[0] > settings.width / 2 else -1.0
    if rng.random() < 0.25:
        side = -side
    span = 1.4 * float(np.max(path.scale * path.stretch)) * max(player.reach) + 8
    nearest = float(np.min(path.x)) if side > 0 else settings.width - float(np.max(path.x))
    return side * (1.2 * settings.width - nearest + span), 0.0
