"""Send and withdraw comments. A form that arrives twice makes one comment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.consultation.models import STANCES, TEXT_LIMIT, Comment, Topic
from mobility.consultation.phases import Refusal, Step, current, refusal
from mobility.consultation.texts import clean
from mobility.errors import Closed, Conflict, Invalid, NotFound
from mobility.plans.models import Plan
from mobility.plans.services import Place
from mobility.text import new_receipt


class CommentingClosed(Closed):
    """Commenting is not open to this person now; `refusal` says why and what comes next."""

    def __init__(self, why: Refusal) -> None:
        self.refusal = why
        super().__init__()


@dataclass(frozen=True)
class Draft:
    """A comment that was checked: what will be published, and where."""

    place: Place
    topic: Topic
    stance: str
    text: str
    language: str


def check_text(typed: str | None) -> str:
    """The text as it will be kept. Raises Invalid: empty, too long, or with signs nobody can see."""
    words, removed = clean(typed)
    if not words:
        raise Invalid("text", _l("Write your comment."))
    if len(words) > TEXT_LIMIT:
        raise Invalid(
            "text",
            _l(
                "Your comment has %(count)d characters; at most %(limit)d fit. Shorten it, or send two.",
                count=len(words),
                limit=TEXT_LIMIT,
            ),
        )
    if removed:
        raise Invalid(
            "text",
            _l("The text held invisible signs. We removed them: check that it reads as you meant it."),
        )
    return words


def find_topic(session: Session, *, plan_id: int, slug: str | None) -> Topic:
    """The topic of the plan. Raises Invalid for none and for unknown ones."""
    topic = None
    if slug and "\x00" not in slug:
        topic = session.scalar(select(Topic).where(Topic.plan_id == plan_id, Topic.slug == slug))
    if topic is None:
        raise Invalid("topic", _l("Choose a topic from the list."))
    return topic


def check_stance(stance: str | None) -> str:
    """One of the four stances. Raises Invalid."""
    if stance not in STANCES:
        raise Invalid("stance", _l("Say whether you are for it, against it, have an idea or a question."))
    return str(stance)


def open_step(steps: list[Step], *, level: int, now: datetime) -> Step:
    """The step in which somebody of this identity level may comment now. Raises CommentingClosed."""
    why = refusal(steps, "comment", now, level)
    here = current(steps, now)
    if why or here is None:
        raise CommentingClosed(why or Refusal("never"))
    return here


def submit_comment(
    session: Session,
    *,
    plan: Plan,
    step: Step,
    participant: Participant,
    draft: Draft,
    idempotency_key: uuid.UUID,
    channel: str = "web",
    now: datetime,
) -> Comment:
    """The comment; the one already made when the same form arrives again.

    Two posts at the same moment make one: the database lets one key in, the other reads what it wrote. Raises
    Conflict for a key that somebody else has used.
    """
    values: dict[str, Any] = {
        "plan_id": plan.id,
        "participant_id": participant.id,
        "phase_id": step.id,
        "topic_id": draft.topic.id,
        "segment_id": draft.place.segment_id,
        "measure_id": draft.place.measure_id,
        "stance": draft.stance,
        "text": draft.text,
        "geom": f"SRID=4326;POINT({draft.place.lon!r} {draft.place.lat!r})",
        "snap_distance_m": draft.place.distance_m,
        "place": draft.place.words,
        "channel": channel,
        "language": draft.language,
        "receipt": new_receipt(),
        "idempotency_key": idempotency_key,
        "created_at": now,
        "updated_at": now,
    }
    statement = insert(Comment).values(values).on_conflict_do_nothing(index_elements=["idempotency_key"])
    session.execute(statement)
    comment = sent_before(session, key=idempotency_key, participant_id=participant.id)
    if comment is None:
        raise Conflict(_l("This form was already used. Open a new one: your text is still in this window."))
    return comment


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


def withdraw_comment(session: Session, *, code: str, now: datetime) -> Comment:
    """The comment, withdrawn by whoever holds its receipt. Withdrawing twice changes nothing."""
    found = find_receipt(session, code=code)
    comment = session.scalars(select(Comment).where(Comment.id == found.id).with_for_update()).one()
    if comment.status != "withdrawn":
        comment.status, comment.hidden_reason, comment.hidden_note = "withdrawn", None, None
        comment.updated_at = now
        session.flush()
    return comment
