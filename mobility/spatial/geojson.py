"""GeoJSON as RFC 7946 wants it: written strictly, read with limits and without surprises."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mobility.spatial.geometry import Box, clean

Json = dict[str, Any]

_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_STEPS = np.zeros(256, dtype=np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1

TYPES = tuple(_DEPTHS)
"""Geometry types we read."""


@dataclass(frozen=True)
class Limits:
    """What a document may have at most."""

    size: int = 50_000_000
    depth: int = 32
    constants: bool = False
    """Whether NaN and Infinity are read as numbers, so that whoever looks can say where they stand."""


class GeoJSONError(ValueError):
    """A document or geometry that cannot be read.

    ``code`` is one of: too_large, too_deep, not_utf8, not_json, not_finite, truncated, type, shape,
    unclosed, too_few, too_many_dimensions, empty. ``details`` holds line and column, or a position.
    """

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


def encode_geometry(geometry: BaseGeometry) -> Json:
    """A geometry as a GeoJSON object: two dimensions, at most seven decimals, right-handed rings."""
    return dict(shapely.geometry.mapping(clean(geometry)))


def feature(
    geometry: BaseGeometry | None, properties: Mapping[str, Any], identifier: str | int | None = None
) -> Json:
    """A Feature; ``geometry`` None gives an unlocated one."""
    made: Json = {"type": "Feature"}
    if identifier is not None:
        made["id"] = identifier
    made["geometry"] = None if geometry is None else encode_geometry(geometry)
    made["properties"] = dict(properties)
    return made


def collection(features: Iterable[Json], bbox: Box | None = None, **members: Any) -> Json:
    """A FeatureCollection, with foreign members such as a licence; never a ``crs`` member."""
    if "crs" in members:
        raise ValueError("RFC 7946 allows no crs member")
    made: Json = {"type": "FeatureCollection", **members}
    if bbox is not None:
        made["bbox"] = [round(value, 7) for value in bbox]
    made["features"] = list(features)
    return made


def bbox_of(geometries: Iterable[BaseGeometry]) -> Box | None:
    """West, south, east, north round all geometries, or None when there is nothing."""
    shapes = [geometry for geometry in geometries if not geometry.is_empty]
    if not shapes:
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    return west, south, east, north


def dumps(document: Any) -> str:
    """The document as compact text. Raises ValueError for NaN and infinities."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def parse(data: bytes, limits: Limits | None = None) -> Any:
    """The JSON value in some bytes. Raises GeoJSONError for what a hostile or broken file may hold."""
    limits = limits or Limits()
    if len(data) > limits.size:
        raise GeoJSONError("too_large", size=len(data), limit=limits.size)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GeoJSONError("not_utf8", byte=error.start) from None
    if _depth(data) > limits.depth:
        raise GeoJSONError("too_deep", limit=limits.depth)
    try:
        return json.loads(text, parse_constant=float if limits.constants else _refuse)
    except json.JSONDecodeError as error:
        code = "truncated" if _breaks_off(text, error) else "not_json"
        raise GeoJSONError(code, line=error.lineno, column=error.colno) from None
    except GeoJSONError:
        raise
    except ValueError:
        raise GeoJSONError("not_json", line=1, column=1) from None


@dataclass
class Reading:
    """A geometry as read: the shape, and whether heights were dropped."""

    geometry: BaseGeometry
    had_heights: bool = field(default=False)


def read_geometry(source: object) -> Reading:
    """The shape of a GeoJSON geometry object, checked position by position before it is built.

    Raises GeoJSONError with codes type, shape, unclosed, too_few, not_finite, too_many_dimensions, empty.
    """
    kind = source.get("type") if isinstance(source, Mapping) else None
    if not isinstance(source, Mapping) or not isinstance(kind, str) or kind not in _DEPTHS:
        raise GeoJSONError("type", type=str(kind)[:40])
    coordinates = source.get("coordinates")
    if not isinstance(coordinates, list):
        raise GeoJSONError("shape", type=kind)
    if not coordinates:
        raise GeoJSONError("empty")
    sizes: set[int] = set()
    _check(coordinates, _DEPTHS[kind], kind, sizes)
    shape = shapely.geometry.shape({"type": kind, "coordinates": _planar(coordinates, _DEPTHS[kind])})
    if shape.is_empty:
        raise GeoJSONError("empty")
    return Reading(shape, had_heights=3 in sizes)


def _check(value: object, depth: int, kind: str, sizes: set[int]) -> None:
    if not isinstance(value, list):
        raise GeoJSONError("shape", type=kind)
    if depth == 0:
        _check_position(value, kind, sizes)
        return
    if not value:
        raise GeoJSONError("empty")
    for item in value:
        _check(item, depth - 1, kind, sizes)
    if depth == 1 and "Polygon" in kind:
        _check_ring(value)
    elif depth == 1 and "LineString" in kind and len(value) < 2:
        raise GeoJSONError("too_few", position=value[0][:2])


def _check_position(value: list[object], kind: str, sizes: set[int]) -> None:
    if len(value) < 2 or any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
        raise GeoJSONError("shape", type=kind)
    if len(value) > 3:
        raise GeoJSONError("too_many_dimensions", position=value[:2])
    try:
        finite = np.isfinite(np.array(value, dtype=float)).all()
    except OverflowError:
        finite = False
    if not finite:
        raise GeoJSONError("not_finite")
    sizes.add(len(value))


def _check_ring(ring: list[list[float]]) -> None:
    if ring[0][:2] != ring[-1][:2]:
        raise GeoJSONError("unclosed", position=ring[0][:2])
    if len(ring) < 4:
        raise GeoJSONError("too_few", position=ring[0][:2])


def _planar(value: Any, depth: int) -> Any:
    if depth == 0:
        return value[:2]
    return [_planar(item, depth - 1) for item in value]


def _refuse(token: str) -> float:
    raise GeoJSONError("not_finite", token=token)


def _breaks_off(text: str, error: json.JSONDecodeError) -> bool:
    rest = text[error.pos :].strip()
    return bool(text.strip()) and (not rest or error.msg.startswith("Unterminated string"))


def _depth(data: bytes) -> int:
    """The deepest nesting of brackets outside strings."""
    bare = re.sub(rb'"(?:[^"\\]|\\.)*+"', b"", data)
    steps = _STEPS[np.frombuffer(bare, dtype=np.uint8)]
    return int(np.cumsum(steps[steps != 0], dtype=np.int32).max(initial=0))
