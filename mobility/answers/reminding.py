"""Reminders to the people of offices as days come near, and to planners when they have passed.

Sample comments cause no message. Each message has a key of its own and is queued once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import force_locale, ngettext
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, StaffRole
from mobility.answers.deadlines import SOON_DAYS, due_moment
from mobility.answers.models import Case
from mobility.cities.models import City
from mobility.consultation import exact
from mobility.consultation.models import Comment
from mobility.consultation.wording import day
from mobility.mail.services import queue_mail
from mobility.offices.queries import members_of
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.text import pick

NAMED = 10
"""Cases that a reminder names; of the others it says how many they are."""
OPEN = ("received", "in_progress")
FALLBACK = "it"
_DAY = timedelta(days=1)


def case_url(slug: str, comment_id: int) -> str:
    return url_for("answers.case", slug=slug, comment_id=comment_id, _external=True)


def remind(session: Session, *, now: datetime) -> int:
    """How many reminders were queued: one for each person and day, about all cases that come due.

    A case is named three days before its last day, and on that day.
    """
    queued = 0
    for plan, zone in plans(session):
        today = now.astimezone(zone).date().isoformat()
        soon, last = due_moment(now, SOON_DAYS, zone), due_moment(now, 0, zone)
        rows = due_cases(session, plan_id=plan.id, now=now, soon=soon, last=last)
        people = members_of(session, office_ids={row.office_id for row in rows})
        for office_id in sorted({row.office_id for row in rows}):
            mine = [row for row in rows if row.office_id == office_id]
            for person in people.get(office_id, []):
                key = f"case-reminder:{plan.id}:{office_id}:{person.id}:{today}"
                queued += _list_mail(session, plan, person, mine, key, overdue=False)
        _mark(session, rows, reminded_at=now)
    return queued


def due_cases(session: Session, *, plan_id: int, now: datetime, soon: datetime, last: datetime) -> list[Any]:
    """Open cases that come due: reminded of neither in these days nor, on their last day, on that day."""
    fresh = Case.reminded_at.is_(None) | ((Case.due_at <= last) & (Case.reminded_at < last - _DAY))
    return _listed(session, plan_id, (Case.due_at >= now) & (Case.due_at <= soon) & fresh)


def escalate(session: Session, *, now: datetime) -> int:
    """How many messages to planners were queued about cases whose day has passed without an answer."""
    queued = 0
    for plan, zone in plans(session):
        rows = _listed(session, plan.id, (Case.due_at < now) & Case.escalated_at.is_(None))
        today = now.astimezone(zone).date().isoformat()
        for person in planners(session, plan_id=plan.id) if rows else ():
            first = rows[0].comment_id
            key = f"case-overdue:{plan.id}:{person.id}:{today}:{first}"
            queued += _list_mail(session, plan, person, rows, key, overdue=True)
        _mark(session, rows, escalated_at=now)
    return queued


def plans(session: Session) -> list[tuple[Plan, ZoneInfo]]:
    """Every plan that is not archived, with the zone of its city."""
    query = select(Plan, City.timezone).join(City, City.id == Plan.city_id).where(Plan.status != "archived")
    return [(row.Plan, ZoneInfo(row.timezone)) for row in session.execute(query.order_by(Plan.id))]


def planners(session: Session, *, plan_id: int) -> list[Account]:
    """The people who plan this consultation, or every one."""
    held = (
        select(StaffRole.account_id)
        .where(StaffRole.role == "planner", StaffRole.until.is_(None))
        .where((StaffRole.plan_id == plan_id) | StaffRole.plan_id.is_(None))
    )
    query = select(Account).where(Account.active, Account.id.in_(held)).order_by(Account.id)
    return list(session.scalars(query))


def _listed(session: Session, plan_id: int, which: Any) -> list[Any]:
    query = (
        select(Case.comment_id, Case.office_id, Case.due_at, exact.PLACE.label("place"))
        .join(Comment, Comment.id == Case.comment_id)
        .where(Case.plan_id == plan_id, Case.state.in_(OPEN), Case.office_id.is_not(None), which)
        .where(Comment.channel != "sample", Comment.status == "published")
        .order_by(Case.due_at, Case.comment_id)
        .limit(5000)
        .with_for_update(of=Case, skip_locked=True)
    )
    return list(session.execute(query))


def _mark(session: Session, rows: Iterable[Any], **values: datetime) -> None:
    ids = [row.comment_id for row in rows]
    if ids:
        change = update(Case).where(Case.comment_id.in_(ids)).values(**values)
        session.execute(change.execution_options(synchronize_session=False))


def _list_mail(
    session: Session, plan: Plan, person: Account, rows: Sequence[Any], key: str, *, overdue: bool
) -> bool:
    """A message that names the first of these cases."""
    language, number = person.language or FALLBACK, len(rows)
    with force_locale(language):
        if overdue:
            subject = ngettext("%(num)d comment is overdue", "%(num)d comments are overdue", number)
            first = _("No office has answered these comments in time:")
        else:
            subject = ngettext("%(num)d comment is due soon", "%(num)d comments are due soon", number)
            first = _("These comments wait for an answer of your office:")
        lines = [
            f"{day(row.due_at)} · {pick(row.place, language)}\n{case_url(plan.slug, row.comment_id)}"
            for row in rows[:NAMED]
        ]
        if number > NAMED:
            lines.append(_("and %(number)s more", number=number - NAMED))
        lines.append(url_for("answers.inbox", slug=plan.slug, _external=True))
        body = "\n\n".join([pick(plan.title, language), first, *lines])
    return queue_mail(
        session, key=key, recipient=person.email, subject=str(subject), body=body, language=language
    )
