"""The statements for comments, of which there can be many.

``concat`` puts their GeoJSON together from pieces made once (``OFFSET 0`` keeps the planner from making them
again for each comment), faster than ``json_build_object``. They come in the order in which they are stored,
so that the first byte does not wait for a sort. Tables read the same columns one by one.
"""

from __future__ import annotations

from mobility.consultation import exact
from mobility.exports.parts import fill, text_of
from mobility.exports.privacy import COARSE_POINT
from mobility.spreadsheets import FORMULA


def _safe(expression: str) -> str:
    """The text with an apostrophe before it when a spreadsheet might take it for a formula."""
    pattern = FORMULA.replace("\\", "\\\\").replace("'", "''")
    return f"CASE WHEN {expression} ~ E'{pattern}' THEN '''' || {expression} ELSE {expression} END"


_JOINS = """
JOIN (SELECT id, slug, {topic_safe} AS safe, sensitive AND NOT {full} AS coarse,
    concat('","topic":', to_json(slug)) AS piece
  FROM topic WHERE plan_id = %(plan)s OFFSET 0) t ON t.id = comment.topic_id
JOIN (SELECT id, slug, {topic_safe} AS safe, concat(',"phase":', to_json(slug)) AS piece
  FROM phase WHERE plan_id = %(plan)s OFFSET 0) p ON p.id = comment.phase_id
LEFT JOIN (SELECT id, code, {code_safe} AS safe, concat(',"measure":', to_json(code)) AS piece
  FROM measure WHERE plan_id = %(plan)s OFFSET 0) m ON m.id = comment.measure_id
LEFT JOIN (SELECT id, code, {code_safe} AS safe, concat(',"segment":', to_json(code)) AS piece
  FROM segment WHERE plan_id = %(plan)s OFFSET 0) s ON s.id = {segment} AND NOT t.coarse
LEFT JOIN context_feature a ON a.id = {context} AND NOT t.coarse
LEFT JOIN heritage_zone z ON z.id = {zone} AND NOT t.coarse
LEFT JOIN heritage_place h ON h.id = comment.heritage_place_id
"""
_SAFE = {"topic_safe": _safe("slug"), "code_safe": _safe("code")}
COMMENT_JOINS = fill(
    _JOINS, full="false", segment="comment.segment_id", context="comment.context_id", zone="comment.zone_id",
    **_SAFE,
)  # fmt: skip
ALL_JOINS = fill(
    _JOINS, full="true", segment=exact.SQL_SEGMENT, context=exact.SQL_CONTEXT, zone=exact.SQL_ZONE, **_SAFE
)
"""What a comment is joined with in public files, and in those for planners."""
FULL_JOINS = """
LEFT JOIN comment_case k ON k.comment_id = comment.id
LEFT JOIN office o ON o.id = k.office_id
LEFT JOIN participant u ON u.id = comment.participant_id
"""

COARSELY = f"CASE WHEN t.coarse THEN {COARSE_POINT} ELSE {{exact}} END"
COMMENT_POINT = fill(COARSELY, exact=exact.SQL_POINT)
COMMENT_SHAPE = fill(COARSELY, exact=exact.SQL_SHAPE)
"""Where it counts, and what its author drew; coarsely where the joins say so."""
SNAPPED = f"CASE WHEN NOT t.coarse THEN (round({exact.SQL_SNAPPED} * 10) / 10)::float8 END"
PLACE = f"CASE WHEN NOT t.coarse THEN {text_of(exact.SQL_PLACE)} END"

