"""Reading what people follow and what they are to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.cities.models import City
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import Comment
from mobility.notices.models import Follow, Happening, Notice
from mobility.plans.models import Measure, Plan, Segment

SHOWN = 200
PEOPLE = 200
"""People written to in one transaction."""
TOLD = 2000
"""Happenings of one digest."""


def follows_of(session: Session, *, participant_id: int) -> Sequence[Any]:
    """What somebody follows now, newest first; one's own comments only when there is a row for them."""
    return session.execute(
        _described().where(Follow.participant_id == participant_id, Follow.stopped_at.is_(None))
        .order_by(Follow.id.desc()).limit(SHOWN)
    ).all()  # fmt: skip


def find_follow(session: Session, *, follow_id: int, participant_id: int) -> Any:
    """One thing that somebody follows or followed; None when there is none."""
    query = _described().where(Follow.id == follow_id, Follow.participant_id == participant_id)
    return session.execute(query).one_or_none()


def own_follow(session: Session, *, participant_id: int) -> Follow | None:
    """What somebody has said about being told of one's own comments; None means told, at once."""
    return session.scalar(select(Follow).where(Follow.participant_id == participant_id, Follow.kind == "own"))


def current_follow(session: Session, *, participant_id: int, **what: Any) -> Follow | None:
    """Whether somebody follows this plan, measure or segment now."""
    same = [getattr(Follow, name) == value for name, value in what.items()]
    return session.scalar(
        select(Follow).where(Follow.participant_id == participant_id, Follow.stopped_at.is_(None), *same)
    )


def _described() -> Any:
    return (
        select(
            Follow.id, Follow.kind, Follow.rhythm, Follow.radius_m, Follow.place, Follow.stopped_at,
            Plan.slug, Plan.title.label("plan_title"), Measure.code.label("measure_code"),
            Measure.title.label("measure_title"), Segment.code.label("segment_code"), Segment.street,
        )
        .outerjoin(Plan, Plan.id == Follow.plan_id)
        .outerjoin(Measure, Measure.id == Follow.measure_id)
        .outerjoin(Segment, Segment.id == Follow.segment_id)
    )  # fmt: skip


def untold_people(session: Session, *, rhythm: str, before: datetime | None = None) -> list[int]:
    """Participants with notices that wait, in order; with `before` only those that waited already then."""
    query = select(Notice.participant_id).where(Notice.told_at.is_(None), Notice.rhythm == rhythm)
    if before is not None:
        query = query.where(Notice.created_at < before)
    return list(
        session.scalars(query.group_by(Notice.participant_id).order_by(Notice.participant_id).limit(PEOPLE))
    )


def take_untold(
    session: Session, *, participant_id: int, rhythm: str, before: datetime | None = None
) -> list[Notice]:
    """The notices of one participant that wait, locked; those that another worker holds are left to it."""
    query = select(Notice).where(
        Notice.participant_id == participant_id, Notice.told_at.is_(None), Notice.rhythm == rhythm
    )
    if before is not None:
        query = query.where(Notice.created_at < before)
    locked = query.order_by(Notice.happening_id).limit(TOLD).with_for_update(skip_locked=True)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def described(session: Session, *, happening_ids: Iterable[int]) -> dict[int, Any]:
    """What is said about these happenings; one query."""
    query = (
        select(
            Happening.id, Happening.kind, Happening.detail, Happening.comment_id, Happening.reply_id,
            Plan.slug, Plan.title.label("plan_title"), Measure.code.label("measure_code"),
            Measure.title.label("measure_title"), Comment.place, Comment.stance, Comment.receipt,
            Comment.status.label("comment_status"), Comment.erased_at.label("comment_erased_at"),
            Reply.side, Reply.status.label("reply_status"),
        )
        .join(Plan, Plan.id == Happening.plan_id)
        .outerjoin(Comment, Comment.id == Happening.comment_id)
        .outerjoin(Reply, Reply.id == Happening.reply_id)
        .outerjoin(Measure, Measure.id == Happening.measure_id)
        .where(Happening.id.in_(list(happening_ids)))
    )  # fmt: skip
    return {row.id: row for row in session.execute(query)}


def addressee(session: Session, *, participant_id: int) -> Participant | None:
    """The participant, if there is an address to write to."""
    found = session.get(Participant, participant_id)
    return found if found and found.email and not found.erased_at else None


def time_zone(session: Session) -> str:
    """The zone in which the day of the installation begins: that of its first city."""
    return session.scalar(select(City.timezone).order_by(City.id).limit(1)) or "UTC"


def default_language(session: Session) -> str:
    """The language of people who have told none."""
    return session.scalar(select(City.default_language).order_by(City.id).limit(1)) or "en"


def stopped(session: Session, *, follow_ids: Iterable[int | None]) -> set[int]:
    """Which of these follows were stopped; what is gone altogether was merged into another, not stopped."""
    query = select(Follow.id).where(
        Follow.id.in_([key for key in follow_ids if key]), Follow.stopped_at.is_not(None)
    )
    return set(session.scalars(query))
