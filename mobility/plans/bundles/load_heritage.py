"""How much of each segment lies in each heritage zone, measured in the city's metric CRS."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import Changes, Row, identities, table
from mobility.spatial.crs import metric

_LEAST_SHARE = 0.0005
"""Below this a segment only touches a zone."""


def load_intersections(
    session: Session, bundle: Bundle, city_id: int, plan_id: int, changes: Changes
) -> None:
    """Writes the intersections of the bundle's segments with its heritage zones, when they differ."""
    segment_ids = identities(session, "segment", "code", "plan_id", plan_id)
    zone_ids = identities(session, "heritage_zone", "code", "city_id", city_id)
    rows = [
        {"segment_id": segment_ids[segment], "zone_id": zone_ids[zone], **share}
        for (segment, zone), share in intersections(bundle).items()
    ]
    target = table("segment_heritage")
    ids = [segment_ids[segment.code] for segment in bundle.segments]
    found = session.execute(select(target).where(target.c.segment_id.in_(ids))).mappings()
    before, after = _keyed([dict(row) for row in found]), _keyed(rows)
    if before == after:
        return
    session.execute(delete(target).where(target.c.segment_id.in_(ids)))
    if rows:
        session.execute(target.insert(), rows)
    change = changes.of("segment_heritage")
    change.created += len(after.keys() - before.keys())
    change.updated += sum(before[key] != after[key] for key in before.keys() & after.keys())
    change.removed += len(before.keys() - after.keys())


def intersections(bundle: Bundle) -> dict[tuple[str, str], Row]:
    """For each segment and zone that meet: metres or square metres inside, and the share from 0 to 1."""
    ruler = metric(bundle.city.srid)
    zones = [(zone.code, ruler.project(zone.geometry)) for zone in bundle.zones]
    if not zones:
        return {}
    tree = shapely.STRtree([shape for _, shape in zones])
    found: dict[tuple[str, str], Row] = {}
    for segment in bundle.segments:
        shape = ruler.project(segment.geometry)
        for index in sorted(tree.query(shape, predicate="intersects").tolist()):
            code, zone = zones[index]
            row = _share(shape, zone)
            if row["share"] >= _LEAST_SHARE:
                found[segment.code, code] = row
    return found


def _share(shape: BaseGeometry, zone: BaseGeometry) -> Row:
    inside = shape.intersection(zone)
    match int(shapely.get_dimensions(shape)):
        case 2:
            share = inside.area / shape.area
            return {"length_m": None, "area_m2": round(inside.area, 1), "share": round(share, 4)}
        case 1:
            share = inside.length / shape.length
            return {"length_m": round(inside.length, 2), "area_m2": None, "share": round(share, 4)}
        case _:
            return {"length_m": None, "area_m2": None, "share": 1.0}


def _keyed(rows: list[Row]) -> dict[tuple[int, int], Row]:
    return {(row["segment_id"], row["zone_id"]): row for row in rows}
