"""Identity: links by e-mail, invitation codes in batches, sign-in events

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _moment(name: str, *, now: bool = False, empty: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=empty)


def upgrade() -> None:
    op.create_table(
        "identity_link",
        _id(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        _moment("created_at", now=True),
        _moment("expires_at"),
        _moment("used_at", empty=True),
        sa.CheckConstraint("kind IN ('sign_in', 'change')", name=op.f("ck_identity_link_kind")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_identity_link_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_link_token_hash")),
    )
    op.create_index("ix_identity_link_address", "identity_link", ["address_hash", "created_at"])
    op.create_index(op.f("ix_identity_link_participant_id"), "identity_link", ["participant_id"])
    op.create_index("ix_identity_link_expires", "identity_link", ["expires_at"])
    op.create_table(
        "code_batch",
        _id(),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        _moment("created_at", now=True),
        _moment("expires_at"),
        _moment("revoked_at", empty=True),
        sa.CheckConstraint("size BETWEEN 1 AND 5000", name=op.f("ck_code_batch_size")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_code_batch_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["stakeholder_group.id"],
            name=op.f("fk_code_batch_group_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_code_batch_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_code_batch_key")),
    )
    op.create_index("ix_code_batch_plan", "code_batch", ["plan_id", sa.literal_column("id DESC")])
    op.create_table(
        "invitation_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        _moment("used_at", empty=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["code_batch.id"], name=op.f("fk_invitation_code_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_invitation_code_participant_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_invitation_code")),
    )
    op.create_index(op.f("ix_invitation_code_batch_id"), "invitation_code", ["batch_id"])
    op.create_index(op.f("ix_invitation_code_participant_id"), "invitation_code", ["participant_id"])
    op.create_table(
        "sign_in_event",
        _id(),
        _moment("at", now=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('link', 'change', 'code', 'verified', 'device')",
            name=op.f("ck_sign_in_event_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index(op.f("ix_sign_in_event_at"), "sign_in_event", ["at"])
    op.create_index(op.f("ix_sign_in_event_participant_id"), "sign_in_event", ["participant_id"])


def downgrade() -> None:
    for table in ("sign_in_event", "invitation_code", "code_batch", "identity_link"):
        op.drop_table(table)
