"""Checks of one feature's geometry, from raw JSON to the clean shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mobility.plans.bundles.faults import Spot
from mobility.spatial import geometry as geo
from mobility.spatial.geojson import TYPES, GeoJSONError, read_geometry

_KEYS = {
    "unclosed": "unclosed-ring",
    "too_few": "too-few-positions",
    "not_finite": "coordinate-not-finite",
    "too_many_dimensions": "third-dimension",
    "empty": "empty-geometry",
}


def read_shape(
    source: Any, allowed: Sequence[str], expected: Iterable[geo.Box], spot: Spot
) -> BaseGeometry | None:
    """The clean shape of a GeoJSON geometry, or None after reporting why it cannot be used.

    `expected` are the boxes in which the plan lies: exchanged axes are recognised by them.
    """
    if source is None:
        spot.report("empty-geometry")
        return None
    try:
        reading = read_geometry(source)
    except GeoJSONError as error:
        _report(error, spot)
        return None
    shape = reading.geometry
    sound = True
    if reading.had_heights:
        spot.report("third-dimension")
        sound = False
    if shape.geom_type not in allowed:
        spot.report("wrong-geometry", type=shape.geom_type, allowed=list(allowed))
        sound = False
    if not (_in_place(shape, expected, spot) and _is_sound(shape, spot)):
        return None
    _warn(shape, spot)
    return geo.clean(shapely.remove_repeated_points(shape)) if sound else None


def _report(error: GeoJSONError, spot: Spot) -> None:
    if error.code == "type":
        spot.report("unknown-geometry", type=error.details["type"], allowed=list(TYPES))
    elif error.code == "shape":
        spot.report("geometry-shape", type=error.details["type"])
    else:
        spot.report(_KEYS[error.code], **error.details)


def _in_place(shape: BaseGeometry, expected: Iterable[geo.Box], spot: Spot) -> bool:
    """Whether the position can be what it says; a swapped or projected shape is not looked at further."""
    x, y = (float(value) for value in shapely.get_coordinates(shape)[0])
    if any(geo.looks_swapped(shape.bounds, box) for box in expected):
        spot.report("swapped-axes", x=x, y=y)
        return False
    if geo.looks_projected(shape.bounds):
        spot.report("projected", x=x, y=y)
        return False
    return True


def _is_sound(shape: BaseGeometry, spot: Spot) -> bool:
    found = geo.flaw(shape)
    if found is None:
        if shape.geom_type == "LineString" and not shape.is_simple:
            spot.report("line-crosses")
            return False
        return True
    if found.code == "too_few":
        spot.report("too-few-positions")
    else:
        spot.report(found.code, position=f"({found.lon:.7g}, {found.lat:.7g})" if found.lon else "?")
    return False


def _warn(shape: BaseGeometry, spot: Spot) -> None:
    coordinates = shapely.get_coordinates(shape)
    if (np.round(coordinates, geo.DIGITS) != coordinates).any():
        spot.report("too-precise")
    if not geo.is_right_handed(shape):
        spot.report("ring-direction")
    repeated = _repeated(shape)
    if repeated is not None:
        spot.report("repeated-point", position=f"({repeated[0]:.7g}, {repeated[1]:.7g})")


def _repeated(shape: BaseGeometry) -> tuple[float, float] | None:
    if shape.geom_type in {"Point", "MultiPoint"}:
        return None
    coordinates, parts = shapely.get_coordinates(_curves(shape), return_index=True)
    same = (coordinates[1:] == coordinates[:-1]).all(axis=1) & (parts[1:] == parts[:-1])
    if not same.any():
        return None
    lon, lat = coordinates[int(np.argmax(same))]
    return float(lon), float(lat)


def _curves(shape: BaseGeometry) -> Any:
    parts = shapely.get_parts(shape)
    return shapely.get_rings(parts) if shape.geom_type.endswith("Polygon") else parts
