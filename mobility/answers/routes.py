"""Which office answers a comment, written or not yet: what routing is asked, read from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.answers.deadlines import due_moment
from mobility.answers.models import Assignment, Case
from mobility.cities.models import City
from mobility.consultation import exact
from mobility.consultation.models import Comment
from mobility.offices.queries import Rulebook, read_rulebook
from mobility.offices.routing import Asked, Route, route, route_chosen
from mobility.plans.models import Measure, Plan
from mobility.spatial.crs import metric

BATCH = 2000


def rulebook_of(session: Session, *, plan: Plan, city: City) -> Rulebook:
    """The competences of a plan and the offices of its city."""
    return read_rulebook(session, plan_id=plan.id, city_id=city.id, srid=city.srid)


def asked_about(
    session: Session,
    *,
    srid: int,
    topic_id: int,
    measure_id: int | None,
    lon: float | None,
    lat: float | None,
) -> Asked:
    """What routing is asked about a place and topic."""
    owner = session.scalar(select(Measure.office_id).where(Measure.id == measure_id)) if measure_id else None
    point = None
    if lon is not None and lat is not None:
        spot = metric(srid).project(shapely.Point(lon, lat))
        point = (spot.x, spot.y)
    return Asked(topic_id, point, measure_id, owner)


def route_subject(
    session: Session, *, plan: Plan, city: City, topic_id: int, subject: Any
) -> tuple[Route, Rulebook]:
    """The route of a comment that is not sent yet; `subject` is a `places.Subject`."""
    book = rulebook_of(session, plan=plan, city=city)
    asked = asked_about(
        session,
        srid=city.srid,
        topic_id=topic_id,
        measure_id=subject.measure_id,
        lon=subject.lon,
        lat=subject.lat,
    )
    return route(asked, book.rules, book.desks), book


def route_comment(session: Session, *, comment: Comment, chosen: int | None = None) -> Route:
    """The route of a comment; `chosen` is the office its author picked near a border."""
    plan = session.get_one(Plan, comment.plan_id)
    city = session.get_one(City, plan.city_id)
    book = rulebook_of(session, plan=plan, city=city)
    point = session.execute(
        select(exact.longitude().label("lon"), exact.latitude().label("lat")).where(Comment.id == comment.id)
    ).one()
    asked = asked_about(
        session,
        srid=city.srid,
        topic_id=comment.topic_id,
        measure_id=comment.measure_id,
        lon=point.lon,
        lat=point.lat,
    )
    return route_chosen(asked, book.rules, book.desks, chosen)


def route_all(
    session: Session, *, plan: Plan, now: datetime, tell: Callable[[int], None] = lambda _n: None
) -> int:
    """How many comments of a plan got the case they lacked; doing it again does nothing.

    Their offices are not told one by one: they find them in the inbox and in the reminders.
    """
    lock_routing(session, plan_id=plan.id)
    city = session.get_one(City, plan.city_id)
    book = rulebook_of(session, plan=plan, city=city)
    made = 0
    for rows in lacking(session, plan_id=plan.id):
        cases, assignments = [], []
        for row, point in zip(rows, spots(rows, city.srid), strict=True):
            found = route(Asked(row.topic_id, point, row.measure_id, row.owner_id), book.rules, book.desks)
            cases.append(_case(row, found, city, now))
            assignments.append(_assignment(row, found, now))
        session.execute(insert(Case).on_conflict_do_nothing(), cases)
        session.execute(insert(Assignment).on_conflict_do_nothing(), assignments)
        made += len(rows)
        tell(len(rows))
    return made


def spots(rows: list[Any], srid: int) -> list[tuple[float, float] | None]:
    """Where each comment is, in metres; None for the whole plan."""
    placed = [(row.lon, row.lat) for row in rows if row.lon is not None]
    moved = metric(srid).project(shapely.MultiPoint(placed))
    found = iter([(point.x, point.y) for point in moved.geoms])
    return [next(found) if row.lon is not None else None for row in rows]


def lacking(session: Session, *, plan_id: int) -> Iterator[list[Any]]:
    """Batches of comments without a case, oldest first."""
    last = 0
    has_case = select(literal(1)).where(Case.comment_id == Comment.id).exists()
    while True:
        query = (
            select(
                Comment.id, Comment.plan_id, Comment.topic_id, Comment.measure_id, Comment.status,
                Comment.created_at, Comment.erased_at, Measure.office_id.label("owner_id"),
                exact.longitude().label("lon"), exact.latitude().label("lat"),
            )
            .outerjoin(Measure, Measure.id == Comment.measure_id)
            .where(Comment.plan_id == plan_id, Comment.id > last, ~has_case)
            .order_by(Comment.id)
            .limit(BATCH)
        )  # fmt: skip
        rows = list(session.execute(query))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _case(row: Any, found: Route, city: City, now: datetime) -> dict[str, Any]:
    gone = "hidden" if row.status == "hidden" else "withdrawn"
    closed = row.status in ("hidden", "withdrawn") or row.erased_at is not None
    return {
        "comment_id": row.id,
        "plan_id": row.plan_id,
        "office_id": found.office_id,
        "state": "closed" if closed else "received",
        "closing": gone if closed else None,
        "received_at": row.created_at,
        "due_at": due_moment(row.created_at, found.days, ZoneInfo(city.timezone))
        if found.office_id and found.days
        else None,
        "updated_at": now,
    }


def _assignment(row: Any, found: Route, now: datetime) -> dict[str, Any]:
    return {
        "comment_id": row.id,
        "office_id": found.office_id,
        "how": found.how,
        "reason": found.reason,
        "since": now,
        "told_at": now,
    }


def lock_routing(session: Session, *, plan_id: int) -> None:
    """One routing of a plan at a time: two at once would wait for each other's rows."""
    session.execute(text("SELECT pg_advisory_xact_lock(7315013, :plan)"), {"plan": plan_id % 2**31})
