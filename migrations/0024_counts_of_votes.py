"""Counts of votes, which remain when the single ones are destroyed at the end of their retention

Revision: 0024
Follows: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("votes_thinned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "vote_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("identity_level", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("measure_version", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("set_aside_id", sa.BigInteger(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_vote_count_some")),
        sa.CheckConstraint("position BETWEEN -2 AND 2", name=op.f("ck_vote_count_position")),
        sa.CheckConstraint("identity_level BETWEEN 0 AND 3", name=op.f("ck_vote_count_level")),
        sa.CheckConstraint(
            "(segment_id IS NULL) <> (measure_id IS NULL)", name=op.f("ck_vote_count_subject")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_vote_count_plan_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_vote_count_segment_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_vote_count_measure_id")),
        sa.ForeignKeyConstraint(["set_aside_id"], ["set_aside.id"], name=op.f("fk_vote_count_set_aside_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_count")),
    )
    for column in ("plan_id", "segment_id", "measure_id"):
        op.create_index(op.f(f"ix_vote_count_{column}"), "vote_count", [column])


def downgrade() -> None:
    op.drop_table("vote_count")
    op.drop_column("plan", "votes_thinned_at")
