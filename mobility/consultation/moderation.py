"""The city hides a comment with a reason, and shows it again. Every decision is kept."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.consultation.models import HIDE_REASONS, TEXT_LIMIT, Comment, Moderation
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid, NotFound


def reason_label(code: str | None) -> str:
    """Why a comment is hidden, as the author and the public read it."""
    words = {
        "abuse": gettext("it insults or threatens somebody"),
        "personal_data": gettext("it holds personal data of somebody"),
        "off_topic": gettext("it is not about this plan"),
        "spam": gettext("it is advertising"),
        "unlawful": gettext("its content is against the law"),
        "duplicate": gettext("it repeats another comment"),
    }
    return str(words.get(code or "", ""))


def hide_comment(
    session: Session, *, comment_id: int, account_id: int, reason: str, note: str = "", now: datetime
) -> Comment:
    """The comment, hidden. Hiding a hidden one changes its reason.

    Raises NotFound, Invalid for an unknown reason or a long note, Conflict when the author has withdrawn it.
    """
    if reason not in HIDE_REASONS:
        raise Invalid("reason", _l("Choose a reason from the list."))
    words, _removed = clean(note)
    if len(words) > TEXT_LIMIT:
        raise Invalid("note", _l("The note is too long: at most %(count)d characters.", count=TEXT_LIMIT))
    comment = _locked(session, comment_id)
    comment.status, comment.hidden_reason, comment.hidden_note = "hidden", reason, words or None
    comment.updated_at = now
    _note(session, comment, account_id, "hide", reason, words or None, now)
    return comment


def restore_comment(session: Session, *, comment_id: int, account_id: int, now: datetime) -> Comment:
    """The comment, public again; a public one stays as it is. Raises NotFound, Conflict when withdrawn."""
    comment = _locked(session, comment_id)
    if comment.status == "published":
        return comment
    comment.status, comment.hidden_reason, comment.hidden_note = "published", None, None
    comment.updated_at = now
    _note(session, comment, account_id, "restore", None, None, now)
    return comment


def _locked(session: Session, comment_id: int) -> Comment:
    comment = session.scalar(select(Comment).where(Comment.id == comment_id).with_for_update())
    if comment is None:
        raise NotFound
    if comment.status == "withdrawn":
        raise Conflict(_l("The author has withdrawn this comment. There is nothing left to hide or to show."))
    return comment


def _note(
    session: Session,
    comment: Comment,
    account_id: int,
    action: str,
    reason: str | None,
    note: str | None,
    now: datetime,
) -> None:
    session.add(
        Moderation(
            comment_id=comment.id,
            account_id=account_id,
            action=action,
            reason=reason,
            note=note,
            created_at=now,
        )
    )
    session.flush()
