"""What the city decided: the outcome on each measure, and the conclusion of the whole consultation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, Instant, Key, Texts

OUTCOMES = ("kept", "changed", "dropped")


class MeasureOutcome(Base):
    """What the city decided about a measure, and why. A changed decision is a new row; the newest counts."""

    __tablename__ = "measure_outcome"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index("ix_measure_outcome_measure", "measure_id", text("id DESC")),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    outcome: Mapped[str]
    why: Mapped[Texts]
    version: Mapped[int | None] = mapped_column(Integer)
    """The version of the measure that the decision led to."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    decided_at: Mapped[Instant]


class Conclusion(Base):
    """The city concluded a consultation. One is in force at most; reopening ends it and keeps the row."""

    __tablename__ = "conclusion"
    __table_args__ = (
        CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name="reopened"),
        Index("uq_conclusion_in_force", "plan_id", unique=True, postgresql_where=text("reopened_at IS NULL")),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    concluded_at: Mapped[Instant]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    statement: Mapped[Texts]
    """What the city says at the end, in the languages of the plan; may be empty."""
    figures: Mapped[dict[str, Any]]
    """The public figures at that moment."""
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reopen_reason: Mapped[str | None]
