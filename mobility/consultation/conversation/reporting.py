"""Report a comment or a reply to the people who moderate. Nothing is hidden by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.consultation.conversation.models import NOTE_LIMIT, REPORT_REASONS, AbuseReport, Reply
from mobility.consultation.conversation.services import NotFree
from mobility.consultation.models import Comment
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid


def report_reasons() -> list[tuple[str, str]]:
    """Why somebody may report: code and words."""
    words = {
        "abuse": gettext("It insults or threatens somebody"),
        "personal_data": gettext("It holds personal data of somebody"),
        "spam": gettext("It is advertising"),
        "unlawful": gettext("Its content is against the law"),
        "off_topic": gettext("It is not about this plan"),
        "other": gettext("Something else"),
    }
    return [(code, words[code]) for code in REPORT_REASONS]


def report_abuse(
    session: Session,
    *,
    target: Comment | Reply,
    participant: Participant,
    reason: str | None,
    note: str | None,
    now: datetime,
) -> bool:
    """True when it is new: one person reports one thing once, and saying it again changes the reason.

    Raises Invalid for an unknown reason or a long note, Conflict for one's own and for what is not public,
    NotFree.
    """
    if reason not in REPORT_REASONS:
        raise Invalid("reason", _l("Choose a reason from the list."))
    words, _removed = clean(note)
    if len(words) > NOTE_LIMIT:
        raise Invalid("note", _l("The note is too long: at most %(count)d characters.", count=NOTE_LIMIT))
    if participant.blocked_at is not None:
        raise NotFree
    if target.participant_id == participant.id:
        raise Conflict(_l("This is your own. You can withdraw it yourself."))
    if target.status != "published" or target.erased_at is not None:
        raise Conflict(_l("This is no longer public: there is nothing to report."))
    key = "comment_id" if isinstance(target, Comment) else "reply_id"
    values: dict[str, Any] = {
        "plan_id": target.plan_id,
        key: target.id,
        "participant_id": participant.id,
        "reason": reason,
        "note": words or None,
        "created_at": now,
    }
    statement = insert(AbuseReport).values(values)
    new = session.scalar(
        statement.on_conflict_do_nothing(index_elements=[key, "participant_id"]).returning(AbuseReport.id)
    )
    if new is None:
        open_ = AbuseReport.settled_at.is_(None)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[key, "participant_id"],
                set_={"reason": reason, "note": words or None},
                where=open_,
            )
        )
    return new is not None
