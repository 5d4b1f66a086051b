"""Leaves only the counts of a plan's votes when their retention is over, as the privacy notice promises.

People's single votes become counts for each subject, position, identity level, version and channel, without
person and time; earlier versions, conditions and fingerprints of verified identities go. Votes of groups are
public positions and stay, as do comments. No result changes: the tallies are compared before and after.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote, VoteHistory
from mobility.errors import Conflict, NotFound
from mobility.moderation.models import Appeal
from mobility.plans.models import Plan

log = structlog.get_logger("mobility.personal")

KEEP = """
INSERT INTO vote_count (plan_id, segment_id, measure_id, identity_level, position, measure_version, channel,
                        set_aside_id, n)
SELECT plan_id, segment_id, measure_id, identity_level, position, measure_version, channel, set_aside_id,
       count(*)
FROM vote WHERE plan_id = :plan AND group_id IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
TALLY = """
INSERT INTO vote_tally (segment_id, measure_id, group_id, identity_level, position, plan_id, n)
SELECT coalesce(segment_id, 0), coalesce(measure_id, 0), 0, identity_level, position, plan_id, sum(n)
FROM vote_count WHERE plan_id = :plan AND set_aside_id IS NULL GROUP BY 1, 2, 3, 4, 5, 6
"""
"""The triggers took the single votes out of the tallies; their counts come back."""
TALLIES = """
SELECT coalesce(json_agg(json_build_array(segment_id, measure_id, group_id, identity_level, position, n)
  ORDER BY segment_id, measure_id, group_id, identity_level, position), '[]')::text
FROM vote_tally WHERE plan_id = :plan
"""
VOTERS = """
CREATE TEMPORARY TABLE thinned_voter ON COMMIT DROP AS
SELECT participant_id FROM vote WHERE plan_id = :plan AND group_id IS NULL
UNION SELECT participant_id FROM vote_history WHERE plan_id = :plan AND group_id IS NULL
"""
IDENTITIES = """
UPDATE participant SET verified_key = NULL
WHERE verified_key IS NOT NULL
  AND NOT EXISTS (SELECT FROM vote WHERE participant_id = participant.id AND group_id IS NULL)
  AND (id IN (SELECT participant_id FROM thinned_voter)
    OR NOT EXISTS (SELECT FROM plan WHERE status = 'open' AND concluded_at IS NULL))
"""
"""Fingerprints of verified identities are kept as the votes are: until none is left that they belong to."""


@dataclass(frozen=True)
class Thinned:
    """What was destroyed, or would be: numbers alone."""

    votes: int
    earlier: int
    counts: int = 0
    identities: int = 0


def thinning_due(plan: Plan, *, days: int) -> datetime:
    """When the single votes of a decided plan may be destroyed. Raises Conflict for one that still runs."""
    decided = plan.concluded_at or plan.archived_at
    if decided is None:
        raise Conflict(_l("This plan is neither concluded nor archived: its votes are still needed."))
    return decided + timedelta(days=days)


def look_at(session: Session, *, slug: str, days: int, now: datetime) -> tuple[Plan, Thinned]:
    """The plan, locked, and what would be destroyed. Raises NotFound, and Conflict with what forbids it."""
    plan = session.scalars(select(Plan).where(Plan.slug == slug).with_for_update()).one_or_none()
    if plan is None:
        raise NotFound(_l("There is no such plan."))
    if plan.votes_thinned_at is not None:
        raise Conflict(
            _l("Its single votes were destroyed already, on %(day)s.", day=plan.votes_thinned_at.date())
        )
    due = thinning_due(plan, days=days)
    if now < due:
        raise Conflict(_l("The time for objections runs until %(day)s.", day=due.date()))
    waiting = select(func.count()).where(
        Appeal.plan_id == plan.id, Appeal.set_aside_id.is_not(None), Appeal.decided_at.is_(None)
    )
    if session.scalar(waiting):
        raise Conflict(_l("Somebody has appealed about votes that are set aside. Decide on it first."))
    return plan, Thinned(*(_count(session, table, plan.id) for table in (Vote, VoteHistory)))


def thin_votes(session: Session, *, slug: str, days: int, now: datetime) -> Thinned:
    """Destroys the single votes of people and keeps their counts. Raises NotFound and Conflict.

    Nothing is destroyed when a tally would change, or when the counts of the plan are not exact before.
    """
    plan, found = look_at(session, slug=slug, days=days, now=now)
    session.execute(text("LOCK TABLE vote IN SHARE ROW EXCLUSIVE MODE"))
    if recount(session, plan=slug):
        raise Conflict(_l("Its counts are not exact. Run “mobility recount --repair” first."))
    values = {"plan": plan.id}
    before = session.scalar(text(TALLIES), values)
    session.execute(text(VOTERS), values)
    counts = _changed(session, KEEP, values)
    for table in ("vote", "vote_history"):
        session.execute(
            text(f"DELETE FROM {table} WHERE plan_id = :plan AND group_id IS NULL"),  # noqa: S608
            values,
        )
    session.execute(text(TALLY), values)
    identities = _changed(session, IDENTITIES, {})
    session.execute(text("DROP TABLE thinned_voter"))
    if session.scalar(text(TALLIES), values) != before or recount(session, plan=slug):
        raise Conflict(_l("The results would change. Nothing was destroyed."))
    plan.votes_thinned_at = now
    done = Thinned(found.votes, found.earlier, counts, identities)
    record(session, action="votes.thin", plan_id=plan.id, subject="plan", subject_id=plan.id,
           details=asdict(done))  # fmt: skip
    session.expire_all()
    log.info("single votes destroyed", plan=plan.id, **asdict(done))
    return done


def _count(session: Session, table: Any, plan_id: int) -> int:
    own = select(func.count()).where(table.plan_id == plan_id, table.group_id.is_(None))
    return session.scalar(own) or 0


def _changed(session: Session, statement: str, values: dict[str, Any]) -> int:
    result: Any = session.execute(text(statement), values)
    return int(result.rowcount)
