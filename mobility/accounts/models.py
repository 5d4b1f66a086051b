"""Who speaks and who works here: participants, accounts, stakeholder groups and their delegates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mobility.accounts.permissions import PLAN_ROLES
from mobility.db import Base, CreatedAt, Instant, Key, Texts, Words

ROLES = ("administrator", "member")
"""What an account is everywhere. Other staff are members with a `StaffRole`."""
GROUP_KINDS = (
    "residents", "traders", "disability", "cycling", "heritage", "school", "transport", "tourism", "other",
)  # fmt: skip
GROUP_RULES = ("one", "two")
ANONYMOUS, EMAIL, INVITATION, VERIFIED = 0, 1, 2, 3
"""Identity levels, lowest first."""
LEVELS = (ANONYMOUS, EMAIL, INVITATION, VERIFIED)
NO_PASSWORD = "!"  # noqa: S105 (the mark of an account whose person has not set a password yet)
LINKS = ("invite", "reset")
SCOPES = ("read", "read_full", "report", "notify")
"""What a program may do with a token: read what is public; read the full profile that its account may see;
send reports (Open311); manage its webhooks."""


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
    session_version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Raised to end every session of the account at once."""
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Secret of the second factor, encrypted with a key that the database does not hold."""
    totp_since: Mapped[datetime | None]
    """Since when codes are asked for; null while the secret is not confirmed."""
    totp_step: Mapped[int | None]
    """The time step of the last accepted code: it and older ones are refused."""
    wrong_codes: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    codes_wait_until: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def has_second_factor(self) -> bool:
        return self.totp_since is not None

    @property
    def invited(self) -> bool:
        """True until the person has set a password."""
        return self.password_hash == NO_PASSWORD

    def get_id(self) -> str:
        """What a session keeps: it ends when the account's version is raised."""
        return f"{self.id}:{self.session_version}"


class RecoveryCode(Base):
    """A code that stands in once for the second factor. Only its keyed hash is kept."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]


class AccountLink(Base):
    """A link with which a person sets a password once. Only the token's hash is kept."""

    __tablename__ = "account_link"
    __table_args__ = (CheckConstraint(f"purpose IN {LINKS}", name="purpose"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]


class ApiToken(Base):
    """A key with which a program speaks for an account. Only its hash and its first letters are kept."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(f"scopes <@ ARRAY[{', '.join(repr(each) for each in SCOPES)}]", name="scopes"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    """The one plan it is for; null for all that the account may see."""
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    prefix: Mapped[str]
    scopes: Mapped[Words]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class StaffRole(Base):
    """A role of an account in one plan; in every plan when `plan_id` is null. Held until `until`."""

    __tablename__ = "staff_role"
    __table_args__ = (
        CheckConstraint(f"role IN {PLAN_ROLES}", name="role"),
        UniqueConstraint("account_id", "plan_id", "role", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    since: Mapped[CreatedAt]
    until: Mapped[datetime | None]


class AuditEntry(Base):
    """One line of the audit log. Triggers and rights refuse every change of a line."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_plan", "plan_id", "id"),
        Index("ix_audit_log_action", "action", "id"),
        Index("ix_audit_log_subject", "subject", "subject_id", "id"),
    )

    id: Mapped[Key]
    at: Mapped[CreatedAt]
    action: Mapped[str]
    account_id: Mapped[int | None]
    participant_id: Mapped[int | None]
    plan_id: Mapped[int | None]
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


class Participant(Base):
    """Who speaks in a consultation, under a number that says nothing about the person.

    The person is known by tokens in browsers, an e-mail address, an account or a verified identity. Erasure
    empties all of them and leaves the number, to which anonymous counts belong.
    """

    __tablename__ = "participant"
    __table_args__ = (
        CheckConstraint("identity_level BETWEEN 0 AND 3", name="level"),
        Index("uq_participant_email_lower", text("lower(email)"), unique=True),
    )

    id: Mapped[Key]
    identity_level: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    email: Mapped[str | None]
    verified_key: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """Keyed hash of issuer and subject of a verified identity; neither is kept."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), unique=True)
    language: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    """The participant that took over what this one had said."""
    blocked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class ParticipantToken(Base):
    """A browser that speaks for a participant. Only the token's hash is kept."""

    __tablename__ = "participant_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    """When the browser must prove itself again; null for anonymous participants."""


class StakeholderGroup(Base):
    """A recognised organisation; its delegates vote for it."""

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        UniqueConstraint("city_id", "slug"),
        CheckConstraint(f"kind IN {GROUP_KINDS}", name="kind"),
        CheckConstraint(f"rule IN {GROUP_RULES}", name="rule"),
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
    rule: Mapped[str] = mapped_column(server_default="one")
    """Whether one delegate decides for the group, or two must agree."""
    recognised_at: Mapped[datetime | None] = mapped_column(server_default=func.now())


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
