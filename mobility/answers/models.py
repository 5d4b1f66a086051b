"""What becomes of a comment in the offices: its case, who has it, the answer that is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Instant, Key, Texts

CASE_STATES = ("received", "in_progress", "answered", "closed")
"""`closed` without an answer needs a reason: withdrawn, hidden, duplicate of another."""
CLOSINGS = ("withdrawn", "hidden", "duplicate", "answered_elsewhere", "no_answer_needed")
ANSWER_STATES = ("draft", "waiting", "published", "withdrawn")
ASSIGNED_BY = ("rule", "resident", "person", "substitute", "escalation")


class Case(Base):
    """One comment as a matter that an office answers. Made with the comment; one for each."""

    __tablename__ = "comment_case"
    __table_args__ = (
        CheckConstraint(f"state IN {CASE_STATES}", name="state"),
        CheckConstraint(f"closing IN {CLOSINGS}", name="closing"),
        CheckConstraint("(state = 'answered') = (answer_id IS NOT NULL)", name="answered"),
        CheckConstraint("(state = 'closed') = (closing IS NOT NULL)", name="closed"),
        Index("ix_comment_case_inbox", "office_id", "state", "due_at"),
        Index("ix_comment_case_plan", "plan_id", "state", "due_at"),
        Index("ix_comment_case_cluster", "cluster_id"),
        Index("ix_comment_case_answer", "answer_id"),
    )

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    """Null while no competence matches: the planner must assign it."""
    state: Mapped[str] = mapped_column(server_default="received")
    closing: Mapped[str | None]
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("comment_cluster.id", ondelete="SET NULL"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"))
    """The published answer that is in force."""
    received_at: Mapped[Instant]
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When the first answer was published; reopening does not forget it."""
    reopened_at: Mapped[datetime | None]
    author_reopened_at: Mapped[datetime | None]
    """When its author asked again; possible once."""
    reopen_reason: Mapped[str | None]
    """Why it was asked again, in the author's words or a planner's."""
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    updated_at: Mapped[CreatedAt]


class Assignment(Base):
    """Which office had a case, since when and why. The current one has no `ended_at`."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(f"how IN {ASSIGNED_BY}", name="how"),
        Index("uq_assignment_current", "comment_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_assignment_comment", "comment_id", "id"),
        Index("ix_assignment_untold", "id", postgresql_where=text("told_at IS NULL AND ended_at IS NULL")),
    )

    id: Mapped[Key]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    how: Mapped[str]
    reason: Mapped[dict[str, Any]]
    """The rule's own explanation as codes (which competence, topic, area, measure), or a person's words."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    since: Mapped[Instant]
    told_at: Mapped[datetime | None]
    """When the people of the office were told, or need not be."""
    ended_at: Mapped[datetime | None]


class Cluster(Base):
    """Comments that are answered together, suggested by place and words, confirmed by a person."""

    __tablename__ = "comment_cluster"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]


class Answer(Base):
    """An office's reply to one or several comments. Published answers are public and never deleted.

    A trigger refuses to change or remove what is published, and to publish an answer of an office with four
    eyes that nobody else has approved.
    """

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint(f"state IN {ANSWER_STATES}", name="state"),
        CheckConstraint("(state = 'published') <= (published_at IS NOT NULL)", name="published"),
        CheckConstraint("length(text) <= 10000", name="text"),
        CheckConstraint("approved_by <> author_id", name="four_eyes"),
        CheckConstraint("channel IN ('web', 'email', 'sample')", name="channel"),
        CheckConstraint("replaces_id <> id", name="replaces"),
        Index("ix_answer_plan_state", "plan_id", "state"),
        Index("ix_answer_replaces", "replaces_id", postgresql_where=text("replaces_id IS NOT NULL")),
        Index("ix_answer_office", "office_id"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    state: Mapped[str] = mapped_column(server_default="draft")
    language: Mapped[str]
    text: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    channel: Mapped[str] = mapped_column(server_default="web")
    """How it was written: at the desk (`web`), by replying to a message (`email`), invented (`sample`)."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    published_at: Mapped[datetime | None]


class AnswerComment(Base):
    """Which comments an answer answers, draft or published."""

    __tablename__ = "answer_comment"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AnswerFile(Base):
    """A PDF beside an answer, kept in the storage of files."""

    __tablename__ = "answer_file"

    id: Mapped[Key]
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[CreatedAt]


class InternalNote(Base):
    """What people in the offices tell each other about a case; never public, never exported."""

    __tablename__ = "internal_note"

    id: Mapped[Key]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    text: Mapped[str]
    created_at: Mapped[CreatedAt]


class ReplyTemplate(Base):
    """A text that clerks begin an answer with; `{receipt}`, `{street}` and others are filled in."""

    __tablename__ = "reply_template"
    __table_args__ = (UniqueConstraint("plan_id", "office_id", "title", postgresql_nulls_not_distinct=True),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"))
    title: Mapped[str]
    texts: Mapped[Texts]
    created_at: Mapped[CreatedAt]


class InboundMail(Base):
    """A message that arrived at a signed address: kept once by its Message-ID, with what became of it."""

    __tablename__ = "inbound_mail"

    id: Mapped[Key]
    message_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """Hash of the Message-ID: the same message is taken once."""
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id", ondelete="SET NULL"))
    verdict: Mapped[str]
    """`draft`, `published`, `refused_address`, `refused_sender`, `empty`, `automatic`."""
    received_at: Mapped[CreatedAt]
