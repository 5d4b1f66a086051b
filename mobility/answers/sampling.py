"""Offices at work, for demonstrations: competences for every topic, cases routed, some invented answers.

Answers are marked ``channel = sample`` and have no author. Doing it again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.answers.models import Answer, AnswerComment, Case, ReplyTemplate
from mobility.answers.routes import route_all
from mobility.cities.models import City
from mobility.consultation.models import Comment, Topic
from mobility.offices.models import Competence, Office, OfficeMember
from mobility.offices.queries import offices_of
from mobility.plans.models import Plan

TOPICS = {
    "safety": "polizia-municipale-ztl",
    "accessibility": "mobilita-urbana",
    "public-transport": "trasporto-pubblico",
    "walking": "mobilita-urbana",
    "cycling": "mobilita-urbana",
    "cars-parking": "trasporto-pubblico",
    "deliveries": "polizia-municipale-ztl",
    "noise-air": "verde-pubblico",
    "heritage": "patrimonio-unesco",
    "trade-tourism": "centro-storico",
}
"""Topic → office in the bundle of Palermo; elsewhere the first office answers everything."""
QUARTER_TOPIC, QUARTER_OFFICE = "accessibility", "centro-storico"
ANSWERED, EACH = 36, 4
"""How many answers are invented, and to how many comments each answers at most."""
TEXTS = {
    "it": (
        (
            "Grazie della segnalazione. Un tecnico dell'ufficio ha fatto un sopralluogo e la proposta "
            "entra nel progetto esecutivo della misura. Vi informeremo quando i lavori avranno una data."
        ),
        (
            "Abbiamo verificato: il problema esiste. Interverremo entro la primavera; fino ad allora la "
            "polizia municipale controllerà il tratto ogni mattina."
        ),
        (
            "La proposta non può essere accolta in questo punto perché la strada è un percorso di "
            "soccorso. Cercheremo una soluzione nella traversa più vicina."
        ),
    ),
    "en": (
        (
            "Thank you. A technician of the office looked at the place, and the proposal becomes part of "
            "the detailed design of the measure. We will write again when the works have a date."
        ),
        (
            "We have checked: the problem is there. It will be mended by spring; until then the "
            "municipal police will watch the stretch every morning."
        ),
        (
            "The proposal cannot be taken up at this point because the street is a route for ambulances. "
            "We are looking for a solution in the nearest side street."
        ),
    ),
}
TEMPLATES = (
    (
        {"it": "Ringraziamento e sopralluogo", "en": "Thanks and a visit"},
        {
            "it": "Grazie per il commento del {day} su {place}. L'ufficio «{office}» farà un "
            "sopralluogo e risponderà nel merito di: {topic}.",
            "en": "Thank you for your comment of {day} on {place}. The office “{office}” will visit "
            "the place and answer in substance on: {topic}.",
        },
    ),
    (
        {"it": "Proposta accolta", "en": "Proposal accepted"},
        {
            "it": "La proposta è accolta: modificheremo la misura {measure} in {street}.",
            "en": "The proposal is accepted: we will change measure {measure} in {street}.",
        },
    ),
)


@dataclass(frozen=True)
class Sampled:
    """How much was added."""

    cases: int
    answers: int


def sample_offices(session: Session, *, slug: str, now: datetime) -> Sampled:
    """Competences, cases, templates and answers of a plan that has no competence yet."""
    plan = session.scalars(select(Plan).where(Plan.slug == slug)).one()
    offices = {each.slug: each for each in offices_of(session, city_id=plan.city_id)}
    fresh = session.scalar(select(Competence.id).where(Competence.plan_id == plan.id).limit(1)) is None
    if not offices or not fresh:
        return Sampled(route_all(session, plan=plan, now=now), 0)
    _add_competences(session, plan, offices)
    _add_templates(session, plan, now)
    made = route_all(session, plan=plan, now=now)
    return Sampled(made, _add_answers(session, plan, now))


def _add_competences(session: Session, plan: Plan, offices: dict[str, Office]) -> None:
    first = next(iter(offices.values()))
    topics = list(session.scalars(select(Topic).where(Topic.plan_id == plan.id).order_by(Topic.position)))
    for topic in topics:
        office = offices.get(TOPICS.get(topic.slug, ""))
        if office is not None:
            session.add(Competence(plan_id=plan.id, office_id=office.id, topic_id=topic.id))
    session.add(Competence(plan_id=plan.id, office_id=offices.get("mobilita-urbana", first).id))
    session.flush()
    special = next((topic for topic in topics if topic.slug == QUARTER_TOPIC), None)
    if special is not None and QUARTER_OFFICE in offices:
        session.execute(
            text(
                "INSERT INTO competence (plan_id, office_id, topic_id, area, area_name, deadline_days) "
                "SELECT :plan, :office, :topic, ST_Multi(geom), name, 20 FROM context_feature "
                "WHERE city_id = :city AND kind = 'quarter' ORDER BY code LIMIT 1"
            ),
            {
                "plan": plan.id,
                "office": offices[QUARTER_OFFICE].id,
                "topic": special.id,
                "city": plan.city_id,
            },
        )


def _add_templates(session: Session, plan: Plan, now: datetime) -> None:
    default = session.scalar(select(City.default_language).where(City.id == plan.city_id)) or "it"
    for title, texts in TEMPLATES:
        session.add(
            ReplyTemplate(plan_id=plan.id, title=title.get(default, title["en"]), texts=texts, created_at=now)
        )
    session.flush()


def _add_answers(session: Session, plan: Plan, now: datetime) -> int:
    """Invented answers to the oldest invented comments, those of one stretch and topic together."""
    query = (
        select(Case.comment_id, Case.office_id, Comment.segment_id, Comment.topic_id, Comment.language,
               Comment.created_at)
        .join(Comment, Comment.id == Case.comment_id)
        .where(Case.plan_id == plan.id, Case.state == "received", Case.office_id.is_not(None))
        .where(Comment.channel == "sample", Comment.status == "published", Comment.segment_id.is_not(None))
        .order_by(Comment.created_at, Comment.id)
        .limit(ANSWERED * EACH * 2)
    )  # fmt: skip
    together: dict[Any, list[Any]] = {}
    for row in session.execute(query):
        key = (row.office_id, row.segment_id, row.topic_id, row.language)
        if len(together.setdefault(key, [])) < EACH:
            together[key].append(row)
    for number, (key, rows) in enumerate(list(together.items())[:ANSWERED]):
        _add_answer(session, plan, key[0], number, rows, now)
    return min(len(together), ANSWERED)


def _add_answer(
    session: Session, plan: Plan, office_id: int, number: int, rows: list[Any], now: datetime
) -> None:
    texts = TEXTS.get(rows[0].language, TEXTS["en"])
    latest = max(row.created_at for row in rows)
    at = min(latest + timedelta(days=3 + number % 11, hours=number % 7), now)
    answer = Answer(
        plan_id=plan.id,
        office_id=office_id,
        state="published",
        language=rows[0].language if rows[0].language in TEXTS else "en",
        text=texts[number % len(texts)],
        channel="sample",
        created_at=at,
        updated_at=at,
        published_at=at,
    )
    session.add(answer)
    session.flush()
    ids = [row.comment_id for row in rows]
    session.execute(insert(AnswerComment), [{"answer_id": answer.id, "comment_id": each} for each in ids])
    change = update(Case).where(Case.comment_id.in_(ids))
    session.execute(change.values(state="answered", answer_id=answer.id, answered_at=at, updated_at=at))


def give_office(session: Session, *, slug: str, address: str, office: str) -> None:
    """The account with this address answers for the office, or for the first one of the plan's city."""
    plan = session.scalars(select(Plan).where(Plan.slug == slug)).one()
    found = offices_of(session, city_id=plan.city_id)
    account = session.scalars(select(Account).where(Account.email == address)).one()
    chosen = next((each for each in found if each.slug == office), found[0] if found else None)
    if chosen is not None:
        session.merge(OfficeMember(office_id=chosen.id, account_id=account.id))
        session.flush()
