"""Votes of groups that wait for the second of two delegates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.consultation.models import CONDITION_LIMIT, TEXT_LIMIT
from mobility.db import Base, CreatedAt, Key

ENDINGS = ("counted", "declined", "withdrawn", "replaced")
"""Another delegate confirmed it, or declined it; its author took it back; a newer proposal took its place."""
WORD_LIMIT = 280
WAITING = "outcome IS NULL"


class VoteProposal(Base):
    """What one delegate wants the group to say on a segment or measure: a position, or no vote any more.

    It is not changed: who thinks otherwise proposes anew, so that a second delegate confirms what was read.
    """

    __tablename__ = "vote_proposal"
    __table_args__ = (
        CheckConstraint("position BETWEEN -2 AND 2", name="position"),
        CheckConstraint("(segment_id IS NULL) <> (measure_id IS NULL)", name="subject"),
        CheckConstraint(f"outcome IN {ENDINGS}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint(f"length(condition) <= {CONDITION_LIMIT}", name="condition"),
        CheckConstraint(f"length(reason) <= {TEXT_LIMIT}", name="reason"),
        CheckConstraint(f"length(word) <= {WORD_LIMIT}", name="word"),
        Index(
            "uq_vote_proposal_segment", "group_id", "segment_id", unique=True,
            postgresql_where=text(f"{WAITING} AND segment_id IS NOT NULL"),
        ),
        Index(
            "uq_vote_proposal_measure", "group_id", "measure_id", unique=True,
            postgresql_where=text(f"{WAITING} AND measure_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("stakeholder_group.id", ondelete="CASCADE"), index=True)
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    position: Mapped[int | None] = mapped_column(SmallInteger)
    """Null: the group's vote is to be withdrawn."""
    condition: Mapped[str | None]
    reason: Mapped[str | None]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    outcome: Mapped[str | None]
    """Null while it waits."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    word: Mapped[str | None]
    """Why it was declined."""
