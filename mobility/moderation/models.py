"""What moderation keeps beside comments and votes: signals, word lists, blocks, appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key

BLOCK_REASONS = ("abuse", "spam", "unlawful", "automatic", "other")
OUTCOMES = ("upheld", "overturned")
APPEAL_LIMIT = 1000


class CommentReview(Base):
    """What was noticed about a comment when it came in, and when somebody first looked at it."""

    __tablename__ = "comment_review"
    __table_args__ = (
        Index(
            "ix_comment_review_waiting", "plan_id", text("score DESC"), "comment_id",
            postgresql_where=text("looked_at IS NULL AND score > 0"),
        ),
        Index("ix_comment_review_text", "plan_id", "text_key"),
    )  # fmt: skip

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    score: Mapped[int] = mapped_column(SmallInteger)
    """How far up in the queue it stands; it decides nothing."""
    signals: Mapped[list[dict[str, Any]]]
    text_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Hash of the text without case, accents and signs; null once the text is erased."""
    looked_at: Mapped[datetime | None]


class SignalWord(Base):
    """A word whose comments are looked at first. Staff keep the list; folded, one word an entry."""

    __tablename__ = "signal_word"
    __table_args__ = (UniqueConstraint("plan_id", "language", "word"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    language: Mapped[str]
    word: Mapped[str]


class ParticipantBlock(Base):
    """A participant may not write or vote for a time; ended when `ended_at` is set."""

    __tablename__ = "participant_block"
    __table_args__ = (
        CheckConstraint(f"reason IN {BLOCK_REASONS}", name="reason"),
        CheckConstraint("until > created_at", name="until"),
        Index(
            "uq_participant_block_live", "participant_id", "plan_id", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class BlockedItem(Base):
    """What a block hid, and what it was before: the end of the block brings back exactly this."""

    __tablename__ = "blocked_item"

    block_id: Mapped[int] = mapped_column(
        ForeignKey("participant_block.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    was: Mapped[str]


class Appeal(Base):
    """Somebody asks a second person to look at a decision: something hidden, a block, votes set aside."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint("num_nonnulls(moderation_id, block_id, set_aside_id) = 1", name="subject"),
        CheckConstraint(f"length(text) <= {APPEAL_LIMIT}", name="text"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by <> against_id", name="second_person"),
        UniqueConstraint("moderation_id"),
        UniqueConstraint("block_id"),
        UniqueConstraint("set_aside_id", "participant_id"),
        Index("ix_appeal_waiting", "plan_id", "id", postgresql_where=text("decided_at IS NULL")),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    moderation_id: Mapped[int | None] = mapped_column(ForeignKey("moderation.id", ondelete="CASCADE"))
    block_id: Mapped[int | None] = mapped_column(ForeignKey("participant_block.id", ondelete="CASCADE"))
    set_aside_id: Mapped[int | None] = mapped_column(ForeignKey("set_aside.id", ondelete="CASCADE"))
    text: Mapped[str]
    """The author's words; emptied when the author is erased."""
    created_at: Mapped[CreatedAt]
    against_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """Who took the decision that is asked about."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    """What the second person answers."""
