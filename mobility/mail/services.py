"""Queue a message. What is queued in a transaction that fails was never queued."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.mail.models import MailMessage


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
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(MailMessage.id)
    )
    return session.scalar(statement) is not None
