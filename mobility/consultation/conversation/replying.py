"""Reply to a comment: one reply a person and side, so that nobody piles on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Participant
from mobility.consultation.conversation.models import REPLY_LIMIT, SIDES, Reply
from mobility.consultation.conversation.services import may_speak
from mobility.consultation.models import Comment, Phase
from mobility.consultation.phases import Step
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid, NotFound

CHANGEABLE = timedelta(minutes=15)


@dataclass(frozen=True)
class Said:
    """A reply that was checked, and in whose name it speaks."""

    side: str
    text: str
    language: str
    voice: str = "person"
    group_id: int | None = None


def check_reply(text: str | None) -> str:
    """The text as it will be kept. Raises Invalid: empty or too long."""
    words, _removed = clean(text)
    if not words:
        raise Invalid("text", _l("Write your reply."))
    if len(words) > REPLY_LIMIT:
        raise Invalid(
            "text",
            _l(
                "Your reply has %(count)d characters; at most %(limit)d fit.",
                count=len(words),
                limit=REPLY_LIMIT,
            ),
        )
    return words


def check_side(side: str | None) -> str:
    """For or against. Raises Invalid."""
    if side not in SIDES:
        raise Invalid("side", _l("Say whether you speak for it or against it."))
    return str(side)


def submit_reply(
    session: Session,
    *,
    comment: Comment,
    participant: Participant,
    steps: Sequence[Step],
    said: Said,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Reply:
    """The reply; the one already made when the same form arrives again.

    It is public at once, or waits when the step has contributions read first. Raises CommentingClosed,
    NotFree, and Conflict for a second reply on the same side.
    """
    step = may_speak(steps, participant, now)
    rule = session.scalar(select(Phase.moderation).where(Phase.id == step.id))
    values: dict[str, Any] = {
        "plan_id": comment.plan_id,
        "comment_id": comment.id,
        "participant_id": participant.id,
        "phase_id": step.id,
        "side": said.side,
        "text": said.text,
        "language": said.language,
        "voice": said.voice,
        "group_id": said.group_id,
        "status": "pending" if rule == "pre" else "published",
        "idempotency_key": idempotency_key,
        "created_at": now,
        "updated_at": now,
    }
    made = session.scalar(insert(Reply).values(values).on_conflict_do_nothing().returning(Reply.id))
    reply = sent_before(session, key=idempotency_key, participant_id=participant.id)
    if reply is None:
        raise Conflict(
            _l(
                "You have replied on this side already. You can change that reply for 15 minutes, "
                "or withdraw it."
            )
        )
    if made is not None and reply.status == "published":
        signals.reply_published.send(session, reply=reply, comment=comment, now=now)
    return reply


def sent_before(session: Session, *, key: uuid.UUID, participant_id: int) -> Reply | None:
    """The reply that this person has made with this form already."""
    found: Reply | None = session.scalar(
        select(Reply).where(Reply.idempotency_key == key, Reply.participant_id == participant_id)
    )
    return found


def my_reply(session: Session, *, reply_id: int, participant_id: int | None) -> Reply:
    """One's own reply, locked. Raises NotFound for others' too: nothing is told about them."""
    wanted = select(Reply).where(Reply.id == reply_id, Reply.participant_id == participant_id)
    reply = session.scalar(wanted.with_for_update()) if reply_id < 2**63 and participant_id else None
    if reply is None:
        raise NotFound
    return reply


def changeable(reply: Any, now: datetime) -> bool:
    """Whether its author may still change it: for 15 minutes, as long as staff have not decided about it."""
    return (
        reply.status in ("published", "pending")
        and reply.erased_at is None
        and now - reply.created_at < CHANGEABLE
    )


def change_reply(session: Session, *, reply: Reply, text: str, language: str, now: datetime) -> Reply:
    """The reply with its new text. Raises Conflict when its time is over."""
    if not changeable(reply, now):
        raise Conflict(_l("A reply can be changed for 15 minutes. You can still withdraw it."))
    if text != reply.text:
        reply.text, reply.language, reply.edited_at, reply.updated_at = text, language, now, now
        session.flush()
    return reply


def withdraw_reply(session: Session, *, reply: Reply, now: datetime) -> Reply:
    """The reply, withdrawn by its author. Withdrawing twice changes nothing; then one may reply again."""
    if reply.status != "withdrawn":
        reply.status, reply.hidden_reason, reply.hidden_note = "withdrawn", None, None
        reply.updated_at = now
        session.flush()
    return reply
