"""Features of the map as GeoJSON texts, built in PostGIS: longitude, latitude, six decimals (0.1 m)."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import Comment, Topic
from mobility.consultation.tallies import Tally, plan_tallies
from mobility.groups.queries import find_group, group_positions_on_map
from mobility.maps.styles import group_properties, result_properties
from mobility.plans.models import Measure, Plan, Segment
from mobility.text import pick

CAP = 300
"""The most single comments one answer holds."""

CONTEXT = text("""
SELECT json_build_object('type', 'Feature', 'properties', json_build_object('kind', kind, 'props', props,
  'name', coalesce(name ->> :language, name ->> :fallback, '')),
  'geometry', ST_AsGeoJSON(geom, 6)::json)::text
FROM context_feature WHERE city_id = :city ORDER BY kind, id
""")
HERITAGE = text("""
SELECT feature FROM (
  SELECT 0 AS rank, id, json_build_object('type', 'Feature', 'id', code, 'properties', json_build_object(
    'layer', 'zone', 'kind', kind, 'status', status,
    'name', coalesce(name ->> :language, name ->> :fallback, '')),
    'geometry', ST_AsGeoJSON(ST_ForcePolygonCCW(geom), 6)::json)::text AS feature
  FROM heritage_zone WHERE city_id = :city
  UNION ALL
  SELECT 1, id, json_build_object('type', 'Feature', 'id', code, 'properties', json_build_object(
    'layer', 'place', 'code', code, 'name', coalesce(name ->> :language, name ->> :fallback, '')),
    'geometry', ST_AsGeoJSON(geom, 6)::json)::text
  FROM heritage_place WHERE city_id = :city) AS found
ORDER BY rank, id
""")
SEGMENTS = text("""
SELECT s.id, s.code, m.code AS measure, m.kind, m.status, s.side, s.direction, s.street, s.span,
  ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Reverse(s.geom)), 6) AS geometry,
  EXISTS (SELECT FROM segment_heritage h JOIN heritage_zone z ON z.id = h.zone_id
          WHERE h.segment_id = s.id AND z.kind IN ('property', 'buffer', 'setting')) AS heritage
FROM segment s JOIN measure m ON m.id = s.measure_id
WHERE s.plan_id = :plan AND s.retired_at IS NULL ORDER BY m.position, s.position
""")


def context_json(session: Session, *, city: City, language: str) -> str:
    """The base map as a FeatureCollection, with the attribution its sources ask for."""
    values = {"city": city.id, "language": language, "fallback": city.default_language}
    attribution = pick(city.attribution, language, city.default_language)
    return _collection(session.scalars(CONTEXT, values), attribution=attribution)


def heritage_json(session: Session, *, city: City, language: str) -> str:
    """Zones first, then component parts as points."""
    values = {"city": city.id, "language": language, "fallback": city.default_language}
    return _collection(session.scalars(HERITAGE, values))


def segments_json(session: Session, *, plan: Plan, language: str, results: bool, group: str = "") -> str:
    """The segments in use, id = code. Without `results` the numbers of votes are null. Two or three queries.

    With the slug of a `group` the result is that group's vote. Raises NotFound for an unknown group.
    """
    if group:
        voted = _group_votes(session, plan, group) if results else {}
        found = {key: group_properties(position) for key, position in voted.items()}
        nothing = group_properties(None) if results else result_properties(None)
    else:
        tallies = plan_tallies(session, plan_id=plan.id)[0] if results else {}
        found = {key: result_properties(tally) for key, tally in tallies.items()}
        nothing = result_properties(Tally() if results else None)
    rows = session.execute(SEGMENTS, {"plan": plan.id})
    return _collection(_segment(row, language, found.get(row.id, nothing)) for row in rows)


def _group_votes(session: Session, plan: Plan, slug: str) -> dict[int, int]:
    """Segment id → the position of the group with this slug."""
    group = find_group(session, plan_id=plan.id, slug=slug)
    return group_positions_on_map(session, plan_id=plan.id, group_id=group.id)


def group_results(session: Session, *, plan: Plan, group: str) -> dict[str, dict[str, Any]]:
    """Code of each segment in use → the group's vote. Raises NotFound for an unknown group."""
    voted = _group_votes(session, plan, group)
    query = select(Segment.id, Segment.code).where(Segment.plan_id == plan.id, Segment.retired_at.is_(None))
    return {row.code: group_properties(voted.get(row.id)) for row in session.execute(query)}


