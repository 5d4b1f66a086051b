"""The statements behind the files. Values are named ``%(name)s``; a feature begins with a comma.

Those for comments are in `comments_sql`. Counts leave out what `privacy` says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Dialect, and_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import Phase, Topic
from mobility.db import I18n
from mobility.exports.comments_sql import COMMENT_FEATURE as COMMENT_FEATURE
from mobility.exports.comments_sql import COMMENT_JOINS as COMMENT_JOINS
from mobility.exports.comments_sql import COMMENT_SHAPE as COMMENT_SHAPE
from mobility.exports.parts import fill, text_of
from mobility.exports.privacy import LEAST, public_conditions
from mobility.plans.models import Measure

DIALECT = cast("Callable[[], Dialect]", postgresql.psycopg.dialect)()


def conditions(wanted: CommentFilter, plan_id: int, *, full: bool = False) -> tuple[str, dict[str, Any]]:
    """What a filter asks of the rows of ``comment``, as SQL of the driver and its values."""
    asked = wanted.conditions(plan_id) if full else public_conditions(wanted, plan_id)
    compiled = and_(*asked).compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return str(compiled), dict(compiled.params)


PLAN = """
SELECT p.id, p.slug, p.title, p.licence, c.attribution, c.timezone FROM plan p JOIN city c ON c.id = p.city_id
WHERE p.slug = %(slug)s AND (p.status <> 'draft' OR %(staff)s)
"""
PHASES = """
SELECT id, slug, actions, opens_at, closes_at, comment_level, vote_level, results FROM phase
WHERE plan_id = %(plan)s
"""

KEPT = "(SELECT *, 'published' AS status FROM comment_cell)"
"""The kept counts, under the names that a filter knows from the comments."""

STORED_CELLS = fill(
    """
SELECT comment.x >> %(shift)s AS x, comment.y >> %(shift)s AS y, comment.topic_id, comment.stance,
  sum(comment.n)::bigint AS n
FROM {kept} AS comment WHERE {where} AND comment.z = %(stored)s GROUP BY 1, 2, 3, 4
""",
    kept=KEPT,
)
LIVE_CELLS = """
SELECT comment.cell_x >> %(from_finest)s AS x, comment.cell_y >> %(from_finest)s AS y, comment.topic_id,
  comment.stance, count(*) AS n
FROM comment WHERE {where} AND comment.geom IS NOT NULL GROUP BY 1, 2, 3, 4
"""
ENOUGH = f"({{n}} >= {LEAST} OR NOT EXISTS (SELECT FROM topic WHERE id = topic_id AND sensitive))"
"""Whether the comments on a topic may be counted where there are so many of them."""
CELL_FEATURES = fill(
    """
WITH by_topic AS (
  SELECT x, y, topic_id, sum(n)::bigint AS n,
    sum(n) FILTER (WHERE stance = 'for') AS for_, sum(n) FILTER (WHERE stance = 'against') AS against,
    sum(n) FILTER (WHERE stance = 'idea') AS idea, sum(n) FILTER (WHERE stance = 'question') AS question
  FROM ({counted}) AS counted GROUP BY x, y, topic_id HAVING {enough}),
cell AS (
  SELECT x, y, sum(b.n)::bigint AS n, coalesce(sum(for_), 0)::bigint AS for_,
    coalesce(sum(against), 0)::bigint AS against, coalesce(sum(idea), 0)::bigint AS idea,
    coalesce(sum(question), 0)::bigint AS question, json_object_agg(t.slug, b.n ORDER BY t.position) AS topics
  FROM by_topic b JOIN topic t ON t.id = b.topic_id GROUP BY x, y)
SELECT concat(',{"type":"Feature","id":"', %(z)s, '/', x, '/', y, '","geometry":', {drawn},
  ',"properties":{"z":', %(z)s, ',"x":', x, ',"y":', y, ',"comments":', n, ',"for":', for_,
  ',"against":', against, ',"idea":', idea, ',"question":', question, ',"topics":', topics, '}}')
FROM cell WHERE {chosen} ORDER BY x, y
""",
    enough=fill(ENOUGH, n="sum(n)"),
)
"""Cells of `counted`; `drawn` is the outline as GeoJSON, `chosen` a condition on `cell`."""

CELL_OUTLINE = "ST_Transform(ST_TileEnvelope(%(z)s, x, y), 4326)"
CELLS = fill(CELL_FEATURES, drawn=f"ST_AsGeoJSON(ST_ForcePolygonCCW({CELL_OUTLINE}), 7, 0)", chosen="true")

HERITAGE = fill(
    """
