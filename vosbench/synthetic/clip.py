"""Clips of generated video with exact annotations: `generate(seed, settings)`."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator, SeedSequence
from numpy.typing import NDArray

from vosbench.synthetic.actors import Actor, Layer, Look, ground, lay, layers, mark, placement
from vosbench.synthetic.cast import Role, role
from vosbench.synthetic.effects import lens
from vosbench.synthetic.figures import Figure, textured
from vosbench.synthetic.motion import (
    Camera,
    Course,
    Track,
    camera,
    course,
    leaving,
    passing,
)
from vosbench.synthetic.scenery import scenery
from vosbench.synthetic.things import plant, pole

SMALLEST, LARGEST = 0.004, 0.35
"""Share of frame 0 that every object covers, at least and at most."""


@dataclass(frozen=True, kw_only=True)
class ClipSettings:
    """What a clip is like.

    Attributes:
        height: of the frames, in pixels.
        width: of the frames, in pixels.
        frames: length of the clip.
        objects: smallest and largest number of annotated objects.
        stride: video frames (24 a second) that pass from one frame of the clip to the next.
        occlusion: probability that something passes in front of an object.
        leaving: probability that an object leaves the picture and returns.
        twin: probability of an unannotated copy of an object.
        stranger: probability of another unannotated thing that moves.
        split: probability that rider and mount are two objects rather than one.
        hard: probability that an object takes on the colours of the background.
        cast: kinds of objects in order; the rest is drawn (`("person", "rider")`).
    """

    height: int = 192
    width: int = 336
    frames: int = 8
    objects: tuple[int, int] = (1, 3)
    stride: float = 1.0
    occlusion: float = 0.3
    leaving: float = 0.08
    twin: float = 0.25
    stranger: float = 0.4
    split: float = 0.4
    hard: float = 0.2
    cast: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clip:
    """Generated frames and their annotations.

    Attributes:
        images: `uint8 t×h×w×3`.
        masks: label maps `uint8 t×h×w`; objects are 1..n, all of them visible in frame 0.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]


@dataclass(frozen=True)
class _Play:
    """Everything that a clip shows but for its background and lens.

    Attributes:
        actors: from back to front.
        ids: those of the annotated objects.
    """

    actors: tuple[Actor, ...]
    camera: Camera
    times: Track
    ids: tuple[int, ...]


def generate(seed: Sequence[int] | int, settings: ClipSettings = ClipSettings()) -> Clip:
    """Clip of `seed`: the same one for the same seed and settings, whatever else happens.

    Every object covers between `SMALLEST` and `LARGEST` of frame 0. The probabilities of
    `settings` do not disturb one another: with and without occlusion a seed shows the same
    objects on the same courses.
    """
    frame = (settings.height, settings.width)
    times = np.arange(settings.frames) * float(settings.stride)
    root = SeedSequence(seed)
    place_seed, people_seed, lens_seed, play_seed = root.spawn(4)
    place_rng, people_rng, lens_rng = map(
        np.random.default_rng, (place_seed, people_seed, lens_seed)
    )
    place = scenery(place_rng, frame)
    stage = place.far[::4, ::4].reshape(-1, 3)
    troupe = _troupe(people_rng, settings, stage)
    play = _rehearsed(play_seed, troupe, times, settings)
    develop = lens(lens_rng, times, frame).develop
    images = np.empty((settings.frames, *frame, 3), np.uint8)
    masks = np.zeros((settings.frames, *frame), np.uint8)
    for index, time in enumerate(times.tolist()):
        image = place.draw(index, time, play.camera, frame)
        for actor in play.actors:
            drawn = layers(actor, index, time, play.camera, frame)
            _shade(image, actor, drawn, index, play.camera)
            for layer in drawn:
                lay(image, layer)
                mark(masks[index], layer)
        images[index] = develop(image, index)
    return Clip(images, masks)


ATTEMPTS = 40
"""How often courses are drawn anew until every object is well visible in frame 0."""


@dataclass(frozen=True)
class _Player:
    """An actor without a course, and the extent of its role in body units."""

    actor: Actor
    reach: tuple[float, float]
    upright: bool


