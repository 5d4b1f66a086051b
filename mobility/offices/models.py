"""The offices that are responsible for measures and answer comments, and what each is competent for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, Texts, geometry


class Office(Base):
    __tablename__ = "office"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        CheckConstraint("deadline_days BETWEEN 1 AND 365", name="deadline"),
        CheckConstraint("substitute_id <> id", name="substitute"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    slug: Mapped[str]
    name: Mapped[Texts]
    about: Mapped[Texts]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    deadline_days: Mapped[int] = mapped_column(Integer, server_default="30")
    """Calendar days within which the office answers, unless a competence says otherwise."""
    four_eyes: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether a second person approves every answer."""
    mail_publishes: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether an answer written by mail is published at once; otherwise it becomes a draft."""
    mail_cases: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether its people get a message for every new case; reminders come in any case."""
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("office.id", ondelete="SET NULL"))
    """The office that answers while this one is not active."""
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class OfficeMember(Base):
    """An account that answers for an office."""

    __tablename__ = "office_member"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[CreatedAt]


class Competence(Base):
    """An office answers a topic, in an area, or about a measure; what is null says "every".

    Of several that match, the highest `priority` wins, then the more exact one: see `routing`.
    """

    __tablename__ = "competence"
    __table_args__ = (
        CheckConstraint("area IS NULL OR (ST_IsValid(area) AND NOT ST_IsEmpty(area))", name="area"),
        CheckConstraint("deadline_days BETWEEN 1 AND 365", name="deadline"),
        Index("ix_competence_area", "area", postgresql_using="gist"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    area: Mapped[Any | None] = mapped_column(geometry("MULTIPOLYGON"))
    area_name: Mapped[Texts] = mapped_column(server_default=text("'{}'::jsonb"))
    priority: Mapped[int] = mapped_column(Integer, server_default="0")
    deadline_days: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
