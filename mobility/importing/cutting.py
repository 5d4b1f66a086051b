"""Cutting long lines where streets cross. Pure; shapes are in a metric coordinate system."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

LEAST_M = 10.0
"""No piece is shorter: a crossing this near to an end, or to another crossing, cuts nothing more."""
GAP_M = 1.0
"""A street that ends this near to the line reaches it."""
STEP_M = 5.0
"""How far along the lines their directions are looked at."""
SHARP = math.sin(math.radians(20))
"""Lines that meet at a smaller angle run along each other; they do not cross."""


def cut_lines(lines: Sequence[LineString], streets: Sequence[BaseGeometry] = ()) -> list[list[LineString]]:
    """The pieces of each line, in its direction, cut where another of the lines or a street crosses it.

    A line that nothing crosses stays whole. Pieces of a line sum to its length.
    """
    others = [*lines, *(part for street in streets for part in shapely.get_parts(street))]
    tree = shapely.STRtree(others)
    cut = []
    for index, line in enumerate(lines):
        near = tree.query(line, "dwithin", distance=GAP_M).tolist()
        marks = [mark for other in sorted(near) if other != index for mark in _marks(line, others[other])]
        cut.append(_pieces(line, marks))
    return cut


def _marks(line: LineString, other: BaseGeometry) -> Iterator[float]:
    """Metres along the line where the other crosses it or ends at it."""
    for part in shapely.get_parts(line.intersection(other)):
        if isinstance(part, Point) and _sharp(line, other, part):
            yield float(line.project(part))
    ends = other.boundary.geoms if other.geom_type == "LineString" and not other.is_ring else ()
    for end in ends:
        if isinstance(end, Point) and line.distance(end) <= GAP_M and _sharp(line, other, end):
            yield float(line.project(end))


def _sharp(line: LineString, other: BaseGeometry, at: BaseGeometry) -> bool:
    if other.geom_type != "LineString":
        return True
    (ax, ay), (bx, by) = _direction(line, at), _direction(other, at)
    size = math.hypot(ax, ay) * math.hypot(bx, by)
    return size == 0 or abs(ax * by - ay * bx) / size >= SHARP


def _direction(line: BaseGeometry, at: BaseGeometry) -> tuple[float, float]:
    assert isinstance(line, LineString)
    assert isinstance(at, Point)
    here = line.project(at)
    step = min(STEP_M, line.length / 2)
    one = line.interpolate(max(0.0, here - step))
    two = line.interpolate(min(line.length, here + step))
    return two.x - one.x, two.y - one.y


def _pieces(line: LineString, marks: Sequence[float]) -> list[LineString]:
    kept = [0.0]
    for mark in sorted(marks):
        if mark - kept[-1] >= LEAST_M and line.length - mark >= LEAST_M:
            kept.append(mark)
    if len(kept) == 1:
        return [line]
    kept.append(line.length)
    return [LineString(substring(line, start, end).coords) for start, end in pairwise(kept)]
