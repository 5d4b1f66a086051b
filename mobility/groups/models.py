"""How a group comes to the table: registration, invitations of its delegates, positions, documents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.accounts.models import GROUP_KINDS, GROUP_RULES
from mobility.db import Base, CreatedAt, Key, Texts

REGISTRATION_STATES = ("unconfirmed", "requested", "recognised", "declined")
POSITION_STATES = ("draft", "proposed", "published", "replaced", "withdrawn")
POSITION_LIMIT = 5000
OPEN = "state IN ('draft', 'proposed')"


class GroupRegistration(Base):
    """A group that asks to be heard. Nothing of it is public before a planner recognises it."""

    __tablename__ = "group_registration"
    __table_args__ = (
        CheckConstraint(f"kind IN {GROUP_KINDS}", name="kind"),
        CheckConstraint(f"state IN {REGISTRATION_STATES}", name="state"),
        CheckConstraint("members > 0", name="members"),
        Index("ix_group_registration_plan", "plan_id", "state", text("id DESC")),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    name: Mapped[Texts]
    kind: Mapped[str]
    area: Mapped[Texts]
    members: Mapped[int | None] = mapped_column(Integer)
    website: Mapped[str | None]
    about: Mapped[Texts]
    email: Mapped[str | None]
    """Whom to invite as the first delegate; emptied with the decision."""
    language: Mapped[str]
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the secret in the link that proves the address; emptied when it is used."""
    state: Mapped[str] = mapped_column(server_default="unconfirmed")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    """Until when the address can be proved."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reason: Mapped[str | None]
    """Why it was declined, as the contact read it."""
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("stakeholder_group.id", ondelete="SET NULL"), index=True
    )


class GroupInvitation(Base):
    """A person asked by e-mail to speak for a group. Only the hash of the link's secret is kept."""

    __tablename__ = "group_invitation"
    __table_args__ = (
        Index(
            "uq_group_invitation_open", "group_id", text("lower(email)"), unique=True,
            postgresql_where=text("email IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    group_id: Mapped[int] = mapped_column(ForeignKey("stakeholder_group.id", ondelete="CASCADE"))
    email: Mapped[str | None]
    """Emptied when the invitation is accepted or taken back."""
    language: Mapped[str]
    link_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was taken back, or a newer one took its place."""


class GroupRuleChange(Base):
    """One delegate wants the group to decide by the other rule; a second one must agree."""

    __tablename__ = "group_rule_change"
    __table_args__ = (CheckConstraint(f"rule IN {GROUP_RULES}", name="rule"),)

    group_id: Mapped[int] = mapped_column(
        ForeignKey("stakeholder_group.id", ondelete="CASCADE"), primary_key=True
    )
    rule: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]


class GroupPosition(Base):
    """What a group says about a measure in its own words: one draft and one public version at a time."""

    __tablename__ = "group_position"
    __table_args__ = (
        CheckConstraint(f"state IN {POSITION_STATES}", name="state"),
        Index(
            "uq_group_position_open", "group_id", "measure_id", unique=True, postgresql_where=text(OPEN),
        ),
        Index(
            "uq_group_position_public", "group_id", "measure_id", unique=True,
            postgresql_where=text("state = 'published'"),
        ),
        Index(
            "ix_group_position_measure", "measure_id", postgresql_where=text("state = 'published'"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    group_id: Mapped[int] = mapped_column(ForeignKey("stakeholder_group.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    text: Mapped[Texts]
    state: Mapped[str] = mapped_column(server_default="draft")
    version: Mapped[int | None] = mapped_column(Integer)
    """1 for the first published text of the group on the measure."""
    measure_version: Mapped[int] = mapped_column(Integer)
    """The version of the measure it speaks about."""
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    """Grows with every change of the draft: who confirms says which one was read."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    """Who wants the draft published, or the published text withdrawn."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class GroupDocument(Base):
    """A PDF: the statute shown to planners only, or a document of a position."""

    __tablename__ = "group_document"
    __table_args__ = (CheckConstraint("(registration_id IS NULL) <> (position_id IS NULL)", name="owner"),)

    id: Mapped[Key]
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("group_registration.id", ondelete="CASCADE"), index=True
    )
    position_id: Mapped[int | None] = mapped_column(
        ForeignKey("group_position.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    file_key: Mapped[str]
    """Where the file store keeps it; versions of a position share it."""
    size: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[CreatedAt]
    taken_down_at: Mapped[datetime | None]
    taken_down_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    taken_down_reason: Mapped[str | None]
