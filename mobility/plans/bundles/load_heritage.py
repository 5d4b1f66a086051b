"""How much of each segment lies in each heritage zone, measured in the city's metric CRS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import Changes, Row, identities, table
from mobility.spatial.crs import metric

S = TypeVar("S")
Z = TypeVar("Z")
_LEAST_SHARE = 0.0005
"""Below this a segment only touches a zone."""


def load_intersections(
    session: Session, bundle: Bundle, city_id: int, plan_id: int, changes: Changes
) -> None:
    """Writes the intersections of the bundle's segments with its heritage zones, when they differ."""
    segment_ids = identities(session, "segment", "code", "plan_id", plan_id)
    zone_ids = identities(session, "heritage_zone", "code", "city_id", city_id)
    segments = {segment_ids[segment.code]: segment.geometry for segment in bundle.segments}
    zones = {zone_ids[zone.code]: zone.geometry for zone in bundle.zones}
    _write(session, segments, zones, bundle.city.srid, changes)


def renew_intersections(session: Session, *, plan_id: int, changes: Changes) -> None:
    """Measures the segments in use against the zones of the city anew, after either was changed."""
    segments, zones, plans, cities = map(table, ("segment", "heritage_zone", "plan", "city"))
    city = select(cities.c.id, cities.c.srid).join(plans, plans.c.city_id == cities.c.id)
    city_id, srid = session.execute(city.where(plans.c.id == plan_id)).one()
    mine = select(segments.c.id, segments.c.geom).where(segments.c.plan_id == plan_id)
    drawn = session.execute(mine.where(segments.c.retired_at.is_(None)))
    theirs = session.execute(select(zones.c.id, zones.c.geom).where(zones.c.city_id == city_id))
    _write(session, _shapes(drawn), _shapes(theirs), srid, changes)


def _shapes(rows: Iterable[Any]) -> dict[int, BaseGeometry]:
    return {identity: to_shape(geom) for identity, geom in rows}


def _write(
    session: Session,
    segments: Mapping[int, BaseGeometry],
    zones: Mapping[int, BaseGeometry],
    srid: int,
    changes: Changes,
) -> None:
    rows = [
        {"segment_id": segment, "zone_id": zone, **share}
        for (segment, zone), share in intersections(segments, zones, srid).items()
    ]
    target = table("segment_heritage")
    found = session.execute(select(target).where(target.c.segment_id.in_(segments))).mappings()
    before, after = _keyed([dict(row) for row in found]), _keyed(rows)
    if before == after:
        return
    session.execute(delete(target).where(target.c.segment_id.in_(segments)))
    if rows:
        session.execute(target.insert(), rows)
    change = changes.of("segment_heritage")
    change.created += len(after.keys() - before.keys())
    change.updated += sum(before[key] != after[key] for key in before.keys() & after.keys())
    change.removed += len(before.keys() - after.keys())


def intersections(
    segments: Mapping[S, BaseGeometry], zones: Mapping[Z, BaseGeometry], srid: int
) -> dict[tuple[S, Z], Row]:
    """For each segment and zone that meet: metres or square metres inside, and the share from 0 to 1."""
    ruler = metric(srid)
    areas = [(key, ruler.project(shape)) for key, shape in zones.items()]
    if not areas:
        return {}
    tree = shapely.STRtree([shape for _, shape in areas])
    found: dict[tuple[S, Z], Row] = {}
    for segment, drawn in segments.items():
        shape = ruler.project(drawn)
        for index in sorted(tree.query(shape, predicate="intersects").tolist()):
            key, zone = areas[index]
            row = _share(shape, zone)
            if row["share"] >= _LEAST_SHARE:
                found[segment, key] = row
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
