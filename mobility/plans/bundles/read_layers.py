"""Checks of the GeoJSON layers, feature by feature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shapely.geometry import MultiPolygon

from mobility.plans.bundles import records
from mobility.plans.bundles.faults import Faults, Spot
from mobility.plans.bundles.files import BOUNDARY, CONTEXT, PLACES, SEGMENTS, ZONES
from mobility.plans.bundles.read_city import Rows, check_duplicates
from mobility.plans.bundles.shapes import read_shape
from mobility.plans.bundles.values import Fields, record, shown
from mobility.spatial.geometry import Box, multi_polygon

_VIEW_GROWTH = 10


@dataclass(frozen=True)
class Layer:
    """One layer: its file, its properties, and which geometry each feature may have."""

    file: str
    fields: Fields
    allowed: Callable[[dict[str, Any]], Sequence[str]]
    least: int = 0


LAYERS = {
    "boundary": Layer(BOUNDARY, records.BOUNDARY, lambda _: records.AREA, 1),
    "context": Layer(
        CONTEXT,
        records.CONTEXT,
        lambda row: records.CONTEXT_GEOMETRIES.get(
            row.get("kind", ""), records.AREA + records.LINE + records.POINT
        ),
    ),
    "places": Layer(PLACES, records.PLACE, lambda _: records.POINT),
    "zones": Layer(ZONES, records.ZONE, lambda _: records.AREA),
    "segments": Layer(SEGMENTS, records.SEGMENT, lambda _: records.SEGMENT_GEOMETRIES, 1),
}


def check_layer(
    layer: Layer,
    features: list[Any],
    languages: tuple[str, ...] | None,
    expected: Sequence[Box],
    faults: Faults,
) -> Rows:
    """The clean rows of a layer. A row has "named", its sound values, and "geometry" if that is sound."""
    top = Spot(faults, layer.file, languages=languages)
    if len(features) < layer.least:
        top.report("no-features")
    rows = [
        row for i, each in enumerate(features, 1) if (row := _check_feature(i, each, layer, expected, top))
    ]
    check_duplicates(rows, "code", lambda row: top.of(row["named"]).at("code"))
    return rows


def check_boundary(rows: Rows, slug: str | None, faults: Faults) -> MultiPolygon | None:
    """The one area of the plan, or None when it is not sound."""
    top = Spot(faults, BOUNDARY)
    if len(rows) > 1:
        top.report("one-feature", count=len(rows))
        return None
    for row in rows:
        if slug and row.get("code", slug) != slug:
            top.of(row["named"]).at("code").report("not-allowed", value=row["code"], allowed=[slug])
        if "geometry" in row:
            return multi_polygon(row["geometry"])
    return None


def expected_boxes(view: Sequence[float] | None, boundary: MultiPolygon | None) -> list[Box]:
    """Where the plan lies: its boundary's box, and the view widened tenfold."""
    boxes: list[Box] = []
    if view:
        west, south, east, north = view
        wide, high = (east - west) * (_VIEW_GROWTH - 1) / 2, (north - south) * (_VIEW_GROWTH - 1) / 2
        boxes.append((west - wide, south - high, east + wide, north + high))
    if boundary is not None:
        boxes.append(boundary.bounds)
    return boxes


def _check_feature(
    index: int, source: Any, layer: Layer, expected: Sequence[Box], top: Spot
) -> dict[str, Any] | None:
    properties = source.get("properties") if isinstance(source, dict) else None
    if not isinstance(properties, dict) or source.get("type") != "Feature" or "geometry" not in source:
        top.of(f"feature {index}").report("not-a-feature")
        return None
    code = properties.get("code")
    label = f"feature {index}" + (f" ({shown(code, 32)})" if isinstance(code, str) else "")
    spot = top.of(label)
    row = record(properties, layer.fields, replace(spot, path="properties"))
    row["named"] = label
    if source.get("id") is not None and isinstance(code, str) and source["id"] != code:
        spot.at("id").report("id-differs", value=shown(str(source["id"])), code=shown(code))
    shape = read_shape(source["geometry"], layer.allowed(row), expected, spot.at("geometry"))
    if shape is not None:
        row["geometry"] = shape
    return row
