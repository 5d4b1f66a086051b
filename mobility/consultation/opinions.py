"""What writers said about heritage and about themselves, counted. Never mixed with what experts grade."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.models import EFFECTS, RELATIONS, Comment

FEWEST = 5
"""Who people are here is only shown as a number of at least so many people."""


def perceived_effects(session: Session, *, plan_id: int) -> dict[int, dict[str, int]]:
    """Heritage place id → how many public comments say that a measure helps it, harms it, or neither."""
    query = (
        select(Comment.heritage_place_id, Comment.perceived_effect, func.count())
        .where(
            Comment.plan_id == plan_id, Comment.status == "published", Comment.perceived_effect.is_not(None)
        )
        .group_by(Comment.heritage_place_id, Comment.perceived_effect)
    )
    found: dict[int, dict[str, int]] = {}
    for place, effect, number in session.execute(query):
        found.setdefault(place or 0, dict.fromkeys(EFFECTS, 0))[effect or ""] = number
    return found


def relations(session: Session, *, plan_id: int) -> dict[str, int]:
    """How many people said that they live, work, study, trade or visit here; fewer than five: left out."""
    said = (
        select(Comment.participant_id, func.unnest(Comment.relation).label("each"))
        .where(Comment.plan_id == plan_id, Comment.status == "published", Comment.relation != [])
        .subquery()
    )
    query = select(said.c.each, func.count(said.c.participant_id.distinct())).group_by(said.c.each)
    counted = {row[0]: row[1] for row in session.execute(query)}
    return {name: counted[name] for name in RELATIONS if counted.get(name, 0) >= FEWEST}
