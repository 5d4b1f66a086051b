"""Features as a small drawing for their page: paths in a box of fixed width, north at the top."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, LEAST, MARGIN = 640.0, 120.0, 16.0
"""Width of the drawing, its least height, and the margin around what is drawn."""
TALLEST = 480.0
RADIUS = 5.0


@dataclass(frozen=True)
class Mark:
    """One feature: `path` as SVG writes it; `kind` is point, line or area."""

    kind: str
    path: str


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    marks: tuple[Mark, ...]


def draw(geometries: Sequence[Any], *, flipped: bool, metric: bool) -> Drawing | None:
    """The geometries (GeoJSON) in one drawing; None when there is nothing to see but one point."""
    parts = [part for each in geometries if each for part in _parts(each, flipped)]
    points = [point for _kind, lines in parts for line in lines for point in line]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrow = 1.0 if metric else math.cos(math.radians((south + north) / 2))
    wide, tall = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    room = WIDTH - 2 * MARGIN
    scale = min(room / wide, (TALLEST - 2 * MARGIN) / tall)
    if max(wide, tall) < 1e-6:
        return None
    height = max(tall * scale + 2 * MARGIN, LEAST)
    left = (WIDTH - wide * scale) / 2
    top = (height - tall * scale) / 2

    def at(point: tuple[float, float]) -> str:
        x = left + (point[0] - west) * narrow * scale
        y = top + (north - point[1]) * scale
        return f"{x:.1f} {y:.1f}"

    marks = [
        Mark(kind, _path(kind, [[at(point) for point in line] for line in lines])) for kind, lines in parts
    ]
    order = ("area", "line", "point")
    return Drawing(WIDTH, round(height, 1), tuple(sorted(marks, key=lambda mark: order.index(mark.kind))))


def _path(kind: str, lines: list[list[str]]) -> str:
    if kind == "point":
        x, y = lines[0][0].split()
        half = f"a{RADIUS} {RADIUS} 0 1 0 "
        return f"M{float(x) - RADIUS:.1f} {y}{half}{2 * RADIUS} 0{half}{-2 * RADIUS} 0z"
    end = "z" if kind == "area" else ""
    return "".join(f"M{'L'.join(line)}{end}" for line in lines)


def _parts(geometry: dict[str, Any], flipped: bool) -> Iterator[tuple[str, list[list[tuple[float, float]]]]]:
    """The simple parts of a geometry: what they are and their lines, x before y."""

    def turned(line: list[list[float]]) -> list[tuple[float, float]]:
        return [(each[1], each[0]) if flipped else (each[0], each[1]) for each in line]

    kind, held = geometry["type"], geometry.get("coordinates", [])
    if kind == "GeometryCollection":
        for each in geometry["geometries"]:
            yield from _parts(each, flipped)
    elif kind in ("Point", "MultiPoint"):
        for point in [held] if kind == "Point" else held:
            yield "point", [turned([point])]
    elif kind in ("LineString", "MultiLineString"):
        for line in [held] if kind == "LineString" else held:
            yield "line", [turned(line)]
    else:
        for rings in [held] if kind == "Polygon" else held:
            yield "area", [turned(ring) for ring in rings]
