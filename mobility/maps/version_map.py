"""A version of a measure, or a draft of one, as a picture over the plan's ground. Pure but for the ground."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import shape

from mobility.maps.static_look import Look
from mobility.maps.static_map import Box, draw_map
from mobility.spatial.geojson import bbox_of

AIR = 0.15
"""Part of the extent that is left free round it."""
LEAST = 0.002
"""Degrees that a picture shows at least."""


@dataclass(frozen=True)
class Drawn:
    """A segment of a version, as a row of the ground."""

    code: str
    kind: str
    geometry: str
    layer: str = "segment"
    name: str = ""


def draw_version(
    ground: Sequence[Any],
    features: Sequence[Mapping[str, Any]],
    *,
    kind: str,
    view: Box,
    title: str,
    look: Look,
) -> str:
    """The SVG text: the ground without the measures of today, and the outlines if there are any."""
    rows = [row for row in ground if row.layer != "segment"]
    rows += [Drawn(str(each["id"]), kind, json.dumps(each["geometry"])) for each in features]
    return draw_map(rows, view=_extent(features) or view, title=title, look=look)


def _extent(features: Sequence[Mapping[str, Any]]) -> Box | None:
    box = bbox_of(shape(each["geometry"]) for each in features)
    if box is None:
        return None
    west, south, east, north = box
    wide, high = max(east - west, LEAST) * AIR, max(north - south, LEAST) * AIR
    return west - wide, south - high, east + wide, north + high
