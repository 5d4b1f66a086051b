"""Tells the people of an office of each new case, in a message that can be answered by replying to it.

Sample comments cause no message. Each message has a key of its own and is queued once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.accounts.permissions import may
from mobility.accounts.roles import roles_of
from mobility.answers.addresses import Ticket, reply_address
from mobility.answers.models import Assignment, Case
from mobility.answers.reminding import FALLBACK, OPEN, case_url
from mobility.answers.words import reopened_label
from mobility.consultation.exact import own_place
from mobility.consultation.models import Comment, Topic
from mobility.consultation.wording import day
from mobility.jobs import Site
from mobility.mail.services import queue_mail
from mobility.offices.models import Office
from mobility.offices.queries import members_of
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.text import pick

AT_ONCE = 100
"""New cases that one run of the job tells of."""


def may_answer(session: Session, *, account: Account, plan_id: int) -> bool:
    """Whether the account answers comments of the plan now."""
    return account.active and may(roles_of(session, account=account).of(plan_id), "answer")


def tell_new_cases(session: Session, *, site: Site, now: datetime) -> int:
    """How many new or handed-on cases were told to the people of their office."""
    query = (
        select(Assignment, Case, Comment, Office, Plan, Topic.label.label("topic"))
        .join(Case, Case.comment_id == Assignment.comment_id)
        .join(Comment, Comment.id == Assignment.comment_id)
        .join(Topic, Topic.id == Comment.topic_id)
        .join(Office, Office.id == Assignment.office_id)
        .join(Plan, Plan.id == Case.plan_id)
        .where(Assignment.told_at.is_(None), Assignment.ended_at.is_(None), Case.state.in_(OPEN))
        .order_by(Assignment.id)
        .limit(AT_ONCE)
        .with_for_update(of=Assignment, skip_locked=True)
    )
    rows = list(session.execute(query))
    people = members_of(session, office_ids={row.Office.id for row in rows})
    for row in rows:
        row.Assignment.told_at = now
        if row.Office.mail_cases and row.Comment.channel != "sample":
            for person in people.get(row.Office.id, []):
                if may_answer(session, account=person, plan_id=row.Plan.id):
                    tell_new_case(session, row=row, person=person, site=site, now=now)
    session.flush()
    return len(rows)


def tell_new_case(session: Session, *, row: Any, person: Account, site: Site, now: datetime) -> None:
    """One message about one case, which can be answered by replying to it."""
    language = person.language or FALLBACK
    ticket = Ticket(row.Comment.id, person.id)
    reply = reply_address(site.answers_to, ticket, secret=site.secret, now=now) if site.answers_to else None
    with force_locale(language):
        place = pick(own_place(row.Comment), language)
        due = _("Answer by %(day)s.", day=day(row.Case.due_at)) if row.Case.due_at else ""
        parts = [
            _("A comment on “%(plan)s” is yours to answer.", plan=pick(row.Plan.title, language)),
            f"{place} · {pick(row.topic, language)}\n{due}".strip(),
            "\n".join(f"> {line}" for line in row.Comment.text.splitlines()),
            reopened_text(row.Case),
            case_url(row.Plan.slug, row.Comment.id),
            how_to_reply(row.Office) if reply else "",
        ]
        subject = _("Case %(number)s: %(place)s", number=row.Comment.id, place=place)
    queue_mail(
        session,
        key=f"case:{row.Assignment.id}:{person.id}:{row.Case.reopened_at or ''}",
        recipient=person.email,
        subject=subject,
        body="\n\n".join(filter(None, parts)),
        language=language,
        reply_to=reply,
    )


def reopened_text(case: Case) -> str:
    """Why a case is open again, and who opened it; empty for a new one."""
    if not case.reopen_reason:
        return ""
    return f"{reopened_label(case.reopened_at == case.author_reopened_at)}: {case.reopen_reason}"


def how_to_reply(office: Office) -> str:
    """What becomes of a reply to the message."""
    if office.mail_publishes and not office.four_eyes:
        return _("You can answer by replying to this message. Your reply is published as the answer.")
    return _("You can answer by replying to this message. Your reply becomes a draft that you look at first.")
