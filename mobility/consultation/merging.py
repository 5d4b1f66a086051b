"""What comments and votes do when two participants prove to be one person, or a person to be known better."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Vote, VoteHistory

OLDER = """
DELETE FROM vote older USING vote newer
WHERE older.group_id IS NULL AND newer.group_id IS NULL
  AND older.participant_id IN (:kept, :gone) AND newer.participant_id IN (:kept, :gone)
  AND older.participant_id <> newer.participant_id
  AND (older.segment_id = newer.segment_id OR older.measure_id = newer.measure_id)
  AND (older.changed_at, older.participant_id = :kept) < (newer.changed_at, newer.participant_id = :kept)
"""
"""Of two votes on one subject the one changed last stays; at the same instant the kept participant's."""
ENDING = "SELECT set_config('mobility.vote_ending', :ending, true)"


def merge_contributions(session: Session, *, kept_id: int, gone_id: int) -> None:
    """Comments, votes and their history belong to the kept participant; one live vote is left per subject."""
    session.flush()
    session.execute(text(ENDING), {"ending": "merged"})
    session.execute(text(OLDER), {"kept": kept_id, "gone": gone_id})
    session.execute(text(ENDING), {"ending": ""})
    tables: tuple[Any, ...] = (Vote, VoteHistory, Comment)
    for model in tables:
        session.execute(
            update(model)
            .where(model.participant_id == gone_id)
            .values(participant_id=kept_id)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def raise_votes(session: Session, *, participant_id: int, level: int) -> None:
    """The person's own live votes count at this level from now on; those of groups stay as they are."""
    session.execute(
        update(Vote)
        .where(Vote.participant_id == participant_id, Vote.group_id.is_(None), Vote.identity_level < level)
        .values(identity_level=level)
        .execution_options(synchronize_session=False)
    )


def count_contributions(session: Session, *, participant_id: int) -> dict[str, int]:
    """How many comments and live votes of one's own a participant has."""
    comments = select(func.count()).where(
        Comment.participant_id == participant_id, Comment.status != "withdrawn", Comment.erased_at.is_(None)
    )
    votes = select(func.count()).where(Vote.participant_id == participant_id, Vote.group_id.is_(None))
    row = session.execute(select(comments.scalar_subquery(), votes.scalar_subquery())).one()
    return {"comments": row[0], "votes": row[1]}
