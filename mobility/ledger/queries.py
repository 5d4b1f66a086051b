"""Reading the ledger: its lines, figures, measures with their outcomes, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from mobility.answers.models import Answer, AnswerComment, Case
from mobility.consultation.models import Comment, Topic
from mobility.ledger.conclusion import Standing
from mobility.ledger.figures import Counts
from mobility.ledger.filters import LedgerFilter
from mobility.ledger.models import Conclusion, MeasureOutcome
from mobility.moderation.models import Appeal
from mobility.offices.models import Office
from mobility.plans.models import Measure

PAGE = 20
COUNT_CAP = 10_000
BLOCK = 500
PUBLIC = ("published", "hidden", "withdrawn")
"""Comments that the public knows of; of hidden and withdrawn ones not their words."""
AnswerOffice = aliased(Office, name="answer_office")

ANSWERED = and_(Case.state == "answered", Answer.state == "published", Comment.status == "published")
CLOSING: ColumnElement[str | None] = case(
    (Comment.status == "withdrawn", "withdrawn"),
    (Comment.status == "hidden", "hidden"),
    (ANSWERED, None),
    (Comment.erased_at.is_not(None), "erased"),
    else_=Case.closing,
)
STATE: ColumnElement[str] = case(
    (Comment.status != "published", "closed"),
    (ANSWERED, "answered"),
    (or_(Comment.erased_at.is_not(None), func.coalesce(Case.state, "") == "closed"), "closed"),
    (Case.office_id.is_not(None), "with_office"),
    else_="received",
)
"""received, with_office, answered or closed; a comment without a case is received."""
WAITING = STATE.in_(("received", "with_office"))


@dataclass(frozen=True)
class Page:
    """One page of the ledger; `before` is the key of the next, None on the last."""

    rows: Sequence[Any]
    before: int | None


def joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Comment)
        .outerjoin(Case, Case.comment_id == Comment.id)
        .outerjoin(Answer, Answer.id == Case.answer_id)
    )


def _lines() -> Select[Any]:
    told = select(func.count()).where(AnswerComment.answer_id == Answer.id).scalar_subquery()
    return (
        joined(
            Comment.id, Comment.stance, Comment.text, Comment.status, Comment.language, Comment.place,
            Comment.created_at, Comment.erased_at, Comment.measure_version, Comment.channel,
            Topic.slug.label("topic"), Topic.label.label("topic_label"),
            Measure.id.label("measure_id"), Measure.code.label("measure_code"),
            Measure.title.label("measure_title"),
            STATE.label("state"), CLOSING.label("closing"),
            func.coalesce(Case.received_at, Comment.created_at).label("received_at"),
            Case.due_at, Case.answered_at, Case.reopened_at,
            Office.slug.label("office_slug"), Office.name.label("office_name"),
            Answer.id.label("answer_id"), Answer.text.label("answer_text"),
            Answer.language.label("answer_language"), Answer.published_at,
            Answer.channel.label("answered_by"), AnswerOffice.name.label("answer_office"),
            told.label("told"),
        )
        .join(Topic, Topic.id == Comment.topic_id)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .outerjoin(Office, Office.id == Case.office_id)
        .outerjoin(AnswerOffice, AnswerOffice.id == Answer.office_id)
    )  # fmt: skip


def conditions(wanted: LedgerFilter, plan_id: int, now: datetime) -> list[ColumnElement[bool]]:
    """SQL conditions on comments with their cases. Words are looked for in public texts only."""
    found: list[ColumnElement[bool]] = wanted.comments().conditions(plan_id)
    found.append(Comment.status.in_(PUBLIC))
    if wanted.q:
        found.append(Comment.status == "published")
    if wanted.status == "overdue":
        found += [WAITING, Case.due_at < now]
    elif wanted.status:
        found.append(STATE.in_((wanted.status,)))
    if wanted.office == "none":
        found.append(Case.office_id.is_(None))
    elif wanted.office:
        found.append(Case.office_id.in_(select(Office.id).where(Office.slug == wanted.office)))
    return found


def ledger_page(
    session: Session,
    *,
    plan_id: int,
    wanted: LedgerFilter,
    now: datetime,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """The newest lines that are meant, older than the comment `before`; one query."""
    query = _lines().where(*conditions(wanted, plan_id, now))
    if before is not None:
        query = query.where(Comment.id < before)
    rows = list(session.execute(query.order_by(Comment.id.desc()).limit(limit + 1)))
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def all_lines(session: Session, *, plan_id: int, wanted: LedgerFilter, now: datetime) -> Iterator[Any]:
    """Every line that is meant, the oldest first, read in blocks: memory does not grow with their number."""
    query = _lines().where(*conditions(wanted, plan_id, now)).order_by(Comment.id)
    yield from session.execute(query.execution_options(yield_per=BLOCK))


def line_of(session: Session, *, comment_id: int) -> Any:
    """The line of one comment; None for one that the public does not know of."""
    return session.execute(_lines().where(Comment.id == comment_id, Comment.status.in_(PUBLIC))).one_or_none()


def lines_by_id(session: Session, *, ids: Sequence[int]) -> list[Any]:
    """The lines of these comments, oldest first."""
    query = _lines().where(Comment.id.in_(ids), Comment.status.in_(PUBLIC)).order_by(Comment.id)
    return list(session.execute(query))


def count_lines(session: Session, *, plan_id: int, wanted: LedgerFilter, now: datetime) -> int:
    """How many lines are meant, counted no further than one beyond `COUNT_CAP`."""
    found = joined(literal(1)).where(*conditions(wanted, plan_id, now)).limit(COUNT_CAP + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def read_counts(
    session: Session, *, plan_id: int, now: datetime, wanted: LedgerFilter | None = None
) -> Counts:
    """What the figures are made of; one query."""
    row = session.execute(
        joined(*_count_columns(now)).where(*conditions(wanted or LedgerFilter(), plan_id, now))
    ).one()
    return _counts(row)


def _count_columns(now: datetime) -> list[Any]:
    received = func.coalesce(Case.received_at, Comment.created_at)
    answered = STATE == "answered"
    return [
        func.count().filter(answered).label("answered"),
        func.count().filter(WAITING).label("waiting"),
        func.count().filter(STATE == "closed").label("closed"),
        func.count().filter(WAITING, Case.due_at < now).label("overdue"),
        func.count().filter(answered, Case.answered_at > Case.due_at).label("late"),
        func.percentile_cont(0.5)
        .within_group((Case.answered_at - received).asc())
        .filter(answered)
        .label("median"),
        (literal(now) - func.min(received).filter(WAITING)).label("oldest"),
    ]


def _counts(row: Any) -> Counts:
    return Counts(
        answered=row.answered,
        waiting=row.waiting,
        closed=row.closed,
        overdue=row.overdue,
        late=row.late,
        median=row.median,
        oldest=row.oldest,
    )


def counts_by_measure(session: Session, *, plan_id: int, now: datetime) -> dict[int, tuple[Counts, Any]]:
    """Measure id → its counts, and how many of its published comments are for, against, ideas, questions."""
    stances = [
        func.count().filter(Comment.stance == stance, Comment.status == "published").label(f"n_{stance}")
        for stance in ("for", "against", "idea", "question")
    ]
    query = joined(Comment.measure_id, *stances, *_count_columns(now)).where(
        *conditions(LedgerFilter(), plan_id, now), Comment.measure_id.is_not(None)
    )
    rows = session.execute(query.group_by(Comment.measure_id))
    return {row.measure_id: (_counts(row), row) for row in rows}


def current_outcomes(session: Session, *, plan_id: int) -> dict[int, MeasureOutcome]:
    """Measure id → the decision that counts."""
    newest = (
        select(func.max(MeasureOutcome.id))
        .where(MeasureOutcome.plan_id == plan_id)
        .group_by(MeasureOutcome.measure_id)
    )
    query = select(MeasureOutcome).where(MeasureOutcome.id.in_(newest))
    return {each.measure_id: each for each in session.scalars(query)}


def current_outcome(session: Session, *, plan_id: int, code: str) -> MeasureOutcome | None:
    """The decision that counts about one measure; one query."""
    query = (
        select(MeasureOutcome)
        .join(Measure, Measure.id == MeasureOutcome.measure_id)
        .where(Measure.plan_id == plan_id, Measure.code == code)
    )
    return session.scalar(query.order_by(MeasureOutcome.id.desc()).limit(1))


def outcomes_of(session: Session, *, measure_id: int) -> list[MeasureOutcome]:
    """All decisions about a measure, the newest first; at most 50."""
    query = select(MeasureOutcome).where(MeasureOutcome.measure_id == measure_id)
    return list(session.scalars(query.order_by(MeasureOutcome.id.desc()).limit(50)))


def offices_of(session: Session, *, plan_id: int) -> list[Office]:
    """The offices that have comments of the plan, in the order of their addresses."""
    having = select(Case.office_id).where(Case.plan_id == plan_id).distinct()
    query = select(Office).where(Office.id.in_(having)).order_by(Office.slug).limit(200)
    return list(session.scalars(query))


def conclusion_in_force(session: Session, *, plan_id: int) -> Conclusion | None:
    """The conclusion that holds now."""
    query = select(Conclusion).where(Conclusion.plan_id == plan_id, Conclusion.reopened_at.is_(None))
    return session.scalar(query)


def last_conclusion(session: Session, *, plan_id: int) -> Conclusion | None:
    """The newest conclusion, in force or reopened."""
    query = select(Conclusion).where(Conclusion.plan_id == plan_id).order_by(Conclusion.id.desc())
    return session.scalar(query.limit(1))


def read_standing(session: Session, *, plan_id: int, now: datetime) -> Standing:
    """Where the answers of a plan stand."""
    open_ = [*conditions(LedgerFilter(), plan_id, now), WAITING]
    offices = joined(Case.office_id, func.count()).where(*open_).group_by(Case.office_id)
    clusters = joined(func.count(Case.cluster_id.distinct())).where(*open_)
    unread = select(func.count()).where(Comment.plan_id == plan_id, Comment.status == "pending")
    appeals = select(func.count()).where(Appeal.plan_id == plan_id, Appeal.decided_at.is_(None))
    decided = select(MeasureOutcome.measure_id).where(MeasureOutcome.plan_id == plan_id)
    undecided = (
        select(Measure.code)
        .where(Measure.plan_id == plan_id, Measure.retired_at.is_(None), Measure.id.not_in(decided))
        .order_by(Measure.position)
    )
    return Standing(
        unanswered={row[0]: row[1] for row in session.execute(offices)},
        clusters=session.scalar(clusters) or 0,
        unread=session.scalar(unread) or 0,
        appeals=session.scalar(appeals) or 0,
        undecided=list(session.scalars(undecided)),
    )
