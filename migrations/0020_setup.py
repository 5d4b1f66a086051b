"""Running a consultation: contact, privacy, documents, archive

Revision: 0020
Follows: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

EMPTY = sa.text("'{}'::jsonb")


def upgrade() -> None:
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("plan", sa.Column("contact", jsonb, server_default=EMPTY, nullable=False))
    op.add_column("plan", sa.Column("privacy", jsonb, server_default=EMPTY, nullable=False))
    op.add_column("plan", sa.Column("template", sa.Text(), nullable=True))
    op.add_column("plan", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plan", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "plan_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("title", jsonb, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("file_key", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_document_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_document")),
    )
    op.create_index(op.f("ix_plan_document_plan_id"), "plan_document", ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_document")
    for name in ("archived_at", "edited_at", "template", "privacy", "contact"):
        op.drop_column("plan", name)
