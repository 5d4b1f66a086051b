"""Who speaks and who works here: participants, accounts, stakeholder groups and their delegates."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key, Texts

ROLES = ("administrator", "planner", "member")
GROUP_KINDS = (
    "residents", "traders", "disability", "cycling", "heritage", "school", "transport", "tourism", "other",
)  # fmt: skip
ANONYMOUS, EMAIL, INVITATION, VERIFIED = 0, 1, 2, 3
"""Identity levels, lowest first."""
LEVELS = (ANONYMOUS, EMAIL, INVITATION, VERIFIED)


class Account(UserMixin, Base):
    """A person with a password: staff, or a member who speaks for a group."""

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_email_lower", text("lower(email)"), unique=True),
        CheckConstraint(f"role IN {ROLES}", name="role"),
    )

    id: Mapped[Key]
    email: Mapped[str]
    password_hash: Mapped[str]
    name: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="member")
    language: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    last_sign_in_at: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def is_staff(self) -> bool:
        return self.role in ("administrator", "planner")


class Participant(Base):
    """Who speaks in a consultation. A person is known by a token, an e-mail address or an account."""

    __tablename__ = "participant"
    __table_args__ = (CheckConstraint("identity_level BETWEEN 0 AND 3", name="level"),)

    id: Mapped[Key]
    identity_level: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), unique=True)
    created_at: Mapped[CreatedAt]


class StakeholderGroup(Base):
    """A recognised organisation; its delegates vote for it."""

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        CheckConstraint(f"kind IN {GROUP_KINDS}", name="kind"),
    )

    id: Mapped[Key]
    city_id: Mapped[int] = mapped_column(ForeignKey("city.id", ondelete="CASCADE"))
    slug: Mapped[str]
    name: Mapped[Texts]
    kind: Mapped[str]
    about: Mapped[Texts]
    members: Mapped[int | None] = mapped_column(Integer)
    area: Mapped[Texts]
    website: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Delegation(Base):
    """An account may vote for a group between `since` and `until` (open when null)."""

    __tablename__ = "delegation"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("stakeholder_group.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[CreatedAt]
    until: Mapped[datetime | None]


class PlanGroup(Base):
    """The stakeholder groups invited to vote on a plan."""

    __tablename__ = "plan_group"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("stakeholder_group.id", ondelete="CASCADE"), primary_key=True, index=True
    )
