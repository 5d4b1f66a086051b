"""What becomes of a case: opened with its comment, given to an office, closed, opened again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.audit import record
from mobility.answers.deadlines import due_moment
from mobility.answers.models import CLOSINGS, Assignment, Case
from mobility.answers.telling import tell_authors
from mobility.cities.models import City
from mobility.consultation.models import Comment
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid, NotFound
from mobility.offices.models import Office
from mobility.offices.routing import Route
from mobility.plans.models import Plan

REASON_LIMIT = 1000


def zone_of(session: Session, *, plan_id: int) -> ZoneInfo:
    """The time zone of the plan's city."""
    query = select(City.timezone).join(Plan, Plan.city_id == City.id).where(Plan.id == plan_id)
    return ZoneInfo(session.scalar(query) or "UTC")


def lock_case(session: Session, *, comment_id: int) -> Case:
    """The case of a comment, locked until the transaction ends. Raises NotFound."""
    query = select(Case).where(Case.comment_id == comment_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def open_case(
    session: Session, *, comment: Comment, route: Route, quiet: bool = False, now: datetime
) -> Case:
    """The case of a comment, made with its first assignment; the one there is already when called again.

    With `quiet` nobody of the office is told.
    """
    zone = zone_of(session, plan_id=comment.plan_id)
    due = due_moment(comment.created_at, route.days, zone) if route.office_id and route.days else None
    statement = (
        insert(Case)
        .values(
            comment_id=comment.id,
            plan_id=comment.plan_id,
            office_id=route.office_id,
            received_at=comment.created_at,
            due_at=due,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["comment_id"])
        .returning(Case.comment_id)
    )
    if session.scalar(statement) is not None:
        session.add(
            Assignment(
                comment_id=comment.id,
                office_id=route.office_id,
                how=route.how,
                reason=route.reason,
                since=now,
                told_at=now if quiet else None,
            )
        )
        session.flush()
        if route.office_id is not None:
            tell_assigned(session, comment.id, route.office_id, route.how, now)
    return session.get_one(Case, comment.id, populate_existing=True)


def tell_assigned(session: Session, comment_id: int, office_id: int, how: str, now: datetime) -> None:
    """Other rooms hear which office has a case."""
    signals.case_assigned.send(session, comment_ids=[comment_id], office_id=office_id, how=how, now=now)


def assign(
    session: Session,
    *,
    comment_id: int,
    office_id: int,
    how: str = "person",
    reason: Mapping[str, Any] | str = "",
    account_id: int | None = None,
    days: int | None = None,
    now: datetime,
) -> Case:
    """Give a case to another office; the history stays and the author is told.

    The day that the author was promised stays; where none was, it is counted from now. `reason` is a
    person's words or the codes of a rule. Raises NotFound, Conflict for a case that is not open, Invalid
    without words.
    """
    case = lock_case(session, comment_id=comment_id)
    office = session.get(Office, office_id)
    if office is None or not office.active:
        raise Invalid("office", _l("Choose an office of the list."))
    if case.state not in ("received", "in_progress"):
        raise Conflict(_l("This case is not open any more."))
    if case.office_id == office_id:
        return case
    said: Mapping[str, Any] = reason if isinstance(reason, Mapping) else {"note": check_words(reason)}
    _hand_on(session, case, office_id=office_id, how=how, reason=said, account_id=account_id, now=now)
    if case.due_at is None:
        zone = zone_of(session, plan_id=case.plan_id)
        case.due_at = due_moment(now, days or office.deadline_days, zone)
    if how == "person":
        record(
            session,
            action="case.assign",
            account_id=account_id,
            plan_id=case.plan_id,
            subject="comment",
            subject_id=comment_id,
            details={"office": office_id},
        )
    tell_authors(session, comment_ids=[comment_id], what="assign", now=now)
    return case


def _hand_on(
    session: Session,
    case: Case,
    *,
    office_id: int | None,
    how: str,
    reason: Mapping[str, Any],
    account_id: int | None,
    now: datetime,
) -> None:
    """End the current assignment and begin another one."""
    session.execute(
        update(Assignment)
        .where(Assignment.comment_id == case.comment_id, Assignment.ended_at.is_(None))
        .values(ended_at=now)
    )
    session.add(
        Assignment(
            comment_id=case.comment_id,
            office_id=office_id,
            how=how,
            reason=dict(reason),
            account_id=account_id,
            since=now,
        )
    )
    case.office_id, case.updated_at = office_id, now
    case.reminded_at = case.escalated_at = None
    session.flush()
    if office_id is not None:
        tell_assigned(session, case.comment_id, office_id, how, now)


def choose_office(session: Session, *, comment: Comment, route: Route, now: datetime) -> None:
    """Near a border its author said which office is meant; the first assignment says so."""
    if route.how != "resident" or route.office_id is None or route.days is None:
        return
    case = session.get(Case, comment.id)
    query = select(Assignment).where(Assignment.comment_id == comment.id, Assignment.ended_at.is_(None))
    first = session.scalar(query)
    if case is None or first is None or case.state != "received":
        return
    first.office_id, first.how, first.reason = route.office_id, route.how, route.reason
    case.office_id, case.updated_at = route.office_id, now
    case.due_at = due_moment(case.received_at, route.days, zone_of(session, plan_id=case.plan_id))
    session.flush()


def route_anew(session: Session, *, comment: Comment, route: Route, now: datetime) -> None:
    """Its author changed the topic: the rule decides again, unless a person or the author has decided."""
    case = session.get(Case, comment.id)
    if case is None or case.state != "received":
        return
    query = select(Assignment.how).where(Assignment.comment_id == comment.id, Assignment.ended_at.is_(None))
    if session.scalar(query) not in ("rule", "substitute") or route.office_id == case.office_id:
        return
    _hand_on(
        session, case, office_id=route.office_id, how=route.how, reason=route.reason, account_id=None, now=now
    )
    zone = zone_of(session, plan_id=case.plan_id)
    case.due_at = due_moment(case.received_at, route.days, zone) if route.office_id and route.days else None
    session.flush()


def check_words(typed: str | None, field: str = "reason") -> str:
    """A reason as it is kept. Raises Invalid for none and for a long one."""
    words, _removed = clean(typed)
    if not words:
        raise Invalid(field, _l("Say why, in a few words."))
    if len(words) > REASON_LIMIT:
        raise Invalid(field, _l("At most %(count)d characters fit here.", count=REASON_LIMIT))
    return words


def close_case(
    session: Session, *, comment_id: int, closing: str, account_id: int | None = None, now: datetime
) -> Case:
    """Close a case without an answer, for a stated reason; twice is as once. Raises NotFound, Invalid."""
    if closing not in CLOSINGS:
        raise Invalid("closing", _l("Choose a reason from the list."))
    case = lock_case(session, comment_id=comment_id)
    if case.state == "closed" and case.closing == closing:
        return case
    case.state, case.closing, case.answer_id, case.updated_at = "closed", closing, None, now
    session.flush()
    if account_id is not None:
        record(
            session,
            action="case.close",
            account_id=account_id,
            plan_id=case.plan_id,
            subject="comment",
            subject_id=comment_id,
            details={"reason": closing},
        )
        tell_authors(session, comment_ids=[comment_id], what="close", now=now)
    return case


def close_cases(session: Session, *, comment_ids: Iterable[int], closing: str, now: datetime) -> None:
    """Close the cases of comments that are gone from the public; one statement for all of them."""
    session.flush()
    session.execute(
        update(Case)
        .where(Case.comment_id.in_(list(comment_ids)))
        .values(state="closed", closing=closing, answer_id=None, updated_at=now)
        .execution_options(synchronize_session="fetch")
    )
