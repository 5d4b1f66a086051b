"""The statement that counts a vote: finds plan, subject, phase and speaker, and writes, in one round trip."""

from __future__ import annotations

from functools import cache
from typing import Literal

from sqlalchemy import TextClause, text

Kind = Literal["segment", "measure"]

SUBJECT = {
    "segment": "JOIN segment s ON s.plan_id = p.id AND s.code = :code JOIN measure m ON m.id = s.measure_id",
    "measure": "JOIN measure s ON s.plan_id = p.id AND s.code = :code JOIN measure m ON m.id = s.id",
}
PERSON = """LEFT JOIN LATERAL (
    SELECT id, identity_level, blocked_at FROM participant
    WHERE {known} AND merged_into IS NULL FOR KEY SHARE) v ON true"""
"""Held until the vote is written: who merges or raises the person waits, or is waited for."""
BY_ACCOUNT = PERSON.format(known="account_id = :speaker")
BY_BROWSER = """LEFT JOIN participant_token k ON k.token_hash = :speaker
    AND (k.expires_at IS NULL OR k.expires_at > :now)
  """ + PERSON.format(known="id = k.participant_id")
LATEST = "AND old.changed_at <= :said_at"
CAST = """
WITH scene AS (
  SELECT p.id AS plan_id, s.id AS subject_id, s.retired_at IS NOT NULL AS retired, f.id AS phase_id,
         coalesce(f.actions, '{{}}') AS actions, coalesce(f.vote_level, 0) AS min_level,
         v.id AS participant_id, coalesce(v.identity_level, 0) AS level,
         v.blocked_at IS NOT NULL AS blocked, m.version
  FROM plan p
  {subject}
  LEFT JOIN phase f ON f.plan_id = p.id AND f.opens_at <= :now AND f.closes_at > :now
    AND coalesce(p.concluded_at, p.archived_at) IS NULL
  {speaker}
  WHERE p.slug = :slug AND p.status <> 'draft'
), counted AS (
  INSERT INTO vote AS old (plan_id, {kind}_id, participant_id, group_id, position, condition, reason,
    phase_id, identity_level, measure_version, origin, channel, cast_at, changed_at)
  SELECT plan_id, subject_id, participant_id, CAST(:group_id AS bigint), :position, :condition, :reason,
    phase_id, level, version, CAST(:origin AS bytea), :channel, :now, :now
  FROM scene
  WHERE NOT retired AND 'vote' = ANY (actions) AND participant_id IS NOT NULL
    AND level >= min_level AND NOT blocked
  ON CONFLICT ({kind}_id, {owner}) WHERE group_id IS {group} AND {kind}_id IS NOT NULL
  DO UPDATE SET position = excluded.position, condition = excluded.condition, reason = excluded.reason,
    participant_id = excluded.participant_id, phase_id = excluded.phase_id,
    identity_level = excluded.identity_level, measure_version = excluded.measure_version,
    origin = excluded.origin, channel = excluded.channel, changed_at = excluded.changed_at
  WHERE (old.position, old.condition, old.reason, old.measure_version)
    IS DISTINCT FROM (excluded.position, excluded.condition, excluded.reason, excluded.measure_version)
    {latest}
  RETURNING id
)
SELECT scene.*, (SELECT count(*) FROM counted) AS changed FROM scene
"""


@cache
def cast_statement(kind: Kind, *, by_account: bool, for_group: bool, waited: bool = False) -> TextClause:
    """One row: plan_id, subject_id, retired, phase_id, actions, min_level, participant_id, level, blocked,
    version, changed.

    No row when plan or subject do not exist; nothing is written when the phase is closed, the subject
    retired, the speaker unknown, blocked or of too low a level. `changed` is 0 when the same vote was there
    already. A vote that `waited` on a device replaces none that was cast after :said_at.
    """
    return text(
        CAST.format(
            kind=kind,
            subject=SUBJECT[kind],
            speaker=BY_ACCOUNT if by_account else BY_BROWSER,
            owner="group_id" if for_group else "participant_id",
            group="NOT NULL" if for_group else "NULL",
            latest=LATEST if waited else "",
        )
    )
