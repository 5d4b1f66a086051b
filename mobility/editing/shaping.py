"""Lines and areas divided, joined and turned; positions read from what somebody typed. Pure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from shapely.errors import ShapelyError
from shapely.geometry import LineString, Point, shape
from shapely.geometry.base import BaseGeometry

from mobility.errors import Invalid
from mobility.spatial import geometry as geo
from mobility.spatial.crs import Metric
from mobility.spatial.geojson import GeoJSONError, Limits, parse, read_geometry
from mobility.spatial.segments import cut, snap

MOST_POSITIONS = 2000
MOST_TYPED = 120_000
LEAST_M = 1.0
"""A stretch shorter than this is a slip of the hand."""
TOUCH_M = 2.0
"""Ends nearer than this are one place when stretches are joined."""
KINDS = ("LineString", "Polygon", "MultiPolygon", "Point")
OTHER_SIDE = {"left": "right", "right": "left", "both": "both"}
OTHER_WAY = {"forward": "backward", "backward": "forward", "both": "both"}
NEXT_WAY = {"both": "forward", "forward": "backward", "backward": "both"}
_WKT = re.compile(r"\s*(?:SRID=4326;)?\s*(?:LINESTRING|POLYGON|MULTIPOLYGON|POINT)\b", re.IGNORECASE)
_PAIR = re.compile(r"[,;\s]+")

Shape = dict[str, Any]


@dataclass(frozen=True)
class Joined:
    """Two lines as one that runs like the first; whether the second had to be turned."""

    geometry: Shape
    turned: bool


def read_typed(text: str) -> Shape:
    """The GeoJSON geometry of typed WKT, GeoJSON, or one position a line (longitude, latitude).

    A list of positions is a line, a single one a point. Raises Invalid.
    """
    typed = text.strip()
    if not typed:
        raise Invalid("geometry", _l("Write the positions, one a line: longitude, latitude."))
    if len(typed) > MOST_TYPED:
        raise too_many()
    try:
        if typed.startswith("{"):
            return checked(parse(typed.encode(), Limits(size=MOST_TYPED)))
        if _WKT.match(typed):
            return checked(as_written(shapely.from_wkt(typed.split(";")[-1])))
        pairs = [_position(line) for line in typed.splitlines() if line.strip()]
    except (GeoJSONError, ShapelyError, ValueError):
        raise unreadable() from None
    kind: Shape = {"type": "Point", "coordinates": pairs[0]} if len(pairs) == 1 else {}
    return checked(kind or {"type": "LineString", "coordinates": pairs})


def as_written(found: BaseGeometry) -> Shape:
    """A shape as a GeoJSON object, its coordinates as they are."""
    made: Shape = json.loads(json.dumps(shapely.geometry.mapping(shapely.force_2d(found))))
    return made


def as_stored(found: BaseGeometry) -> Shape:
    """A shape as a GeoJSON object with seven decimals and right-handed rings."""
    return as_written(geo.clean(found))


def _position(line: str) -> list[float]:
    lon, lat = (float(part) for part in _PAIR.split(line.strip()))
    return [lon, lat]


def checked(geometry: Any) -> Shape:
    """A geometry as it is stored, from any GeoJSON-like object. Raises Invalid.

    Sound, of a kind that segments have, in degrees, with finite numbers and not too many of them.
    """
    try:
        found = geo.clean(shapely.remove_repeated_points(read_geometry(geometry).geometry))
    except (GeoJSONError, ShapelyError):
        raise unreadable() from None
    if shapely.get_num_coordinates(found) > MOST_POSITIONS:
        raise too_many()
    if found.geom_type not in KINDS:
        raise Invalid("geometry", _l("A stretch is a line, an area or a point."))
    fault = geo.flaw(found)
    if fault is not None and fault.code in ("not_finite", "out_of_range"):
        raise Invalid("geometry", _l("These are not degrees: write longitude first, then latitude."))
    if fault is not None or not (found.geom_type != "LineString" or found.is_simple):
        raise Invalid(
            "geometry", _l("The line or outline crosses itself or has too few positions. Draw it again.")
        )
    return as_stored(found)


def unreadable() -> Invalid:
    return Invalid(
        "geometry",
        _l("The positions could not be read. Write one a line, such as 13.36150, 38.11570, or WKT."),
    )


def too_many() -> Invalid:
    return Invalid(
        "geometry", _l("At most %(count)s positions fit to one stretch.", count=f"{MOST_POSITIONS:,}")
    )


def long_enough(geometry: Shape, ruler: Metric) -> None:
    """Raises Invalid for a line shorter than a metre and an area smaller than a square metre."""
    found = shape(geometry)
    size = {1: ruler.length, 2: ruler.area}.get(int(shapely.get_dimensions(found)))
    if size is not None and size(found) <= LEAST_M:
        raise Invalid("geometry", _l("This is too short: a stretch is longer than a metre."))


def line_of(geometry: Shape) -> LineString:
    """The line. Raises Invalid for areas and points."""
    if geometry["type"] != "LineString":
        raise Invalid("geometry", _l("Only lines can be divided, turned, or have a side."))
    return LineString(geometry["coordinates"])


def split_at(
    geometry: Shape, ruler: Metric, *, place: tuple[float, float] | None, share: float = 0.5
) -> list[Shape]:
    """Both parts of a line, divided at the foot of a position, else at a share of its length."""
    line = line_of(geometry)
    measured = ruler.project(line)
    known = all(map(math.isfinite, (*(place or ()), share)))
    along = measured.project(ruler.project(Point(place))) if place and known else measured.length * share
    if not (known and LEAST_M < along < measured.length - LEAST_M):
        raise Invalid("place", _l("Divide the stretch between its ends, not at one of them."))
    return [as_stored(part) for part in cut(line, [along], ruler)]


def side_at(geometry: Shape, place: tuple[float, float], ruler: Metric) -> str:
    """On which side of a line a position lies, seen along the line; on it, both."""
    found = snap(Point(place), [line_of(geometry)], ruler)
    return "both" if found is None or found.side == "on" else found.side


def join(one: Shape, other: Shape, ruler: Metric) -> Joined:
    """Two lines that meet at an end, or two areas that touch, as one. Raises Invalid."""
    if one["type"] != "LineString" or other["type"] != "LineString":
        return Joined(_union(one, other), turned=False)
    first, second = line_of(one), line_of(other)
    ends = {
        (mine, its): ruler.distance(Point(first.coords[mine]), Point(second.coords[its]))
        for mine in (-1, 0)
        for its in (0, -1)
    }
    (mine, its), gap = min(ends.items(), key=lambda item: item[1])
    if gap > TOUCH_M:
        raise Invalid("other", _l("These two do not touch: join stretches that meet at an end."))
    after = mine == -1
    turned = its == -1 if after else its == 0
    tail = list((second.reverse() if turned else second).coords)
    head = list(first.coords)
    coordinates = head + tail[1:] if after else tail[:-1] + head
    line = {"type": "LineString", "coordinates": [list(position) for position in coordinates]}
    return Joined(checked(line), turned)


def _union(one: Shape, other: Shape) -> Shape:
    areas = ("Polygon", "MultiPolygon")
    if one["type"] not in areas or other["type"] not in areas:
        raise Invalid("other", _l("A line can be joined with a line, an area with an area."))
    return checked(as_stored(shapely.union_all([shape(one), shape(other)])))


def typed_form(geometry: Shape) -> str:
    """A geometry as a person can change it: a line as one position a line, anything else as WKT."""
    if geometry["type"] == "LineString":
        return "\n".join(f"{lon}, {lat}" for lon, lat in geometry["coordinates"])
    return str(shapely.to_wkt(shape(geometry), rounding_precision=7, trim=True))
