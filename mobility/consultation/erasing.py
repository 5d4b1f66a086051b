"""Takes a person's words out of comments and votes, and leaves what only counts.

A public comment keeps its topic, stance and square, so that no count changes; its text, its exact place, its
drawing and its author go. A hidden or waiting one becomes a withdrawn one without words. Votes keep their
position and lose condition and reason, in the history too. Votes cast for a group are the group's and stay.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

COMMENTS = """
UPDATE comment SET
  text = '', erased_at = :now, updated_at = :now, edited_at = NULL, participant_id = NULL,
  status = CASE WHEN status = 'published' THEN 'published' ELSE 'withdrawn' END,
  hidden_reason = NULL, hidden_note = NULL, origin = NULL, relation = '{}', drawing = NULL,
  exact_geom = NULL, exact_drawing = NULL, exact_segment_id = NULL, exact_context_id = NULL,
  exact_zone_id = NULL, exact_snap_m = NULL, exact_place = NULL,
  scope = CASE WHEN scope = 'drawing' THEN 'point' ELSE scope END,
  receipt = gen_random_uuid()::text, idempotency_key = gen_random_uuid(),
  geom = CASE WHEN exact_geom IS NOT NULL THEN geom WHEN geom IS NOT NULL THEN ST_SetSRID(ST_MakePoint(
    (cell_x + 0.5) / 262144 * 360 - 180,
    degrees(atan(sinh(pi() * (1 - 2 * (cell_y + 0.5) / 262144))))), 4326) END
WHERE participant_id = :participant
"""
"""The point moves to the middle of its square of zoom 18, about 120 m wide in Palermo; on a sensitive
topic only the centre of the coarse cell is left, which everybody read before."""
VOTES = """
UPDATE vote SET condition = NULL, reason = NULL, origin = NULL
WHERE participant_id = :participant AND group_id IS NULL
"""
HISTORY = """
UPDATE vote_history SET condition = NULL, reason = NULL
WHERE participant_id = :participant AND group_id IS NULL
"""


def erase_words(session: Session, *, participant_id: int, now: datetime) -> None:
    """Empty every comment and own vote of this participant; three statements, no count changes."""
    values = {"participant": participant_id, "now": now}
    session.execute(text(COMMENTS), values)
    session.execute(text(VOTES), values)
    session.execute(text(HISTORY), values)
