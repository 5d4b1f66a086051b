"""Geometries of filters and boxes, read with care and brought to longitude and latitude."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from flask_babel import lazy_gettext as _l
from numpy.typing import NDArray
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from mobility.errors import Invalid
from mobility.ogc.cql import Unreadable
from mobility.ogc.references import Reference
from mobility.spatial.crs import WGS84, transformer

CORNERS = 10_000
"""Positions a geometry in a filter may have."""
PIECES = 32
"""Into how many pieces the edge of a box is cut before it is brought into another system."""
KINDS = {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}


@dataclass(frozen=True)
class Given:
    """A geometry in longitude and latitude."""

    wkb: bytes
    bounds: tuple[float, float, float, float]


def read_shape(node: Any, reference: Reference | None) -> Given:
    """A geometry of a filter: GeoJSON, or a box. Raises Unreadable."""
    if isinstance(node, dict) and isinstance(node.get("bbox"), list):
        return _given(_boxed(node["bbox"], reference), reference)
    if not isinstance(node, dict) or node.get("type") not in KINDS:
        raise Unreadable(_l("The filter holds a place that is neither a geometry nor a box."))
    if _count(node.get("coordinates"), 0) > CORNERS:
        raise Unreadable(_l("The geometry in the filter has too many corners."))
    try:
        found = shapely.force_2d(shape({"type": node["type"], "coordinates": node["coordinates"]}))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, shapely.errors.ShapelyError):
        raise Unreadable(_l("The geometry in the filter is not valid.")) from None
    if found.is_empty or not found.is_valid or not all(map(math.isfinite, found.bounds)):
        raise Unreadable(_l("The geometry in the filter is not valid."))
    return _given(_turned(found) if reference and reference.flipped else found, reference)


def read_box(typed: str, reference: Reference) -> list[tuple[float, float, float, float]]:
    """Least and largest x and y of ``bbox``; two boxes across the 180th meridian. Raises Invalid."""
    try:
        numbers = [float(part) for part in typed.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise Invalid(
            "bbox", _l("A box is four numbers, or six with heights: least, then largest coordinates.")
        )
    flat = numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]
    west, south, east, north = reference.box(flat)
    if south > north or (west > east and reference.metric):
        raise Invalid("bbox", _l("The least coordinates of a box come first."))
    if not reference.metric and not (abs(south) <= 90 >= abs(north) and abs(west) <= 180 >= abs(east)):
        raise Invalid("bbox", _l("The box lies outside the range of its coordinates."))
    if west > east:
        return [(west, south, 180.0, north), (-180.0, south, east, north)]
    return [(west, south, east, north)]


def surroundings(edges: tuple[float, float, float, float], reference: Reference) -> Given:
    """A box of another system in longitude and latitude, its edges cut so that they bend with the earth."""
    return _given(_cut(box(*edges)), reference)


def _given(found: BaseGeometry, reference: Reference | None) -> Given:
    if reference and reference.metric:
        moved = transformer(reference.srid, WGS84)

        def step(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(moved.transform(pairs[:, 0], pairs[:, 1]))

        found = shapely.transform(found, step)
    west, south, east, north = found.bounds
    if (
        not all(map(math.isfinite, found.bounds))
        or max(abs(west), abs(east)) > 360
        or max(-south, north) > 90
    ):
        raise Unreadable(_l("A place lies outside the range of its coordinates."))
    return Given(shapely.to_wkb(found), (west, south, east, north))


def _turned(found: BaseGeometry) -> BaseGeometry:
    return shapely.transform(found, lambda pairs: pairs[:, ::-1])


def _cut(found: BaseGeometry) -> BaseGeometry:
    return shapely.segmentize(found, max(found.length / (4 * PIECES), 1e-9))


def _boxed(numbers: Sequence[Any], reference: Reference | None) -> BaseGeometry:
    good = len(numbers) in (4, 6) and all(
        isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each)
        for each in numbers
    )
    if not good:
        raise Unreadable(_l("A box is four numbers, or six with heights: least, then largest coordinates."))
    flat = list(numbers) if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]
    west, south, east, north = reference.box(flat) if reference else tuple(flat)
    if west >= east or south >= north:
        raise Unreadable(_l("The least coordinates of a box come first."))
    found = box(west, south, east, north)
    return _cut(found) if reference and reference.metric else found


def _count(node: Any, depth: int) -> int:
    """Positions in nested lists; too many for what is nested deeper than any geometry."""
    if depth > 4 or not isinstance(node, list | tuple):
        return CORNERS + 1 if depth > 4 else 0
    if not node or not isinstance(node[0], list | tuple):
        return 1
    total = 0
    for each in node:
        total += _count(each, depth + 1)
        if total > CORNERS:
            break
    return total