def _troupe(rng: Generator, settings: ClipSettings, stage: NDArray[np.float32]) -> list[_Player]:
    """The annotated players of a clip, ids 1..n; `stage` holds colours of the background."""
    count = int(rng.integers(settings.objects[0], settings.objects[1] + 1))
    players: list[_Player] = []
    label = 0
    while label < count:
        kind = settings.cast[len(players)] if len(players) < len(settings.cast) else None
        part = role(rng, kind)
        split = len(part.figures) > 1 and label + 2 <= count and rng.random() < settings.split
        labels = [label + 1 + (i if split else 0) for i in range(len(part.figures))]
        label = labels[-1]
        share = min(max(math.exp(rng.normal(math.log(0.055), 0.9)), 0.008), 0.28)
        players.append(_player(rng, part, labels, share / count**0.35, settings, stage))
    return players


def _player(
    rng: Generator,
    part: Role,
    labels: list[int],
    share: float,
    settings: ClipSettings,
    stage: NDArray[np.float32],
) -> _Player:
    """`part` textured so that it covers about `share` of the frame."""
    size = math.sqrt(share * settings.height * settings.width / part.area())
    left, top, right, bottom = part.extent()
    size = min(size, 1.6 * settings.height / (bottom - top), 1.3 * settings.width / (right - left))
    members = tuple(
        (textured(rng, parts, 1.1 * size, part.softness, part.upright), label)
        for parts, label in zip(part.figures, labels, strict=True)
    )
    if rng.random() < settings.hard:
        members = tuple((_blending(rng, figure, stage), label) for figure, label in members)
    still = np.ones(0)
    nowhere = Course(still, still, still, still, still, np.ones((0, 2)))
    actor = Actor(
        members,
        size,
        ((left + right) / 2, (top + bottom) / 2),
        float(rng.choice([-1.0, 1.0])),
        0.0,
        rng.uniform(0, 40),
        nowhere,
        _look(rng, part.upright),
    )
    return _Player(actor, ((right - left) * size, (bottom - top) * size), part.upright)


def _look(rng: Generator, upright: bool) -> Look:
    """A random way to be lit and seen."""
    return Look(
        light=(rng.uniform(0, 0.35), rng.uniform(-np.pi, np.pi)),
        shadow=rng.uniform(0.2, 0.65) if upright and rng.random() < 0.6 else 0.0,
        cast=(rng.uniform(0.05, 0.45), rng.normal(0, 0.4)),
        mirror=rng.uniform(0.15, 0.5) if rng.random() < 0.12 else 0.0,
        shutter=rng.uniform(0.2, 0.8) if rng.random() < 0.6 else 0.0,
        blur=rng.uniform(0.3, 1.4) if rng.random() < 0.2 else 0.0,
    )


def _rehearsed(
    seeds: SeedSequence, troupe: list[_Player], times: Track, settings: ClipSettings
) -> _Play:
    """A play in which every object is well visible in frame 0, with whatever else moves in it."""
    camera_seed, extras_seed, *attempts = seeds.spawn(2 + ATTEMPTS)
    frame = (settings.height, settings.width)
    view = camera(np.random.default_rng(camera_seed), times, frame)
    for attempt in attempts:
        play = _staged(np.random.default_rng(attempt), troupe, times, view, settings)
        if not _ill_visible(play, frame):
            return _crowded(extras_seed, play, troupe, settings)
        troupe = _resized(troupe, _ill_visible(play, frame))
    raise RuntimeError(f"objects of this seed did not fit into {settings}")


def _staged(
    rng: Generator, troupe: list[_Player], times: Track, view: Camera, settings: ClipSettings
) -> _Play:
    """The players on random courses, in random depth."""
    courses, order = rng.spawn(2)
    actors = []
    for index, player in enumerate(troupe):
        own, exits = courses.spawn(1)[0].spawn(2)
        start = _start(own, index, len(troupe), player, settings)
        path = course(
            own,
            times,
            start,
            (settings.height, settings.width),
            own.uniform(0.4, 1.4),
            player.upright,
        )
        if exits.random() < settings.leaving:
            path = leaving(path, times, _way_out(exits, path, player, settings), exits)
        depth = own.uniform(0.0, 0.4) if own.random() < 0.7 else 1.0
        actors.append(replace(player.actor, course=path, depth=depth))
    shuffled = [actors[i] for i in order.permutation(len(actors))]
    ids = tuple(sorted({label for actor in actors for _, label in actor.members}))
    return _Play(tuple(shuffled), view, times, ids)


