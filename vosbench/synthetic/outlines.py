"""Closed outlines of parts: `float64 n×2` polygons of (x, y), y downwards."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Outline = NDArray[np.float64]
Point = tuple[float, float]


def smooth(points: Sequence[Point] | Outline, per_side: int = 6) -> Outline:
    """Closed Catmull-Rom curve through `points`, `per_side` vertices for each of them.

    >>> smooth([(0, 0), (1, 0), (1, 1), (0, 1)], per_side=2).shape
    (8, 2)
    """
    p = np.asarray(points, float)
    before, here, ahead, beyond = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = (np.arange(per_side) / per_side)[None, :, None]
    cubic = (
        2 * here[:, None]
        + (ahead - before)[:, None] * t
        + (2 * before - 5 * here + 4 * ahead - beyond)[:, None] * t**2
        + (3 * here - before - 3 * ahead + beyond)[:, None] * t**3
    )
    curve: Outline = 0.5 * cubic.reshape(-1, 2)
    return curve


def ellipse(centre: Point, radii: Point, angle: float = 0.0, vertices: int = 28) -> Outline:
    """Ellipse, its first radius turned by `angle` radians."""
    t = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    x, y = radii[0] * np.cos(t), radii[1] * np.sin(t)
    return np.column_stack(
        [
            centre[0] + x * math.cos(angle) - y * math.sin(angle),
            centre[1] + x * math.sin(angle) + y * math.cos(angle),
        ]
    )


def capsule(start: Point, end: Point, start_radius: float, end_radius: float) -> Outline:
    """Limb from `start` to `end` with rounded ends of the given radii."""
    direction = math.atan2(end[1] - start[1], end[0] - start[0])
    back = np.linspace(direction + np.pi / 2, direction + 3 * np.pi / 2, 8)
    front = np.linspace(direction - np.pi / 2, direction + np.pi / 2, 8)
    return np.concatenate(
        [
            np.column_stack([np.cos(back), np.sin(back)]) * start_radius + start,
            np.column_stack([np.cos(front), np.sin(front)]) * end_radius + end,
        ]
    )


def box(left: float, top: float, right: float, bottom: float, rounding: float = 0.0) -> Outline:
    """Rectangle with corners rounded by `rounding` of its shorter side (0..0.5)."""
    radius = rounding * min(right - left, bottom - top)
    turns = np.linspace(0, np.pi / 2, 5)
    corners = []
    for centre, start in (
        ((right - radius, bottom - radius), 0.0),
        ((left + radius, bottom - radius), np.pi / 2),
        ((left + radius, top + radius), np.pi),
        ((right - radius, top + radius), 3 * np.pi / 2),
    ):
        arc = turns + start
        corners.append(np.column_stack([np.cos(arc), np.sin(arc)]) * radius + centre)
    return np.concatenate(corners)


def blob(rng: Generator, centre: Point, radii: Point, roughness: float = 0.2) -> Outline:
    """Star-shaped body with a random radius: a Fourier series in the angle.

    Args:
        roughness: deviation of the radius, as a fraction of it.
    """
    t = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.ones_like(t)
    for wave in range(2, 8):
        strength = roughness * rng.normal() / (wave - 0.5)
        radius += strength * np.cos(wave * t + rng.uniform(0, 2 * np.pi))
    radius = np.maximum(radius, 0.3)
    return np.column_stack(
        [
            centre[0] + radii[0] * radius * np.cos(t),
            centre[1] + radii[1] * radius * np.sin(t),
        ]
    )


def frayed(rng: Generator, outline: Outline, depth: float) -> Outline:
    """`outline` with tufts of about `depth` along it, as fur and leaves have."""
    ahead = np.roll(outline, -1, 0)
    dense = np.stack([outline, 0.67 * outline + 0.33 * ahead, 0.33 * outline + 0.67 * ahead], 1)
    dense = dense.reshape(-1, 2)
    tangent = np.roll(dense, -1, 0) - np.roll(dense, 1, 0)
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    return dense + normal * rng.normal(0, depth, (len(dense), 1))


def uneven(rng: Generator, outline: Outline, depth: float = 0.04) -> Outline:
    """`outline` swollen and dented a little, so that no two limbs are alike.

    Args:
        depth: about how far, as a share of the square root of the area.
    """
    around = np.arange(len(outline)) / len(outline) * 2 * np.pi
    waves = sum(
        rng.normal(0, 1 / wave) * np.cos(wave * around + rng.uniform(0, 2 * np.pi))
        for wave in (2, 3, 4, 5)
    )
    tangent = np.roll(outline, -1, 0) - np.roll(outline, 1, 0)
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    x, y = outline.T
    breadth = math.sqrt(abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2)
    return outline + normal * (depth * breadth * np.asarray(waves))[:, None]
