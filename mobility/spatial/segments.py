"""Streets cut into segments: snapping, cutting, bearings, sides and words for a position."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Literal, TypeVar

import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, substring

from mobility.spatial.crs import Metric

K = TypeVar("K", bound=Hashable)
Side = Literal["left", "right", "on"]

ON_LINE_M = 0.05
"""A point nearer than this to a line lies on it, on neither side."""


@dataclass(frozen=True)
class Snap(Generic[K]):
    """Where a point meets the nearest of many geometries.

    ``distance_m`` is 0 inside an area; ``along_m`` counts from the start of a line, and is 0 for areas
    and points; ``side`` looks along the line; ``point`` is lon, lat.
    """

    key: K
    distance_m: float
    along_m: float
    side: Side
    point: Point


class Snapper(Generic[K]):
    """Finds the nearest of many lines, areas and points; made once, asked often.

    ``targets`` are (key, lon-lat geometry). Ties go to the target given first.
    """

    def __init__(self, targets: Iterable[tuple[K, BaseGeometry]], metric: Metric) -> None:
        pairs = list(targets)
        self._metric = metric
        self._keys = [key for key, _ in pairs]
        self._shapes = [metric.project(shape) for _, shape in pairs]
        self._tree = shapely.STRtree(self._shapes)

    def nearest(self, point: Point, within_m: float | None = None) -> Snap[K] | None:
        """The nearest target within ``within_m`` metres, or None."""
        if not self._shapes:
            return None
        spot = self._metric.project(point)
        index = int(np.min(self._tree.query_nearest(spot)))
        found = self._snap(self._keys[index], self._shapes[index], spot)
        return None if within_m is not None and found.distance_m > within_m else found

    def within(self, point: Point, radius_m: float) -> list[Snap[K]]:
        """Every target within ``radius_m`` metres, nearest first."""
        spot = self._metric.project(point)
        found = sorted(int(i) for i in self._tree.query(spot, "dwithin", distance=radius_m))
        snaps = [self._snap(self._keys[i], self._shapes[i], spot) for i in found]
        return sorted(snaps, key=lambda snap: snap.distance_m)

    def _snap(self, key: K, shape: BaseGeometry, spot: Point) -> Snap[K]:
        touch = shapely.shortest_line(shape, spot)
        foot = Point(touch.coords[0])
        along, side = _along_and_side(shape, spot, foot)
        return Snap(key, float(shape.distance(spot)), along, side, self._metric.unproject(foot))


def snap(
    point: Point, targets: Sequence[BaseGeometry], metric: Metric, within_m: float | None = None
) -> Snap[int] | None:
    """The nearest of some lon, lat geometries by index, or None. For many points make a Snapper."""
    return Snapper(enumerate(targets), metric).nearest(point, within_m)


def cut(line: LineString, distances_m: Iterable[float], metric: Metric) -> list[LineString]:
    """The pieces of a lon, lat line cut at distances in metres from its start, in order.

    Distances at or beyond the ends, and repeated ones, cut nothing. The pieces' lengths sum to the
    line's length.
    """
    shape = metric.project(line)
    inner = sorted({d for d in distances_m if ON_LINE_M < d < shape.length - ON_LINE_M})
    marks = [0.0]
    marks += [d for i, d in enumerate(inner) if not i or d - inner[i - 1] > ON_LINE_M]
    marks.append(shape.length)
    pieces = (substring(shape, start, end) for start, end in pairwise(marks))
    return [metric.unproject(LineString(piece.coords)) for piece in pieces]


def bearing_deg(line: BaseGeometry, metric: Metric) -> float | None:
    """Direction from the first to the last position of a line, 0–360 degrees clockwise from grid north.

    None for points, areas and lines that end where they start.
    """
    if not line.geom_type.endswith("LineString") or line.is_empty:
        return None
    xy = shapely.get_coordinates(metric.project(line))
    east, north = xy[-1] - xy[0]
    if math.hypot(east, north) < ON_LINE_M:
        return None
    return math.degrees(math.atan2(east, north)) % 360.0


def offset(
    line: LineString, side: Literal["left", "right"], distance_m: float, metric: Metric
) -> BaseGeometry:
    """The line moved sideways by metres, seen along the line; it runs the same way."""
    signed = distance_m if side == "left" else -distance_m
    moved = metric.project(line).offset_curve(signed, join_style="mitre")
    return metric.unproject(moved)


@dataclass(frozen=True)
class Crossing:
    """A named place on a street, for saying where something is."""

    name: str
    point: Point


@dataclass(frozen=True)
class Between:
    """A position on a street in words' parts: the named crossings before and after it.

    ``at`` is set instead when the position lies on a crossing; ``before`` or ``after`` is None beyond
    the first or last crossing.
    """

    before: str | None = None
    after: str | None = None
    at: str | None = None


def between(
    line: LineString,
    crossings: Iterable[Crossing],
    point: Point,
    metric: Metric,
    *,
    at_m: float = 15.0,
    within_m: float = 60.0,
) -> Between:
    """Between which named crossings of a line a point lies.

    Crossings further than ``within_m`` metres from the line are not on it; a point within ``at_m``
    metres along the line of a crossing is at it.
    """
    shape = metric.project(line)
    marks: list[tuple[float, str]] = []
    for crossing in crossings:
        spot = metric.project(crossing.point)
        if shape.distance(spot) <= within_m:
            marks.append((shape.project(spot), crossing.name))
    marks.sort()
    here = shape.project(metric.project(point))
    near = min(marks, key=lambda mark: abs(mark[0] - here), default=None)
    if near and abs(near[0] - here) <= at_m:
        return Between(at=near[1])
    places = [along for along, _ in marks]
    left, right = bisect_left(places, here), bisect_right(places, here)
    return Between(
        before=marks[left - 1][1] if left else None,
        after=marks[right][1] if right < len(marks) else None,
    )


def _along_and_side(shape: BaseGeometry, spot: Point, foot: Point) -> tuple[float, Side]:
    if not shape.geom_type.endswith("LineString"):
        return 0.0, "on"
    merged = linemerge(shape) if isinstance(shape, MultiLineString) else shape
    parts: list[LineString] = list(shapely.get_parts(merged))
    index = min(range(len(parts)), key=lambda i: parts[i].distance(foot))
    along = float(parts[index].project(foot))
    before = float(sum(part.length for part in parts[:index]))
    return before + along, _side(parts[index], spot, foot, along)


def _side(line: LineString, spot: Point, foot: Point, along: float) -> Side:
    if spot.distance(foot) <= ON_LINE_M:
        return "on"
    step = min(ON_LINE_M / 5, line.length / 2)
    behind = line.interpolate(max(0.0, along - step))
    ahead = line.interpolate(min(line.length, along + step))
    turn = (ahead.x - behind.x) * (spot.y - behind.y) - (ahead.y - behind.y) * (spot.x - behind.x)
    if turn == 0:
        return "on"
    return "left" if turn > 0 else "right"
