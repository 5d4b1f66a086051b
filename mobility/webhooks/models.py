"""Other systems that are told what happened: their addresses, what waits for them, what was tried."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Instant, Key, Words

PING = "ping"
EVENTS = (
    "comment.published", "comment.withdrawn", "comment.hidden", "comment.restored", "comment.answered",
    "case.assigned", "measure.version_published", "phase.opened", "phase.closed", "consultation.concluded",
)  # fmt: skip
"""What a system can be told of. `ping` is sent when somebody at the desk asks for it."""
DELIVERY_STATES = ("waiting", "delivered")
OFF_REASONS = ("person", "failing", "gone")
"""Why nothing is sent: switched off at the desk, no answer for two days, or the receiver said 410."""


class Webhook(Base):
    """An address that is told what happens, in one plan or in all. Its secret is sealed."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint(f"events <@ ARRAY[{', '.join(repr(each) for each in EVENTS)}]", name="events"),
        CheckConstraint("length(url) <= 2000 AND length(name) <= 120", name="lengths"),
        CheckConstraint(f"off_reason IN {OFF_REASONS}", name="off_reason"),
        CheckConstraint("(off_at IS NULL) = (off_reason IS NULL)", name="off"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    """The one plan it is told of; null for all."""
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[Words]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """What signs its messages, encrypted with a key that the database does not hold."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    due_at: Mapped[CreatedAt]
    """Nothing is sent to it before this moment; it rests after each attempt that failed."""
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    """Attempts that failed in a row."""
    off_at: Mapped[datetime | None]
    off_reason: Mapped[str | None]


class WebhookEvent(Base):
    """Something that happened, written in the transaction in which it happened; ids and codes only."""

    __tablename__ = "webhook_event"
    __table_args__ = (Index("ix_webhook_event_created", "created_at"),)

    id: Mapped[Key]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    """The id that receivers see: always the same for the same event."""
    kind: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[Instant]


class WebhookDelivery(Base):
    """One event on its way to one address."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(f"state IN {DELIVERY_STATES}", name="state"),
        Index("ix_webhook_delivery_waiting", "webhook_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_webhook_delivery_webhook", "webhook_id", "id"),
        Index("ix_webhook_delivery_event", "event_id"),
    )

    id: Mapped[Key]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_event.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    ended_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try: what status came back or what went wrong, and how long it took. No bodies."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index("ix_webhook_attempt_delivery", "delivery_id", "id"),)

    id: Mapped[Key]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    at: Mapped[Instant]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    fault: Mapped[str | None]
    """The code of `mobility.outgoing.OutgoingError`, when no answer came."""
    milliseconds: Mapped[int] = mapped_column(Integer)
