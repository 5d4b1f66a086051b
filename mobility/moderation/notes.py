"""What moderation keeps about a person, given to another participant or taken away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

OF_PERSON = "SELECT id FROM comment WHERE participant_id = :participant OR erased_at = :now"
"""The person's comments, whether they still name their author or were emptied at this very moment."""
FORGET = (
    f"UPDATE moderation SET note = NULL WHERE note IS NOT NULL AND comment_id IN ({OF_PERSON})",  # noqa: S608
    f"UPDATE comment SET hidden_note = NULL WHERE hidden_note IS NOT NULL AND id IN ({OF_PERSON})",  # noqa: S608
    f"UPDATE comment_review SET signals = '[]', text_key = NULL WHERE comment_id IN ({OF_PERSON})",  # noqa: S608
    "DELETE FROM appeal WHERE participant_id = :participant AND decided_at IS NULL",
    "UPDATE appeal SET text = '', reason = NULL WHERE participant_id = :participant",
    "UPDATE participant_block SET note = NULL WHERE participant_id = :participant",
)
APPEALS = """
UPDATE appeal a SET participant_id = :kept WHERE participant_id = :gone AND NOT EXISTS (
  SELECT FROM appeal b WHERE b.participant_id = :kept AND b.set_aside_id = a.set_aside_id)
"""
ITEMS = """
UPDATE blocked_item i SET block_id = k.id
FROM participant_block g JOIN participant_block k
  ON k.plan_id = g.plan_id AND k.participant_id = :kept AND k.ended_at IS NULL
WHERE i.block_id = g.id AND g.participant_id = :gone AND g.ended_at IS NULL
"""
DOUBLE = """
UPDATE participant_block g SET ended_at = :now
WHERE g.participant_id = :gone AND g.ended_at IS NULL AND EXISTS (
  SELECT FROM participant_block b
  WHERE b.participant_id = :kept AND b.plan_id = g.plan_id AND b.ended_at IS NULL)
"""
BLOCKS = "UPDATE participant_block SET participant_id = :kept WHERE participant_id = :gone"
STOP = """
UPDATE participant SET blocked_at = :now WHERE id = :kept AND blocked_at IS NULL AND EXISTS (
  SELECT FROM participant_block WHERE participant_id = :kept AND ended_at IS NULL)
"""
MERGE = (APPEALS, ITEMS, DOUBLE, BLOCKS, STOP)
"""A block follows the person: whoever proves to be somebody blocked is blocked."""


def forget_person(session: Session, *, participant_id: int, now: datetime) -> None:
    """Take away every word about and of an erased person; decisions, reasons and counts stay.

    An appeal that waits goes too: nobody is left to read its answer.
    """
    for statement in FORGET:
        session.execute(text(statement), {"participant": participant_id, "now": now})


def merge_people(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:
    """Give blocks and appeals of a participant to the one it was merged into."""
    for statement in MERGE:
        session.execute(text(statement), {"kept": kept_id, "gone": gone_id, "now": now})
