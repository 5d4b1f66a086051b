"""Making documents: of what is published, of a version that was, and of nothing yet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.editing.document import Document, Part
from mobility.errors import NotFound
from mobility.offices.models import Office
from mobility.plans.models import Measure, MeasurePackage, MeasureVersion, Plan, Segment

MOST_SEGMENTS = 400
TEXTS = ("title", "summary", "before", "after", "hours")
_KEPT = (*TEXTS, "kind", "status", "uvar_block", "hours_osm", "vehicle_classes", "exemptions", "sources")
_PART = ("code", "street", "span", "side", "direction", "source", "accuracy_m")
_HEIRS = text("""
    WITH RECURSIVE heir AS (
      SELECT new_id AS id, 1 AS depth FROM segment_lineage WHERE old_id = :old AND kind <> 'moved'
      UNION
      SELECT l.new_id, h.depth + 1 FROM segment_lineage l JOIN heir h ON l.old_id = h.id
      WHERE l.kind <> 'moved' AND h.depth < 20)
    SELECT s.code FROM heir JOIN segment s ON s.id = heir.id
    WHERE s.measure_id = :measure AND s.retired_at IS NULL ORDER BY s.code
""")


def document_of(session: Session, measure: Measure) -> Document:
    """The published measure as a document."""
    package = session.get(MeasurePackage, measure.package_id) if measure.package_id else None
    office = session.get(Office, measure.office_id) if measure.office_id else None
    written = {name: getattr(measure, name) for name in _KEPT}
    written["sources"] = [_given(source) for source in measure.sources]
    return {
        "measure": _given(
            {"code": measure.code, **written, "accuracy_m": measure.accuracy_m}
            | {"package": package.code if package else None, "office": office.slug if office else None}
        ),
        "segments": _segments(session, measure.id),
    }


def _segments(session: Session, measure_id: int) -> list[Part]:
    shape = func.ST_AsGeoJSON(Segment.geom, 7).label("shape")
    columns = [getattr(Segment, name) for name in _PART]
    query = (
        select(*columns, shape)
        .where(Segment.measure_id == measure_id, Segment.retired_at.is_(None))
        .order_by(Segment.position, Segment.code)
        .limit(MOST_SEGMENTS)
    )
    return [
        _given(
            {name: getattr(row, name) for name in _PART}
            | {"geometry": json.loads(row.shape), "origins": [row.code]}
        )
        for row in session.execute(query)
    ]


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are there, since a bundle leaves out what is not."""
    return {key: value for key, value in values.items() if value is not None}


def document_of_version(session: Session, measure: Measure, version: int) -> tuple[Document, list[str]]:
    """A version as a document that can be published again, and the codes whose outline is not kept.

    A stretch that was divided meanwhile takes its parts back in, with what was said about them. Raises
    NotFound for a version that never was.
    """
    kept = session.get(MeasureVersion, (measure.id, version))
    if kept is None:
        raise NotFound
    today = document_of(session, measure)
    said, drawn = kept.snapshot, kept.snapshot.get("drawn") or {}
    written = {name: said.get(name) for name in _KEPT} | {"accuracy_m": said.get("accuracy_m")}
    written["sources"] = [_given(source) for source in said.get("sources") or ()]
    codes = {
        name: drawn.get(name) or today["measure"].get(name) for name in ("office", "package")
    } | {"code": measure.code}  # fmt: skip
    outlines = drawn.get("segments") or {}
    now = {part["code"]: part for part in today["segments"]}
    parts, lost = [], []
    for segment in said.get("segments") or ():
        code = segment["code"]
        outline = outlines.get(code) or now.get(code)
        if outline is None:
            lost.append(code)
            continue
        more = {name: outline.get(name) for name in ("geometry", "source", "accuracy_m")}
        parts.append(_given({**segment, **more, "origins": _origins(session, measure, code, now)}))
    return {"measure": _given(written | codes), "segments": parts}, lost


