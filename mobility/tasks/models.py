"""Long work in the background that somebody waits for: reading an import, writing a large file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key

STATES = ("waiting", "running", "done", "failed", "cancelled")
OVER = ("done", "failed", "cancelled")


class Task(Base):
    """One piece of long work: what it is, how far it is, what came of it.

    `params` and `result` hold codes, numbers and names of kept files, never personal data.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("ix_task_plan", "plan_id", text("id DESC")),
        Index("ix_task_account", "account_id"),
        Index("ix_task_state", "state", postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    progress: Mapped[float] = mapped_column(server_default=text("0"))
    note: Mapped[str] = mapped_column(server_default="")
    """A code for what is being done now; pages have the words for it."""
    params: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    result: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    fault: Mapped[str | None]
    """Why it failed, in the language of `language`."""
    language: Mapped[str] = mapped_column(server_default="en")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    """When the worker last said that it is alive."""
    cancel_asked_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When the result and its files are thrown away."""
