"""The statements behind the files. Values are named ``%(name)s``; a feature begins with a comma.

The comments of a plan can be many: ``concat`` puts their features together from pieces made once (``OFFSET
0`` keeps the planner from making them again for each comment), faster than ``json_build_object``. They come
in the order in which they are stored, so that the first byte does not wait for a sort.
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
from mobility.plans.models import Measure

TEXT = """coalesce(nullif({column}->>%(language)s, ''), nullif({column}->>'en', ''),
    (SELECT v FROM jsonb_each_text({column}) AS e (k, v) WHERE v <> '' LIMIT 1))"""
DIALECT = cast("Callable[[], Dialect]", postgresql.psycopg.dialect)()


def fill(statement: str, **parts: str) -> str:
    """`statement` with its ``{name}`` places filled by SQL of ours; values never come this way."""
    for name, part in parts.items():
        statement = statement.replace(f"{{{name}}}", part)
    return statement


def conditions(wanted: CommentFilter, plan_id: int) -> tuple[str, dict[str, Any]]:
    """What a filter asks of the rows of ``comment``, as SQL of the driver and its values."""
    compiled = and_(*wanted.conditions(plan_id)).compile(
        dialect=DIALECT, compile_kwargs={"render_postcompile": True}
    )
    return str(compiled), dict(compiled.params)


def text_of(column: str) -> str:
    """The text of an i18n column in the language of the file, chosen as `mobility.text.pick` does."""
    return fill(TEXT, column=column)


PLAN = """
SELECT p.id, p.slug, p.title, p.licence, c.attribution, c.timezone FROM plan p JOIN city c ON c.id = p.city_id
WHERE p.slug = %(slug)s AND (p.status <> 'draft' OR %(staff)s)
"""
PHASES = """
SELECT id, slug, actions, opens_at, closes_at, comment_level, vote_level, results FROM phase
WHERE plan_id = %(plan)s
"""

COMMENT_FEATURE = fill(
    """
concat(',{"type":"Feature","id":', comment.id, ',"geometry":', coalesce({drawn}, 'null'),
  ',"properties":{"text":', to_json(comment.text), ',"scope":"', comment.scope, '","stance":"',
  comment.stance, t.piece, p.piece,
  coalesce(m.piece, ',"measure":null'), coalesce(s.piece, ',"segment":null'),
  ',"snap_distance_m":', coalesce((round(comment.snap_distance_m * 10) / 10)::text, 'null'),
  ',"place":', coalesce(to_json({place})::text, 'null'),
  ',"measure_version":', coalesce(comment.measure_version::text, 'null'),
  ',"area":', coalesce(to_json(coalesce(a.code, z.code))::text, 'null'),
  ',"perceived_effect":', coalesce(to_json(comment.perceived_effect)::text, 'null'),
  ',"heritage_place":', coalesce(to_json(h.code)::text, 'null'),
  ',"channel":"', comment.channel, '","language":', to_json(comment.language),
  ',"created_at":', to_json(comment.created_at::timestamptz(0)),
  ',"url":', %(comment_url)s, comment.id, '"'{more}, '}}')
""",
    place=text_of("comment.place"),
)
"""A comment as a feature: `drawn` is its place as GeoJSON, `more` begins with a comma or is empty."""

COMMENT_JOINS = """
JOIN (SELECT id, concat('","topic":', to_json(slug)) AS piece
  FROM topic WHERE plan_id = %(plan)s OFFSET 0) t ON t.id = comment.topic_id
JOIN (SELECT id, concat(',"phase":', to_json(slug)) AS piece
  FROM phase WHERE plan_id = %(plan)s OFFSET 0) p ON p.id = comment.phase_id
LEFT JOIN (SELECT id, concat(',"measure":', to_json(code)) AS piece
  FROM measure WHERE plan_id = %(plan)s OFFSET 0) m ON m.id = comment.measure_id
LEFT JOIN (SELECT id, concat(',"segment":', to_json(code)) AS piece
  FROM segment WHERE plan_id = %(plan)s OFFSET 0) s ON s.id = comment.segment_id
LEFT JOIN context_feature a ON a.id = comment.context_id
LEFT JOIN heritage_zone z ON z.id = comment.zone_id
LEFT JOIN heritage_place h ON h.id = comment.heritage_place_id
"""
COMMENTS = fill(
    "SELECT {feature} FROM comment {joins} WHERE {where}",
    feature=fill(
        COMMENT_FEATURE,
        drawn="coalesce(ST_AsGeoJSON(comment.drawing, 7, 0), ST_AsGeoJSON(comment.geom, 7, 0))",
        more="",
    ),
    joins=COMMENT_JOINS,
)

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
CELL_FEATURES = """
WITH by_topic AS (
  SELECT x, y, topic_id, sum(n)::bigint AS n,
    sum(n) FILTER (WHERE stance = 'for') AS for_, sum(n) FILTER (WHERE stance = 'against') AS against,
    sum(n) FILTER (WHERE stance = 'idea') AS idea, sum(n) FILTER (WHERE stance = 'question') AS question
  FROM ({counted}) AS counted GROUP BY x, y, topic_id),
cell AS (
  SELECT x, y, sum(b.n)::bigint AS n, coalesce(sum(for_), 0)::bigint AS for_,
    coalesce(sum(against), 0)::bigint AS against, coalesce(sum(idea), 0)::bigint AS idea,
    coalesce(sum(question), 0)::bigint AS question, json_object_agg(t.slug, b.n ORDER BY t.position) AS topics
  FROM by_topic b JOIN topic t ON t.id = b.topic_id GROUP BY x, y)
SELECT concat(',{"type":"Feature","id":"', %(z)s, '/', x, '/', y, '","geometry":',
  ST_AsGeoJSON(ST_ForcePolygonCCW(ST_Transform(ST_TileEnvelope(%(z)s, x, y), 4326)), 7, 0),
  ',"properties":{"z":', %(z)s, ',"x":', x, ',"y":', y, ',"comments":', n, ',"for":', for_,
  ',"against":', against, ',"idea":', idea, ',"question":', question, ',"topics":', topics, '}}')
FROM cell WHERE {chosen} ORDER BY x, y
"""
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
SPOKEN = """
SELECT {subject}, count(*) AS comments, count(*) FILTER (WHERE stance = 'for') AS comments_for,
  count(*) FILTER (WHERE stance = 'against') AS comments_against,
  count(*) FILTER (WHERE stance = 'idea') AS comments_idea,
  count(*) FILTER (WHERE stance = 'question') AS comments_question
FROM comment WHERE {where} AND {subject} IS NOT NULL GROUP BY {subject}
"""
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
LEFT JOIN ({spoken}) k ON k.segment_id = s.id
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
    drawn="ST_AsGeoJSON(ST_ForcePolygonCCW(s.geom), 7, 0)",
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
LEFT JOIN ({spoken}) k ON k.measure_id = m.id
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
    drawn=f"ST_AsGeoJSON(ST_ForcePolygonCCW({MEASURE_SHAPE}), 7, 0)",
    order="m.position, m.code",
)

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
COUNT_CELLS = "SELECT count(*) FROM (SELECT DISTINCT x, y FROM ({counted}) AS counted) AS cell"
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