def _origins(session: Session, measure: Measure, code: str, now: Mapping[str, Part]) -> list[str]:
    """The published segments that a segment of an older version takes the place of."""
    if code in now:
        return [code]
    query = select(Segment.id).where(Segment.plan_id == measure.plan_id, Segment.code == code)
    old = session.scalar(query)
    if old is None:
        return []
    return list(session.scalars(_HEIRS, {"old": old, "measure": measure.id}))


def empty_document(code: str, package: str, kind: str, languages: Sequence[str]) -> Document:
    """A new measure of which only code, package and kind are known."""
    texts: dict[str, Any] = {name: dict.fromkeys(languages, "") for name in TEXTS}
    measure = {"code": code, "package": package, "kind": kind, "status": "proposed", **texts}
    more = {"vehicle_classes": [], "exemptions": {tag: [] for tag in languages}, "sources": []}
    return {"measure": measure | more, "segments": []}


def taken_codes(session: Session, plan_id: int) -> set[str]:
    """Every code a segment of the plan has or had."""
    return set(session.scalars(select(Segment.code).where(Segment.plan_id == plan_id)))


def offices_of(session: Session, city_id: int) -> list[Office]:
    """The offices a measure may belong to."""
    query = select(Office).where(Office.city_id == city_id, Office.active)
    return list(session.scalars(query.order_by(Office.slug).limit(500)))


def street_at(session: Session, city: City, geometry: Mapping[str, Any], language: str) -> str:
    """The name of the street a drawn shape lies on; empty where none is near."""
    found = session.scalar(
        text("""
            SELECT coalesce(c.name ->> :language, c.name ->> :fallback) FROM context_feature c,
              (SELECT ST_SetSRID(ST_GeomFromGeoJSON(:shape), 4326) AS geom) drawn
            WHERE c.city_id = :city AND c.kind IN ('street', 'square') AND c.name <> '{}'
              AND ST_DWithin(c.geom, ST_PointOnSurface(drawn.geom), 0.0004)
            ORDER BY ST_Distance(c.geom, ST_PointOnSurface(drawn.geom)), c.id LIMIT 1
        """),
        {
            "city": city.id,
            "shape": json.dumps(geometry),
            "language": language,
            "fallback": city.default_language,
        },
    )
    return str(found or "")


def crossings_of(
    session: Session, city: City, geometry: Mapping[str, Any], language: str
) -> list[tuple[str, float, float]]:
    """Where named streets cross a line: name, longitude, latitude, in order along it; at most 30."""
    if geometry["type"] != "LineString":
        return []
    rows = session.execute(
        text("""
            SELECT name, ST_X(spot), ST_Y(spot) FROM (
              SELECT coalesce(c.name ->> :language, c.name ->> :fallback) AS name, line.geom AS line,
                (ST_Dump(ST_Intersection(c.geom, line.geom))).geom AS spot
              FROM context_feature c, (SELECT ST_SetSRID(ST_GeomFromGeoJSON(:shape), 4326) AS geom) line
              WHERE c.city_id = :city AND c.kind = 'street' AND ST_Intersects(c.geom, line.geom)) met
            WHERE GeometryType(spot) = 'POINT' AND name IS NOT NULL
              AND ST_LineLocatePoint(line, spot) BETWEEN 0.005 AND 0.995
            ORDER BY ST_LineLocatePoint(line, spot) LIMIT 30
        """),
        {
            "city": city.id,
            "shape": json.dumps(geometry),
            "language": language,
            "fallback": city.default_language,
        },
    )
    return [(str(name), float(lon), float(lat)) for name, lon, lat in rows]


def measure_with(session: Session, plan: Plan, code: str) -> Measure | None:
    """The measure with this code, retired or not."""
    query = select(Measure).where(Measure.plan_id == plan.id, Measure.code == code)
    return session.scalars(query).one_or_none()
