"""Writes down what happened for those who want to be told, in the transaction in which it happened.

One statement: nothing is written while nobody wants to know. Ids and codes only; who wants the words reads
them from the API, where what was hidden or erased meanwhile is gone.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

WRITE = """
WITH what AS MATERIALIZED ({source}),
wanted AS (
  SELECT w.id, what.key FROM webhook w JOIN what ON w.plan_id IS NULL OR w.plan_id = what.plan_id
  WHERE w.off_at IS NULL AND :kind = ANY (w.events) AND w.created_at <= :now),
made AS (
  INSERT INTO webhook_event (key, kind, plan_id, data, created_at)
  SELECT key, :kind, plan_id, data, CAST(:now AS timestamptz) FROM what
  WHERE EXISTS (SELECT FROM wanted WHERE wanted.key = what.key) ORDER BY place
  ON CONFLICT (key) DO NOTHING RETURNING id, key)
INSERT INTO webhook_delivery (webhook_id, event_id)
SELECT wanted.id, made.id FROM made JOIN wanted USING (key) ORDER BY made.id, wanted.id
"""
COMMENTS = """
SELECT gen_random_uuid() AS key, c.id AS place, c.plan_id, jsonb_build_object(
  'plan', p.slug, 'comment', c.id, 'topic', t.slug, 'stance', c.stance, 'measure', m.code,
  'segment', CASE WHEN NOT t.sensitive THEN s.code END,
  'path', '/plans/' || p.slug || '/comments/' || c.id) {more} AS data
FROM comment c JOIN plan p ON p.id = c.plan_id JOIN topic t ON t.id = c.topic_id
LEFT JOIN measure m ON m.id = c.measure_id LEFT JOIN segment s ON s.id = c.segment_id
WHERE c.id = ANY (:comments) AND {only}
"""
PUBLIC = "c.status = 'published'"
OFFICE = """
|| jsonb_build_object('office', (SELECT o.slug FROM office o WHERE o.id = CAST(:office AS bigint)))
"""
ANSWER = "|| jsonb_build_object('answer', CAST(:answer AS bigint))"
MEASURE = """
SELECT gen_random_uuid() AS key, 0 AS place, m.plan_id, jsonb_build_object(
  'plan', p.slug, 'measure', m.code, 'version', CAST(:version AS int),
  'path', '/plans/' || p.slug || '/measures/' || m.code) AS data
FROM measure m JOIN plan p ON p.id = m.plan_id WHERE m.id = :measure AND p.status <> 'draft'
"""
PLAN = """
SELECT gen_random_uuid() AS key, 0 AS place, id AS plan_id,
  jsonb_build_object('plan', slug, 'path', '/plans/' || slug) AS data
FROM plan WHERE id = :plan AND status <> 'draft'
"""
PHASE = """
SELECT CAST(:key AS uuid) AS key, 0 AS place, f.plan_id, jsonb_build_object(
  'plan', p.slug, 'phase', f.slug, 'path', '/plans/' || p.slug) AS data
FROM phase f JOIN plan p ON p.id = f.plan_id WHERE f.id = :phase AND p.status <> 'draft'
"""
_PHASES = uuid.UUID("6a4fdc5e-1a4f-4e0e-9c53-0d7bb5a0c1f3")
"""The names of openings and closings are made from this, so that each is told once."""


def comments_happened(
    session: Session,
    *,
    kind: str,
    comment_ids: Sequence[int],
    now: datetime,
    office_id: int | None = None,
    answer_id: int | None = None,
    any_status: bool = False,
) -> None:
    """Something happened to comments; only to public ones unless `any_status`."""
    more = OFFICE if office_id else ANSWER if answer_id else ""
    source = COMMENTS.format(more=more, only="true" if any_status else PUBLIC)
    given = {"office": office_id, "answer": answer_id}
    values = {name: value for name, value in given.items() if f":{name}" in source}
    _write(session, source, kind, now, comments=list(comment_ids), **values)


def version_happened(session: Session, *, measure_id: int, version: int, now: datetime) -> None:
    """A measure says something else than before."""
    _write(session, MEASURE, "measure.version_published", now, measure=measure_id, version=version)


def conclusion_happened(session: Session, *, plan_id: int, now: datetime) -> None:
    """The city concluded a consultation."""
    _write(session, PLAN, "consultation.concluded", now, plan=plan_id)


def phase_happened(session: Session, *, kind: str, phase_id: int, at: datetime) -> None:
    """A phase opened or closed at this moment; said once, however often it is asked for."""
    key = uuid.uuid5(_PHASES, f"{kind}/{phase_id}/{at.timestamp()}")
    _write(session, PHASE, kind, at, phase=phase_id, key=str(key))


def _write(session: Session, source: str, kind: str, now: datetime, **values: object) -> None:
    session.execute(_statement(source), {"kind": kind, "now": now, **values})


@cache
def _statement(source: str) -> TextClause:
    return text(WRITE.format(source=source))
