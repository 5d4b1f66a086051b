"""Everything one participant has said, in pages for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from mobility.consultation.conversation.models import Reply
from mobility.consultation.exact import SEGMENT
from mobility.consultation.models import Comment, Topic, Vote
from mobility.plans.models import Measure, Plan, Segment

PAGE = 20


@dataclass(frozen=True)
class Said:
    """How much a person has said; what the page of one's own contributions begins with."""

    comments: int
    votes: int


@dataclass(frozen=True)
class Page:
    """Rows of a list, newest first; `before` is the key of the next page, None on the last."""

    rows: Sequence[Any]
    before: int | None


def said(session: Session, *, participant_id: int) -> Said:
    """How many comments and live votes of one's own there are; one query."""
    comments = select(func.count()).where(Comment.participant_id == participant_id).scalar_subquery()
    votes = (
        select(func.count())
        .where(Vote.participant_id == participant_id, Vote.group_id.is_(None))
        .scalar_subquery()
    )
    row = session.execute(select(comments, votes)).one()
    return Said(int(row[0] or 0), int(row[1] or 0))


def my_comments(
    session: Session, *, participant_id: int, before: int | None = None, limit: int = PAGE
) -> Page:
    """One's own comments whatever their status, with topic, plan and what they are about."""
    query = (
        select(
            Comment,
            Topic.label.label("topic_label"),
            Plan.slug.label("plan_slug"),
            Plan.title.label("plan_title"),
            Segment.code.label("segment_code"),
            Measure.code.label("measure_code"),
        )
        .join(Topic, Topic.id == Comment.topic_id)
        .join(Plan, Plan.id == Comment.plan_id)
        .outerjoin(Segment, Segment.id == SEGMENT)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .where(Comment.participant_id == participant_id)
        .order_by(Comment.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Comment.id < before)
    rows = session.execute(query).all()
    return Page(rows[:limit], rows[limit - 1].Comment.id if len(rows) > limit else None)


def my_replies(
    session: Session, *, participant_id: int, before: int | None = None, limit: int = PAGE
) -> Page:
    """One's own replies whatever their status, with the plan of each."""
    query = (
        select(Reply, Plan.slug.label("plan_slug"))
        .join(Plan, Plan.id == Reply.plan_id)
        .where(Reply.participant_id == participant_id)
        .order_by(Reply.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Reply.id < before)
    rows = session.execute(query).all()
    return Page(rows[:limit], rows[limit - 1].Reply.id if len(rows) > limit else None)


def my_votes(session: Session, *, participant_id: int, before: int | None = None, limit: int = PAGE) -> Page:
    """One's own live votes, with code and title of what they are about."""
    on_segment = (
        select(
            Vote.id, Vote.position, Vote.condition, Vote.changed_at, Vote.set_aside_id,
            Vote.measure_version, literal("segment").label("kind"), Segment.code.label("code"),
            Segment.span.label("title"), Segment.street.label("street"), Plan.slug.label("plan_slug"),
        )
        .join(Segment, Segment.id == Vote.segment_id)
        .join(Plan, Plan.id == Vote.plan_id)
        .where(Vote.participant_id == participant_id, Vote.group_id.is_(None))
    )  # fmt: skip
    on_measure = (
        select(
            Vote.id, Vote.position, Vote.condition, Vote.changed_at, Vote.set_aside_id,
            Vote.measure_version, literal("measure").label("kind"), Measure.code.label("code"),
            Measure.title.label("title"), literal("").label("street"), Plan.slug.label("plan_slug"),
        )
        .join(Measure, Measure.id == Vote.measure_id)
        .join(Plan, Plan.id == Vote.plan_id)
        .where(Vote.participant_id == participant_id, Vote.group_id.is_(None))
    )  # fmt: skip
    both = union_all(on_segment, on_measure).subquery()
    query = select(both).order_by(both.c.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(both.c.id < before)
    rows = session.execute(query).all()
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)
