"""Photos, files waiting to be removed, and the index that finds comments in similar words

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_removal",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_file_removal")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("form_key", sa.Uuid(), nullable=True),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(alt) <= 250", name=op.f("ck_photo_alt")),
        sa.CheckConstraint(
            "width BETWEEN 1 AND 2048 AND height BETWEEN 1 AND 2048", name=op.f("ck_photo_size")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_photo_comment_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_photo_participant_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_photo_key")),
    )
    op.create_index("ix_photo_comment", "photo", ["comment_id"])
    op.create_index("ix_photo_participant", "photo", ["participant_id"])
    staged = sa.text("comment_id IS NULL")
    op.create_index("ix_photo_staged", "photo", ["form_key"], postgresql_where=staged)
    op.create_index("ix_photo_staged_since", "photo", ["created_at"], postgresql_where=staged)
    op.create_index(
        "ix_comment_words",
        "comment",
        ["text"],
        postgresql_using="gin",
        postgresql_ops={"text": "gin_trgm_ops"},
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "ix_comment_whole_plan",
        "comment",
        ["plan_id", "phase_id", "topic_id", "stance"],
        postgresql_where=sa.text("geom IS NULL AND status = 'published'"),
    )
    op.create_index(
        "ix_comment_effect",
        "comment",
        ["plan_id", "heritage_place_id", "perceived_effect"],
        postgresql_where=sa.text("perceived_effect IS NOT NULL AND status = 'published'"),
    )
    op.create_index(
        "ix_comment_relation",
        "comment",
        ["plan_id"],
        postgresql_where=sa.text("relation <> '{}' AND status = 'published'"),
    )
    for column in ("cell_x", "cell_y"):
        op.alter_column("comment", column, existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM comment WHERE geom IS NULL")
    for column in ("cell_x", "cell_y"):
        op.alter_column("comment", column, existing_type=sa.Integer(), nullable=False)
    for name in ("ix_comment_relation", "ix_comment_effect", "ix_comment_whole_plan"):
        op.drop_index(name, table_name="comment")
    op.drop_index("ix_comment_words", table_name="comment")
    op.drop_table("photo")
    op.drop_table("file_removal")