(SELECT coalesce(json_agg(json_build_object('zone', z.code, 'name', {zone_name},
   'kind', z.kind, 'status', z.status, 'share', round(h.share::numeric, 3)) ORDER BY z.code), '[]')
 FROM segment_heritage h JOIN heritage_zone z ON z.id = h.zone_id WHERE h.segment_id = s.id)
""",
    zone_name=text_of("z.name"),
)
SPOKEN = fill(
    """
SELECT subject, sum(n)::bigint AS comments, sum(for_)::bigint AS comments_for,
  sum(against)::bigint AS comments_against, sum(idea)::bigint AS comments_idea,
  sum(question)::bigint AS comments_question
FROM (SELECT {subject} AS subject, topic_id, count(*) AS n, count(*) FILTER (WHERE stance = 'for') AS for_,
    count(*) FILTER (WHERE stance = 'against') AS against, count(*) FILTER (WHERE stance = 'idea') AS idea,
    count(*) FILTER (WHERE stance = 'question') AS question
  FROM comment WHERE {where} AND {subject} IS NOT NULL GROUP BY {subject}, topic_id) AS by_topic
WHERE {enough} GROUP BY subject
""",
    enough=fill(ENOUGH, n="n"),
)
SPOKEN_PAIRS = """
'comments', coalesce(k.comments, 0), 'comments_for', coalesce(k.comments_for, 0),
'comments_against', coalesce(k.comments_against, 0), 'comments_idea', coalesce(k.comments_idea, 0),
'comments_question', coalesce(k.comments_question, 0)
"""
TALLIES = """
(SELECT coalesce(json_agg(json_build_array(v.group_id, v.identity_level, v.position, v.n)), '[]')
 FROM vote_tally v WHERE v.segment_id = {segment} AND v.measure_id = {measure})
"""

SEGMENT_FEATURES = fill(
    """
SELECT s.code, {drawn}, json_build_object(
  'measure', m.code, 'measure_title', {title}, 'kind', m.kind, 'status', m.status,
  'street', s.street, 'span', {span}, 'side', s.side, 'direction', s.direction,
  'length_m', round(s.length_m::numeric, 1), 'area_m2', round(s.area_m2::numeric, 1),
  'bearing_deg', round(s.bearing_deg::numeric, 1), 'accuracy_m', s.accuracy_m, 'source', s.source,
  'heritage', {heritage}, 'retired', s.retired_at IS NOT NULL,
  'url', %(segment_url)s || s.code, {spoken_pairs})::text,
  {tallies}
FROM segment s JOIN measure m ON m.id = s.measure_id
LEFT JOIN ({spoken}) k ON k.subject = s.id
WHERE s.plan_id = %(plan)s {only} ORDER BY {order}
""",
    title=text_of("m.title"),
    span=text_of("s.span"),
    heritage=HERITAGE,
    spoken_pairs=SPOKEN_PAIRS,
    tallies=fill(TALLIES, segment="s.id", measure="0"),
    spoken=fill(SPOKEN, subject="comment.segment_id"),
)
SEGMENTS = fill(
    SEGMENT_FEATURES,
    drawn="ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Reverse(s.geom)), 7, 0)",
    order="m.position, s.position, s.code",
)

MEASURE_FEATURES = fill(
    """
SELECT m.code, {drawn}, json_build_object(
  'title', {title}, 'summary', {summary},
  'package', pk.code, 'kind', m.kind, 'status', m.status, 'uvar_block', m.uvar_block,
  'before', {before}, 'after', {after},
  'hours', {hours}, 'opening_hours', m.hours_osm,
  'vehicle_classes', m.vehicle_classes,
  'exemptions', coalesce(m.exemptions->%(language)s, m.exemptions->'en', '[]'::jsonb),
  'office', {office}, 'sources', m.sources, 'accuracy_m', m.accuracy_m,
  'version', m.version, 'updated_at', m.updated_at::timestamptz(0), 'segments', size.segments,
  'length_m', size.length_m, 'retired', m.retired_at IS NOT NULL,
  'url', %(measure_url)s || m.code, {spoken_pairs})::text,
  {tallies}
