"""Moderation: signals, word lists, blocks, appeals, origins

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


REASONS = "'abuse', 'personal_data', 'off_topic', 'spam', 'unlawful', 'duplicate'"
CHECKS = (
    ("comment", "hidden_reason", f"hidden_reason IN ({REASONS})", f"hidden_reason IN ({REASONS}, 'blocked')"),
    (
        "comment_reply",
        "hidden_reason",
        f"hidden_reason IN ({REASONS})",
        f"hidden_reason IN ({REASONS}, 'blocked')",
    ),
    ("moderation", "action", "action IN ('hide', 'restore')", "action IN ('hide', 'restore', 'approve')"),
    ("moderation", "reason", f"reason IN ({REASONS})", f"reason IN ({REASONS}, 'blocked')"),
)


def upgrade() -> None:
    op.create_table(
        "origin_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_origin_salt")),
    )
    op.create_table(
        "participant_block",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('abuse', 'spam', 'unlawful', 'automatic', 'other')",
            name=op.f("ck_participant_block_reason"),
        ),
        sa.CheckConstraint("until > created_at", name=op.f("ck_participant_block_until")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_participant_block_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["account.id"], name=op.f("fk_participant_block_ended_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_participant_block_participant_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_participant_block_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_block")),
    )
    op.create_index(op.f("ix_participant_block_plan_id"), "participant_block", ["plan_id"], unique=False)
    op.create_index(
        "uq_participant_block_live",
        "participant_block",
        ["participant_id", "plan_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "signal_word",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_signal_word_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_word")),
        sa.UniqueConstraint("plan_id", "language", "word", name=op.f("uq_signal_word_plan_id_language_word")),
    )
    op.create_table(
        "blocked_item",
        sa.Column("block_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["participant_block.id"], name=op.f("fk_blocked_item_block_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block_id", "subject", "subject_id", name=op.f("pk_blocked_item")),
    )
    op.create_table(
        "comment_review",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("signals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text_key", sa.LargeBinary(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_review_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_comment_review_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_review")),
    )
    op.create_index("ix_comment_review_text", "comment_review", ["plan_id", "text_key"], unique=False)
    op.create_index(
        "ix_comment_review_waiting",
        "comment_review",
        ["plan_id", sa.literal_column("score DESC"), "comment_id"],
        unique=False,
        postgresql_where=sa.text("looked_at IS NULL AND score > 0"),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("moderation_id", sa.BigInteger(), nullable=True),
        sa.Column("block_id", sa.BigInteger(), nullable=True),
        sa.Column("set_aside_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("against_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('upheld', 'overturned')", name=op.f("ck_appeal_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name=op.f("ck_appeal_decided")),
        sa.CheckConstraint("decided_by <> against_id", name=op.f("ck_appeal_second_person")),
        sa.CheckConstraint("length(text) <= 1000", name=op.f("ck_appeal_text")),
        sa.CheckConstraint(
            "num_nonnulls(moderation_id, block_id, set_aside_id) = 1", name=op.f("ck_appeal_subject")
        ),
        sa.ForeignKeyConstraint(
            ["against_id"], ["account.id"], name=op.f("fk_appeal_against_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["block_id"], ["participant_block.id"], name=op.f("fk_appeal_block_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_appeal_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_appeal_moderation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_appeal_participant_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_appeal_plan_id")),
        sa.ForeignKeyConstraint(
            ["set_aside_id"], ["set_aside.id"], name=op.f("fk_appeal_set_aside_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("block_id", name=op.f("uq_appeal_block_id")),
        sa.UniqueConstraint("moderation_id", name=op.f("uq_appeal_moderation_id")),
        sa.UniqueConstraint(
            "set_aside_id", "participant_id", name=op.f("uq_appeal_set_aside_id_participant_id")
        ),
    )
    op.create_index(op.f("ix_appeal_participant_id"), "appeal", ["participant_id"], unique=False)
    op.create_index(op.f("ix_appeal_plan_id"), "appeal", ["plan_id"], unique=False)
    op.create_index(
        "ix_appeal_waiting",
        "appeal",
        ["plan_id", "id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "ix_comment_origin",
        "comment",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("origin IS NOT NULL"),
    )
    op.create_index(
        "ix_vote_origin", "vote", ["changed_at"], unique=False, postgresql_where=sa.text("origin IS NOT NULL")
    )
    op.alter_column("moderation", "comment_id", nullable=True)
    op.add_column("moderation", sa.Column("reply_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_moderation_reply_id"), "moderation", ["reply_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_moderation_reply_id"),
        "moderation",
        "comment_reply",
        ["reply_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_moderation_subject"), "moderation", "(comment_id IS NULL) <> (reply_id IS NULL)"
    )
    for table, name, _old, new in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, new)


def downgrade() -> None:
    op.execute("DELETE FROM moderation WHERE action = 'approve' OR reason = 'blocked' OR comment_id IS NULL")
    for table in ("comment", "comment_reply"):
        op.execute(f"UPDATE {table} SET hidden_reason = 'abuse' WHERE hidden_reason = 'blocked'")
    for table, name, old, _new in reversed(CHECKS):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, old)
    op.drop_constraint(op.f("ck_moderation_subject"), "moderation", type_="check")
    op.drop_constraint(op.f("fk_moderation_reply_id"), "moderation", type_="foreignkey")
    op.drop_index(op.f("ix_moderation_reply_id"), table_name="moderation")
    op.drop_column("moderation", "reply_id")
    op.alter_column("moderation", "comment_id", nullable=False)
    op.drop_index("ix_vote_origin", table_name="vote", postgresql_where=sa.text("origin IS NOT NULL"))
    op.drop_index("ix_comment_origin", table_name="comment", postgresql_where=sa.text("origin IS NOT NULL"))
    op.drop_index("ix_appeal_waiting", table_name="appeal", postgresql_where=sa.text("decided_at IS NULL"))
    op.drop_index(op.f("ix_appeal_plan_id"), table_name="appeal")
    op.drop_index(op.f("ix_appeal_participant_id"), table_name="appeal")
    op.drop_table("appeal")
    op.drop_index(
        "ix_comment_review_waiting",
        table_name="comment_review",
        postgresql_where=sa.text("looked_at IS NULL AND score > 0"),
    )
    op.drop_index("ix_comment_review_text", table_name="comment_review")
    op.drop_table("comment_review")
    op.drop_table("blocked_item")
    op.drop_table("signal_word")
    op.drop_index(
        "uq_participant_block_live",
        table_name="participant_block",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_participant_block_plan_id"), table_name="participant_block")
    op.drop_table("participant_block")
    op.drop_table("origin_salt")
