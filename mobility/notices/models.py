"""What people follow, what happened, and who is to be told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, geometry

FOLLOWED = ("plan", "measure", "segment", "area", "own")
"""`own` means one's own comments, of every plan."""
RHYTHMS = ("immediate", "daily")
HAPPENINGS = ("comment", "reply", "decision", "version")
LONGEST_RADIUS = 2000


class Follow(Base):
    """A participant wants to be told about something until `stopped_at`."""

    __tablename__ = "follow"
    __table_args__ = (
        CheckConstraint(f"kind IN {FOLLOWED}", name="kind"),
        CheckConstraint(f"rhythm IN {RHYTHMS}", name="rhythm"),
        CheckConstraint("(kind = 'own') = (plan_id IS NULL)", name="plan"),
        CheckConstraint("(kind = 'measure') = (measure_id IS NOT NULL)", name="measure"),
        CheckConstraint("(kind = 'segment') = (segment_id IS NOT NULL)", name="segment"),
        CheckConstraint("(kind = 'area') = (area IS NOT NULL)", name="area"),
        CheckConstraint(f"radius_m BETWEEN 1 AND {LONGEST_RADIUS}", name="radius"),
        Index("uq_follow_own", "participant_id", unique=True, postgresql_where=text("kind = 'own'")),
        Index(
            "uq_follow_plan", "participant_id", "plan_id", unique=True, postgresql_where=text("kind = 'plan'")
        ),
        Index(
            "uq_follow_measure", "participant_id", "measure_id", unique=True,
            postgresql_where=text("kind = 'measure'"),
        ),
        Index(
            "uq_follow_segment", "participant_id", "segment_id", unique=True,
            postgresql_where=text("kind = 'segment'"),
        ),
        Index("ix_follow_participant", "participant_id"),
        Index("ix_follow_plan", "plan_id"),
        Index("ix_follow_measure", "measure_id"),
        Index("ix_follow_segment", "segment_id"),
        Index("ix_follow_area", "area", postgresql_using="gist"),
    )  # fmt: skip

    id: Mapped[Key]
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    kind: Mapped[str]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    area: Mapped[Any | None] = mapped_column(geometry("POLYGON"))
    radius_m: Mapped[int | None] = mapped_column(Integer)
    """For a circle: its radius; empty for a box of the map."""
    place: Mapped[dict[str, str] | None]
    """For an area: where its middle lies, in words, per language of the plan."""
    rhythm: Mapped[str] = mapped_column(server_default="immediate")
    since: Mapped[CreatedAt]
    """What happened before is not told."""
    stopped_at: Mapped[datetime | None]


class Happening(Base):
    """Something that somebody may want to be told of; written in the transaction that caused it.

    `xid` is the number of that transaction. The job that tells people reads by it, not by `id` or time:
    numbers below the oldest transaction still running are complete, so a late commit is never passed over.
    """

    __tablename__ = "happening"
    __table_args__ = (
        CheckConstraint(f"kind IN {HAPPENINGS}", name="kind"),
        Index("ix_happening_xid", "xid"),
        Index("ix_happening_comment", "comment_id"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("comment_reply.id", ondelete="CASCADE"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    geom: Mapped[Any | None] = mapped_column(geometry("POINT"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id", ondelete="SET NULL"))
    """Whose doing it was: nobody is told of their own."""
    detail: Mapped[str | None]
    """The decision's action, or the number of the version."""
    xid: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text::bigint)"))
    created_at: Mapped[CreatedAt]


class Notice(Base):
    """One participant is to be told, or was told, of one happening: at most once, by its key."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(f"rhythm IN {RHYTHMS}", name="rhythm"),
        Index("ix_notice_due", "participant_id", postgresql_where=text("told_at IS NULL")),
        Index("ix_notice_happening", "happening_id"),
    )

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True
    )
    happening_id: Mapped[int] = mapped_column(
        ForeignKey("happening.id", ondelete="CASCADE"), primary_key=True
    )
    follow_id: Mapped[int | None] = mapped_column(ForeignKey("follow.id", ondelete="SET NULL"), index=True)
    rhythm: Mapped[str]
    created_at: Mapped[CreatedAt]
    told_at: Mapped[datetime | None]
    """When the message was queued, or when there turned out to be nothing to say any more."""


class Coverage(Base):
    """How far the job that reads happenings has come: every transaction below `xid` was seen."""

    __tablename__ = "notice_coverage"

    name: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[int]
    covered_at: Mapped[CreatedAt]
