"""What the public and the author read of cases: office, state, due day, answers. One query for each list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import desc, select
from sqlalchemy.orm import Session

from mobility.answers.models import Answer, AnswerComment, AnswerFile, Assignment, Case
from mobility.consultation.models import Comment, Topic
from mobility.offices.models import Office
from mobility.plans.models import Measure


def case_of(session: Session, *, comment_id: int) -> Any:
    """The case of a comment with its office, topic and measure; None when there is none yet."""
    query = (
        select(
            Case,
            Office.name.label("office"),
            Office.phone.label("phone"),
            Topic.label.label("topic"),
            Measure.code.label("measure"),
        )
        .join(Comment, Comment.id == Case.comment_id)
        .join(Topic, Topic.id == Comment.topic_id)
        .outerjoin(Office, Office.id == Case.office_id)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .where(Case.comment_id == comment_id)
    )
    return session.execute(query).one_or_none()


def history_of(session: Session, *, comment_id: int) -> list[Any]:
    """Which offices had the case, newest first."""
    query = (
        select(Assignment, Office.name.label("office"))
        .outerjoin(Office, Office.id == Assignment.office_id)
        .where(Assignment.comment_id == comment_id)
        .order_by(desc(Assignment.id))
        .limit(50)
    )
    return list(session.execute(query))


def answers_to(session: Session, *, comment_id: int) -> list[Any]:
    """The published answers to a comment, newest first, with the office's name."""
    query = (
        select(Answer, Office.name.label("office"))
        .join(AnswerComment, AnswerComment.answer_id == Answer.id)
        .join(Office, Office.id == Answer.office_id)
        .where(AnswerComment.comment_id == comment_id, Answer.state == "published")
        .order_by(desc(Answer.published_at), desc(Answer.id))
        .limit(20)
    )
    return list(session.execute(query))


def files_of(session: Session, *, answer_ids: Sequence[int]) -> dict[int, list[AnswerFile]]:
    """Answer → its files in the order in which they came."""
    found: dict[int, list[AnswerFile]] = {}
    if answer_ids:
        query = select(AnswerFile).where(AnswerFile.answer_id.in_(answer_ids)).order_by(AnswerFile.id)
        for each in session.scalars(query):
            found.setdefault(each.answer_id, []).append(each)
    return found


def answered_among(session: Session, *, comment_ids: Iterable[int]) -> dict[int, Any]:
    """Comment → office and day of the answer in force, of those that have one."""
    ids = list(comment_ids)
    if not ids:
        return {}
    query = (
        select(Case.comment_id, Office.name.label("office"), Answer.published_at)
        .join(Answer, Answer.id == Case.answer_id)
        .join(Office, Office.id == Answer.office_id)
        .where(Case.comment_id.in_(ids), Case.state == "answered")
    )
    return {row.comment_id: row for row in session.execute(query)}
