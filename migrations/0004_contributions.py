"""Contributions: scopes and drawings of comments, votes set aside, levels and moderation per phase

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_spec = spec_from_file_location("kept_counts", Path(__file__).with_name("0002_kept_counts.py"))
assert _spec
assert _spec.loader
counts = module_from_spec(_spec)
_spec.loader.exec_module(counts)
"""The revision before kept every vote and every comment; from here those set aside and placeless are left out."""

ENDINGS = {"update": "changed", "delete": "withdrawn"}
CHECKS = (
    ("phase", "comment_level", None, "comment_level BETWEEN 0 AND 3"),
    ("phase", "vote_level", None, "vote_level BETWEEN 0 AND 3"),
    ("phase", "moderation", None, "moderation IN ('post', 'pre')"),
    (
        "comment",
        "status",
        "status IN ('published', 'hidden', 'withdrawn')",
        "status IN ('published', 'pending', 'hidden', 'withdrawn')",
    ),
    (
        "comment",
        "text",
        "length(text) BETWEEN 1 AND 3000",
        "length(text) BETWEEN 1 AND 3000 OR (erased_at IS NOT NULL AND text = '')",
    ),
    ("comment", "scope", None, "scope IN ('point', 'segment', 'area', 'drawing', 'plan')"),
    ("comment", "place", None, "(scope = 'plan') = (geom IS NULL)"),
    ("comment", "drawing", None, "drawing IS NULL OR (ST_IsValid(drawing) AND NOT ST_IsEmpty(drawing))"),
    ("comment", "effect", None, "perceived_effect IN ('helps', 'harms', 'neither')"),
    ("comment", "effect_place", None, "(perceived_effect IS NULL) = (heritage_place_id IS NULL)"),
    (
        "comment",
        "relation",
        None,
        "relation <@ ARRAY['lives', 'works', 'studies', 'trades', 'visits']",
    ),
    (
        "vote_history",
        "ending",
        "ending IN ('changed', 'withdrawn')",
        "ending IN ('changed', 'withdrawn', 'merged')",
    ),
)

_COLUMNS = """plan_id, segment_id, measure_id, participant_id, group_id, position, condition, reason, phase_id,
    identity_level, measure_version, channel, cast_at, changed_at"""
_OLD = ", ".join(f"r.{column.strip()}" for column in _COLUMNS.split(","))
UPDATED = f"""
CREATE FUNCTION vote_history_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO vote_history (vote_id, {_COLUMNS}, ending)
  SELECT r.id, {_OLD}, 'changed' FROM removed r JOIN added a ON a.id = r.id
  WHERE (r.position, r.condition, r.reason) IS DISTINCT FROM (a.position, a.condition, a.reason);
  RETURN NULL;
END $$
"""
"""Only what was said makes history: not that a vote was set aside or given to a merged participant."""
DELETED = f"""
CREATE FUNCTION vote_history_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO vote_history (vote_id, {_COLUMNS}, ending)
  SELECT r.id, {_OLD}, coalesce(nullif(current_setting('mobility.vote_ending', true), ''), 'withdrawn')
  FROM removed r;
  RETURN NULL;