def _start(
    rng: Generator, index: int, count: int, player: _Player, settings: ClipSettings
) -> tuple[float, float]:
    """Centre in frame 0: anywhere for one object, rather side by side for several."""
    x = (index + 0.5 + rng.uniform(-0.6, 0.6)) / count if count > 1 else rng.uniform(0.15, 0.85)
    half = 0.5 * player.reach[1] / settings.height
    y = rng.normal(0.55, 0.13)
    if player.upright and rng.random() < 0.75:
        y = rng.uniform(0.62, 0.97) - half
    return x * settings.width, min(max(y, 0.12), 0.88) * settings.height


def _way_out(
    rng: Generator, path: Course, player: _Player, settings: ClipSettings
) -> tuple[float, float]:
    """Shift that takes the player out of the picture to one side, wherever on `path` it is."""
    side = 1.0 if path.x[0] > settings.width / 2 else -1.0
    if rng.random() < 0.25:
        side = -side
    span = 1.4 * float(np.max(path.scale * path.stretch)) * max(player.reach) + 8
    nearest = float(np.min(path.x)) if side > 0 else settings.width - float(np.max(path.x))
    return side * (settings.width - nearest + span + 0.2 * settings.width), 0.0


def _visible(play: _Play, frame: tuple[int, int]) -> dict[int, float]:
    """Share of frame 0 that each object covers."""
    labels = np.zeros(frame, np.uint8)
    for actor in play.actors:
        for layer in layers(actor, 0, 0.0, play.camera, frame):
            mark(labels, layer)
    counts = np.bincount(labels.ravel(), minlength=256)
    return {label: counts[label] / labels.size for label in play.ids}


def _ill_visible(play: _Play, frame: tuple[int, int]) -> dict[int, float]:
    """Objects that cover too little or too much of frame 0, and how much."""
    shares = _visible(play, frame)
    return {i: share for i, share in shares.items() if not SMALLEST < share < LARGEST}


def _resized(troupe: list[_Player], shares: dict[int, float]) -> list[_Player]:
    """`troupe` with those players larger or smaller whose ids cover `shares` of the frame."""
    changed = []
    for player in troupe:
        own = [shares[label] for _, label in player.actor.members if label in shares]
        factor = 1.0 if not own else 0.9 if max(own) >= LARGEST else 1.06
        actor = replace(player.actor, size=player.actor.size * factor)
        reach = (player.reach[0] * factor, player.reach[1] * factor)
        changed.append(_Player(actor, reach, player.upright))
    return changed


def _crowded(
    seeds: SeedSequence, play: _Play, troupe: list[_Player], settings: ClipSettings
) -> _Play:
    """`play` with copies, strangers and things that pass in front, as `settings` say."""
    twin_seed, stranger_seed, cover_seed = seeds.spawn(3)
    for seed, chance, make, in_front in (
        (twin_seed, settings.twin, _twin, False),
        (stranger_seed, settings.stranger, _stranger, False),
        (cover_seed, settings.occlusion, _cover, True),
    ):
        rng = np.random.default_rng(seed)
        if rng.random() < chance:
            play = _joined(rng, play, make, in_front, settings)
    return play


TRIES = 12
"""How often an extra is drawn anew until it hides no object in frame 0."""


def _joined(
    rng: Generator,
    play: _Play,
    make: Callable[[Generator, _Play, ClipSettings], Actor],
    in_front: bool,
    settings: ClipSettings,
) -> _Play:
    """`play` with one more actor, before or among the others, that hides no object in frame 0."""
    for _ in range(TRIES):
        extra = make(rng, play, settings)
        place = len(play.actors) if in_front else int(rng.integers(0, len(play.actors) + 1))
        actors = (*play.actors[:place], extra, *play.actors[place:])
        wider = replace(play, actors=actors)
        if not _ill_visible(wider, (settings.height, settings.width)):
            return wider
    return play


def _unannotated(actor: Actor) -> Actor:
    """`actor` without ids."""
    return replace(actor, members=tuple((figure, 0) for figure, _ in actor.members))


