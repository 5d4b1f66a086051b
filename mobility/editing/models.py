"""Drafts of measures: nothing of them is public until it is published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key


class MeasureDraft(Base):
    """One measure as planners want it next. There is one draft a measure, shared by all who edit it."""

    __tablename__ = "measure_draft"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), index=True)
    """Null for a measure that is not published yet."""
    code: Mapped[str]
    base_version: Mapped[int] = mapped_column(Integer)
    """The version it began from; 0 for a new measure."""
    content: Mapped[dict[str, Any]]
    """`measure` and `segments` as a bundle writes them (docs/bundle.md); see `document`."""
    step: Mapped[int] = mapped_column(Integer, server_default="0")
    """Which of its steps `content` is."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    """Who changed it last, so that colleagues can ask each other; gone with the draft."""
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]


class DraftStep(Base):
    """The draft after one act, for taking acts back and doing them again."""

    __tablename__ = "measure_draft_step"

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("measure_draft.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    act: Mapped[str]
    content: Mapped[dict[str, Any]]
