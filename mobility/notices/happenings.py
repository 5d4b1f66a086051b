"""Writes down what happened, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

OF_COMMENT = """
INSERT INTO happening (kind, plan_id, comment_id, reply_id, measure_id, segment_id, geom, actor_id, detail,
                       created_at)
SELECT :kind, c.plan_id, c.id, :reply, c.measure_id, c.segment_id, c.geom, {actor}, :detail, :now
FROM comment c WHERE c.id = :comment AND NOT (:once AND EXISTS (
  SELECT FROM happening h WHERE h.comment_id = c.id AND h.kind = :kind
    AND h.reply_id IS NOT DISTINCT FROM :reply))
"""
OF_DECISION = """
INSERT INTO happening (kind, plan_id, comment_id, measure_id, segment_id, geom, detail, created_at)
SELECT 'decision', plan_id, id, measure_id, segment_id, geom, :detail, :now
FROM comment WHERE id = ANY (:comments) ORDER BY id
"""
OF_MEASURE = """
INSERT INTO happening (kind, plan_id, measure_id, detail, created_at)
SELECT 'version', plan_id, id, :detail, :now FROM measure WHERE id = :measure
"""


def comment_happened(session: Session, *, comment_id: int, now: datetime) -> None:
    """A comment became public; said once, however often it is hidden and shown again."""
    values = {
        "kind": "comment",
        "comment": comment_id,
        "reply": None,
        "detail": None,
        "once": True,
        "now": now,
    }
    session.execute(_typed(OF_COMMENT.format(actor="c.participant_id")), values)


def reply_happened(
    session: Session, *, comment_id: int, reply_id: int, actor_id: int | None, now: datetime
) -> None:
    """Somebody replied in public."""
    values = {
        "kind": "reply", "comment": comment_id, "reply": reply_id, "actor": actor_id, "detail": None,
        "once": True, "now": now,
    }  # fmt: skip
    session.execute(_typed(OF_COMMENT.format(actor=":actor")), values)


def decisions_happened(session: Session, *, comment_ids: Sequence[int], action: str, now: datetime) -> None:
    """Staff decided about comments; one statement for all of them."""
    session.execute(text(OF_DECISION), {"comments": list(comment_ids), "detail": action, "now": now})


def version_happened(session: Session, *, measure_id: int, version: int, now: datetime) -> None:
    """A measure says something else than before."""
    values = {"measure": measure_id, "detail": str(version), "now": now}
    session.execute(text(OF_MEASURE), values)


@cache
def _typed(statement: str) -> TextClause:
    """Types for values that may be empty, which PostgreSQL could not guess."""
    for name, kind in (("reply", "bigint"), ("actor", "bigint"), ("detail", "text"), ("once", "boolean")):
        statement = statement.replace(f":{name}", f"CAST(:{name} AS {kind})")
    return text(statement)