def _twin(rng: Generator, play: _Play, settings: ClipSettings) -> Actor:
    """A copy of an object, textures and all, on a course of its own."""
    model = play.actors[rng.integers(len(play.actors))]
    frame = (settings.height, settings.width)
    start = (rng.uniform(0, 1) * settings.width, model.course.y[0] + rng.normal(0, 12))
    return replace(
        _unannotated(model),
        size=model.size * math.exp(rng.normal(-0.1, 0.2)),
        course=course(rng, play.times, start, frame, rng.uniform(0.2, 1.2)),
        phase=rng.uniform(0, 40),
        facing=model.facing if rng.random() < 0.6 else -model.facing,
    )


def _stranger(rng: Generator, play: _Play, settings: ClipSettings) -> Actor:
    """Another thing that moves, or stands about."""
    frame = (settings.height, settings.width)
    share = min(max(math.exp(rng.normal(math.log(0.03), 0.9)), 0.004), 0.2)
    stage = np.zeros((1, 3), np.float32)
    plain = replace(settings, hard=0.0)
    part = role(rng)
    player = _player(rng, part, [0] * len(part.figures), share, plain, stage)
    start = (rng.uniform(0, 1) * settings.width, rng.uniform(0.3, 0.8) * settings.height)
    liveliness = rng.uniform(0.2, 1.4) if rng.random() < 0.7 else 0.0
    path = course(rng, play.times, start, frame, liveliness, player.upright)
    return replace(player.actor, course=path, depth=rng.uniform(0.2, 1.0))


def _cover(rng: Generator, play: _Play, settings: ClipSettings) -> Actor:
    """Something that passes in front of an object."""
    targets = [actor for actor in play.actors if any(label for _, label in actor.members)]
    target = targets[rng.integers(len(targets))]
    share = rng.uniform(0.02, 0.12)
    draw = rng.random()
    if draw < 0.45:
        parts = Role("pole", (pole(rng),), 0.0, True)
    elif draw < 0.65:
        parts = Role("plant", (plant(rng),), 0.01, True)
    else:
        parts = role(rng)
    stage = np.zeros((1, 3), np.float32)
    player = _player(
        rng, parts, [0] * len(parts.figures), share, replace(settings, hard=0.0), stage
    )
    if parts.kind == "pole":
        player = _as_tall_as(player, 1.5 * settings.height)
    breadth = _breadth(target, play.camera, (settings.height, settings.width))
    clearance = 0.5 * (player.reach[0] + breadth) + 0.04 * settings.width
    middle = settings.height / 2 if parts.kind == "pole" else float(target.course.y.mean())
    path = passing(rng, play.times, target.course, clearance, middle)
    return replace(player.actor, course=path, depth=target.depth)


def _as_tall_as(player: _Player, height: float) -> _Player:
    """`player` resized to `height` pixels."""
    factor = height / player.reach[1]
    actor = replace(player.actor, size=player.actor.size * factor)
    return _Player(actor, (player.reach[0] * factor, height), player.upright)


def _breadth(actor: Actor, view: Camera, frame: tuple[int, int]) -> float:
    """Width in pixels of `actor` in frame 0."""
    windows = [layer.window for layer in layers(actor, 0, 0.0, view, frame)]
    if not windows:
        return 0.0
    return float(max(w[2] for w in windows) - min(w[0] for w in windows))


def _blending(rng: Generator, figure: Figure, stage: NDArray[np.float32]) -> Figure:
    """`figure` with its colours moved towards those of the background, `stage`, `n×3`."""
    spot = rng.integers(0, len(stage))
    target = stage[spot : spot + 200]
    weight = rng.uniform(0.4, 0.9)
    sprites = []
    for sprite in figure.sprites:
        opacity = sprite.pixels[..., 3:]
        total = max(float(opacity.sum()), 1.0)
        mean = sprite.pixels[..., :3].sum((0, 1)) / total
        shift = weight * (target.mean(0) - mean)
        shifted = np.clip(sprite.pixels[..., :3] + shift * opacity, 0, opacity)
        sprites.append(replace(sprite, pixels=np.concatenate([shifted, opacity], 2)))
    return replace(figure, sprites=tuple(sprites))


def _shade(
    image: NDArray[np.float32], actor: Actor, drawn: list[Layer], index: int, view: Camera
) -> None:
    """Draw what `actor` throws on the ground, in place."""
    if not (actor.look.shadow or actor.look.mirror):
        return
    stand = placement(actor, index, view)
    foot = float((stand[:, :2] @ (actor.anchor[0], 0.99) + stand[:, 2])[1])
    for layer in drawn:
        ground(image, layer, actor.look, foot)
