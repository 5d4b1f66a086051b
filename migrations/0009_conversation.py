"""Endorsements, replies, reports; what people follow and what happened; the queue of jobs

The queue is procrastinate's own: its tables, types and functions are made by the script that the library brings
along. The numbers of endorsements and of public replies beside each comment are kept by statement triggers.

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


TABLES = (
    "notice_coverage",
    "notice",
    "happening",
    "follow",
    "abuse_report",
    "comment_reply",
    "comment_endorsement",
)
ADD = {
    "insert": "SELECT comment_id, 1 AS d FROM added{public}",
    "update": "SELECT comment_id, 1 AS d FROM added{public} UNION ALL SELECT comment_id, -1 FROM removed{public}",
    "delete": "SELECT comment_id, -1 AS d FROM removed{public}",
}
TABLES_SEEN = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}
KEPT = (
    ("comment_endorsement", "endorsements", ""),
    ("comment_reply", "replies", " WHERE status = 'published'"),
)
KEEP = """
CREATE FUNCTION {table}_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM comment WHERE id IN (SELECT comment_id FROM ({delta}) AS d) ORDER BY id FOR NO KEY UPDATE;
  UPDATE comment c SET {column} = c.{column} + k.n
  FROM (SELECT comment_id, sum(d)::integer AS n FROM ({delta}) AS d GROUP BY 1 HAVING sum(d) <> 0) AS k
  WHERE c.id = k.comment_id;
  RETURN NULL;
END $$
"""
EMPTY = """
CREATE FUNCTION {table}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE comment SET {column} = 0 WHERE {column} <> 0;
  RETURN NULL;
END $$
"""
REMOVE_QUEUE = """
DO $$
DECLARE thing text;
BEGIN
  DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers CASCADE;
  FOR thing IN SELECT oid::regprocedure::text FROM pg_proc
               WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = 'public'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION ' || thing || ' CASCADE';
  END LOOP;
  FOR thing IN SELECT oid::regtype::text FROM pg_type
               WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c')
                 AND typnamespace = 'public'::regnamespace LOOP
    EXECUTE 'DROP TYPE ' || thing || ' CASCADE';
  END LOOP;
