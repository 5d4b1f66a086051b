"""Validity, orientation, precision and simplification of single geometries."""

import re
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry import GeometryCollection, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from mobility.spatial.crs import Metric

DIGITS = 7
"""Decimals kept: 1e-7 degrees is about one centimetre."""

G = TypeVar("G", bound=BaseGeometry)
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


CODES = (
    "empty",
    "not_finite",
    "out_of_range",
    "too_few",
    "crossing",
    "touching",
    "hole_outside",
    "nested",
    "duplicate_rings",
    "disconnected",
    "invalid",
)
"""Why a geometry can be unfit. Whoever reports a flaw says it in words, and how to mend it."""


@dataclass(frozen=True)
class Flaw:
    """Why a geometry is unfit, one of CODES, and where if that is known."""

    code: str
    lon: float | None = None
    lat: float | None = None


_REASONS = (
    ("ring self-intersection", "touching"),
    ("self-intersection", "crossing"),
    ("hole lies outside", "hole_outside"),
    ("nested", "nested"),
    ("holes are nested", "nested"),
    ("too few points", "too_few"),
    ("duplicate rings", "duplicate_rings"),
    ("interior is disconnected", "disconnected"),
)


def flaw(geometry: BaseGeometry) -> Flaw | None:
    """The first reason why a lon, lat geometry is unfit, or None when it is sound."""
    if geometry.is_empty:
        return _flaw("empty")
    if not is_finite(geometry):
        return _flaw("not_finite")
    if looks_projected(geometry.bounds):
        return _flaw("out_of_range")
    if geometry.geom_type.endswith("LineString") and geometry.length == 0:
        return _flaw("too_few", _first(geometry))
    if geometry.is_valid:
        return None
    reason = shapely.is_valid_reason(geometry)
    code = next((code for start, code in _REASONS if reason.lower().startswith(start)), "invalid")
    return _flaw(code, _position(reason))


def is_finite(geometry: BaseGeometry) -> bool:
    """Whether every coordinate is a finite number."""
    return bool(np.isfinite(shapely.get_coordinates(geometry, include_z=geometry.has_z)).all())


def looks_projected(bounds: Box) -> bool:
    """Whether bounds cannot be degrees."""
    west, south, east, north = bounds
    return west < -180 or east > 180 or south < -90 or north > 90


def looks_swapped(bounds: Box, expected: Box) -> bool:
    """Whether bounds miss the expected box, and meet it once longitude and latitude change places."""
    west, south, east, north = bounds
    return not _meet(bounds, expected) and _meet((south, west, north, east), expected)


def swapped(geometry: G) -> G:
    """The geometry with longitude and latitude exchanged."""
    return shapely.transform(geometry, lambda pairs: pairs[:, ::-1])


def flat(geometry: G) -> G:
    """The geometry without heights."""
    return shapely.force_2d(geometry)


def rounded(geometry: G, digits: int = DIGITS) -> G:
    """The geometry with coordinates of at most ``digits`` decimals.

    An area made invalid by rounding (a sliver that collapses) is snapped to the grid by GEOS instead;
    it may then lose the sliver, and only if nothing is left is the plainly rounded area returned.
    """
    plain = _rounded(geometry, digits)
    if plain.is_valid or not geometry.is_valid:
        return plain
    snapped = _rounded(shapely.set_precision(geometry, 10.0**-digits), digits)
    return snapped if snapped.is_valid and not snapped.is_empty else plain


def right_handed(geometry: G) -> G:
    """The geometry with outer rings counterclockwise and holes clockwise (RFC 7946, section 3.1.6)."""
    if isinstance(geometry, Polygon):
        return _oriented(geometry)  # type: ignore[return-value]
    if isinstance(geometry, MultiPolygon):
        return MultiPolygon([_oriented(part) for part in geometry.geoms])  # type: ignore[return-value]
    if isinstance(geometry, GeometryCollection):
        return GeometryCollection([right_handed(part) for part in geometry.geoms])  # type: ignore[return-value]
    return geometry


def is_right_handed(geometry: BaseGeometry) -> bool:
    """Whether every ring already follows the right-hand rule."""
    if isinstance(geometry, Polygon):
        return geometry.exterior.is_ccw and not any(hole.is_ccw for hole in geometry.interiors)
    return all(is_right_handed(part) for part in getattr(geometry, "geoms", ()))


def clean(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry as we store it: two dimensions, seven decimals, right-handed rings."""
    return right_handed(rounded(flat(geometry)))


def multi_polygon(geometry: BaseGeometry) -> MultiPolygon:
    """A polygon or multipolygon as a multipolygon. Raises TypeError for anything else."""
    if isinstance(geometry, MultiPolygon):
        return geometry
    if isinstance(geometry, Polygon):
        return MultiPolygon([geometry])
    raise TypeError(geometry.geom_type)


def simplified(geometry: BaseGeometry, tolerance_m: float, metric: Metric) -> BaseGeometry:
    """The geometry with fewer vertices, none further than ``tolerance_m`` metres from before.

    Topology is kept: an area stays valid and a line keeps its ends (Douglas and Peucker, 1973).
    """
    thin = metric.project(geometry).simplify(tolerance_m, preserve_topology=True)
    return metric.unproject(thin)


def _flaw(code: str, at: tuple[float, float] | None = None) -> Flaw:
    return Flaw(code, *(at or (None, None)))


def _position(reason: str) -> tuple[float, float] | None:
    found = re.search(r"\[(\S+) (\S+)\]", reason)
    return (float(found[1]), float(found[2])) if found else None


def _first(geometry: BaseGeometry) -> tuple[float, float]:
    lon, lat = shapely.get_coordinates(geometry)[0]
    return float(lon), float(lat)


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _rounded(geometry: G, digits: int) -> G:
    return shapely.transform(geometry, lambda pairs: np.round(pairs, digits), include_z=geometry.has_z)


def _oriented(polygon: Polygon) -> Polygon:
    if polygon.is_empty:
        return polygon
    return shapely.geometry.polygon.orient(polygon, 1.0)


def inside(point: Point, box: Box) -> bool:
    """Whether a point lies in a box, edges included."""
    return _meet((point.x, point.y, point.x, point.y), box)
