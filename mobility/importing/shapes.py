"""The shape of a feature as its kind wants it, or why it cannot be used. Pure; shapes are lon, lat."""

from __future__ import annotations

import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge

from mobility.importing.kinds import AREA, LINE, Kind
from mobility.importing.values import Fault, error, note
from mobility.spatial.geometry import clean, flaw, multi_polygon

FAR_KM = 30.0
"""Farther from the city than this, the coordinate system is wrong."""


def fit(kind: Kind, shape: BaseGeometry | None) -> tuple[list[BaseGeometry], list[Fault]]:
    """The shapes to load, which are several for a street in pieces, and what there is to say."""
    if not kind.dimensions:
        return [], []
    if shape is None or shape.is_empty:
        return [], [error("no_shape")]
    if shape.geom_type == "GeometryCollection" or int(shapely.get_dimensions(shape)) not in kind.dimensions:
        return [], [error("wrong_shape", found=shape.geom_type, wanted=list(kind.dimensions))]
    cleaned = clean(shape)
    problem = flaw(cleaned)
    if problem is not None:
        return [], [error("flaw", flaw=problem.code, lon=problem.lon, lat=problem.lat)]
    if kind.name == "segments":
        return _stretches(cleaned)
    return [multi_polygon(cleaned) if kind.dimensions == (AREA,) else cleaned], []


def _stretches(shape: BaseGeometry) -> tuple[list[BaseGeometry], list[Fault]]:
    """A stretch is one line, one place or one area; a street in several pieces is several stretches."""
    if int(shapely.get_dimensions(shape)) == AREA:
        return [shape], []
    parts = list(shapely.get_parts(shape))
    if int(shapely.get_dimensions(shape)) == LINE and len(parts) > 1:
        merged = linemerge(MultiLineString([LineString(part.coords) for part in parts]))
        parts = list(shapely.get_parts(merged))
    return parts, [note("pieces", n=len(parts))] if len(parts) > 1 else []
