"""Send, edit and withdraw comments. A form that arrives twice makes one comment."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Participant
from mobility.consultation.drafts import Draft
from mobility.consultation.models import Comment, Moderation, Phase, Topic
from mobility.consultation.phases import Refusal, Step, current, refusal
from mobility.errors import Closed, Conflict, Forbidden, NotFound
from mobility.media.services import attach_photos, erase_photos
from mobility.plans.models import Measure, Plan
from mobility.text import new_receipt

EDITABLE = timedelta(minutes=15)
"""How long after sending a comment can be edited."""


class CommentingClosed(Closed):
    """Commenting is not open to this person now; `refusal` says why and what comes next."""

    def __init__(self, why: Refusal) -> None:
        self.refusal = why
        super().__init__()


class Blocked(Forbidden):
    """The city has blocked this participant."""

    title = _l("You cannot comment at present")
    default = _l("The city has blocked further comments from you because earlier ones broke the rules.")


def open_step(steps: list[Step], *, level: int, now: datetime) -> Step:
    """The step in which somebody of this identity level may comment now. Raises CommentingClosed."""
    why = refusal(steps, "comment", now, level)
    here = current(steps, now)
    if why or here is None:
        raise CommentingClosed(why or Refusal("never"))
    return here


def check_free(participant: Participant | None) -> None:
    """Raises Blocked for somebody whom the city has blocked."""
    if participant is not None and participant.blocked_at is not None:
        raise Blocked


def submit_comment(
    session: Session,
    *,
    plan: Plan,
    step: Step,
    participant: Participant,
    draft: Draft,
    idempotency_key: uuid.UUID,
    channel: str = "web",
    origin: bytes | None = None,
    now: datetime,
) -> Comment:
    """The comment with the photos of its form; the one already made when the same form arrives again.

    Two posts at the same moment make one: the database lets one key in, the other reads what it wrote. It is
    public at once, or waits when the phase has comments read first. Raises Blocked, CommentingClosed when the
    plan was concluded meanwhile, and Conflict for a key that somebody else has used.
    """
    check_free(participant)
    _check_not_ended(session, plan)
    status = _first_status(session, step)
    statement = (
        insert(Comment)
        .values(
            _said(draft)
            | _placed(draft)
            | {
                "plan_id": plan.id,
                "participant_id": participant.id,
                "phase_id": step.id,
                "channel": channel,
                "status": status,
                "receipt": new_receipt(),
                "idempotency_key": idempotency_key,
                "origin": origin,
                "created_at": now,
                "updated_at": now,
            }
        )
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
        .returning(Comment.id)
    )
    made = session.scalar(statement)
    comment = sent_before(session, key=idempotency_key, participant_id=participant.id)
    if comment is None:
        raise Conflict(_l("This form was already used. Open a new one: your text is still in this window."))
    if made is not None:
        attach_photos(session, comment_id=made, form_key=idempotency_key, participant_id=participant.id)
        signals.comment_sent.send(session, comment=comment, now=now)
        if comment.status == "published":
            signals.comment_published.send(session, comment=comment, now=now)
    return comment


def _check_not_ended(session: Session, plan: Plan) -> None:
    """Holds the plan as it is until the comment is kept. Raises CommentingClosed once it was concluded."""
    over = Plan.concluded_at.is_not(None) | Plan.archived_at.is_not(None)
    if session.scalar(select(over).where(Plan.id == plan.id).with_for_update(read=True, key_share=True)):
        raise CommentingClosed(Refusal("after"))


def _first_status(session: Session, step: Step) -> str:
    """Public at once, or waiting until somebody has read it, as the phase says."""
    rule = session.scalar(select(Phase.moderation).where(Phase.id == step.id))
    return "pending" if rule == "pre" else "published"


def _said(draft: Draft) -> dict[str, Any]:
    return {
        "topic_id": draft.topic.id,
        "stance": draft.stance,
        "text": draft.text,
        "language": draft.language,
        "perceived_effect": draft.effect.kind if draft.effect else None,
        "heritage_place_id": draft.effect.place.id if draft.effect else None,
        "relation": list(draft.relation),
    }


def _placed(draft: Draft) -> dict[str, Any]:
    """Where it is, with the version that its measure has at this moment."""
    subject = draft.place
    version = select(Measure.version).where(Measure.id == subject.measure_id).scalar_subquery()
    return {
        "scope": subject.scope,
        "segment_id": subject.segment_id,
        "measure_id": subject.measure_id,
        "measure_version": version if subject.measure_id else None,
        "context_id": subject.context_id,
        "zone_id": subject.zone_id,
        "geom": subject.geom,
        "drawing": subject.drawn,
        "snap_distance_m": subject.distance_m,
        "place": subject.words,
    }


def sent_before(session: Session, *, key: uuid.UUID, participant_id: int | None) -> Comment | None:
    """The comment this person made with this key."""
    return session.scalar(
        select(Comment).where(Comment.idempotency_key == key, Comment.participant_id == participant_id)
    )


def find_receipt(session: Session, *, code: str) -> Comment:
    """The comment of a receipt code (12 characters, without dashes). Raises NotFound."""
    comment = session.scalar(select(Comment).where(Comment.receipt == code)) if code else None
    if comment is None:
        raise NotFound(
            _l("There is no contribution with this receipt number. Check each character and try again.")
        )
    return comment


def may_edit(session: Session, *, comment: Comment, now: datetime) -> bool:
    """Whether its author may still edit it: for 15 minutes, and only until somebody has decided on it."""
    if comment.status not in ("published", "pending") or comment.erased_at is not None:
        return False
    if now >= comment.created_at + EDITABLE:
        return False
    return not session.scalar(select(exists().where(Moderation.comment_id == comment.id)))


def edit_comment(
    session: Session, *, comment: Comment, text: str, topic: Topic, stance: str, language: str, now: datetime
) -> Comment:
    """The comment with other words, topic or stance; `text` and `stance` are checked before (see `drafts`).

    Raises Conflict when the time for it is over, or when the city has decided on the comment meanwhile.
    """
    locked = session.scalars(
        select(Comment)
        .where(Comment.id == comment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if not may_edit(session, comment=locked, now=now):
        raise Conflict(
            _l("This comment can no longer be edited. You can withdraw it and write a new one instead.")
        )
    wanted = {"text": text, "topic_id": topic.id, "stance": stance, "language": language}
    if any(getattr(locked, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(locked, name, value)
        locked.edited_at = locked.updated_at = now
        session.flush()
        session.refresh(locked)
        signals.comment_edited.send(session, comment=locked, now=now)
    return locked


def withdraw_comment(session: Session, *, code: str, now: datetime) -> Comment:
    """The comment, withdrawn by whoever holds its receipt; its photos are gone. Twice is as once."""
    found = find_receipt(session, code=code)
    comment = session.scalars(select(Comment).where(Comment.id == found.id).with_for_update()).one()
    if comment.status != "withdrawn":
        comment.status, comment.hidden_reason, comment.hidden_note = "withdrawn", None, None
        comment.updated_at = now
        erase_photos(session, comment_id=comment.id, now=now)
        session.flush()
        signals.comment_withdrawn.send(session, comment=comment, now=now)
    return comment
