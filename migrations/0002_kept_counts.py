"""Counts kept by the database: vote tallies, vote history, comments per cell

Statement triggers with transition tables, so that a bulk change costs one statement. Every change of counts is one
INSERT … ON CONFLICT with its keys in order: writers take the row locks in the same order and do not deadlock, and
no writer reads a count before it changes it. A count that falls to zero is removed.

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EVENTS = {
    "insert": ("INSERT", "REFERENCING NEW TABLE AS added"),
    "update": ("UPDATE", "REFERENCING OLD TABLE AS removed NEW TABLE AS added"),
    "delete": ("DELETE", "REFERENCING OLD TABLE AS removed"),
}
SOURCES = {"insert": (("added", 1),), "update": (("removed", -1), ("added", 1)), "delete": (("removed", -1),)}

KEEP_TALLY = """
CREATE FUNCTION vote_tally_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE zeros bigint; negatives bigint;
BEGIN
  WITH delta AS ({delta}),
  changed AS (
    INSERT INTO vote_tally AS t (segment_id, measure_id, group_id, identity_level, position, plan_id, n)
    SELECT s, m, g, l, p, plan, sum(d) FROM delta
    GROUP BY s, m, g, l, p, plan HAVING sum(d) <> 0 ORDER BY s, m, g, l, p
    ON CONFLICT (segment_id, measure_id, group_id, identity_level, position)
    DO UPDATE SET n = t.n + excluded.n
    RETURNING n)
  SELECT count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n < 0) INTO zeros, negatives FROM changed;
  IF negatives > 0 THEN
    RAISE EXCEPTION 'a vote tally would fall below zero';
  END IF;
  IF zeros > 0 THEN
    DELETE FROM vote_tally t USING (SELECT DISTINCT s, m FROM ({delta}) AS d) AS k
    WHERE t.segment_id = k.s AND t.measure_id = k.m AND t.n = 0;
  END IF;
  RETURN NULL;
END $$
"""
TALLY_ROWS = (
    "SELECT coalesce(segment_id, 0) AS s, coalesce(measure_id, 0) AS m, coalesce(group_id, 0) AS g, "
    "identity_level AS l, position AS p, plan_id AS plan, {sign} AS d FROM {table}"
)

KEEP_HISTORY = """
CREATE FUNCTION vote_history_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO vote_history (vote_id, plan_id, segment_id, measure_id, participant_id, group_id, position, condition,
    reason, phase_id, identity_level, channel, cast_at, changed_at, ending)
  SELECT id, plan_id, segment_id, measure_id, participant_id, group_id, position, condition,
    reason, phase_id, identity_level, channel, cast_at, changed_at, '{ending}' FROM removed;
  RETURN NULL;
END $$
"""

KEEP_CELLS = """
CREATE FUNCTION comment_cell_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE zeros bigint; negatives bigint;
BEGIN
  WITH delta AS ({delta}),
  fine AS (
    SELECT plan, x, y, phase, topic, stance, sum(d) AS d FROM delta
    GROUP BY plan, x, y, phase, topic, stance HAVING sum(d) <> 0),
  levels AS (
    SELECT plan, z, x >> (18 - z) AS x, y >> (18 - z) AS y, phase, topic, stance, sum(d) AS d
    FROM fine, (VALUES (18), (15), (12)) AS stored (z)
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(d) <> 0),
  changed AS (
    INSERT INTO comment_cell AS c (plan_id, z, x, y, phase_id, topic_id, stance, n)
    SELECT plan, z, x, y, phase, topic, stance, d FROM levels
    ORDER BY plan, z DESC, x, y, phase, topic, stance
    ON CONFLICT (plan_id, z, x, y, phase_id, topic_id, stance) DO UPDATE SET n = c.n + excluded.n
    RETURNING n)
  SELECT count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n < 0) INTO zeros, negatives FROM changed;
  IF negatives > 0 THEN
    RAISE EXCEPTION 'a count of comments would fall below zero';
  END IF;
  IF zeros > 0 THEN
    DELETE FROM comment_cell c
    USING (SELECT DISTINCT plan, z, x >> (18 - z) AS x, y >> (18 - z) AS y
           FROM ({delta}) AS d, (VALUES (18), (15), (12)) AS stored (z)) AS k
    WHERE c.plan_id = k.plan AND c.z = k.z AND c.x = k.x AND c.y = k.y AND c.n = 0;
  END IF;
  RETURN NULL;
END $$
"""
CELL_ROWS = (
    "SELECT plan_id AS plan, cell_x AS x, cell_y AS y, phase_id AS phase, topic_id AS topic, stance, {sign} AS d "
    "FROM {table} WHERE status = 'published'"
)

EMPTY = """
CREATE FUNCTION {kept}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM {kept};
  RETURN NULL;
END $$
"""


def _keep(table: str, kept: str, body: str, rows: str) -> None:
    """The three statement triggers on `table` that keep the counts in `kept`, and the one for TRUNCATE."""
    for event, (name, transition) in EVENTS.items():
        delta = " UNION ALL ".join(rows.format(sign=sign, table=source) for source, sign in SOURCES[event])
        op.execute(body.format(event=event, delta=delta))
        op.execute(
            f"CREATE TRIGGER {kept}_{event} AFTER {name} ON {table} {transition} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {kept}_{event}()"
        )
    op.execute(EMPTY.format(kept=kept))
    op.execute(
        f"CREATE TRIGGER {kept}_truncate AFTER TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {kept}_truncate()"
    )


def upgrade() -> None:
    _keep("vote", "vote_tally", KEEP_TALLY, TALLY_ROWS)
    _keep("comment", "comment_cell", KEEP_CELLS, CELL_ROWS)
    for event, ending in (("update", "changed"), ("delete", "withdrawn")):
        op.execute(KEEP_HISTORY.format(event=event, ending=ending))
        transition = "REFERENCING OLD TABLE AS removed"
        op.execute(
            f"CREATE TRIGGER vote_history_{event} AFTER {event.upper()} ON vote {transition} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION vote_history_{event}()"
        )


def downgrade() -> None:
    for table, kept in (("vote", "vote_tally"), ("comment", "comment_cell")):
        for event in (*EVENTS, "truncate"):
            op.execute(f"DROP TRIGGER {kept}_{event} ON {table}")
            op.execute(f"DROP FUNCTION {kept}_{event}()")
    for event in ("update", "delete"):
        op.execute(f"DROP TRIGGER vote_history_{event} ON vote")
        op.execute(f"DROP FUNCTION vote_history_{event}()")
