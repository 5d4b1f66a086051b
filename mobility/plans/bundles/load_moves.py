"""Moving votes and comments from a segment that left to the one that takes its place."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.plans.bundles.writing import identities

_MERGE = text("""
    DELETE FROM vote v USING vote o
    WHERE v.segment_id IN (:old, :new) AND o.segment_id IN (:old, :new) AND v.segment_id <> o.segment_id
      AND (v.group_id = o.group_id
           OR v.group_id IS NULL AND o.group_id IS NULL AND v.participant_id = o.participant_id)
      AND (v.changed_at, v.id) < (o.changed_at, o.id)
    RETURNING v.id
""")
_REPLACED = text(
    "UPDATE vote_history SET ending = 'changed' WHERE vote_id = ANY(:votes) AND ending = 'withdrawn'"
)
_VOTES = text("UPDATE vote SET segment_id = :new WHERE segment_id = :old RETURNING id")
_COMMENTS = text("""
    UPDATE comment SET segment_id = :new, measure_id = (SELECT measure_id FROM segment WHERE id = :new)
    WHERE segment_id = :old OR exact_segment_id = :old RETURNING id
""")


def move_feedback(session: Session, moves: Mapping[str, str], plan_id: int) -> tuple[int, int]:
    """Re-points the votes and comments of old segments; returns how many votes and comments moved.

    Who voted on both keeps the vote given last; the other goes to the history as changed, because its
    author did not withdraw it. A segment that no longer exists was moved before.
    """
    ids = identities(session, "segment", "code", "plan_id", plan_id)
    votes = comments = 0
    for old, new in moves.items():
        if old not in ids:
            continue
        pair = {"old": ids[old], "new": ids[new]}
        merged = list(session.execute(_MERGE, pair).scalars())
        if merged:
            session.execute(_REPLACED, {"votes": merged})
        votes += len(session.execute(_VOTES, pair).all())
        comments += len(session.execute(_COMMENTS, pair).all())
    return votes, comments
