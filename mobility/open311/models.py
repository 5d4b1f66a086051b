"""Open311: reports that programs sent us, and comments that we hand on to a city's existing system."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Instant, Key

FORWARD_STATES = ("waiting", "token", "sent", "closed", "failed")
"""`token`: the system took it and will say its number later; `closed`: the system says it is done."""


class Report(Base):
    """A comment that came in by Open311, with the token under which its number can be asked for."""

    __tablename__ = "open311_report"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    token: Mapped[str] = mapped_column(unique=True)
    api_token_id: Mapped[int | None] = mapped_column(
        ForeignKey("api_token.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[CreatedAt]


class Endpoint(Base):
    """A system of the city that takes complaints by Open311. Comments since `since` are handed on."""

    __tablename__ = "open311_endpoint"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    url: Mapped[str]
    """Root address, such as https://311.city.example/open311/v2."""
    jurisdiction: Mapped[str | None]
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The API key, encrypted with a key that the database does not hold."""
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    since: Mapped[Instant]
    created_at: Mapped[CreatedAt]


class EndpointRule(Base):
    """Which comments go to an endpoint, as which of its services; what is null says "every"."""

    __tablename__ = "open311_rule"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "topic_id", "office_id", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Key]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("open311_endpoint.id", ondelete="CASCADE"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), index=True)
    service_code: Mapped[str]


class Forward(Base):
    """A comment on its way to a system, or there: its number, its status, when to try or ask again."""

    __tablename__ = "open311_forward"
    __table_args__ = (
        CheckConstraint(f"state IN {FORWARD_STATES}", name="state"),
        UniqueConstraint("comment_id", "endpoint_id"),
        Index(
            "ix_open311_forward_due",
            "due_at",
            postgresql_where=text("state IN ('waiting', 'token', 'sent')"),
        ),
        Index("ix_open311_forward_endpoint", "endpoint_id", text("id DESC")),
    )

    id: Mapped[Key]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("open311_endpoint.id", ondelete="CASCADE"))
    service_code: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    remote_id: Mapped[str | None]
    token: Mapped[str | None]
    remote_status: Mapped[str | None]
    remote_notes: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_at: Mapped[Instant]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]


class ForwardLog(Base):
    """One exchange with a system: what was asked and what came of it, as codes."""

    __tablename__ = "open311_log"

    id: Mapped[Key]
    forward_id: Mapped[int] = mapped_column(ForeignKey("open311_forward.id", ondelete="CASCADE"), index=True)
    at: Mapped[Instant]
    act: Mapped[str]
    """`send`, `token` or `status`."""
    outcome: Mapped[str]
    """`ok`, or why not: the code of the fault."""
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
