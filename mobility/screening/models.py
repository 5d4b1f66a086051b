"""Attributes that carry a site's value, what experts say measures do to them, and signed statements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Instant, Key, Texts
from mobility.screening.rule import DIRECTIONS, EXTENTS


class HeritageAttribute(Base):
    """What carries the outstanding universal value: of the whole site, or of one component part."""

    __tablename__ = "heritage_attribute"
    __table_args__ = (UniqueConstraint("city_id", "code"),)

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    place_id: Mapped[int | None] = mapped_column(
        ForeignKey("heritage_place.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str]
    name: Mapped[Texts]
    about: Mapped[Texts]
    source: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    retired_at: Mapped[datetime | None]
    """Set when it is no longer asked for; what was graded is kept."""
    created_at: Mapped[CreatedAt]


class HeritageGrade(Base):
    """What an expert says a measure does to an attribute. A changed grade is a new row; one counts.

    The measure is named by its code, so that one can be graded before its first version is published.
    """

    __tablename__ = "heritage_grade"
    __table_args__ = (
        CheckConstraint(f"extent IN {EXTENTS}", name="extent"),
        CheckConstraint(f"direction IN {DIRECTIONS}", name="direction"),
        CheckConstraint("(extent = 'neutral') = (direction IS NULL)", name="neutral"),
        Index(
            "uq_heritage_grade_counts",
            "plan_id",
            "measure_code",
            "attribute_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    measure_code: Mapped[str]
    attribute_id: Mapped[int] = mapped_column(
        ForeignKey("heritage_attribute.id", ondelete="CASCADE"), index=True
    )
    extent: Mapped[str]
    direction: Mapped[str | None]
    reason: Mapped[str]
    mitigation: Mapped[str | None]
    body: Mapped[str]
    """The office or body for which the expert signs; public, unlike the expert's name."""
    language: Mapped[str]
    measure_version: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    graded_at: Mapped[Instant]
    superseded_at: Mapped[datetime | None]


class HeritageStatement(Base):
    """A signed statement that a measure does not interact with any attribute, and why. One counts at most."""

    __tablename__ = "heritage_statement"
    __table_args__ = (
        Index(
            "uq_heritage_statement_counts",
            "plan_id",
            "measure_code",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    measure_code: Mapped[str]
    why: Mapped[str]
    body: Mapped[str]
    language: Mapped[str]
    measure_version: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    signed_at: Mapped[Instant]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
