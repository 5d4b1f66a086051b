"""Queue a message. What is queued in a transaction that fails was never queued."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.mail.models import MailMessage

CHANNEL = "mobility_mail"
"""Notified when a message is queued, so that it is sent at once."""


def queue_mail(
    session: Session,
    *,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    language: str,
    participant_id: int | None = None,
    stop_url: str | None = None,
    reply_to: str | None = None,
) -> bool:
    """True when the message is new; a message with the same key is queued only once."""
    statement = (
        insert(MailMessage)
        .values(
            key=key,
            recipient=recipient,
            subject=" ".join(subject.split()),
            body=body,
            language=language,
            participant_id=participant_id,
            stop_url=stop_url,
            reply_to=reply_to,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(MailMessage.id)
    )
    new = session.scalar(statement) is not None
    if new:
        session.execute(select(func.pg_notify(CHANNEL, "")))
    return new
