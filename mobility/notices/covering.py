"""Finds out who is to be told of what: every pair of a happening and a follower once, and none forgotten.

Happenings are read in windows of transaction numbers. A window ends where the oldest transaction that still
runs begins, so everything below it has been committed or undone: a writer that commits late falls into a
later window, never between two. The pair is the key of `notice`, so that reading a window twice adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.notices.models import Coverage

NAME = "happenings"
LIMIT_XID = """
WITH now AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
elsewhere AS (
  SELECT l.transactionid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
    AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())),
running AS (
  SELECT xid FROM now, pg_snapshot_xip(snapshot) AS xid
  WHERE NOT EXISTS (SELECT FROM elsewhere WHERE transactionid = xid::xid))
SELECT coalesce((SELECT min(xid::text::bigint) FROM running), pg_snapshot_xmax(snapshot)::text::bigint)
FROM now
"""
"""The oldest transaction that still runs; those of other databases of the same server write nothing here."""

OWN = """
INSERT INTO follow (participant_id, kind, since)
SELECT DISTINCT c.participant_id, 'own', min(h.created_at)
FROM happening h JOIN comment c ON c.id = h.comment_id
JOIN participant p ON p.id = c.participant_id AND p.email IS NOT NULL
WHERE h.xid >= :lower AND h.xid < :upper AND h.kind IN ('reply', 'decision')
GROUP BY c.participant_id
ON CONFLICT DO NOTHING
"""
"""People with a confirmed address follow their own comments unless they have said otherwise."""

PAIRS = """
WITH due AS (SELECT * FROM happening WHERE xid >= :lower AND xid < :upper),
public AS (SELECT * FROM due WHERE kind IN ('comment', 'version')),
found AS (
  SELECT h.id AS happening_id, f.id AS follow_id FROM due h
  JOIN comment c ON c.id = h.comment_id
  JOIN follow f ON f.kind = 'own' AND f.participant_id = c.participant_id
  WHERE h.kind IN ('reply', 'decision')
  UNION ALL
  SELECT h.id, f.id FROM public h JOIN follow f ON f.kind = 'plan' AND f.plan_id = h.plan_id
  UNION ALL
  SELECT h.id, f.id FROM public h JOIN follow f ON f.kind = 'measure' AND f.measure_id = h.measure_id
  UNION ALL
  SELECT h.id, f.id FROM public h JOIN follow f ON f.kind = 'segment' AND f.segment_id = h.segment_id
  UNION ALL
  SELECT h.id, f.id FROM public h JOIN segment s ON s.measure_id = h.measure_id
  JOIN follow f ON f.kind = 'segment' AND f.segment_id = s.id WHERE h.kind = 'version'
  UNION ALL
  SELECT h.id, f.id FROM public h
  JOIN follow f ON f.kind = 'area' AND f.plan_id = h.plan_id AND ST_Intersects(f.area, h.geom)
  UNION ALL
  SELECT h.id, f.id FROM public h JOIN segment s ON s.measure_id = h.measure_id AND s.retired_at IS NULL
  JOIN follow f ON f.kind = 'area' AND f.plan_id = h.plan_id AND ST_Intersects(f.area, s.geom)
  WHERE h.kind = 'version')
INSERT INTO notice (participant_id, happening_id, follow_id, rhythm, created_at)
SELECT DISTINCT ON (f.participant_id, h.id) f.participant_id, h.id, f.id, f.rhythm, :now
FROM found JOIN due h ON h.id = found.happening_id JOIN follow f ON f.id = found.follow_id
JOIN participant p ON p.id = f.participant_id AND p.email IS NOT NULL AND p.erased_at IS NULL
WHERE f.stopped_at IS NULL AND f.since <= h.created_at AND h.actor_id IS DISTINCT FROM f.participant_id
ORDER BY f.participant_id, h.id, f.kind <> 'own', f.rhythm <> 'immediate', f.id
ON CONFLICT DO NOTHING
"""
"""Who follows several things that one happening touches is told once, at once if any of them is at once."""


@dataclass(frozen=True)
class Window:
    """Transaction numbers from `lower` to below `upper`."""

    lower: int
    upper: int


def cover(session: Session, *, now: datetime) -> Window | None:
    """Pair all happenings of the next window with those who follow; None when another worker is at it."""
    session.execute(insert(Coverage).values(name=NAME, xid=0, covered_at=now).on_conflict_do_nothing())
    wanted = select(Coverage).where(Coverage.name == NAME).with_for_update(skip_locked=True)
    position = session.scalar(wanted.execution_options(populate_existing=True))
    if position is None:
        return None
    upper = session.execute(text(LIMIT_XID)).scalar_one()
    window = Window(position.xid if position.xid <= upper else 0, upper)
    pair(session, window, now=now)
    position.xid, position.covered_at = upper, now
    session.flush()
    return window


def pair(session: Session, window: Window, *, now: datetime) -> None:
    """The notices of one window, which begins at 0 in a restored database: it counts transactions anew."""
    values = {"lower": window.lower, "upper": window.upper}
    session.execute(text(OWN), values)
    session.execute(text(PAIRS), values | {"now": now})