COMMENT_FEATURE = fill(
    """
concat(',{"type":"Feature","id":', comment.id, ',"geometry":', coalesce({drawn}, 'null'),
  ',"properties":{"text":', to_json(comment.text), ',"scope":"', comment.scope, '","stance":"',
  comment.stance, t.piece, p.piece,
  coalesce(m.piece, ',"measure":null'), coalesce(s.piece, ',"segment":null'),
  ',"snap_distance_m":', coalesce(({snapped})::text, 'null'),
  ',"place":', coalesce(to_json({place})::text, 'null'), ',"coarse_place":', t.coarse::text,
  ',"measure_version":', coalesce(comment.measure_version::text, 'null'),
  ',"area":', coalesce(to_json(coalesce(a.code, z.code))::text, 'null'),
  ',"perceived_effect":', coalesce(to_json(comment.perceived_effect)::text, 'null'),
  ',"heritage_place":', coalesce(to_json(h.code)::text, 'null'),
  ',"channel":"', comment.channel, '","language":', to_json(comment.language),
  ',"created_at":', to_json(comment.created_at::timestamptz(0)),
  ',"url":', %(comment_url)s, comment.id, '"'{more}, '}}')
""",
    snapped=SNAPPED,
    place=PLACE,
)
"""A comment as a feature: `drawn` is its place as GeoJSON, `more` begins with a comma or is empty."""
FULL_PIECES = """
, ',"status":"', comment.status, '","office":', coalesce(to_json(o.slug)::text, 'null'),
  ',"case_state":', coalesce(to_json(k.state)::text, 'null'),
  ',"identity_level":', coalesce(u.identity_level::text, 'null')
"""
"""What only planners are given, for `more`."""

COLUMNS = {
    "text": "comment.text",
    "scope": "comment.scope",
    "stance": "comment.stance",
    "topic": "t.slug",
    "phase": "p.slug",
    "measure": "m.code",
    "segment": "s.code",
    "snap_distance_m": SNAPPED,
    "place": PLACE,
    "coarse_place": "t.coarse",
    "measure_version": "comment.measure_version",
    "area": "coalesce(a.code, z.code)",
    "perceived_effect": "comment.perceived_effect",
    "heritage_place": "h.code",
    "channel": "comment.channel",
    "language": "comment.language",
    "created_at": "to_char(comment.created_at::timestamptz(0), 'YYYY-MM-DD\"T\"HH24:MI:SS+00:00')",
    "url": "%(comment_link)s || comment.id",
}
"""Public properties by name, in the order of tables."""
FULL_COLUMNS = {
    "status": "comment.status",
    "office": "o.slug",
    "case_state": "k.state",
    "identity_level": "u.identity_level",
}
SAFE = {"topic": "t.safe", "phase": "p.safe", "measure": "m.safe", "segment": "s.safe"}
"""Made safe once for all comments."""
HARMLESS = {"scope", "stance", "perceived_effect", "channel", "status", "case_state", "created_at", "url"}
"""Our own words, which no spreadsheet takes for a formula."""
NUMBERS = {"snap_distance_m", "measure_version", "identity_level"}
AXES = {"lon": "ST_X", "lat": "ST_Y"}


def columns(*, full: bool) -> dict[str, str]:
    """Property → SQL expression, in the order of tables."""
    return COLUMNS | FULL_COLUMNS if full else COLUMNS


def features(where: str, *, full: bool) -> str:
    """Comments as GeoJSON features, each a line that begins with a comma."""
    drawn = f"ST_AsGeoJSON({COMMENT_SHAPE}, 7, 0)"
    feature = fill(COMMENT_FEATURE, drawn=drawn, more=FULL_PIECES if full else "")
    return _select(feature, where, full=full)


def rows(where: str, *, full: bool) -> str:
    """Comments as id, place (WKB, little endian) and the columns."""
    chosen = ", ".join(columns(full=full).values())
    return _select(f"comment.id, ST_AsBinary({COMMENT_SHAPE}, 'NDR'), {chosen}", where, full=full)


def table(where: str, *, full: bool, place: str) -> str:
    """Comments as the cells of a spreadsheet: none of them is a formula."""
    found = {"id": "comment.id"}
    if place != "wkt":
        found |= {axis: f"round({function}({COMMENT_POINT})::numeric, 7)" for axis, function in AXES.items()}
    for name, expression in columns(full=full).items():
        found[name] = _cell(name, expression)
    if place != "lonlat":
        found["wkt"] = f"ST_AsText({COMMENT_SHAPE}, 7)"
    chosen = ", ".join(f'{expression} AS "{name}"' for name, expression in found.items())
    return _select(chosen, where, full=full)


def _cell(name: str, expression: str) -> str:
    if name == "coarse_place":
        return f"({expression})::text"
    if name in SAFE:
        return SAFE[name]
    return expression if name in HARMLESS | NUMBERS else _safe(expression)


def _select(chosen: str, where: str, *, full: bool) -> str:
    joins = ALL_JOINS + FULL_JOINS if full else COMMENT_JOINS
    return f"SELECT {chosen} FROM comment {joins} WHERE {where}"  # noqa: S608 (our own words)