END $$
"""


def _run_raw(script: str) -> None:
    """Several statements at once, which hold percent signs and colons of their own."""
    op.get_bind().connection.driver_connection.execute(script)


def _keep_numbers() -> None:
    """The statement triggers that keep the two numbers beside a comment; rows are locked in order."""
    for table, column, public in KEPT:
        for event, rows in ADD.items():
            _run_raw(
                KEEP.format(table=table, event=event, column=column, delta=rows.format(public=public))
                + f"; CREATE TRIGGER {table}_{event} AFTER {event.upper()} ON {table} "
                f"REFERENCING {TABLES_SEEN[event]} FOR EACH STATEMENT EXECUTE FUNCTION {table}_{event}()"
            )
        _run_raw(
            EMPTY.format(table=table, column=column)
            + f"; CREATE TRIGGER {table}_truncate AFTER TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_truncate()"
        )


def upgrade() -> None:
    op.add_column("comment", sa.Column("endorsements", sa.Integer(), server_default="0", nullable=False))
    op.add_column("comment", sa.Column("replies", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_comment_plan_endorsed",
        "comment",
        ["plan_id", sa.literal_column("endorsements DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "comment_endorsement",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_endorsement_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_comment_endorsement_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "participant_id", name=op.f("pk_comment_endorsement")),
    )
    op.create_index(
        op.f("ix_comment_endorsement_participant_id"), "comment_endorsement", ["participant_id"], unique=False
    )
    op.create_table(
        "comment_reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("phase_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), server_default="person", nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="published", nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("hidden_note", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'hidden') = (hidden_reason IS NOT NULL)", name=op.f("ck_comment_reply_hidden")
        ),
        sa.CheckConstraint("(voice = 'group') = (group_id IS NOT NULL)", name=op.f("ck_comment_reply_group")),
        sa.CheckConstraint(
            "hidden_reason IN ('abuse', 'personal_data', 'off_topic', 'spam', 'unlawful', 'duplicate')",
            name=op.f("ck_comment_reply_hidden_reason"),
        ),
        sa.CheckConstraint(
            "length(text) BETWEEN 1 AND 1000 OR (erased_at IS NOT NULL AND text = '')",
            name=op.f("ck_comment_reply_text"),
        ),
        sa.CheckConstraint("side IN ('for', 'against')", name=op.f("ck_comment_reply_side")),
        sa.CheckConstraint(
            "status IN ('published', 'pending', 'hidden', 'withdrawn')", name=op.f("ck_comment_reply_status")
        ),
        sa.CheckConstraint("voice IN ('person', 'group', 'city')", name=op.f("ck_comment_reply_voice")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_reply_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["stakeholder_group.id"], name=op.f("fk_comment_reply_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_comment_reply_participant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_comment_reply_phase_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_comment_reply_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_reply")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_comment_reply_idempotency_key")),
    )
    op.create_index("ix_comment_reply_participant", "comment_reply", ["participant_id"], unique=False)
    op.create_index(
        "ix_comment_reply_plan_status_id",
        "comment_reply",
        ["plan_id", "status", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "uq_comment_reply_one_a_side",
        "comment_reply",
        ["comment_id", "participant_id", "side"],
        unique=True,
        postgresql_where=sa.text("status <> 'withdrawn'"),
    )
    op.create_table(
        "abuse_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('hidden', 'kept')", name=op.f("ck_abuse_report_outcome")),
        sa.CheckConstraint(
            "reason IN ('abuse', 'personal_data', 'spam', 'unlawful', 'off_topic', 'other')",
            name=op.f("ck_abuse_report_reason"),
        ),
        sa.CheckConstraint("(comment_id IS NULL) <> (reply_id IS NULL)", name=op.f("ck_abuse_report_target")),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_abuse_report_settled")),
        sa.CheckConstraint("length(note) <= 500", name=op.f("ck_abuse_report_note")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_abuse_report_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_abuse_report_participant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_abuse_report_plan_id")),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["comment_reply.id"], name=op.f("fk_abuse_report_reply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["account.id"], name=op.f("fk_abuse_report_settled_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abuse_report")),
        sa.UniqueConstraint(
            "comment_id", "participant_id", name=op.f("uq_abuse_report_comment_id_participant_id")
        ),
        sa.UniqueConstraint(
            "reply_id", "participant_id", name=op.f("uq_abuse_report_reply_id_participant_id")
        ),
    )
    op.create_index(
        "ix_abuse_report_open",
        "abuse_report",
        ["plan_id", "id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("ix_abuse_report_participant", "abuse_report", ["participant_id"], unique=False)
    op.create_table(
        "follow",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("area", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=True),
        sa.Column("radius_m", sa.Integer(), nullable=True),
        sa.Column("place", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rhythm", sa.Text(), server_default="immediate", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'area') = (area IS NOT NULL)", name=op.f("ck_follow_area")),
        sa.CheckConstraint("(kind = 'measure') = (measure_id IS NOT NULL)", name=op.f("ck_follow_measure")),
        sa.CheckConstraint("(kind = 'own') = (plan_id IS NULL)", name=op.f("ck_follow_plan")),
        sa.CheckConstraint("(kind = 'segment') = (segment_id IS NOT NULL)", name=op.f("ck_follow_segment")),
        sa.CheckConstraint(
            "kind IN ('plan', 'measure', 'segment', 'area', 'own')", name=op.f("ck_follow_kind")
        ),
        sa.CheckConstraint("rhythm IN ('immediate', 'daily')", name=op.f("ck_follow_rhythm")),
        sa.CheckConstraint("radius_m BETWEEN 1 AND 2000", name=op.f("ck_follow_radius")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_follow_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_follow_participant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_follow_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_follow_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
    )
    op.create_index("ix_follow_area", "follow", ["area"], unique=False, postgresql_using="gist")
    op.create_index("ix_follow_measure", "follow", ["measure_id"], unique=False)
    op.create_index("ix_follow_participant", "follow", ["participant_id"], unique=False)
    op.create_index("ix_follow_plan", "follow", ["plan_id"], unique=False)
    op.create_index("ix_follow_segment", "follow", ["segment_id"], unique=False)
    op.create_index(
        "uq_follow_measure",
        "follow",
        ["participant_id", "measure_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'measure'"),
    )
    op.create_index(
        "uq_follow_own", "follow", ["participant_id"], unique=True, postgresql_where=sa.text("kind = 'own'")
    )
    op.create_index(
        "uq_follow_plan",
        "follow",
        ["participant_id", "plan_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'plan'"),
    )
    op.create_index(
        "uq_follow_segment",
        "follow",
        ["participant_id", "segment_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'segment'"),
    )
    op.create_table(
        "happening",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('comment', 'reply', 'decision', 'version')", name=op.f("ck_happening_kind")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["participant.id"], name=op.f("fk_happening_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_happening_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_happening_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_happening_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["comment_reply.id"], name=op.f("fk_happening_reply_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_happening_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening")),
    )
    op.create_index("ix_happening_comment", "happening", ["comment_id"], unique=False)
    op.create_index("ix_happening_xid", "happening", ["xid"], unique=False)
    op.create_table(
        "notice",
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("happening_id", sa.BigInteger(), nullable=False),
        sa.Column("follow_id", sa.BigInteger(), nullable=True),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rhythm IN ('immediate', 'daily')", name=op.f("ck_notice_rhythm")),
        sa.ForeignKeyConstraint(
            ["follow_id"], ["follow.id"], name=op.f("fk_notice_follow_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["happening_id"], ["happening.id"], name=op.f("fk_notice_happening_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_notice_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("participant_id", "happening_id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_due",
        "notice",
        ["participant_id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index(op.f("ix_notice_follow_id"), "notice", ["follow_id"], unique=False)
    op.create_index("ix_notice_happening", "notice", ["happening_id"], unique=False)
    op.create_table(
        "notice_coverage",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("covered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notice_coverage")),
    )
    _keep_numbers()
    _run_raw(SchemaManager.get_schema())


def downgrade() -> None:
    _run_raw(REMOVE_QUEUE)
    for table in TABLES:
        op.drop_table(table)
    for table, _column, _public in KEPT:
        for event in (*ADD, "truncate"):
            op.execute(f"DROP FUNCTION {table}_{event}()")
    op.drop_index("ix_comment_plan_endorsed", table_name="comment")
    op.drop_column("comment", "replies")
    op.drop_column("comment", "endorsements")
