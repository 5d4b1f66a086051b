"""Screening

Revision: 0019
Follows: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heritage_attribute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id"], ["city.id"], name=op.f("fk_heritage_attribute_city_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["heritage_place.id"],
            name=op.f("fk_heritage_attribute_place_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heritage_attribute")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_heritage_attribute_city_id_code")),
    )
    op.create_index(op.f("ix_heritage_attribute_place_id"), "heritage_attribute", ["place_id"], unique=False)
    op.create_table(
        "heritage_statement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("measure_code", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("measure_version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_heritage_statement_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_heritage_statement_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["account.id"],
            name=op.f("fk_heritage_statement_withdrawn_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heritage_statement")),
    )
    op.create_index(op.f("ix_heritage_statement_plan_id"), "heritage_statement", ["plan_id"], unique=False)
    op.create_index(
        "uq_heritage_statement_counts",
        "heritage_statement",
        ["plan_id", "measure_code"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "heritage_grade",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("measure_code", sa.Text(), nullable=False),
        sa.Column("attribute_id", sa.BigInteger(), nullable=False),
        sa.Column("extent", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mitigation", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("measure_version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(extent = 'neutral') = (direction IS NULL)", name=op.f("ck_heritage_grade_neutral")
        ),
        sa.CheckConstraint("direction IN ('positive', 'negative')", name=op.f("ck_heritage_grade_direction")),
        sa.CheckConstraint(
            "extent IN ('neutral', 'minor', 'moderate', 'major')", name=op.f("ck_heritage_grade_extent")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_heritage_grade_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["attribute_id"],
            ["heritage_attribute.id"],
            name=op.f("fk_heritage_grade_attribute_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_heritage_grade_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heritage_grade")),
    )
    op.create_index(op.f("ix_heritage_grade_attribute_id"), "heritage_grade", ["attribute_id"], unique=False)
    op.create_index(op.f("ix_heritage_grade_plan_id"), "heritage_grade", ["plan_id"], unique=False)
    op.create_index(
        "uq_heritage_grade_counts",
        "heritage_grade",
        ["plan_id", "measure_code", "attribute_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("heritage_statement")
    op.drop_table("heritage_grade")
    op.drop_table("heritage_attribute")
