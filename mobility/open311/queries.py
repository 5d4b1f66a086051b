"""Reading what Open311 shows: services (topics of open plans), and requests (public comments)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from mobility.answers.models import Answer, Case
from mobility.cities.models import City
from mobility.consultation.models import Comment, Phase, Topic
from mobility.ledger.queries import CLOSING, PUBLIC, STATE, joined
from mobility.offices.models import Competence, Office
from mobility.plans.models import Measure, Plan, Segment

SEPARATOR = "."


@dataclass(frozen=True)
class Wanted:
    """Which requests are asked for; `ids` wins over all else."""

    ids: tuple[int, ...] | None = None
    codes: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    statuses: frozenset[str] = frozenset()
    page: int = 1
    page_size: int = 50


def service_code(plan_slug: str, topic_slug: str) -> str:
    """The code of a service: a topic of a plan."""
    return f"{plan_slug}{SEPARATOR}{topic_slug}"


def jurisdictions(session: Session) -> list[str]:
    """The cities by their names in addresses."""
    return list(session.scalars(select(City.slug).order_by(City.id).limit(100)))


def first_contact(session: Session) -> dict[str, Any]:
    """The contact of the city that runs this installation: the one loaded first."""
    return session.scalar(select(City.contact).order_by(City.id).limit(1)) or {}


def offered(session: Session, *, jurisdiction: str, now: datetime, code: str = "") -> list[Any]:
    """The services that may be reported, or the one with this code."""
    pre = (
        select(Phase.moderation == "pre")
        .where(Phase.plan_id == Plan.id, Phase.opens_at <= now, Phase.closes_at > now)
        .scalar_subquery()
    )
    query = (
        select(
            Topic.id, Topic.slug, Topic.label, Plan.id.label("plan_id"), Plan.slug.label("plan_slug"),
            Plan.title.label("plan_title"), City.name.label("city_name"),
            func.coalesce(pre, False).label("pre"),
        )
        .join(Plan, Plan.id == Topic.plan_id)
        .join(City, City.id == Plan.city_id)
        .where(Plan.status == "open", Plan.concluded_at.is_(None))
        .order_by(Plan.id, Topic.position)
        .limit(1000)
    )  # fmt: skip
    if jurisdiction:
        query = query.where(City.slug == jurisdiction)
    if code:
        plan_slug, _separator, topic_slug = code.rpartition(SEPARATOR)
        query = query.where(Plan.slug == plan_slug, Topic.slug == topic_slug)
    return list(session.execute(query))


def offices_by_topic(session: Session, *, plan_ids: Sequence[int]) -> dict[tuple[int, int | None], Any]:
    """Plan and topic → the name of the office that answers it wherever it is; topic None: the others."""
    query = (
        select(Competence.plan_id, Competence.topic_id, Office.name)
        .join(Office, Office.id == Competence.office_id)
        .where(
            Competence.plan_id.in_(plan_ids),
            Competence.measure_id.is_(None),
            Competence.area.is_(None),
            Competence.ended_at.is_(None),
        )
        .order_by(Competence.priority, Competence.id.desc())
    )
    return {(row.plan_id, row.topic_id): row.name for row in session.execute(query)}


def measures_offered(session: Session, *, plan_id: int) -> list[Any]:
    """Code and title of the measures of a plan."""
    query = select(Measure.code, Measure.title).where(
        Measure.plan_id == plan_id, Measure.retired_at.is_(None)
    )
    return list(session.execute(query.order_by(Measure.position)))


def requests(session: Session, *, wanted: Wanted, jurisdiction: str) -> list[Any]:
    """One page of the requests that are meant, the newest first. Hidden and withdrawn ones only by number."""
    query = _described()
    if jurisdiction:
        query = query.where(City.slug == jurisdiction)
    if wanted.ids is not None:
        return list(session.execute(query.where(Comment.id.in_(wanted.ids)).order_by(Comment.id.desc())))
    query = query.where(Comment.status == "published", Comment.erased_at.is_(None))
    query = query.where(Comment.created_at >= wanted.start, Comment.created_at <= wanted.end)
    if wanted.codes:
        query = query.where(or_(false(), *(_is_code(code) for code in wanted.codes)))
    if wanted.statuses:
        query = query.where(or_(*(_has_status(status) for status in sorted(wanted.statuses))))
    query = query.order_by(Comment.created_at.desc(), Comment.id.desc())
    return list(session.execute(query.limit(wanted.page_size).offset((wanted.page - 1) * wanted.page_size)))


def _described() -> Select[Any]:
    return (
        joined(
            Comment.id, Comment.text, Comment.status, Comment.erased_at, Comment.place, Comment.created_at,
            func.greatest(Comment.updated_at, Case.updated_at).label("updated_at"),
            func.ST_Y(Comment.geom).label("lat"), func.ST_X(Comment.geom).label("long"),
            STATE.label("state"), CLOSING.label("closing"), Case.due_at, Office.name.label("office_name"),
            Answer.text.label("answer_text"), Plan.slug.label("plan_slug"), Topic.slug.label("topic_slug"),
            Topic.label.label("topic_label"), Segment.code.label("segment_code"),
        )
        .join(Plan, Plan.id == Comment.plan_id)
        .join(City, City.id == Plan.city_id)
        .join(Topic, Topic.id == Comment.topic_id)
        .outerjoin(Segment, Segment.id == Comment.segment_id)
        .outerjoin(Office, Office.id == Case.office_id)
        .where(Plan.status != "draft", Comment.status.in_(PUBLIC))
    )  # fmt: skip


def _is_code(code: str) -> ColumnElement[bool]:
    plan_slug, _separator, topic_slug = code.rpartition(SEPARATOR)
    return and_(Plan.slug == plan_slug, Topic.slug == topic_slug)


def _has_status(status: str) -> ColumnElement[bool]:
    states = ("received", "with_office") if status == "open" else ("answered", "closed")
    return STATE.in_(states)
