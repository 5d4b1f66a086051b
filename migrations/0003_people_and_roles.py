"""People and roles: browsers of a participant, staff roles per plan, the audit log, messages to send

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


REFUSE = """
CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lines of the audit log are never changed' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_plan", "audit_log", ["plan_id", "id"], unique=False)
    op.create_table(
        "mail_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("stop_url", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed')", name=op.f("ck_mail_message_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_message_key")),
    )
    op.create_index(
        "ix_mail_message_due",
        "mail_message",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index(op.f("ix_mail_message_participant_id"), "mail_message", ["participant_id"], unique=False)
    op.create_table(
        "participant_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_participant_token_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_participant_token")),
    )
    op.create_index(
        op.f("ix_participant_token_participant_id"), "participant_token", ["participant_id"], unique=False
    )
    op.create_table(
        "staff_role",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('planner', 'moderator', 'clerk', 'facilitator')", name=op.f("ck_staff_role_role")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_staff_role_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_staff_role_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
        sa.UniqueConstraint(
            "account_id",
            "plan_id",
            "role",
            name=op.f("uq_staff_role_account_id_plan_id_role"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_staff_role_plan_id"), "staff_role", ["plan_id"], unique=False)
    op.add_column("participant", sa.Column("verified_key", sa.LargeBinary(), nullable=True))
    op.add_column("participant", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("participant", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.add_column("participant", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participant", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("uq_participant_email"), "participant", type_="unique")
    op.drop_constraint(op.f("uq_participant_token_hash"), "participant", type_="unique")
    op.execute(
        "INSERT INTO participant_token (token_hash, participant_id, created_at) "
        "SELECT token_hash, id, created_at FROM participant WHERE token_hash IS NOT NULL"
    )
    op.create_index(op.f("ix_participant_merged_into"), "participant", ["merged_into"], unique=False)
    op.create_index(
        "uq_participant_email_lower", "participant", [sa.literal_column("lower(email)")], unique=True
    )
    op.create_unique_constraint(op.f("uq_participant_verified_key"), "participant", ["verified_key"])
    op.create_foreign_key(
        op.f("fk_participant_merged_into"), "participant", "participant", ["merged_into"], ["id"]
    )
    op.drop_column("participant", "token_hash")
    op.execute(
        "INSERT INTO staff_role (account_id, role) SELECT id, role FROM account WHERE role = 'planner'"
    )
    op.drop_constraint(op.f("ck_account_role"), "account")
    op.execute("UPDATE account SET role = 'member' WHERE role = 'planner'")
    op.create_check_constraint(op.f("ck_account_role"), "account", "role IN ('administrator', 'member')")
    op.execute(REFUSE)
    op.execute(
        "CREATE TRIGGER audit_log_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_log_refuse ON audit_log")
    op.execute("DROP FUNCTION audit_log_refuse()")
    op.drop_constraint(op.f("ck_account_role"), "account")
    op.execute(
        "UPDATE account a SET role = 'planner' FROM staff_role s "
        "WHERE s.account_id = a.id AND s.role = 'planner' AND a.role = 'member'"
    )
    op.create_check_constraint(
        op.f("ck_account_role"), "account", "role IN ('administrator', 'planner', 'member')"
    )
    op.add_column(
        "participant", sa.Column("token_hash", postgresql.BYTEA(), autoincrement=False, nullable=True)
    )
    op.execute(
        "UPDATE participant p SET token_hash = t.token_hash "
        "FROM (SELECT DISTINCT ON (participant_id) participant_id, token_hash FROM participant_token "
        "ORDER BY participant_id, created_at) t WHERE t.participant_id = p.id"
    )
    op.drop_constraint(op.f("fk_participant_merged_into"), "participant", type_="foreignkey")
    op.drop_constraint(op.f("uq_participant_verified_key"), "participant", type_="unique")
    op.drop_index("uq_participant_email_lower", table_name="participant")
    op.drop_index(op.f("ix_participant_merged_into"), table_name="participant")
    op.create_unique_constraint(
        op.f("uq_participant_token_hash"), "participant", ["token_hash"], postgresql_nulls_not_distinct=False
    )
    op.create_unique_constraint(
        op.f("uq_participant_email"), "participant", ["email"], postgresql_nulls_not_distinct=False
    )
    op.drop_column("participant", "erased_at")
    op.drop_column("participant", "blocked_at")
    op.drop_column("participant", "merged_into")
    op.drop_column("participant", "language")
    op.drop_column("participant", "verified_key")
    op.drop_index(op.f("ix_staff_role_plan_id"), table_name="staff_role")
    op.drop_table("staff_role")
    op.drop_index(op.f("ix_participant_token_participant_id"), table_name="participant_token")
    op.drop_table("participant_token")
    op.drop_index(op.f("ix_mail_message_participant_id"), table_name="mail_message")
    op.drop_index(
        "ix_mail_message_due",
        table_name="mail_message",
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.drop_table("mail_message")
    op.drop_index("ix_audit_log_plan", table_name="audit_log")
    op.drop_table("audit_log")
