"""Checks across files: references, segments inside the boundary, overlaps, lengths."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from mobility.plans.bundles.faults import Faults, Spot
from mobility.plans.bundles.files import BUNDLE, MEASURES, SEGMENTS, ZONES
from mobility.plans.bundles.read_city import Rows
from mobility.plans.bundles.values import reference
from mobility.spatial.crs import Metric, area_of_use
from mobility.spatial.geometry import Box

TOLERANCE_M = 1.0
SHORTEST_M, LONGEST_M = 5.0, 5000.0
_SAME_LINE_M = 0.05
"""Lines nearer than this run on each other; more than the rounding of coordinates."""


def check_zones(zones: Rows, places: Rows, faults: Faults) -> None:
    """Reports zones that name a heritage place that does not exist."""
    known = [place["code"] for place in places if "code" in place]
    for zone in zones:
        if zone.get("place"):
            reference(zone["place"], known, Spot(faults, ZONES, zone["named"], "properties.place"))


def check_segments(segments: Rows, measures: Rows, faults: Faults) -> None:
    """Reports segments of unknown measures, codes that do not follow them, and measures without segment."""
    known = [measure["code"] for measure in measures if "code" in measure]
    used = {segment["measure"] for segment in segments if "measure" in segment}
    for segment in segments:
        spot = Spot(faults, SEGMENTS, segment["named"], "properties")
        if "measure" in segment:
            reference(segment["measure"], known, spot.at("measure"))
            code = segment.get("code", segment["measure"] + "-")
            if not code.startswith(segment["measure"] + "-"):
                spot.at("code").report("bad-pattern", value=code, example=f"{segment['measure']}-01")
        if "geometry" in segment and segment["geometry"].geom_type != "LineString":
            for key in ("side", "direction"):
                if segment.get(key, "both") != "both":
                    spot.at(key).report("not-allowed", value=segment[key], allowed=["both"])
    for measure in measures:
        if measure.get("code") and measure["code"] not in used:
            spot = Spot(faults, MEASURES, measure["named"])
            spot.report("measure-without-segment", code=measure["code"])


def check_view(plan: dict[str, Any], boundary: MultiPolygon, faults: Faults) -> None:
    """Reports a first view that does not meet the boundary."""
    if "view" in plan and not shapely.box(*plan["view"]).intersects(boundary):
        bounds = [round(value, 4) for value in boundary.bounds]
        Spot(faults, BUNDLE, path="plan.view").report("view-elsewhere", bounds=bounds)


def check_srid(srid: int, boundary: MultiPolygon, faults: Faults) -> bool:
    """Whether the metric CRS is made for the place of the plan; reports it if not."""
    use: Box | None = area_of_use(srid)
    if use is None or shapely.box(*use).intersects(boundary):
        return True
    Spot(faults, BUNDLE, path="city.srid").report("srid-elsewhere", value=srid)
    return False


def check_positions(segments: Rows, boundary: MultiPolygon, metric: Metric, faults: Faults) -> None:
    """Reports segments outside the boundary, too short or too long, and overlaps within a measure."""
    area = metric.project(boundary).buffer(TOLERANCE_M)
    shapely.prepare(area)
    by_measure: dict[str, list[tuple[dict[str, Any], BaseGeometry]]] = defaultdict(list)
    for segment in segments:
        if "geometry" not in segment:
            continue
        shape = metric.project(segment["geometry"])
        spot = Spot(faults, SEGMENTS, segment["named"], "geometry")
        _check_inside(shape, area, spot)
        if shape.geom_type == "LineString" and not SHORTEST_M <= shape.length <= LONGEST_M:
            spot.report("segment-length", metres=round(shape.length, 1))
        if "measure" in segment:
            by_measure[segment["measure"]].append((segment, shape))
    for members in by_measure.values():
        _check_overlaps(members, faults)


def _check_inside(shape: BaseGeometry, area: BaseGeometry, spot: Spot) -> None:
    if shapely.covers(area, shape):
        return
    outside = shape.difference(area)
    if not shape.intersects(area) or shape.geom_type == "Point":
        spot.report("outside-boundary")
    elif shape.geom_type == "LineString":
        spot.report("outside-boundary-length", metres=round(outside.length, 1))
    else:
        spot.report("outside-boundary-area", metres=round(outside.area, 1))


def _check_overlaps(members: list[tuple[dict[str, Any], BaseGeometry]], faults: Faults) -> None:
    shapes = [shape for _, shape in members]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_SAME_LINE_M)
    for one, other in pairs.T.tolist():
        if one <= other:
            continue
        (later, shape), (earlier, before) = members[one], members[other]
        spot = Spot(faults, SEGMENTS, later["named"], "geometry")
        if isinstance(shape, LineString) and isinstance(before, LineString):
            shared = shape.intersection(before.buffer(_SAME_LINE_M, cap_style="flat"))
            same_side = _on_same_side(later.get("side"), earlier.get("side"), shared, shape, before)
            if same_side and shared.length >= TOLERANCE_M:
                spot.report("segment-overlap", other=earlier["named"], metres=round(shared.length, 1))
        elif min(shapely.get_dimensions([shape, before])) == 2:
            metres = shape.intersection(before).area
            if metres >= TOLERANCE_M:
                spot.report("segment-overlap-area", other=earlier["named"], metres=round(metres, 1))


def _on_same_side(
    one: str | None, other: str | None, shared: BaseGeometry, line: LineString, before: LineString
) -> bool:
    """Whether two stretches use the same side of a street; left of a line drawn back is right of it."""
    if one is None or other is None or "both" in (one, other) or shared.is_empty:
        return True
    ends = [shapely.Point(xy) for xy in shapely.get_coordinates(shared)[[0, -1]]]
    forth = line.project(ends[1]) > line.project(ends[0])
    same_way = forth == (before.project(ends[1]) > before.project(ends[0]))
    return (one == other) == same_way
