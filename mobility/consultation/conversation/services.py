"""Agree with a comment, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.consultation.comments import CommentingClosed
from mobility.consultation.conversation.models import Endorsement
from mobility.consultation.models import Comment
from mobility.consultation.phases import Refusal, Step, current, refusal
from mobility.errors import Conflict, Forbidden, NotFound


class NotFree(Forbidden):
    """The city has blocked this participant."""

    title = _l("You cannot take part at present")
    default = _l("The city has blocked further contributions from you because earlier ones broke the rules.")


def may_speak(steps: Sequence[Step], participant: Participant, now: datetime) -> Step:
    """The open step in which this participant may join the conversation. Raises CommentingClosed, NotFree."""
    why = refusal(steps, "comment", now, participant.identity_level)
    here = current(steps, now)
    if why or here is None:
        raise CommentingClosed(why or Refusal("never"))
    if participant.blocked_at is not None:
        raise NotFree
    return here


def public_comment(session: Session, *, plan_id: int, comment_id: int) -> Comment:
    """A comment that one can speak to. Raises NotFound, Conflict for one that is not public or erased."""
    wanted = select(Comment).where(Comment.plan_id == plan_id, Comment.id == comment_id)
    comment = session.scalar(wanted) if comment_id < 2**63 else None
    if comment is None or comment.status == "pending":
        raise NotFound
    if comment.status != "published" or comment.erased_at is not None:
        raise Conflict(_l("This comment is no longer public, so nobody can agree with it or reply to it."))
    return comment


def endorse(
    session: Session, *, comment: Comment, participant: Participant, steps: Sequence[Step], now: datetime
) -> bool:
    """True when the agreement is new; agreeing twice counts once.

    Raises CommentingClosed, NotFree, and Conflict for one's own comment.
    """
    may_speak(steps, participant, now)
    if comment.participant_id == participant.id:
        raise Conflict(_l("This comment is yours: it counts already."))
    values = {"comment_id": comment.id, "participant_id": participant.id, "created_at": now}
    statement = insert(Endorsement).values(values).on_conflict_do_nothing()
    return session.scalar(statement.returning(Endorsement.comment_id)) is not None


def withdraw_endorsement(
    session: Session, *, comment_id: int, participant_id: int | None, steps: Sequence[Step], now: datetime
) -> bool:
    """True when there was one to take back. Raises CommentingClosed: afterwards the numbers stand."""
    why = refusal(steps, "comment", now)
    if why:
        raise CommentingClosed(why)
    mine = (Endorsement.comment_id == comment_id) & (Endorsement.participant_id == participant_id)
    return session.scalar(delete(Endorsement).where(mine).returning(Endorsement.comment_id)) is not None
