"""Drafts of measures: what planners change before it is published, and the steps that can be taken back

Revision: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "measure",
        sa.Column(
            "retired_note",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
    )
    op.create_table(
        "measure_draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_measure_draft_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_draft_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_measure_draft_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_draft")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_measure_draft_plan_id_code")),
    )
    op.create_index(op.f("ix_measure_draft_account_id"), "measure_draft", ["account_id"], unique=False)
    op.create_index(op.f("ix_measure_draft_measure_id"), "measure_draft", ["measure_id"], unique=False)
    op.create_table(
        "measure_draft_step",
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["measure_draft.id"],
            name=op.f("fk_measure_draft_step_draft_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_measure_draft_step")),
    )


def downgrade() -> None:
    op.drop_table("measure_draft_step")
    op.drop_index(op.f("ix_measure_draft_measure_id"), table_name="measure_draft")
    op.drop_index(op.f("ix_measure_draft_account_id"), table_name="measure_draft")
    op.drop_table("measure_draft")
    op.drop_column("measure", "retired_note")
