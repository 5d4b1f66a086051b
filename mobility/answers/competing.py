"""Say what an office is competent for: a topic, a measure, an area of the list or one that is drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.consultation.models import Topic
from mobility.db import I18n
from mobility.errors import Invalid
from mobility.offices.models import Competence, Office
from mobility.plans.models import Measure, Plan
from mobility.spatial import geojson
from mobility.spatial.geometry import clean, flaw, multi_polygon

SIZE = 2_000_000
VERTICES = 20_000
EVERYWHERE, DRAWN = "", "shape:"
AREAS = """
SELECT 'context:' || code AS value, name, kind FROM context_feature
WHERE city_id = :city AND kind = 'quarter' AND ST_Dimension(geom) = 2
UNION ALL
SELECT 'zone:' || code, name, 'zone' FROM heritage_zone WHERE city_id = :city AND ST_Dimension(geom) = 2
ORDER BY 3, 1 LIMIT 300
"""
AREA = """
SELECT name, ST_AsEWKT(ST_Multi(ST_CollectionExtract(ST_MakeValid(geom), 3))) AS area FROM {table}
WHERE city_id = :city AND code = :code AND ST_Dimension(geom) = 2
"""
TABLES = {"context": "context_feature", "zone": "heritage_zone"}


def areas_of(session: Session, *, city_id: int) -> list[Any]:
    """value, name and kind of the quarters and heritage zones that can be chosen."""
    return list(session.execute(text(AREAS), {"city": city_id}))


def add_competence(
    session: Session,
    *,
    plan: Plan,
    office: Office,
    topic_id: int | None,
    measure_id: int | None,
    area: str,
    shape: str = "",
    area_name: str = "",
    priority: int = 0,
    deadline_days: int | None = None,
    account_id: int,
    now: datetime,
) -> Competence:
    """A new competence of the plan. `area` is an entry of the list, empty for everywhere, or `shape:` for an
    outline as GeoJSON. Raises Invalid.
    """
    check_own(session, plan, topic_id, measure_id)
    outline, name = read_area(session, plan=plan, area=area, shape=shape, area_name=area_name)
    made = Competence(
        plan_id=plan.id,
        office_id=office.id,
        topic_id=topic_id,
        measure_id=measure_id,
        area=outline,
        area_name=name,
        priority=priority,
        deadline_days=deadline_days,
        created_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session,
        action="competence.add",
        account_id=account_id,
        plan_id=plan.id,
        subject="competence",
        subject_id=made.id,
        details={"office": office.id},
    )
    return made


def check_own(session: Session, plan: Plan, topic_id: int | None, measure_id: int | None) -> None:
    """Raises Invalid for a topic or measure of another plan."""
    if topic_id is not None:
        query = select(Topic.id).where(Topic.id == topic_id, Topic.plan_id == plan.id)
        if session.scalar(query) is None:
            raise Invalid("topic", _l("Choose a topic from the list."))
    if measure_id is not None:
        query = select(Measure.id).where(Measure.id == measure_id, Measure.plan_id == plan.id)
        if session.scalar(query) is None:
            raise Invalid("measure", _l("Choose a measure from the list."))


def read_area(
    session: Session, *, plan: Plan, area: str, shape: str, area_name: str
) -> tuple[str | None, I18n]:
    """The outline as PostGIS reads it, and its name; (None, {}) for everywhere. Raises Invalid."""
    if area == EVERYWHERE:
        return None, {}
    if area == DRAWN:
        name = " ".join(area_name.split())[:120]
        if not name:
            raise Invalid("area_name", _l("Give the area a name: residents read it."))
        outline = read_shape(shape)
        check_meets(session, plan, outline)
        return outline, dict.fromkeys(plan.languages, name)
    kind, _colon, code = area.partition(":")
    if kind not in TABLES or "\x00" in code:
        raise Invalid("area", _l("Choose an area from the list."))
    values = {"city": plan.city_id, "code": code}
    row = session.execute(text(AREA.format(table=TABLES[kind])), values).one_or_none()
    if row is None:
        raise Invalid("area", _l("Choose an area from the list."))
    return row.area, dict(row.name)


def check_meets(session: Session, plan: Plan, outline: str) -> None:
    """Raises Invalid for an outline that no comment of the plan can lie in, such as one with swapped axes."""
    query = select(func.ST_Intersects(Plan.boundary, func.ST_GeomFromEWKT(outline))).where(Plan.id == plan.id)
    if not session.scalar(query):
        raise Invalid(
            "shape", _l("This outline lies outside the plan. Longitude comes first, then latitude.")
        )


def read_shape(typed: str) -> str:
    """An area as GeoJSON (a geometry, a feature, or a collection of areas), as PostGIS reads it.

    Raises Invalid("shape") and says what is wrong.
    """
    try:
        parts = polygons(geojson.parse(typed.strip().encode(), geojson.Limits(size=SIZE, depth=10)))
    except (geojson.GeoJSONError, UnicodeEncodeError, KeyError, TypeError, AttributeError):
        raise Invalid("shape", _l("This is no GeoJSON with an area in degrees. Check the file.")) from None
    if not parts:
        raise Invalid("shape", _l("This is no GeoJSON with an area in degrees. Check the file."))
    merged = shapely.union_all(parts)
    if shapely.get_num_coordinates(merged) > VERTICES:
        raise Invalid("shape", _l("The outline has more than %(count)d points.", count=VERTICES))
    return f"SRID=4326;{multi_polygon(merged).wkt}"


def polygons(document: Any) -> list[Any]:
    """The valid areas of a GeoJSON document. Raises GeoJSONError."""
    kind = document["type"]
    if kind == "FeatureCollection":
        return [part for feature in document["features"] for part in polygons(feature)]
    if kind == "Feature":
        return polygons(document["geometry"])
    shape = clean(geojson.read_geometry(document).geometry)
    found = flaw(shape)
    if found is not None and found.code not in ("crossing", "touching"):
        raise geojson.GeoJSONError("shape", flaw=found.code)
    if found is not None:
        shape = shapely.make_valid(shape)
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise geojson.GeoJSONError("not an area")
    return [shape]
