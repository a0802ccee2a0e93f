"""Smooth courses of things and of the camera, sampled at the times of the frames.

Times are in video frames (24 a second), lengths in pixels, angles in radians.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from vosbench.synthetic.sampling import Affine, affine

Track = NDArray[np.float64]
"""One value a frame, `(t,)`."""


def wander(
    rng: Generator, times: Track, reach: float, periods: tuple[float, float] = (25.0, 120.0)
) -> Track:
    """Smooth random course that starts at 0 and has a deviation of about `reach`.

    Args:
        periods: shortest and longest period of its three waves, in video frames.
    """
    course = np.zeros(len(times))
    for _ in range(3):
        period = math.exp(rng.uniform(math.log(periods[0]), math.log(periods[1])))
        phase = rng.uniform(0, 2 * np.pi)
        wave = np.sin(2 * np.pi * times / period + phase) - math.sin(phase)
        course += reach * 0.6 * rng.normal() * wave
    return course


@dataclass(frozen=True)
class Course:
    """Where a thing is in each frame, in the picture of a camera that does not move.

    Attributes:
        x, y: centre.
        scale: size relative to frame 0's plan.
        angle: turn.
        stretch: width relative to height, as when a thing turns away.
        speed: pixels a video frame, `t×2`, for motion blur.
    """

    x: Track
    y: Track
    scale: Track
    angle: Track
    stretch: Track
    speed: NDArray[np.float64]


def course(
    rng: Generator,
    times: Track,
    start: tuple[float, float],
    frame: tuple[int, int],
    liveliness: float = 1.0,
    upright: bool = True,
) -> Course:
    """A course from `start` (x, y) that keeps its centre within the picture, `frame` (h, w).

    Args:
        liveliness: factor on all motion.
        upright: whether the thing turns little, as what stands on the ground does.
    """
    height, width = frame
    drift = liveliness * rng.normal(0, (0.008, 0.0025)) * width
    x = start[0] + drift[0] * times + wander(rng, times, 0.05 * liveliness * width)
    y = start[1] + drift[1] * times + wander(rng, times, 0.03 * liveliness * height)
    y += _hops(rng, times, 0.03 * liveliness * height)
    x = _kept(x, start[0], 0.04 * width, 0.96 * width)
    y = _kept(y, start[1], 0.1 * height, 0.92 * height)
    growth = liveliness * rng.normal(0, 0.006) * times + wander(rng, times, 0.05 * liveliness)
    angle = wander(rng, times, (0.05 if upright else 0.25) * liveliness)
    if not upright and rng.random() < 0.3:
        angle += rng.normal(0, 0.03) * times
    turning = 0.12 if rng.random() < 0.7 else 0.35
    stretch = np.exp(np.clip(wander(rng, times, turning * liveliness, (40, 200)), -0.7, 0.5))
    scale = np.exp(np.clip(growth, -0.6, 0.6))
    return Course(x, y, scale, angle, stretch, _speed(x, y, times))


def _hops(rng: Generator, times: Track, reach: float) -> Track:
    """Bobbing of a gait, for some."""
    if rng.random() < 0.5:
        return np.zeros(len(times))
    rate = rng.uniform(0.3, 0.9)
    return reach * rng.random() * (np.abs(np.sin(rate * times)) - 0.5)


def _kept(track: Track, start: float, low: float, high: float) -> Track:
    """`track` bent back smoothly so that it stays between `low` and `high`; `start` stays."""
    start = min(max(start, low + 1e-3), high - 1e-3)
    away = track - track[0]
    room = np.where(away > 0, high - start, start - low)
    kept: Track = start + room * np.tanh(away / room)
    return kept


def _speed(x: Track, y: Track, times: Track) -> NDArray[np.float64]:
    """Pixels a video frame along a course."""
    if len(times) < 2:
        return np.zeros((len(times), 2))
    return np.column_stack([np.gradient(x, times), np.gradient(y, times)])


def leaving(rng: Generator, planned: Course, times: Track, away: tuple[float, float]) -> Course:
    """`planned`, but out of the picture in the middle of the clip and back at its end.

    Args:
        away: shift (x, y) that takes the thing out of the picture wherever it is.
    """
    last = len(times) - 1
    gone, back = max(1, round(0.42 * last)), max(1, round(0.58 * last))
    lead = max(1, gone - int(rng.integers(0, max(1, gone))))
    frames = np.arange(len(times))
    rise = np.clip((frames - (gone - lead)) / lead, 0, 1)
    tail = max(1.0, (last - back) * rng.uniform(0.6, 1.0))
    fall = np.clip((back + tail - frames) / tail, 0, 1)
    share = 0.5 - 0.5 * np.cos(np.pi * np.minimum(rise, fall))
    x, y = planned.x + away[0] * share, planned.y + away[1] * share
    return Course(x, y, planned.scale, planned.angle, planned.stretch, _speed(x, y, times))


def passing(rng: Generator, times: Track, target: Course, clearance: float, y: float) -> Course:
    """Course of something that crosses `target` once, between the first and the last frame.

    Args:
        clearance: distance in x that it keeps from `target` in frame 0, in pixels.
        y: its height in the picture.
    """
    last = len(times) - 1
    hit = int(rng.integers(max(1, round(0.35 * last)), max(2, round(0.8 * last) + 1)))
    hit = min(hit, last)
    side = 1.0 if target.x[hit] >= target.x[0] else -1.0
    if rng.random() < 0.3:
        side = -side
    begin = target.x[0] + side * (clearance + abs(target.x[hit] - target.x[0]))
    share = times / times[hit] if times[hit] else times
    x = begin + (target.x[hit] - begin) * share
    still = np.ones(len(times))
    height = np.full(len(times), y)
    return Course(x, height, still, np.zeros(len(times)), still, _speed(x, height, times))


def resting(x: float, y: float, times: Track) -> Course:
    """Course of something that stays where it is."""
    still = np.ones(len(times))
    zero = np.zeros(len(times))
    return Course(zero + x, zero + y, still, zero, still, np.zeros((len(times), 2)))


@dataclass(frozen=True)
class Camera:
    """What the camera does in each frame.

    Attributes:
        x, y: how far it has moved; things at depth d shift by −d times that.
        zoom: magnification.
        angle: roll.
        shake_x, shake_y: jitter that moves everything alike.
        centre: middle of the picture (x, y).
    """

    x: Track
    y: Track
    zoom: Track
    angle: Track
    shake_x: Track
    shake_y: Track
    centre: tuple[float, float]

    def view(self, index: int, depth: float) -> Affine:
        """Map from the still picture to frame `index`, for things that share `depth` of the move.

        `depth` 0 is a thing that the camera follows, 1 is the ground beside it, above 1 is nearer.
        """
        move = (
            self.shake_x[index] - depth * self.x[index],
            self.shake_y[index] - depth * self.y[index],
        )
        zoom = float(self.zoom[index])
        return affine((zoom, zoom), float(self.angle[index]), move, self.centre)


def camera(rng: Generator, times: Track, frame: tuple[int, int]) -> Camera:
    """A camera that stands, pans, follows or is held by hand."""
    height, width = frame
    manner = str(rng.choice(["tripod", "hand", "pan", "chase"], p=[0.15, 0.35, 0.3, 0.2]))
    pace = {"tripod": 0.0, "hand": 0.15, "pan": 0.7, "chase": 2.0}[manner]
    drift = pace * rng.normal(0, (0.01, 0.002)) * width
    x = drift[0] * times + pace * wander(rng, times, 0.05 * width)
    y = drift[1] * times + pace * wander(rng, times, 0.02 * height)
    shaken = (0.0 if manner == "tripod" else rng.exponential(0.0035)) * width
    zoom = pace**0.5 * (rng.normal(0, 0.003) * times + wander(rng, times, 0.03))
    return Camera(
        x,
        y,
        np.exp(np.clip(zoom, -0.35, 0.45)),
        pace**0.5 * wander(rng, times, 0.015),
        shaken * _jitter(rng, times),
        shaken * _jitter(rng, times),
        (width / 2, height / 2),
    )


def _jitter(rng: Generator, times: Track) -> Track:
    """Trembling of a hand, deviation about 1."""
    return wander(rng, times, 0.7, (6.0, 25.0)) + rng.normal(0, 0.15, len(times))
