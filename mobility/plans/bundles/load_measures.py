"""Loading packages, measures and segments, measured in the city's metric CRS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import Changes, Row, columns, identities, stored, upsert
from mobility.spatial.crs import Metric, metric
from mobility.spatial.segments import bearing_deg

_PACKAGE = ("code", "title", "summary")
_MEASURE = (
    "code", "title", "summary", "kind", "status", "uvar_block", "before", "after", "hours", "hours_osm",
    "vehicle_classes", "exemptions", "accuracy_m",
)  # fmt: skip
_SEGMENT = ("code", "street", "span", "side", "direction", "source", "accuracy_m")


def load_measures(
    session: Session, bundle: Bundle, city_id: int, plan_id: int, now: datetime, changes: Changes
) -> None:
    """Writes packages, measures and segments."""
    packages = [
        {**columns(package, _PACKAGE), "plan_id": plan_id, "position": position}
        for position, package in enumerate(bundle.packages, 1)
    ]
    upsert(session, "measure_package", packages, ["plan_id", "code"], changes)
    package_ids = identities(session, "measure_package", "code", "plan_id", plan_id)
    office_ids = identities(session, "office", "slug", "city_id", city_id)
    measures = [
        {
            **columns(measure, _MEASURE),
            "plan_id": plan_id,
            "package_id": package_ids[measure.package],
            "office_id": office_ids[measure.office],
            "sources": measure.sources,
            "position": position,
            "retired_at": None,
        }
        for position, measure in enumerate(bundle.measures, 1)
    ]
    upsert(session, "measure", measures, ["plan_id", "code"], changes, on_change={"updated_at": now})
    measure_ids = identities(session, "measure", "code", "plan_id", plan_id)
    segments = segment_rows(bundle, plan_id, measure_ids)
    upsert(session, "segment", segments, ["plan_id", "code"], changes)


def segment_rows(bundle: Bundle, plan_id: int, measure_ids: Mapping[str, int]) -> list[Row]:
    """The segments as rows, measured in the city's metric CRS, positions counted within the plan."""
    ruler = metric(bundle.city.srid)
    return [
        {
            **columns(segment, _SEGMENT),
            **measured(segment.geometry, ruler),
            "plan_id": plan_id,
            "measure_id": measure_ids[segment.measure],
            "geom": stored(segment.geometry),
            "position": position,
            "retired_at": None,
        }
        for position, segment in enumerate(bundle.segments, 1)
    ]


def measured(shape: BaseGeometry, ruler: Metric) -> Row:
    """Length and outline in metres, area in square metres, bearing in degrees; None where it has no sense."""
    bearing = bearing_deg(shape, ruler)
    return {
        "length_m": round(ruler.length(shape), 2) or None,
        "area_m2": round(ruler.area(shape), 1) or None,
        "bearing_deg": None if bearing is None else round(bearing, 1) % 360,
    }
