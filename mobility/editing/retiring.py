"""Taking a measure out of the plan, with everything people said about it, and bringing it back."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.errors import Conflict, NotFound
from mobility.plans.models import Measure, Plan, Segment


def retire_measure(
    session: Session, *, plan: Plan, code: str, reason: dict[str, str], account_id: int, now: datetime
) -> Measure:
    """The measure and its segments leave the plan; votes and comments stay with them.

    `reason` is public, one text a language. Raises Conflict.
    """
    measure = _locked(session, plan, code)
    if measure.retired_at is not None:
        raise Conflict(_l("This measure has left the plan already."))
    measure.retired_at, measure.retired_note = now, reason
    _segments(session, measure, None, now)
    _done(session, plan, measure, "measure.retire", account_id, now)
    return measure


def bring_back(session: Session, *, plan: Plan, code: str, account_id: int, now: datetime) -> Measure:
    """A retired measure is on offer again, with the segments that left together with it."""
    measure = _locked(session, plan, code)
    left = measure.retired_at
    if left is None:
        raise Conflict(_l("This measure is part of the plan."))
    measure.retired_at, measure.retired_note = None, {}
    _segments(session, measure, left, None)
    _done(session, plan, measure, "measure.bring_back", account_id, now)
    return measure


def _locked(session: Session, plan: Plan, code: str) -> Measure:
    query = select(Measure).where(Measure.plan_id == plan.id, Measure.code == code)
    query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    if plan.status == "archived":
        raise Conflict(_l("The plan is archived: it is not changed any more."))
    return found


def _segments(session: Session, measure: Measure, before: datetime | None, after: datetime | None) -> None:
    mine = update(Segment).where(Segment.measure_id == measure.id)
    same = Segment.retired_at.is_(None) if before is None else Segment.retired_at == before
    session.execute(mine.where(same).values(retired_at=after))


def _done(
    session: Session, plan: Plan, measure: Measure, action: str, account_id: int, now: datetime
) -> None:
    measure.updated_at = now
    plan.revision, plan.updated_at, plan.edited_at = plan.revision + 1, now, now
    audit.record(
        session,
        action=action,
        account_id=account_id,
        plan_id=plan.id,
        subject="measure",
        subject_id=measure.id,
        details={"code": measure.code, "version": measure.version},
    )
