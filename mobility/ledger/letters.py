"""Outcome letters: after a conclusion each author who can be reached reads what became of their comments.

Who follows the plan without having written reads that it is concluded. One letter each, in their language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import force_locale, ngettext
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, Participant
from mobility.cities.models import City
from mobility.consultation.models import Comment
from mobility.consultation.wording import day
from mobility.ledger import queries
from mobility.ledger.cards import Card, line_card
from mobility.ledger.figures import Figures
from mobility.ledger.models import Conclusion, MeasureOutcome
from mobility.ledger.wording import rate_text, time_text
from mobility.mail.services import queue_mail
from mobility.notices.models import Follow
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.text import pick, show_receipt

TOLD = 30
"""Comments that one letter tells one by one."""
QUOTE = 300
"""Characters of one's own words in a letter."""


def queue_letters(
    session: Session, *, conclusion: Conclusion, after: int, limit: int
) -> tuple[int | None, int]:
    """Writes to the next `limit` people after the participant `after`.

    Returns the last of them, None when nobody is left, and how many letters are new.
    """
    plan = session.get_one(Plan, conclusion.plan_id)
    city = session.get_one(City, plan.city_id)
    people = session.execute(_people(plan.id).where(Participant.id > after).limit(limit)).all()
    if not people:
        return None, 0
    outcomes = queries.current_outcomes(session, plan_id=plan.id)
    said = _said(session, plan.id, [person.id for person in people])
    new = 0
    for person in people:
        language = person.language or person.account_language or city.default_language
        with force_locale(language):
            subject, body = _letter(conclusion, plan, city, said.get(person.id, []), outcomes, language)
        new += queue_mail(
            session,
            key=f"conclusion:{conclusion.id}:{person.id}",
            recipient=person.address,
            subject=subject,
            body=body,
            language=language,
            participant_id=person.id,
        )
    return people[-1].id, new


def _people(plan_id: int) -> Any:
    """Authors and followers with an address, without those who do not want to be told, by number."""
    address = func.coalesce(Participant.email, Account.email)
    wrote = exists().where(
        Comment.participant_id == Participant.id, Comment.plan_id == plan_id, Comment.status == "published"
    )
    follows = exists().where(
        Follow.participant_id == Participant.id, Follow.plan_id == plan_id, Follow.stopped_at.is_(None)
    )
    stopped = exists().where(
        Follow.participant_id == Participant.id, Follow.kind == "own", Follow.stopped_at.is_not(None)
    )
    return (
        select(
            Participant.id,
            Participant.language,
            Account.language.label("account_language"),
            address.label("address"),
        )
        .outerjoin(Account, and_(Account.id == Participant.account_id, Account.active))
        .where(
            Participant.merged_into.is_(None),
            Participant.erased_at.is_(None),
            address.is_not(None),
            or_(and_(wrote, ~stopped), follows),
        )
        .order_by(Participant.id)
    )


def _said(session: Session, plan_id: int, people: Sequence[int]) -> dict[int, list[tuple[Any, str]]]:
    """Participant → the lines of their public comments with the receipts."""
    mine = select(Comment.id, Comment.participant_id, Comment.receipt).where(
        Comment.plan_id == plan_id,
        Comment.participant_id.in_(people),
        Comment.status == "published",
        Comment.erased_at.is_(None),
    )
    owners = {row.id: row for row in session.execute(mine)}
    found: dict[int, list[tuple[Any, str]]] = defaultdict(list)
    for line in queries.lines_by_id(session, ids=list(owners)):
        owner = owners[line.id]
        found[owner.participant_id].append((line, owner.receipt))
    return found


def _letter(
    conclusion: Conclusion,
    plan: Plan,
    city: City,
    said: Sequence[tuple[Any, str]],
    outcomes: Mapping[int, MeasureOutcome],
    language: str,
) -> tuple[str, str]:
    """Subject and text."""
    title = str(pick(plan.title, language))
    begin = [
        _(
            "The city concluded the consultation “%(plan)s” on %(day)s.",
            plan=title,
            day=day(conclusion.concluded_at),
        )
    ]
    if conclusion.statement:
        begin.append(str(pick(conclusion.statement, language)))
    body = ["\n\n".join(begin)]
    if said:
        body.append(_("What became of what you said:"))
    for line, receipt in said[:TOLD]:
        outcome = outcomes.get(line.measure_id or 0)
        card = line_card(
            line, slug=plan.slug, language=language, now=conclusion.concluded_at, outcome=outcome
        )
        body.append(_told(card, receipt))
    if len(said) > TOLD:
        body.append(
            str(
                ngettext(
                    "%(num)d more comment of yours stands in the list.",
                    "%(num)d more comments of yours stand in the list.",
                    len(said) - TOLD,
                )
            )
        )
    body.append(_all_in_all(conclusion, plan))
    body.append(str(pick(city.contact.get("name") or city.name, language)))
    return _("What became of the consultation: %(plan)s", plan=title), "\n\n".join(body) + "\n"


def _told(card: Card, receipt: str) -> str:
    """One comment with its answer and outcome."""
    words = card["text"] if len(card["text"]) <= QUOTE else f"{card['text'][:QUOTE].rstrip()} …"
    parts = [f"— {card['place']} ({card['received_label']})", _("You said: %(words)s", words=words)]
    if card["answer"]:
        answer = card["answer"]
        parts.append(_("%(office)s answered: %(words)s", office=answer["office"], words=answer["text"]))
    else:
        parts.append(card["status_text"])
    if card["outcome"]:
        outcome = card["outcome"]
        decided = f"{_('Measure %(code)s', code=outcome['code'])}: {outcome['label']}."
        parts.append(f"{decided} {outcome['why']}")
    link = url_for("ledger.letter", code=show_receipt(receipt), _external=True)
    parts.append(_("As a document: %(link)s", link=link))
    return "\n".join(parts)


def _all_in_all(conclusion: Conclusion, plan: Plan) -> str:
    """The figures and where everything stands."""
    found = Figures(**conclusion.figures)
    address = url_for("ledger.answers", slug=plan.slug, _external=True)
    mine = url_for("notices.mine", _external=True)
    return "\n".join(
        part
        for part in (
            rate_text(found),
            time_text(found),
            _("All comments with their answers: %(link)s", link=address),
            _("What you follow: %(link)s", link=mine),
        )
        if part
    )
