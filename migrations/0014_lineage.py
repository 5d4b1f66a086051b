"""Lineage

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment_lineage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("old_id", sa.BigInteger(), nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("moved_m", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('split', 'merged', 'moved', 'replaced')", name=op.f("ck_segment_lineage_kind")
        ),
        sa.ForeignKeyConstraint(
            ["new_id"], ["segment.id"], name=op.f("fk_segment_lineage_new_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["old_id"], ["segment.id"], name=op.f("fk_segment_lineage_old_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_segment_lineage_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_lineage")),
        sa.UniqueConstraint(
            "old_id",
            "new_id",
            "kind",
            "happened_at",
            name=op.f("uq_segment_lineage_old_id_new_id_kind_happened_at"),
        ),
    )
    op.create_index("ix_segment_lineage_new", "segment_lineage", ["new_id"], unique=False)
    op.create_index(op.f("ix_segment_lineage_plan_id"), "segment_lineage", ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_segment_lineage_plan_id"), table_name="segment_lineage")
    op.drop_index("ix_segment_lineage_new", table_name="segment_lineage")
    op.drop_table("segment_lineage")
