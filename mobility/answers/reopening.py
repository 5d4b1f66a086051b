"""Cases that are opened again: by their author, by the city, or because a hidden comment is public again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import desc, select, update
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.answers.cases import check_words, lock_case, zone_of
from mobility.answers.deadlines import due_moment, may_ask_again
from mobility.answers.models import Answer, AnswerComment, Assignment, Case
from mobility.answers.telling import tell_authors
from mobility.errors import Conflict
from mobility.offices.models import Competence, Office


def restore_cases(session: Session, *, comment_ids: Iterable[int], now: datetime) -> None:
    """Open the cases that were closed because their comments were hidden, as they were before."""
    query = select(Case).where(Case.comment_id.in_(list(comment_ids)), Case.closing == "hidden")
    for case in session.scalars(query.with_for_update()):
        answer = last_answer(session, comment_id=case.comment_id)
        if answer is not None:
            case.state, case.answer_id = "answered", answer.id
        else:
            case.state = "received"
        case.closing, case.updated_at = None, now
    session.flush()


def last_answer(session: Session, *, comment_id: int) -> Answer | None:
    """The newest published answer to a comment, in force or not."""
    return session.scalar(
        select(Answer)
        .join(AnswerComment, AnswerComment.answer_id == Answer.id)
        .where(AnswerComment.comment_id == comment_id, Answer.state == "published")
        .order_by(desc(Answer.published_at), desc(Answer.id))
        .limit(1)
    )


def reopen_case(
    session: Session,
    *,
    comment_id: int,
    reason: str,
    account_id: int | None = None,
    now: datetime,
) -> Case:
    """Open an answered or closed case again: its author once (`account_id` None), or somebody of the city.

    The time to answer begins anew. Raises NotFound, Invalid without a reason, Conflict when it cannot be.
    """
    words = check_words(reason)
    case = lock_case(session, comment_id=comment_id)
    if account_id is None and not author_may_reopen(session, case=case, now=now):
        raise Conflict(_l("You can ask again once, within 30 days of the answer."))
    if case.state not in ("answered", "closed") or case.closing in ("withdrawn", "hidden"):
        raise Conflict(_l("This case is not closed."))
    office = session.get(Office, case.office_id) if case.office_id else None
    case.state, case.answer_id, case.closing = "in_progress", None, None
    case.reopened_at = case.updated_at = now
    case.reopen_reason = words
    case.reminded_at = case.escalated_at = None
    if office is not None:
        days = days_of(session, comment_id=comment_id) or office.deadline_days
        case.due_at = due_moment(now, days, zone_of(session, plan_id=case.plan_id))
    if account_id is None:
        case.author_reopened_at = now
    else:
        record(
            session,
            action="case.reopen",
            account_id=account_id,
            plan_id=case.plan_id,
            subject="comment",
            subject_id=comment_id,
        )
        tell_authors(session, comment_ids=[comment_id], what="reopen", now=now)
    session.execute(
        update(Assignment)
        .where(Assignment.comment_id == comment_id, Assignment.ended_at.is_(None))
        .values(told_at=None)
    )
    session.flush()
    return case


def days_of(session: Session, *, comment_id: int) -> int | None:
    """The days of the competence by which the office has the case; None where it names none."""
    competence = Assignment.reason["competence"].as_integer()
    query = (
        select(Competence.deadline_days)
        .join(Assignment, Competence.id == competence)
        .where(Assignment.comment_id == comment_id, Assignment.ended_at.is_(None))
    )
    return session.scalar(query)


def author_may_reopen(session: Session, *, case: Case, now: datetime) -> bool:
    """Whether its author may still ask again."""
    answer = session.get(Answer, case.answer_id) if case.answer_id else None
    return may_ask_again(
        state=case.state,
        published_at=answer.published_at if answer else None,
        asked_before=case.author_reopened_at is not None,
        now=now,
    )
