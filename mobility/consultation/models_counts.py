"""What is kept of votes when the single ones are destroyed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, Key


class VoteCount(Base):
    """How many votes of people there were, kept when the single ones were destroyed: no person, no time."""

    __tablename__ = "vote_count"
    __table_args__ = (
        CheckConstraint("n > 0", name="some"),
        CheckConstraint("position BETWEEN -2 AND 2", name="position"),
        CheckConstraint("identity_level BETWEEN 0 AND 3", name="level"),
        CheckConstraint("(segment_id IS NULL) <> (measure_id IS NULL)", name="subject"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), index=True)
    identity_level: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    measure_version: Mapped[int | None] = mapped_column(Integer)
    channel: Mapped[str]
    set_aside_id: Mapped[int | None] = mapped_column(ForeignKey("set_aside.id"))
    """The decision that took these votes out of the counts; null for votes that count."""
    n: Mapped[int]
