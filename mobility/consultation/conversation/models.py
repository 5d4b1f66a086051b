"""What people say to a comment: endorsements, replies, reports of abuse."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.consultation.models import BLOCKED, COMMENT_STATUSES, HIDE_REASONS
from mobility.db import Base, CreatedAt, Key

SIDES = ("for", "against")
VOICES = ("person", "group", "city")
"""In whose name a reply speaks."""
REPLY_LIMIT = 1000
REPORT_REASONS = ("abuse", "personal_data", "spam", "unlawful", "off_topic", "other")
REPORT_OUTCOMES = ("hidden", "kept")
NOTE_LIMIT = 500


class Endorsement(Base):
    """Somebody agrees with a comment. Triggers keep their number in `comment.endorsements`."""

    __tablename__ = "comment_endorsement"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[CreatedAt]


class Reply(Base):
    """One answer of one side to a comment. Triggers keep the public ones' number in `comment.replies`."""

    __tablename__ = "comment_reply"
    __table_args__ = (
        CheckConstraint(f"side IN {SIDES}", name="side"),
        CheckConstraint(f"voice IN {VOICES}", name="voice"),
        CheckConstraint("(voice = 'group') = (group_id IS NOT NULL)", name="group"),
        CheckConstraint(f"status IN {COMMENT_STATUSES}", name="status"),
        CheckConstraint(f"hidden_reason IN {(*HIDE_REASONS, BLOCKED)}", name="hidden_reason"),
        CheckConstraint("(status = 'hidden') = (hidden_reason IS NOT NULL)", name="hidden"),
        CheckConstraint(
            f"length(text) BETWEEN 1 AND {REPLY_LIMIT} OR (erased_at IS NOT NULL AND text = '')", name="text"
        ),
        Index(
            "uq_comment_reply_one_a_side", "comment_id", "participant_id", "side", unique=True,
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        Index("ix_comment_reply_plan_status_id", "plan_id", "status", text("id DESC")),
        Index("ix_comment_reply_participant", "participant_id"),
    )  # fmt: skip

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id"))
    side: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    voice: Mapped[str] = mapped_column(server_default="person")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholder_group.id"))
    status: Mapped[str] = mapped_column(server_default="published")
    hidden_reason: Mapped[str | None]
    hidden_note: Mapped[str | None]
    idempotency_key: Mapped[uuid.UUID] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    edited_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    """When its author had the text taken away."""


class AbuseReport(Base):
    """Somebody says that a comment or a reply should not stand. It hides nothing by itself."""

    __tablename__ = "abuse_report"
    __table_args__ = (
        CheckConstraint("(comment_id IS NULL) <> (reply_id IS NULL)", name="target"),
        CheckConstraint(f"reason IN {REPORT_REASONS}", name="reason"),
        CheckConstraint(f"length(note) <= {NOTE_LIMIT}", name="note"),
        CheckConstraint(f"outcome IN {REPORT_OUTCOMES}", name="outcome"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled"),
        UniqueConstraint("comment_id", "participant_id"),
        UniqueConstraint("reply_id", "participant_id"),
        Index("ix_abuse_report_open", "plan_id", "id", postgresql_where=text("settled_at IS NULL")),
        Index("ix_abuse_report_participant", "participant_id"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("comment_reply.id", ondelete="CASCADE"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    reason: Mapped[str]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    settled_at: Mapped[datetime | None]
    """When staff decided about what was reported; empty while it waits."""
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    outcome: Mapped[str | None]
