"""The data of a file as it would lie under a coordinate system, over the streets of the city. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import shapely
from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry

from mobility.maps.static_look import Look
from mobility.maps.static_map import Box, Over, draw_map
from mobility.maps.version_map import Drawn

AIR = 0.06
"""Part of the extent that is left free round it."""
NEAR = 0.4
"""Degrees up to which the streets of the city can be told apart; beyond, the city is one place."""
WORLD = (-180.0, -85.0, 180.0, 85.0)
BOUNDARY: dict[str, Any] = {"fill": "none", "stroke_width": 3, "stroke_dasharray": "14 8"}


def draw_sketch(
    ground: Sequence[Any],
    shapes: Sequence[BaseGeometry],
    *,
    boundary: BaseGeometry,
    city: str,
    title: str,
    look: Look,
) -> str:
    """The SVG text: the data over the ground and the plan's boundary; from afar the city is a sign."""
    data = [each for each in (shapely.clip_by_rect(shape, *WORLD) for shape in shapes) if not each.is_empty]
    view = _view([*data, boundary])
    near = view[2] - view[0] < NEAR and view[3] - view[1] < NEAR
    edge = Over(mapping(boundary), {**BOUNDARY, "stroke": look.ink})
    return draw_map(
        [row for row in ground if row.layer not in ("segment", "place")] if near else [_city(boundary, city)],
        view=view,
        title=title,
        over=[*([edge] if near else []), *(_over(each, look) for each in data)],
        look=look,
    )


def _over(shape: BaseGeometry, look: Look) -> Over:
    """Areas washed, lines and places bold."""
    colour, dimension = look.position(-2), int(shapely.get_dimensions(shape))
    attributes = {
        "fill": colour if dimension == 2 else "none",
        "fill_opacity": 0.16,
        "stroke": colour,
        "stroke_width": (15, 6, 3)[max(dimension, 0)],
        "stroke_linecap": "round",
        "stroke_linejoin": "round",
    }
    return Over(mapping(shape), attributes)


def _view(shapes: Sequence[BaseGeometry]) -> Box:
    west, south, east, north = shapely.total_bounds(shapely.multipoints(shapely.get_coordinates(shapes)))
    wide, high = (east - west) * AIR, (north - south) * AIR
    return west - wide, max(south - high, WORLD[1]), east + wide, min(north + high, WORLD[3])


def _city(boundary: BaseGeometry, name: str) -> Drawn:
    middle = json.dumps(mapping(box(*boundary.bounds).centroid))
    return Drawn(code="city", kind="place", geometry=middle, layer="place", name=name)
