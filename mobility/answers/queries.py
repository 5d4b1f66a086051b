"""Reading cases for the people of the offices: the inbox, one case, its drafts and notes, the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, desc, func, literal, select, tuple_
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.answers.filters import OPEN, InboxFilter
from mobility.answers.models import Answer, AnswerComment, Case, Cluster, InternalNote, ReplyTemplate
from mobility.consultation import exact
from mobility.consultation.models import Comment, Topic
from mobility.errors import NotFound
from mobility.media.models import Photo
from mobility.offices.models import Office
from mobility.plans.models import Measure, Segment

PAGE = 25
COUNT_CAP = 10_000
MAP_CAP = 3000
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Sorts cases without a day after all others."""


@dataclass(frozen=True)
class InboxPage:
    """Cases with the key of the next page; empty at the end."""

    rows: list[Any]
    after: str


def cases() -> Select[Any]:
    """Cases with what a list says of them."""
    query: Any = (
        select(
            Case, Comment.stance, Comment.text, exact.PLACE.label("place"), Comment.status,
            Comment.place.label("public_place"), Comment.exact_geom.is_not(None).label("discreet"),
            Comment.language, Comment.channel, Comment.created_at, Comment.edited_at, Comment.scope,
            Comment.receipt, exact.SEGMENT.label("segment_id"), Comment.measure_id, Comment.erased_at,
            Comment.endorsements, exact.longitude().label("lon"), exact.latitude().label("lat"),
            Topic.id.label("topic_id"), Topic.label.label("topic"), Measure.code.label("measure"),
            Measure.title.label("measure_title"), Segment.street.label("street"),
            Office.name.label("office"), Office.slug.label("office_slug"),
            Cluster.title.label("cluster"),
            select(func.count()).where(Photo.comment_id == Comment.id).scalar_subquery().label("photo_count"),
        )
        .join(Comment, Comment.id == Case.comment_id)
        .join(Topic, Topic.id == Comment.topic_id)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .outerjoin(Segment, Segment.id == exact.SEGMENT)
        .outerjoin(Office, Office.id == Case.office_id)
        .outerjoin(Cluster, Cluster.id == Case.cluster_id)
    )  # fmt: skip
    found: Select[Any] = query
    return found


def inbox_page(
    session: Session, *, plan_id: int, wanted: InboxFilter, after: str = "", now: datetime
) -> InboxPage:
    """The cases that are meant, the next due first; one query."""
    due = func.coalesce(Case.due_at, NEVER)
    query = wanted.apply(cases(), plan_id, now=now)
    if last := read_key(after):
        query = query.where(tuple_(due, Case.comment_id) > last)
    rows = list(session.execute(query.order_by(due, Case.comment_id).limit(PAGE + 1)))
    if len(rows) <= PAGE:
        return InboxPage(rows, "")
    end = rows[PAGE - 1].Case
    return InboxPage(rows[:PAGE], f"{int((end.due_at or NEVER).timestamp())}.{end.comment_id}")


def read_key(after: str) -> tuple[datetime, int] | None:
    """The key of a page from its address; None for the first page and for a broken one."""
    stamp, _dot, number = after.partition(".")
    if not (stamp.isdigit() and number.isdigit() and len(stamp) < 13 and len(number) < 19):
        return None
    return datetime.fromtimestamp(min(int(stamp), int(NEVER.timestamp())), UTC), int(number)


def count_cases(session: Session, *, plan_id: int, wanted: InboxFilter, now: datetime) -> int:
    """How many cases are meant, counted no further than one beyond `COUNT_CAP`."""
    query = select(literal(1)).select_from(Case).join(Comment, Comment.id == Case.comment_id)
    found = wanted.apply(query, plan_id, now=now).limit(COUNT_CAP + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def figures(session: Session, *, plan_id: int, mine: frozenset[int] | None, now: datetime) -> dict[str, int]:
    """How many cases are open, overdue and without an office, of those the reader may see."""
    query = select(
        func.count().filter(Case.state.in_(OPEN)).label("open"),
        func.count().filter(Case.state.in_(OPEN), Case.due_at < now).label("overdue"),
        func.count().filter(Case.state.in_(OPEN), Case.office_id.is_(None)).label("unassigned"),
    ).where(Case.plan_id == plan_id, Case.state.in_(OPEN))
    if mine is not None:
        query = query.where(Case.office_id.in_(mine))
    row = session.execute(query).one()
    return {"open": row.open, "overdue": row.overdue, "unassigned": row.unassigned}


def find_case(session: Session, *, plan_id: int, comment_id: int, mine: frozenset[int] | None) -> Any:
    """One case of a plan that the reader may see. Raises NotFound."""
    if comment_id >= 2**63:
        raise NotFound
    query = cases().where(Case.plan_id == plan_id, Case.comment_id == comment_id)
    if mine is not None:
        query = query.where(Case.office_id.in_(mine))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def cases_by_id(session: Session, *, plan_id: int, ids: Iterable[int]) -> list[Any]:
    """Cases with these comments, oldest first."""
    query = cases().where(Case.plan_id == plan_id, Case.comment_id.in_(list(ids)))
    return list(session.execute(query.order_by(Case.comment_id)))


def map_rows(session: Session, *, plan_id: int, wanted: InboxFilter, now: datetime) -> list[Any]:
    """Where the cases are that are meant, the next due first; at most `MAP_CAP`."""
    query = (
        select(
            Case.comment_id, Case.state, Case.due_at, exact.PLACE.label("place"),
            exact.longitude().label("lon"), exact.latitude().label("lat"),
        )
        .join(Comment, Comment.id == Case.comment_id)
        .where(Comment.geom.is_not(None))
    )  # fmt: skip
    query = wanted.apply(query, plan_id, now=now)
    return list(session.execute(query.order_by(func.coalesce(Case.due_at, NEVER)).limit(MAP_CAP)))


def drafts_of(session: Session, *, comment_id: int) -> list[Any]:
    """Unpublished answers to a comment, newest first, with their author and how many comments each has."""
    many = (
        select(func.count()).where(AnswerComment.answer_id == Answer.id).correlate(Answer).scalar_subquery()
    )
    query = (
        select(Answer, Account.name.label("who"), many.label("comments"), Office.four_eyes)
        .join(AnswerComment, AnswerComment.answer_id == Answer.id)
        .join(Office, Office.id == Answer.office_id)
        .outerjoin(Account, Account.id == Answer.author_id)
        .where(AnswerComment.comment_id == comment_id, Answer.state.in_(("draft", "waiting")))
        .order_by(desc(Answer.id))
        .limit(10)
    )
    return list(session.execute(query))


def notes_of(session: Session, *, comment_id: int) -> list[Any]:
    """Internal notes about a case, oldest first, with who wrote them."""
    query = (
        select(InternalNote, Account.name.label("who"))
        .outerjoin(Account, Account.id == InternalNote.account_id)
        .where(InternalNote.comment_id == comment_id)
        .order_by(InternalNote.id)
        .limit(200)
    )
    return list(session.execute(query))


def templates_of(
    session: Session, *, plan_id: int, office_ids: Sequence[int] | None = None
) -> list[ReplyTemplate]:
    """Reply templates of a plan: those for all offices, and those of these offices (None: of every one)."""
    query = select(ReplyTemplate).where(ReplyTemplate.plan_id == plan_id)
    if office_ids is not None:
        own = ReplyTemplate.office_id.is_(None) | ReplyTemplate.office_id.in_(office_ids)
        query = query.where(own)
    return list(session.scalars(query.order_by(ReplyTemplate.title, ReplyTemplate.id).limit(200)))
