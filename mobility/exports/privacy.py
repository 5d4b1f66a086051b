"""What public files leave out or make coarse for the sensitive topics of a plan, in one place.

A topic is sensitive when speaking about it may tell something about its author's health or home. Of a comment
on such a topic a public file gives no place but the centre of a coarse cell; cells and counts leave out such
a topic where fewer than five comments speak about it. Every public way out of the platform (files, OGC API,
public API) uses these pieces; they speak of a row of ``comment`` by the name of its table.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, func, literal_column, not_, or_

from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import Comment
from mobility.spatial.grid import FINEST

COARSE = 15
"""Zoom of the coarse cells: about 960 m in Palermo."""
LEAST = 5
"""Fewer comments than this on a sensitive topic are not counted in a cell, on a segment or on a measure."""
LEFT_OUT = ("segment", "snap_distance_m", "place", "area")
"""Properties that would tell the place; null for comments on sensitive topics."""

SENSITIVE = "(comment.topic_id IN (SELECT id FROM topic WHERE sensitive))"
_SHIFT, _CELLS = FINEST - COARSE, float(2**COARSE)
COARSE_POINT = (
    "ST_SetSRID(ST_MakePoint("
    f"((comment.cell_x >> {_SHIFT}) + 0.5) / {_CELLS} * 360 - 180, "
    f"degrees(atan(sinh(pi() * (1 - 2 * ((comment.cell_y >> {_SHIFT}) + 0.5) / {_CELLS}))))), 4326)"
)
"""The centre of the coarse cell; null for a comment about the whole plan."""
PUBLIC_POINT = f"(CASE WHEN {SENSITIVE} THEN {COARSE_POINT} ELSE comment.geom END)"
PUBLIC_SHAPE = f"(CASE WHEN {SENSITIVE} THEN {COARSE_POINT} ELSE coalesce(comment.drawing, comment.geom) END)"
"""Where a public file draws a comment: what its author drew, else the point."""
_REACH = 360 / _CELLS
"""No point is farther from the centre of its coarse cell, in degrees, than this."""


def is_sensitive() -> ColumnElement[bool]:
    """Whether a row of ``comment`` is about a sensitive topic."""
    return literal_column(SENSITIVE)


def public_conditions(wanted: CommentFilter, plan_id: int) -> list[ColumnElement[bool]]:
    """As `CommentFilter.conditions`, but a filter by place finds nothing that the file does not tell.

    A box is compared with the published point; a segment finds no comment on a sensitive topic.
    """
    found = replace(wanted, bbox=None).conditions(plan_id)
    if wanted.segment:
        found.append(not_(is_sensitive()))
    if wanted.bbox:
        west, south, east, north = wanted.bbox
        near = func.ST_MakeEnvelope(west - _REACH, south - _REACH, east + _REACH, north + _REACH, 4326)
        box = func.ST_MakeEnvelope(west, south, east, north, 4326)
        coarse: ColumnElement[bool] = literal_column(COARSE_POINT).op("&&")(box)
        exact: ColumnElement[bool] = Comment.geom.op("&&")(box)
        found.append(Comment.geom.op("&&")(near))
        found.append(or_(and_(not_(is_sensitive()), exact), and_(is_sensitive(), coarse)))
    return found
