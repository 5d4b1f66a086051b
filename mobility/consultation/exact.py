"""The exact place of a comment, for its author and for staff; and what everybody reads in its stead.

A topic is sensitive when speaking about it may tell something about its author's health or home. The columns
`geom`, `drawing`, `segment_id`, `context_id`, `zone_id` and `place` of a comment are what everybody reads: of
a comment on such a topic they hold no more than the centre of a coarse cell, since a trigger puts the exact
place into columns of its own (migration 0023). Only those who ask here are told the exact one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Topic
from mobility.plans.models import Segment
from mobility.plans.words import _
from mobility.spatial.grid import cell_centre, cell_of, cell_polygon
from mobility.text import pick

COARSE = 15
"""Zoom of the coarse cells: about 960 m in Palermo."""
POINT = func.coalesce(Comment.exact_geom, Comment.geom)
PLACE = func.coalesce(Comment.exact_place, Comment.place)
SEGMENT = func.coalesce(Comment.exact_segment_id, Comment.segment_id)
SQL_POINT = "coalesce(comment.exact_geom, comment.geom)"
SQL_SHAPE = "coalesce(comment.exact_drawing, comment.exact_geom, comment.drawing, comment.geom)"
SQL_SEGMENT = "coalesce(comment.exact_segment_id, comment.segment_id)"
SQL_CONTEXT = "coalesce(comment.exact_context_id, comment.context_id)"
SQL_ZONE = "coalesce(comment.exact_zone_id, comment.zone_id)"
SQL_PLACE = "coalesce(comment.exact_place, comment.place)"
SQL_SNAPPED = "coalesce(comment.exact_snap_m, comment.snap_distance_m)"
"""Pieces of statements that only the author and staff are answered with."""


def longitude() -> Any:
    return func.ST_X(POINT)


def latitude() -> Any:
    return func.ST_Y(POINT)


def place_words(place: Mapping[str, Any] | None, language: str) -> str:
    """Where a comment is, as everybody reads it: that it is told roughly when there is no more to tell."""
    return str(pick(place, language) or _("A place shown roughly"))


def own_place(comment: Comment) -> Mapping[str, Any]:
    """Where a comment is, as its author and staff read it."""
    return comment.exact_place or comment.place


def told_roughly(topic: Topic, subject: Any) -> bool:
    """Whether others will see only the area of a comment on this topic about this subject."""
    return bool(topic.sensitive and subject.scope != "plan")


def coarse_centre(lon: float, lat: float) -> tuple[float, float]:
    """The position that everybody is shown instead of this one."""
    return cell_centre(cell_of(lon, lat, COARSE), COARSE)


def coarse_square(lon: float, lat: float) -> dict[str, Any]:
    """The outline, as GeoJSON, of the area in which everybody knows a comment to be."""
    ring = cell_polygon(cell_of(lon, lat, COARSE), COARSE).exterior.coords
    return {"type": "Polygon", "coordinates": [[[round(x, 7), round(y, 7)] for x, y in ring]]}


def exact_of(session: Session, *, comment_id: int) -> Any:
    """The exact place of a comment on a sensitive topic: words, segment, position; None for any other."""
    query = (
        select(
            Comment.exact_place.label("place"), Segment.code.label("segment_code"),
            func.ST_X(Comment.exact_geom).label("lon"), func.ST_Y(Comment.exact_geom).label("lat"),
        )
        .outerjoin(Segment, Segment.id == Comment.exact_segment_id)
        .where(Comment.id == comment_id, Comment.exact_geom.is_not(None))
    )  # fmt: skip
    return session.execute(query).one_or_none()
