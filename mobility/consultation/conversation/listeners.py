"""What the conversation does when it hears of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility import signals

MERGE = (
    """
    DELETE FROM comment_endorsement e WHERE participant_id = :gone AND (
      EXISTS (SELECT FROM comment_endorsement k
              WHERE k.comment_id = e.comment_id AND k.participant_id = :kept)
      OR EXISTS (SELECT FROM comment c WHERE c.id = e.comment_id AND c.participant_id IN (:kept, :gone)))
    """,
    """
    DELETE FROM comment_endorsement e USING comment c
    WHERE e.participant_id = :kept AND c.id = e.comment_id AND c.participant_id IN (:kept, :gone)
    """,
    "UPDATE comment_endorsement SET participant_id = :kept WHERE participant_id = :gone",
    """
    UPDATE comment_reply r
    SET status = 'withdrawn', hidden_reason = NULL, hidden_note = NULL, updated_at = :now
    WHERE r.participant_id = :gone AND r.status <> 'withdrawn' AND EXISTS (
      SELECT FROM comment_reply k WHERE k.participant_id = :kept AND k.comment_id = r.comment_id
        AND k.side = r.side AND k.status <> 'withdrawn')
    """,
    "UPDATE comment_reply SET participant_id = :kept WHERE participant_id = :gone",
    """
    DELETE FROM abuse_report a WHERE participant_id = :gone AND EXISTS (
      SELECT FROM abuse_report k WHERE k.participant_id = :kept
        AND (k.comment_id = a.comment_id OR k.reply_id = a.reply_id))
    """,
    "UPDATE abuse_report SET participant_id = :kept WHERE participant_id = :gone",
)
"""Nobody agrees twice or with oneself; of two replies on one side the kept person's stays."""

ERASE = (
    """
    UPDATE comment_reply SET text = '', erased_at = :now, updated_at = :now, edited_at = NULL,
      participant_id = NULL, hidden_reason = NULL, hidden_note = NULL, idempotency_key = gen_random_uuid(),
      status = CASE WHEN status = 'published' THEN 'published' ELSE 'withdrawn' END
    WHERE participant_id = :participant
    """,
    "UPDATE abuse_report SET note = NULL, participant_id = NULL WHERE participant_id = :participant",
)
"""Endorsements stay under the number that leads to nobody: they only count."""


def _merge(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:
    for statement in MERGE:
        values = {"kept": kept_id, "gone": gone_id} | ({"now": now} if ":now" in statement else {})
        session.execute(text(statement), values)


def _erase(session: Session, *, participant_id: int, now: datetime) -> None:
    for statement in ERASE:
        values = {"participant": participant_id} | ({"now": now} if ":now" in statement else {})
        session.execute(text(statement), values)


signals.participants_merged.connect(_merge, weak=False)
signals.participant_erased.connect(_erase, weak=False)
