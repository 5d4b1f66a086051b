"""Geometries of a layer as the map needs them: lon, lat, two dimensions, valid; and what was wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from mobility.importing.reading.model import Box, Fault
from mobility.importing.reading.raw import Raw
from mobility.importing.reading.systems import Way
from mobility.spatial.geometry import DIGITS, clean, flaw

FAR_DEGREES = 0.5
"""A feature further than this from the place is pointed out."""
KM_PER_DEGREE = 111.2

Shapes = NDArray[Any]
Faults = list[list[Fault]]


def shaped(raw: Raw, way: Way, place: Box) -> tuple[Shapes, Faults]:
    """A valid geometry or None for every row, and every row's faults."""
    faults: Faults = [[] for _ in raw.shapes]
    shapes = shapely.force_2d(raw.shapes)
    _drop_torn(raw, shapes, faults)
    _drop(shapes, ~_finite(shapes), faults, "not_finite")
    shapes = shapely.transform(shapes, way)
    _drop(shapes, ~_finite(shapes) | _off_earth(shapes), faults, "off_earth")
    for row in np.flatnonzero(_present(shapes) & ~shapely.is_valid(shapes)):
        shapes[row] = _mended(shapes[row], faults[row])
    shapes = _tidy(shapes)
    for row in np.flatnonzero(_present(shapes)):
        _look(shapes[row], place, faults[row])
    return shapes, faults


def _drop_torn(raw: Raw, shapes: Shapes, faults: Faults) -> None:
    for row in range(len(shapes)):
        if row in raw.torn:
            faults[row].append(Fault("shape_unknown"))
        elif shapes[row] is None or shapes[row].is_empty:
            shapes[row] = None
            faults[row].append(Fault("no_geometry"))


def _drop(shapes: Shapes, bad: NDArray[np.bool_], faults: Faults, code: str) -> None:
    for row in np.flatnonzero(_present(shapes) & bad):
        shapes[row] = None
        faults[row].append(Fault(code))


def _present(shapes: Shapes) -> NDArray[np.bool_]:
    return ~shapely.is_missing(shapes)


def _finite(shapes: Shapes) -> NDArray[np.bool_]:
    """Whether every coordinate of each geometry is a finite number (true where there is none)."""
    pairs, rows = shapely.get_coordinates(shapes, return_index=True)
    good = np.ones(len(shapes), dtype=bool)
    good[rows[~np.isfinite(pairs).all(axis=1)]] = False
    return good


def _off_earth(shapes: Shapes) -> NDArray[np.bool_]:
    pairs, rows = shapely.get_coordinates(shapes, return_index=True)
    off = np.zeros(len(shapes), dtype=bool)
    off[rows[(np.abs(pairs) > (180.0, 90.0)).any(axis=1)]] = True
    return off


def _mended(shape: BaseGeometry, faults: list[Fault]) -> BaseGeometry | None:
    """An invalid geometry made valid; of an area only what is still an area."""
    if "Line" in shape.geom_type and shape.length == 0:
        faults.append(Fault("no_length"))
        return None
    found = flaw(shape)
    where = {"lon": _short(found.lon), "lat": _short(found.lat)} if found else {}
    fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if isinstance(shape, Polygon | MultiPolygon):
        areas = [part for part in _leaves(fixed) if isinstance(part, Polygon) and part.area > 0]
        fixed = MultiPolygon(areas) if len(areas) > 1 else areas[0] if areas else Polygon()
    if fixed.is_empty:
        faults.append(Fault("not_mendable", where))
        return None
    lost = abs(fixed.area - shape.area) / shape.area * 100 if shape.area else 0.0
    faults.append(Fault("mended", {**where, "percent": round(lost, 2)}))
    return fixed


def _leaves(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = getattr(shape, "geoms", None)
    return [shape] if parts is None else [leaf for part in parts for leaf in _leaves(part)]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _tidy(shapes: Shapes) -> Shapes:
    """Seven decimals and right-handed rings; where rounding breaks an area, a slower way keeps it whole."""
    tidy = shapely.orient_polygons(shapely.transform(shapes, lambda pairs: np.round(pairs, DIGITS)))
    for row in np.flatnonzero(_present(tidy) & ~shapely.is_valid(tidy)):
        tidy[row] = clean(shapes[row])
    return tidy


def _look(shape: BaseGeometry, place: Box, faults: list[Fault]) -> None:
    if shape.geom_type == "GeometryCollection":
        faults.append(Fault("collection"))
    away = _away(shape.bounds, place)
    if away > FAR_DEGREES:
        faults.append(Fault("far", {"km": round(away * KM_PER_DEGREE)}))


def _away(bounds: Box, place: Box) -> float:
    dx = max(place[0] - bounds[2], 0, bounds[0] - place[2])
    dy = max(place[1] - bounds[3], 0, bounds[1] - place[3])
    return math.hypot(dx, dy)