END $$
"""


def _replace(event: str, body: str, rows: str) -> None:
    """The trigger function of one event, made anew; its trigger stays."""
    delta = " UNION ALL ".join(rows.format(sign=sign, table=name) for name, sign in counts.SOURCES[event])
    made = body.format(event=event, delta=delta)
    op.execute(made.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def _history(update: str, delete: str) -> None:
    """The two triggers that write the history of votes, made anew."""
    for event, function in (("update", update), ("delete", delete)):
        op.execute(f"DROP TRIGGER vote_history_{event} ON vote")
        op.execute(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
        tables = "OLD TABLE AS removed" + (" NEW TABLE AS added" if event == "update" else "")
        op.execute(
            f"CREATE TRIGGER vote_history_{event} AFTER {event.upper()} ON vote REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION vote_history_{event}()"
        )


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('burst', 'automatic', 'not_entitled', 'duplicate_person', 'other')",
            name=op.f("ck_set_aside_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_set_aside_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_set_aside_plan_id")),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["account.id"], name=op.f("fk_set_aside_undone_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
    )
    op.create_index(op.f("ix_set_aside_plan_id"), "set_aside", ["plan_id"], unique=False)
    op.add_column("comment", sa.Column("scope", sa.Text(), server_default="point", nullable=False))
    op.add_column("comment", sa.Column("drawing", Geometry(srid=4326, spatial_index=False), nullable=True))
    op.add_column("comment", sa.Column("context_id", sa.BigInteger(), nullable=True))
    op.add_column("comment", sa.Column("zone_id", sa.BigInteger(), nullable=True))
    op.add_column("comment", sa.Column("perceived_effect", sa.Text(), nullable=True))
    op.add_column("comment", sa.Column("heritage_place_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "comment",
        sa.Column("relation", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("comment", sa.Column("measure_version", sa.Integer(), nullable=True))
    op.add_column("comment", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comment", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comment", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.alter_column("comment", "geom", nullable=True)
    op.create_foreign_key(
        op.f("fk_comment_heritage_place_id"), "comment", "heritage_place", ["heritage_place_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_comment_context_id"),
        "comment",
        "context_feature",
        ["context_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        op.f("fk_comment_zone_id"), "comment", "heritage_zone", ["zone_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("phase", sa.Column("comment_level", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("phase", sa.Column("vote_level", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("phase", sa.Column("moderation", sa.Text(), server_default="post", nullable=False))
    op.add_column(
        "phase",
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("vote", sa.Column("measure_version", sa.Integer(), nullable=True))
    op.add_column("vote", sa.Column("set_aside_id", sa.BigInteger(), nullable=True))
    op.add_column("vote", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_vote_set_aside_id"), "vote", ["set_aside_id"], unique=False)
    op.create_foreign_key(op.f("fk_vote_set_aside_id"), "vote", "set_aside", ["set_aside_id"], ["id"])
    op.add_column("vote_history", sa.Column("measure_version", sa.Integer(), nullable=True))
    op.execute("UPDATE phase SET comment_level = min_level, vote_level = min_level")
    op.drop_column("phase", "min_level")
    for table, name, old, new in CHECKS:
        if old:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, new)
    for event in counts.EVENTS:
        _replace(event, counts.KEEP_TALLY, counts.TALLY_ROWS + " WHERE set_aside_id IS NULL")
        _replace(event, counts.KEEP_CELLS, counts.CELL_ROWS + " AND geom IS NOT NULL")
    _history(UPDATED, DELETED)


def downgrade() -> None:
    op.execute("DELETE FROM vote WHERE set_aside_id IS NOT NULL")
    op.execute("DELETE FROM comment WHERE geom IS NULL OR text = '' OR status = 'pending'")
    op.execute("UPDATE vote_history SET ending = 'withdrawn' WHERE ending = 'merged'")
    for event in counts.EVENTS:
        _replace(event, counts.KEEP_TALLY, counts.TALLY_ROWS)
        _replace(event, counts.KEEP_CELLS, counts.CELL_ROWS)
    _history(*(counts.KEEP_HISTORY.format(event=e, ending=n) for e, n in ENDINGS.items()))
    for table, name, old, _new in reversed(CHECKS):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        if old:
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, old)
    op.drop_column("vote_history", "measure_version")
    op.drop_constraint(op.f("fk_vote_set_aside_id"), "vote", type_="foreignkey")
    op.drop_index(op.f("ix_vote_set_aside_id"), table_name="vote")
    op.drop_column("vote", "origin")
    op.drop_column("vote", "set_aside_id")
    op.drop_column("vote", "measure_version")
    op.add_column(
        "phase",
        sa.Column(
            "min_level",
            sa.SMALLINT(),
            server_default=sa.text("'0'::smallint"),
            autoincrement=False,
            nullable=False,
        ),
    )
    op.execute("UPDATE phase SET min_level = greatest(comment_level, vote_level)")
    op.create_check_constraint(op.f("ck_phase_level"), "phase", "min_level BETWEEN 0 AND 3")
    op.drop_column("phase", "languages")
    op.drop_column("phase", "moderation")
    op.drop_column("phase", "vote_level")
    op.drop_column("phase", "comment_level")
    op.drop_constraint(op.f("fk_comment_zone_id"), "comment", type_="foreignkey")
    op.drop_constraint(op.f("fk_comment_context_id"), "comment", type_="foreignkey")
    op.drop_constraint(op.f("fk_comment_heritage_place_id"), "comment", type_="foreignkey")
    op.alter_column("comment", "geom", nullable=False)
    op.drop_column("comment", "origin")
    op.drop_column("comment", "erased_at")
    op.drop_column("comment", "edited_at")
    op.drop_column("comment", "measure_version")
    op.drop_column("comment", "relation")
    op.drop_column("comment", "heritage_place_id")
    op.drop_column("comment", "perceived_effect")
    op.drop_column("comment", "zone_id")
    op.drop_column("comment", "context_id")
    op.drop_column("comment", "drawing")
    op.drop_column("comment", "scope")
    op.drop_index(op.f("ix_set_aside_plan_id"), table_name="set_aside")
    op.drop_table("set_aside")
