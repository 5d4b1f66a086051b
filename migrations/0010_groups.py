"""Groups: registration, delegates, rules, positions, votes that wait for a second delegate

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_invitation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["stakeholder_group.id"],
            name=op.f("fk_group_invitation_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["account.id"], name=op.f("fk_group_invitation_invited_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_invitation")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_group_invitation_link_hash")),
    )
    op.create_index(
        "uq_group_invitation_open",
        "group_invitation",
        ["group_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("email IS NOT NULL"),
    )
    op.create_table(
        "group_registration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", postgresql.JSONB(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), server_default="unconfirmed", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('residents', 'traders', 'disability', 'cycling', 'heritage', 'school', 'transport', 'tourism', 'other')",
            name=op.f("ck_group_registration_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'requested', 'recognised', 'declined')",
            name=op.f("ck_group_registration_state"),
        ),
        sa.CheckConstraint("members > 0", name=op.f("ck_group_registration_members")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_group_registration_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["stakeholder_group.id"],
            name=op.f("fk_group_registration_group_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_group_registration_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_registration")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_group_registration_link_hash")),
    )
    op.create_index(op.f("ix_group_registration_group_id"), "group_registration", ["group_id"], unique=False)
    op.create_index(
        "ix_group_registration_plan",
        "group_registration",
        ["plan_id", "state", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "group_rule_change",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rule IN ('one', 'two')", name=op.f("ck_group_rule_change_rule")),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["stakeholder_group.id"],
            name=op.f("fk_group_rule_change_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_group_rule_change_proposed_by"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_group_rule_change")),
    )
    op.create_table(
        "group_position",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("measure_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'published', 'replaced', 'withdrawn')",
            name=op.f("ck_group_position_state"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_group_position_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["stakeholder_group.id"],
            name=op.f("fk_group_position_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_group_position_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_group_position_proposed_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_position")),
    )
    op.create_index(
        "ix_group_position_measure",
        "group_position",
        ["measure_id"],
        unique=False,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "uq_group_position_open",
        "group_position",
        ["group_id", "measure_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'proposed')"),
    )
    op.create_index(
        "uq_group_position_public",
        "group_position",
        ["group_id", "measure_id"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "group_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("registration_id", sa.BigInteger(), nullable=True),
        sa.Column("position_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_down_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_down_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(registration_id IS NULL) <> (position_id IS NULL)", name=op.f("ck_group_document_owner")
        ),
        sa.ForeignKeyConstraint(
            ["position_id"],
            ["group_position.id"],
            name=op.f("fk_group_document_position_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["group_registration.id"],
            name=op.f("fk_group_document_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["taken_down_by"],
            ["account.id"],
            name=op.f("fk_group_document_taken_down_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_document")),
    )
    op.create_index(op.f("ix_group_document_position_id"), "group_document", ["position_id"], unique=False)
    op.create_index(
        op.f("ix_group_document_registration_id"), "group_document", ["registration_id"], unique=False
    )
    op.create_table(
        "vote_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('counted', 'declined', 'withdrawn', 'replaced')",
            name=op.f("ck_vote_proposal_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_vote_proposal_ended")),
        sa.CheckConstraint(
            "(segment_id IS NULL) <> (measure_id IS NULL)", name=op.f("ck_vote_proposal_subject")
        ),
        sa.CheckConstraint("length(condition) <= 500", name=op.f("ck_vote_proposal_condition")),
        sa.CheckConstraint("length(reason) <= 3000", name=op.f("ck_vote_proposal_reason")),
        sa.CheckConstraint("length(word) <= 280", name=op.f("ck_vote_proposal_word")),
        sa.CheckConstraint("position BETWEEN -2 AND 2", name=op.f("ck_vote_proposal_position")),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["account.id"], name=op.f("fk_vote_proposal_ended_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["stakeholder_group.id"], name=op.f("fk_vote_proposal_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_vote_proposal_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_vote_proposal_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_vote_proposal_proposed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_vote_proposal_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_proposal")),
    )
    op.create_index(op.f("ix_vote_proposal_group_id"), "vote_proposal", ["group_id"], unique=False)
    op.create_index(
        "uq_vote_proposal_measure",
        "vote_proposal",
        ["group_id", "measure_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL AND measure_id IS NOT NULL"),
    )
    op.create_index(
        "uq_vote_proposal_segment",
        "vote_proposal",
        ["group_id", "segment_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL AND segment_id IS NOT NULL"),
    )
    op.add_column("stakeholder_group", sa.Column("rule", sa.Text(), server_default="one", nullable=False))
    op.create_check_constraint(
        op.f("ck_stakeholder_group_rule"), "stakeholder_group", "rule IN ('one', 'two')"
    )
    op.add_column("stakeholder_group", sa.Column("recognised_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("stakeholder_group", "recognised_at", server_default=sa.text("now()"))


def downgrade() -> None:
    op.drop_column("stakeholder_group", "recognised_at")
    op.drop_column("stakeholder_group", "rule")
    op.drop_table("vote_proposal")
    op.drop_table("group_document")
    op.drop_table("group_position")
    op.drop_table("group_rule_change")
    op.drop_table("group_registration")
    op.drop_table("group_invitation")
