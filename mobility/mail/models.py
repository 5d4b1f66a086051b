"""Messages on their way: written in the transaction that causes them, sent afterwards by a job."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key

STATES = ("waiting", "sending", "sent", "failed")


class MailMessage(Base):
    """One message to one address. `key` makes it unique: what is queued twice is sent once."""

    __tablename__ = "mail_message"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_mail_message_due", "due_at", postgresql_where=text("state IN ('waiting', 'sending')")),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    """The address; emptied once the message is sent."""
    participant_id: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str]
    """Plain text; emptied once the message is sent."""
    language: Mapped[str]
    stop_url: Mapped[str | None]
    """One click there stops messages of this kind; None for those that were asked for one by one."""
    reply_to: Mapped[str | None]
    """Where an answer to the message goes; None: nowhere. Emptied once the message is sent."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    """Why the last attempt failed, without the address."""
