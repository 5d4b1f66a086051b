"""Invented comments: where people would pin them, what they would say. Pure: numpy and shapely only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from mobility.insight import sample_texts as texts
from mobility.spatial.crs import Metric

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STANCES = ("for", "against", "idea", "question")
BESIDE_M, ASTRAY_M = 7.0, 55.0
"""Usual distance of a pin from its street, and of the few that lie somewhere near."""
ASTRAY_SHARE = 0.12
SNAP_M = 40.0
"""Beyond this distance a comment belongs to no segment."""


@dataclass(frozen=True)
class Pins:
    """Parallel arrays: longitude and latitude in degrees, distance in metres to the segment meant."""

    lon: Floats
    lat: Floats
    distance_m: Floats


def make_pins(
    rng: np.random.Generator,
    shapes: Sequence[BaseGeometry],
    index: Ints,
    inside: BaseGeometry,
    metric: Metric,
) -> Pins:
    """One pin for each entry of `index` (into `shapes`, lon/lat), near that shape and inside the plan."""
    flat = np.array([metric.project(shape) for shape in shapes], dtype=object)
    area = metric.project(inside)
    shapely.prepare(area)
    lines = np.array([_line(shape) for shape in flat], dtype=object)
    feet = shapely.line_interpolate_point(lines[index], rng.random(len(index)), normalized=True)
    base = shapely.get_coordinates(feet)
    spread = np.where(rng.random(len(index)) < ASTRAY_SHARE, ASTRAY_M, BESIDE_M)
    moved = base + rng.normal(0.0, 1.0, base.shape) * spread[:, None]
    outside = ~shapely.contains_xy(area, moved[:, 0], moved[:, 1])
    moved[outside] = base[outside]
    points = shapely.points(moved)
    degrees = shapely.get_coordinates(metric.unproject(MultiPoint(moved)))
    return Pins(degrees[:, 0], degrees[:, 1], shapely.distance(points, flat[index]))


def _line(shape: BaseGeometry) -> BaseGeometry:
    """The line to walk along: an area's outline, the longest of several parts, a speck for a point."""
    if isinstance(shape, Point):
        return LineString([(shape.x, shape.y), (shape.x + 0.5, shape.y)])
    if shape.geom_type.startswith("Multi"):
        return _line(max(shapely.get_parts(shape), key=lambda part: part.length))
    return shape.exterior if isinstance(shape, Polygon) else shape


def make_stances(rng: np.random.Generator, bias: Floats) -> Ints:
    """One stance (index into STANCES) for each local bias: liked places draw praise."""
    favour = 1 / (1 + np.exp(-1.6 * bias))
    draw = rng.random(len(bias))
    opinion = np.where(rng.random(len(bias)) < favour, 0, 1)
    return np.where(draw < 0.6, opinion, np.where(draw < 0.86, 2, 3)).astype(np.int64)


@cache
def _phrases(topic: str, stance: str, language: str) -> tuple[str, ...]:
    """Every pair of an observation and a wish."""
    wishes = texts.WISHES[stance][language]
    return tuple(f"{seen} {wish}" for seen in texts.observations(topic, language) for wish in wishes)


def make_text(topic: str, stance: str, language: str, street: str, draw: tuple[int, int, int]) -> str:
    """A comment of one to four sentences; `draw` holds three numbers that choose the sentences."""
    openings, closings = texts.OPENINGS[language], texts.CLOSINGS[language]
    phrases = _phrases(topic, stance, language)
    opening = openings[draw[0] % len(openings)].replace("{street}", street)
    return f"{opening} {phrases[draw[1] % len(phrases)]} {closings[draw[2] % len(closings)]}".strip()


def make_receipt(seed: str, number: int) -> str:
    """Twelve characters of base 32, different for each number."""
    digest = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    return base64.b32encode(digest)[:12].decode()


def make_key(seed: str, number: int) -> str:
    """An idempotency key in the form of a UUID."""
    digits = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=16, person=b"key").hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