def _segment(row: Row[Any], language: str, result: dict[str, Any]) -> str:
    span = pick(row.span, language)
    properties = {
        "code": row.code,
        "measure": row.measure,
        "kind": row.kind,
        "status": row.status,
        "side": row.side,
        "direction": row.direction,
        "label": f"{row.street}, {span}" if span else row.street,
        "heritage": row.heritage,
        **result,
    }
    head = _dumps({"type": "Feature", "id": row.code, "properties": properties})
    return f'{head[:-1]},"geometry":{row.geometry}}}'


def comments_json(session: Session, *, plan: Plan, wanted: CommentFilter, language: str) -> str:
    """At most CAP comments, newest first, as points; `more` says that there are others."""
    query = (
        select(
            Comment.id,
            Comment.stance,
            Topic.slug,
            Topic.label,
            func.ST_AsGeoJSON(Comment.geom, 6).label("geometry"),
        )
        .join(Topic, Topic.id == Comment.topic_id)
        .order_by(Comment.id.desc())
        .limit(CAP + 1)
    )
    rows = session.execute(wanted.apply(query, plan.id).where(Comment.geom.is_not(None))).all()
    features = (
        f'{{"type":"Feature","id":{row.id},"properties":'
        f"{_dumps({'stance': row.stance, 'topic': row.slug, 'label': pick(row.label, language)})},"
        f'"geometry":{row.geometry}}}'
        for row in rows[:CAP]
    )
    return _collection(features, more=len(rows) > CAP)


def measure_kinds(session: Session, *, plan: Plan) -> tuple[str, ...]:
    """Kinds of the plan's measures in the order in which they first appear."""
    query = (
        select(Measure.kind)
        .where(Measure.plan_id == plan.id, Measure.retired_at.is_(None))
        .group_by(Measure.kind)
        .order_by(func.min(Measure.position))
    )
    return tuple(session.scalars(query))


def segment_results(session: Session, *, plan: Plan) -> dict[str, dict[str, Any]]:
    """Code of each segment in use → what came out. Two queries."""
    tallies = plan_tallies(session, plan_id=plan.id)[0]
    query = select(Segment.id, Segment.code).where(Segment.plan_id == plan.id, Segment.retired_at.is_(None))
    return {row.code: result_properties(tallies.get(row.id, Tally())) for row in session.execute(query)}


def ground_rows(session: Session, *, city: City, plan: Plan, language: str) -> list[Any]:
    """(layer, kind, name, GeoJSON geometry, code) of everything a static map draws."""
    query = text("""
    SELECT 'context' AS layer, kind, coalesce(name ->> :language, '') AS name,
      ST_AsGeoJSON(geom, 5) AS geometry, code
    FROM context_feature WHERE city_id = :city
    UNION ALL SELECT 'zone', kind, coalesce(name ->> :language, ''), ST_AsGeoJSON(geom, 5), code
    FROM heritage_zone WHERE city_id = :city
    UNION ALL SELECT 'place', 'place', coalesce(name ->> :language, ''), ST_AsGeoJSON(geom, 5), code
    FROM heritage_place WHERE city_id = :city
    UNION ALL SELECT 'segment', m.kind, '', ST_AsGeoJSON(s.geom, 5), s.code
    FROM segment s JOIN measure m ON m.id = s.measure_id WHERE s.plan_id = :plan AND s.retired_at IS NULL
    """)
    return list(session.execute(query, {"city": city.id, "plan": plan.id, "language": language}))


def _collection(features: Any, **members: Any) -> str:
    extra = "".join(f",{_dumps(name)}:{_dumps(value)}" for name, value in members.items())
    return f'{{"type":"FeatureCollection"{extra},"features":[{",".join(features)}]}}'


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
