"""Opening, closing and archiving a plan, each under the rules that a council can defend."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.answers.coverage import coverage
from mobility.cities.models import City
from mobility.consultation.counting import check_votes_kept
from mobility.consultation.models import Comment, Phase, Topic, Vote
from mobility.consultation.models_counts import VoteCount
from mobility.consultation.queries import step_of
from mobility.db import I18n
from mobility.errors import Conflict
from mobility.plans.models import Measure, Plan, Segment
from mobility.screening.queries import unscreened_measures
from mobility.setup.checks import Check, Found, checks, may_open
from mobility.setup.documents import documents_of
from mobility.setup.texts import missing_by_kind

NAMED = 12
"""So many codes are named in a line of the list; the rest is counted."""


def look(session: Session, *, plan: Plan, city: City, now: datetime) -> list[Check]:
    """The list of what is there and what is missing."""
    return checks(find_out(session, plan=plan, city=city), now)


def find_out(session: Session, *, plan: Plan, city: City) -> Found:
    """What the list is made from."""
    active = (Measure.plan_id == plan.id, Measure.retired_at.is_(None))
    has_segment = exists().where(Segment.measure_id == Measure.id, Segment.retired_at.is_(None))
    boundary = select(Plan.boundary).where(Plan.id == plan.id).scalar_subquery()
    outside = select(Segment.code).where(
        Segment.plan_id == plan.id,
        Segment.retired_at.is_(None),
        ~func.ST_Intersects(Segment.geom, boundary),
    )
    phases = session.scalars(select(Phase).where(Phase.plan_id == plan.id).order_by(Phase.opens_at))
    contact = plan.contact or city.contact
    return Found(
        measures=session.scalar(select(func.count()).select_from(Measure).where(*active)) or 0,
        empty_measures=list(
            session.scalars(select(Measure.code).where(*active, ~has_segment).order_by(Measure.code))
        ),
        outside=list(session.scalars(outside.order_by(Segment.code).limit(100))),
        steps=[step_of(phase) for phase in phases],
        missing_texts=missing_by_kind(session, plan=plan),
        contact=bool(contact.get("name") and (contact.get("email") or contact.get("phone"))),
        privacy=all(plan.privacy.get(tag) for tag in plan.languages),
        unscreened=[measure.code for measure in unscreened_measures(session, plan_id=plan.id)],
        uncovered=uncovered_topics(session, plan=plan),
        documents=len(documents_of(session, plan_id=plan.id)),
    )


def uncovered_topics(session: Session, *, plan: Plan) -> list[I18n]:
    """The topics that no office answers, in a part of the plan's area or about the plan as a whole."""
    found = coverage(session, plan=plan)
    ids = {topic for gap in found.gaps for topic in gap.topic_ids} | set(found.without_place)
    topics = select(Topic.label).where(Topic.id.in_(ids)).order_by(Topic.position)
    return list(session.scalars(topics))


def open_plan(session: Session, *, plan: Plan, city: City, account_id: int, now: datetime) -> None:
    """The plan is public from now on. Raises Conflict while something that blocks is missing."""
    if plan.status != "draft":
        raise Conflict(_l("This plan is already public."))
    if not may_open(look(session, plan=plan, city=city, now=now)):
        raise Conflict(_l("Something is still missing. The list says what."))
    _turn(session, plan, "open", "plan.open", account_id, now)


def withdraw_plan(session: Session, *, plan: Plan, account_id: int, now: datetime) -> None:
    """A draft again. Raises Conflict once anybody has spoken: what people said stays public."""
    if plan.status != "open":
        raise Conflict(_l("Only an open plan can become a draft again."))
    if has_voice(session, plan_id=plan.id):
        raise Conflict(
            _l("People have already spoken about this plan, so it stays public. Archive it instead.")
        )
    _turn(session, plan, "draft", "plan.withdraw", account_id, now)


def archive_plan(session: Session, *, plan: Plan, account_id: int, now: datetime) -> None:
    """Read-only from now on, at the same addresses. Raises Conflict while a step is open or still to come."""
    if plan.status != "open":
        raise Conflict(_l("Only an open plan can be archived."))
    coming = select(func.count()).where(Phase.plan_id == plan.id, Phase.closes_at > now)
    if session.scalar(coming):
        raise Conflict(
            _l("A step is open or still to come. End or remove it first, so that nobody loses words.")
        )
    plan.archived_at = now
    _turn(session, plan, "archived", "plan.archive", account_id, now)


def reopen_plan(session: Session, *, plan: Plan, account_id: int, now: datetime) -> None:
    """Out of the archive, with all its addresses. Raises Conflict for a plan that is not in it."""
    if plan.status != "archived":
        raise Conflict(_l("This plan is not in the archive."))
    check_votes_kept(plan)
    plan.archived_at = None
    _turn(session, plan, "open", "plan.reopen", account_id, now)


def has_voice(session: Session, *, plan_id: int) -> bool:
    """Whether anybody commented or voted."""
    said = (exists().where(table.plan_id == plan_id) for table in (Comment, Vote, VoteCount))
    return bool(session.scalar(select(or_(*said))))


def _turn(session: Session, plan: Plan, status: str, action: str, account_id: int, now: datetime) -> None:
    plan.status, plan.updated_at = status, now
    plan.revision += 1
    session.flush()
    record(session, action=action, account_id=account_id, plan_id=plan.id, subject="plan", subject_id=plan.id)
