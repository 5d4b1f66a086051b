"""The statements behind the pages: one page in the order of its key, after the key of the page before.

They are put together from the pieces of the exported files, so both say the same. Values are named
``%(name)s``.
"""

from __future__ import annotations

from mobility.exports import comments_sql
from mobility.exports.parts import fill, text_of
from mobility.exports.queries import (
    CELL_FEATURES,
    CELL_OUTLINE,
    MEASURE_FEATURES,
    MEASURE_SHAPE,
    SEGMENT_FEATURES,
    STORED_CELLS,
)
from mobility.ogc.references import Reference

PUBLIC = "comment.plan_id = %(plan)s AND comment.status = 'published'"
STAFF = "comment.plan_id = %(plan)s AND comment.status IN ('published', 'pending', 'hidden')"
"""What the full profile shows besides: never what its author took back."""

AFTER = {
    "comments": "comment.id > %(after)s",
    "segments": 's.code COLLATE "C" > %(after)s',
    "measures": 'm.code COLLATE "C" > %(after)s',
    "cells": "(x, y) > (%(after_x)s, %(after_y)s)",
    "zones": 'z.code COLLATE "C" > %(after)s',
}
"""What lies behind the last feature of the page before."""
ONLY = {
    "comments": "comment.id = %(fid)s",
    "segments": "s.code = %(fid)s",
    "measures": "m.code = %(fid)s",
    "cells": "x = %(fid_x)s AND y = %(fid_y)s",
    "zones": "z.code = %(fid)s",
}
_ZONES = fill(
    """
SELECT concat(',{"type":"Feature","id":', to_json(z.code), ',"geometry":', {drawn}, ',"properties":',
  json_build_object('name', {name}, 'kind', z.kind, 'status', z.status, 'place', p.code, 'source', z.source,
  'accuracy_m', z.accuracy_m), '}')
FROM heritage_zone z LEFT JOIN heritage_place p ON p.id = z.place_id
WHERE z.city_id = %(city)s AND {only} ORDER BY z.code COLLATE "C" LIMIT %(limit)s
""",
    name=text_of("z.name"),
)


def page_statement(name: str, condition: str, reference: Reference, *, full: bool) -> str:
    """One page of a collection: rows of one text, a feature that begins with a comma.

    Segments and measures have four columns: code, geometry, properties and votes.
    """
    said = STAFF if full else PUBLIC
    if name == "comments":
        return _comments(f"{said} AND {condition}", reference, full=full)
    if name == "segments":
        statement, shape, order = SEGMENT_FEATURES, "s.geom", 's.code COLLATE "C"'
    elif name == "measures":
        statement, shape, order = MEASURE_FEATURES, MEASURE_SHAPE, 'm.code COLLATE "C"'
    elif name == "cells":
        drawn = reference.drawn(CELL_OUTLINE)
        counted = fill(STORED_CELLS, where="comment.plan_id = %(plan)s")
        return fill(CELL_FEATURES, counted=counted, drawn=drawn, chosen=condition) + " LIMIT %(limit)s"
    else:
        return fill(_ZONES, drawn=reference.drawn("z.geom"), only=condition)
    filled = fill(
        statement, drawn=reference.drawn(shape), order=order, where=PUBLIC, only=f"AND ({condition})"
    )
    return filled + " LIMIT %(limit)s"


def _comments(where: str, reference: Reference, *, full: bool) -> str:
    """The page is chosen first; what it is joined with comes after, in the order of the joins."""
    page = f"SELECT comment.* FROM comment WHERE {where} ORDER BY comment.id LIMIT %(limit)s"  # noqa: S608
    feature = fill(
        comments_sql.COMMENT_FEATURE,
        drawn=reference.drawn(comments_sql.COMMENT_SHAPE, rings=False),
        more=comments_sql.FULL_PIECES if full else "",
    )
    joins = comments_sql.ALL_JOINS + comments_sql.FULL_JOINS if full else comments_sql.COMMENT_JOINS
    return f"SELECT {feature} FROM ({page}) AS comment {joins} ORDER BY comment.id"  # noqa: S608


COUNTS: dict[str, str] = {
    "comments": """
SELECT (SELECT coalesce(sum(n), 0)::bigint FROM comment_cell WHERE plan_id = %(plan)s AND z = 12)
  + (SELECT count(*) FROM comment WHERE plan_id = %(plan)s AND geom IS NULL AND status = 'published')
""",
    "segments": "SELECT count(*) FROM segment WHERE plan_id = %(plan)s",
    "measures": "SELECT count(*) FROM measure WHERE plan_id = %(plan)s",
    "zones": "SELECT count(*) FROM heritage_zone WHERE city_id = %(city)s",
}
"""How many features there are without a filter, where the database knows it at once."""