FROM measure m
LEFT JOIN measure_package pk ON pk.id = m.package_id
LEFT JOIN office o ON o.id = m.office_id
LEFT JOIN LATERAL (
  SELECT count(*) AS segments,
    round(sum(s.length_m) FILTER (WHERE ST_Dimension(s.geom) = 1)::numeric, 1) AS length_m
  FROM segment s WHERE s.measure_id = m.id AND s.retired_at IS NULL) size ON true
LEFT JOIN ({spoken}) k ON k.subject = m.id
WHERE m.plan_id = %(plan)s {only} ORDER BY {order}
""",
    title=text_of("m.title"),
    summary=text_of("m.summary"),
    before=text_of("m.before"),
    after=text_of("m.after"),
    hours=text_of("m.hours"),
    office=text_of("o.name"),
    spoken_pairs=SPOKEN_PAIRS,
    tallies=fill(TALLIES, segment="0", measure="m.id"),
    spoken=fill(SPOKEN, subject="comment.measure_id"),
)
MEASURE_SHAPE = """
(SELECT ST_CollectionHomogenize(ST_Collect(s.geom)) FROM segment s
 WHERE s.measure_id = m.id AND s.retired_at IS NULL)
"""
MEASURES = fill(
    MEASURE_FEATURES,
    drawn=f"ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Reverse({MEASURE_SHAPE})), 7, 0)",
    order="m.position, m.code",
)

ZONES = fill(
    """
SELECT concat(',{"type":"Feature","id":', to_json(z.code), ',"geometry":',
  ST_AsGeoJSON(ST_ForcePolygonCCW(z.geom), 7, 0), ',"properties":', json_build_object(
  'name', {name}, 'kind', z.kind, 'status', z.status, 'place', h.code, 'source', z.source,
  'accuracy_m', z.accuracy_m)::text, '}')
FROM heritage_zone z JOIN plan p ON p.city_id = z.city_id LEFT JOIN heritage_place h ON h.id = z.place_id
WHERE p.id = %(plan)s ORDER BY z.code
""",
    name=text_of("z.name"),
)
COUNT_ZONES = (
    "SELECT count(*) FROM heritage_zone z JOIN plan p ON p.city_id = z.city_id WHERE p.id = %(plan)s"
)
SENSITIVE_TOPICS = "SELECT slug FROM topic WHERE plan_id = %(plan)s AND sensitive ORDER BY position"

GROUPS = fill(
    """
SELECT g.id, g.slug, {name}, g.kind
FROM stakeholder_group g JOIN plan p ON p.city_id = g.city_id WHERE p.id = %(plan)s
""",
    name=text_of("g.name"),
)
NOT_INCLUDED = """
SELECT comment.status, count(*) FROM comment
WHERE {where} AND comment.status IN ('hidden', 'withdrawn') GROUP BY comment.status
"""
COUNT_COMMENTS = "SELECT count(*) FROM comment WHERE {where}"
COUNT_STORED = fill(
    """
SELECT (SELECT coalesce(sum(n), 0)::bigint FROM {kept} AS comment WHERE {where} AND comment.z = 12)
  + (SELECT count(*) FROM comment WHERE {where} AND comment.geom IS NULL)
""",
    kept=KEPT,
)
"""Comments with a place from the kept counts, those about the whole plan from their index."""
COUNT_CELLS = fill(
    """
SELECT count(*) FROM (SELECT DISTINCT x, y FROM (
  SELECT x, y FROM ({counted}) AS counted GROUP BY x, y, topic_id HAVING {enough}) AS by_topic) AS cell
""",
    enough=fill(ENOUGH, n="sum(n)"),
)
COUNT_SEGMENTS = (
    "SELECT count(*) FROM segment s JOIN measure m ON m.id = s.measure_id WHERE s.plan_id = %(plan)s {only}"
)
COUNT_MEASURES = "SELECT count(*) FROM measure m WHERE m.plan_id = %(plan)s {only}"


def choices(session: Session, plan_id: int) -> dict[str, list[tuple[str, I18n]]]:
    """Topics, phases and measures of a plan for a form: slug or code, and title in all languages."""
    topics = select(Topic.slug, Topic.label).where(Topic.plan_id == plan_id).order_by(Topic.position)
    phases = select(Phase.slug, Phase.title).where(Phase.plan_id == plan_id).order_by(Phase.opens_at)
    measures = (
        select(Measure.code, Measure.title).where(Measure.plan_id == plan_id).order_by(Measure.position)
    )
    wanted = {"topic": topics, "phase": phases, "measure": measures}
    return {name: [(row[0], row[1]) for row in session.execute(query)] for name, query in wanted.items()}
