"""Lets authors know what became of their comments: once each, through what they follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

HAPPENED = """
INSERT INTO happening (kind, plan_id, comment_id, measure_id, segment_id, geom, detail, created_at)
SELECT DISTINCT ON (participant_id) 'decision', plan_id, id, measure_id, segment_id, geom, :what, :now
FROM comment
WHERE id = ANY (:comments) AND participant_id IS NOT NULL AND erased_at IS NULL
  AND status IN ('published', 'pending')
ORDER BY participant_id, id
"""
"""An author of several comments that are answered together hears of it once."""


def tell_authors(session: Session, *, comment_ids: Sequence[int], what: str, now: datetime) -> None:
    """Note what happened to these comments: `answer`, `assign`, `close` or `reopen`."""
    session.flush()
    session.execute(text(HAPPENED), {"comments": list(comment_ids), "what": what, "now": now})
