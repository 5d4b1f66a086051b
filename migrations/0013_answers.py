"""Answers

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEEP_ANSWERS = """
CREATE FUNCTION keep_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.state = 'published' THEN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'a published answer is not deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.state, NEW.text, NEW.language, NEW.office_id, NEW.plan_id, NEW.published_at, NEW.replaces_id)
        IS DISTINCT FROM
       (OLD.state, OLD.text, OLD.language, OLD.office_id, OLD.plan_id, OLD.published_at, OLD.replaces_id) THEN
      RAISE EXCEPTION 'a published answer is not changed' USING ERRCODE = 'restrict_violation';
    END IF;
  ELSIF TG_OP <> 'DELETE' AND NEW.state = 'published' AND NEW.channel <> 'sample'
      AND (SELECT four_eyes FROM office WHERE id = NEW.office_id)
      AND (NEW.approved_by IS NULL OR NEW.author_id IS NULL OR NEW.approved_by = NEW.author_id) THEN
    RAISE EXCEPTION 'a second person must approve this answer' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$
"""
KEEP_TRIGGER = """
CREATE TRIGGER answer_kept BEFORE INSERT OR UPDATE OR DELETE ON answer
FOR EACH ROW EXECUTE FUNCTION keep_answer()
"""


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), server_default="web", nullable=False),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') <= (published_at IS NOT NULL)", name=op.f("ck_answer_published")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'published', 'withdrawn')", name=op.f("ck_answer_state")
        ),
        sa.CheckConstraint("approved_by <> author_id", name=op.f("ck_answer_four_eyes")),
        sa.CheckConstraint("length(text) <= 10000", name=op.f("ck_answer_text")),
        sa.CheckConstraint("channel IN ('web', 'email', 'sample')", name=op.f("ck_answer_channel")),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_answer_replaces")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_answer_approved_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_answer_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_answer_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_answer_plan_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["answer.id"], name=op.f("fk_answer_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_office", "answer", ["office_id"], unique=False)
    op.create_index("ix_answer_plan_state", "answer", ["plan_id", "state"], unique=False)
    op.create_index(
        "ix_answer_replaces",
        "answer",
        ["replaces_id"],
        unique=False,
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    op.create_table(
        "comment_cluster",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_comment_cluster_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_comment_cluster_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_cluster")),
    )
    op.create_index(op.f("ix_comment_cluster_plan_id"), "comment_cluster", ["plan_id"], unique=False)
    op.create_table(
        "office_member",
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_office_member_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_member_office_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("office_id", "account_id", name=op.f("pk_office_member")),
    )
    op.create_index(op.f("ix_office_member_account_id"), "office_member", ["account_id"], unique=False)
    op.create_table(
        "reply_template",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_reply_template_office_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_reply_template_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_template")),
        sa.UniqueConstraint(
            "plan_id",
            "office_id",
            "title",
            name=op.f("uq_reply_template_plan_id_office_id_title"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "answer_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_answer_file_answer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_file")),
        sa.UniqueConstraint("key", name=op.f("uq_answer_file_key")),
    )
    op.create_index(op.f("ix_answer_file_answer_id"), "answer_file", ["answer_id"], unique=False)
    op.create_table(
        "competence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "area_name",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deadline_days", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "area IS NULL OR (ST_IsValid(area) AND NOT ST_IsEmpty(area))", name=op.f("ck_competence_area")
        ),
        sa.CheckConstraint("deadline_days BETWEEN 1 AND 365", name=op.f("ck_competence_deadline")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_competence_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_competence_office_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_competence_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_competence_topic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence")),
    )
    op.create_index("ix_competence_area", "competence", ["area"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_competence_office_id"), "competence", ["office_id"], unique=False)
    op.create_index(op.f("ix_competence_plan_id"), "competence", ["plan_id"], unique=False)
    op.create_table(
        "answer_comment",
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_answer_comment_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_answer_comment_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "comment_id", name=op.f("pk_answer_comment")),
    )
    op.create_index(op.f("ix_answer_comment_comment_id"), "answer_comment", ["comment_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "how IN ('rule', 'resident', 'person', 'substitute', 'escalation')",
            name=op.f("ck_assignment_how"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_assignment_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_assignment_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_assignment_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_comment", "assignment", ["comment_id", "id"], unique=False)
    op.create_index(
        "ix_assignment_untold",
        "assignment",
        ["id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "uq_assignment_current",
        "assignment",
        ["comment_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "comment_case",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("closing", sa.Text(), nullable=True),
        sa.Column("cluster_id", sa.BigInteger(), nullable=True),
        sa.Column("answer_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answer_id IS NOT NULL)", name=op.f("ck_comment_case_answered")
        ),
        sa.CheckConstraint("(state = 'closed') = (closing IS NOT NULL)", name=op.f("ck_comment_case_closed")),
        sa.CheckConstraint(
            "closing IN ('withdrawn', 'hidden', 'duplicate', 'answered_elsewhere', 'no_answer_needed')",
            name=op.f("ck_comment_case_closing"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_progress', 'answered', 'closed')", name=op.f("ck_comment_case_state")
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_comment_case_answer_id")),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["comment_cluster.id"],
            name=op.f("fk_comment_case_cluster_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_case_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_comment_case_office_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_comment_case_plan_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_comment_case")),
    )
    op.create_index("ix_comment_case_answer", "comment_case", ["answer_id"], unique=False)
    op.create_index("ix_comment_case_cluster", "comment_case", ["cluster_id"], unique=False)
    op.create_index("ix_comment_case_inbox", "comment_case", ["office_id", "state", "due_at"], unique=False)
    op.create_index("ix_comment_case_plan", "comment_case", ["plan_id", "state", "due_at"], unique=False)
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("answer_id", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_inbound_mail_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_inbound_mail_answer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_inbound_mail_comment_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("message_key", name=op.f("uq_inbound_mail_message_key")),
    )
    op.create_index(op.f("ix_inbound_mail_comment_id"), "inbound_mail", ["comment_id"], unique=False)
    op.create_table(
        "internal_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_internal_note_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_internal_note_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_note")),
    )
    op.create_index(op.f("ix_internal_note_comment_id"), "internal_note", ["comment_id"], unique=False)
    op.add_column("office", sa.Column("deadline_days", sa.Integer(), server_default="30", nullable=False))
    op.add_column(
        "office", sa.Column("four_eyes", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "office", sa.Column("mail_publishes", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "office", sa.Column("mail_cases", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("office", sa.Column("substitute_id", sa.BigInteger(), nullable=True))
    op.add_column("mail_message", sa.Column("reply_to", sa.Text(), nullable=True))
    op.add_column("office", sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_foreign_key(
        op.f("fk_office_substitute_id"), "office", "office", ["substitute_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("plan", sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_office_deadline"), "office", "deadline_days BETWEEN 1 AND 365")
    op.create_check_constraint(op.f("ck_office_substitute"), "office", "substitute_id <> id")
    op.execute(KEEP_ANSWERS)
    op.execute(KEEP_TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER answer_kept ON answer")
    op.execute("DROP FUNCTION keep_answer()")
    op.drop_constraint(op.f("ck_office_substitute"), "office", type_="check")
    op.drop_constraint(op.f("ck_office_deadline"), "office", type_="check")
    op.drop_column("plan", "concluded_at")
    op.drop_constraint(op.f("fk_office_substitute_id"), "office", type_="foreignkey")
    op.drop_column("office", "active")
    op.drop_column("office", "substitute_id")
    op.drop_column("mail_message", "reply_to")
    op.drop_column("office", "mail_cases")
    op.drop_column("office", "mail_publishes")
    op.drop_column("office", "four_eyes")
    op.drop_column("office", "deadline_days")
    op.drop_index(op.f("ix_internal_note_comment_id"), table_name="internal_note")
    op.drop_table("internal_note")
    op.drop_index(op.f("ix_inbound_mail_comment_id"), table_name="inbound_mail")
    op.drop_table("inbound_mail")
    op.drop_index("ix_comment_case_plan", table_name="comment_case")
    op.drop_index("ix_comment_case_inbox", table_name="comment_case")
    op.drop_index("ix_comment_case_cluster", table_name="comment_case")
    op.drop_index("ix_comment_case_answer", table_name="comment_case")
    op.drop_table("comment_case")
    op.drop_index(
        "uq_assignment_current", table_name="assignment", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(
        "ix_assignment_untold",
        table_name="assignment",
        postgresql_where=sa.text("told_at IS NULL AND ended_at IS NULL"),
    )
    op.drop_index("ix_assignment_comment", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_answer_comment_comment_id"), table_name="answer_comment")
    op.drop_table("answer_comment")
    op.drop_index(op.f("ix_competence_plan_id"), table_name="competence")
    op.drop_index(op.f("ix_competence_office_id"), table_name="competence")
    op.drop_index("ix_competence_area", table_name="competence", postgresql_using="gist")
    op.drop_table("competence")
    op.drop_index(op.f("ix_answer_file_answer_id"), table_name="answer_file")
    op.drop_table("answer_file")
    op.drop_table("reply_template")
    op.drop_index(op.f("ix_office_member_account_id"), table_name="office_member")
    op.drop_table("office_member")
    op.drop_index(op.f("ix_comment_cluster_plan_id"), table_name="comment_cluster")
    op.drop_table("comment_cluster")
    op.drop_index(
        "ix_answer_replaces", table_name="answer", postgresql_where=sa.text("replaces_id IS NOT NULL")
    )
    op.drop_index("ix_answer_plan_state", table_name="answer")
    op.drop_index("ix_answer_office", table_name="answer")
    op.drop_table("answer")
