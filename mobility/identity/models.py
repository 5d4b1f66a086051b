"""How people prove who they are: links by e-mail, invitation codes, and the record of both."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, CreatedAt, Key

LINK_KINDS = ("sign_in", "change")
EVENT_KINDS = ("link", "change", "code", "verified", "device")
BATCH_LIMIT = 5000


class IdentityLink(Base):
    """A link sent to an address. Used once, within half an hour; only the hash of its secret is kept."""

    __tablename__ = "identity_link"
    __table_args__ = (
        CheckConstraint(f"kind IN {LINK_KINDS}", name="kind"),
        Index("ix_identity_link_address", "address_hash", "created_at"),
        Index("ix_identity_link_expires", "expires_at"),
    )

    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[str]
    address: Mapped[str]
    """Where it was sent; emptied when the link has been used."""
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    """Who changes to this address; null for a link that signs in."""
    next_path: Mapped[str]
    """Where the reader was when the link was asked for."""
    language: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CodeBatch(Base):
    """Invitation codes that were made together, for a plan and perhaps for a group."""

    __tablename__ = "code_batch"
    __table_args__ = (
        CheckConstraint(f"size BETWEEN 1 AND {BATCH_LIMIT}", name="size"),
        Index("ix_code_batch_plan", "plan_id", text("id DESC")),
    )

    id: Mapped[Key]
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    """The form that made it: a form sent twice makes one batch."""
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("stakeholder_group.id", ondelete="SET NULL"))
    label: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class InvitationCode(Base):
    """One code of a batch; only its keyed hash is kept."""

    __tablename__ = "invitation_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("code_batch.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime | None]
    participant_id: Mapped[int | None] = mapped_column(
        ForeignKey("participant.id", ondelete="SET NULL"), index=True
    )


class SignInEvent(Base):
    """One step of somebody proving who they are, or trying to. Kept for 90 days, without addresses."""

    __tablename__ = "sign_in_event"
    __table_args__ = (CheckConstraint(f"kind IN {EVENT_KINDS}", name="kind"),)

    id: Mapped[Key]
    at: Mapped[CreatedAt] = mapped_column(index=True)
    kind: Mapped[str]
    outcome: Mapped[str]
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Keyed hash: the same address gives the same value, which leads nobody back to it."""
    participant_id: Mapped[int | None] = mapped_column(index=True)
    account_id: Mapped[int | None]
