"""Writing answers: drafts, approval by a second person, publishing. What happens to cases is in `cases`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.audit import record
from mobility.answers.cases import assign, close_case, open_case
from mobility.answers.models import Answer, AnswerComment, Case
from mobility.answers.reopening import last_answer, reopen_case
from mobility.answers.telling import tell_authors
from mobility.consultation.models import Comment
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid, NotFound
from mobility.offices.models import Office

__all__ = [
    "ask_approval",
    "assign",
    "close_case",
    "comments_of",
    "discard_draft",
    "find_answer",
    "open_case",
    "publish_answer",
    "reopen_case",
    "save_draft",
    "send_back",
]
TEXT_LIMIT = 10_000
CLUSTER_LIMIT = 500
"""Comments that one answer may answer."""


class NeedsApproval(Conflict):
    """The office has a second person approve answers, and whoever publishes is the author."""

    title = _l("A second person must approve")
    default = _l("In this office a second person approves every answer. Ask a colleague to publish it.")


def check_text(typed: str | None) -> str:
    """The text of an answer as it is kept. Raises Invalid for a long one."""
    words, _removed = clean(typed)
    if len(words) > TEXT_LIMIT:
        raise Invalid("text", _l("At most %(count)d characters fit here.", count=TEXT_LIMIT))
    return words


def find_answer(session: Session, *, answer_id: int, plan_id: int, lock: bool = False) -> Answer:
    """An answer of a plan. Raises NotFound."""
    if answer_id >= 2**63:
        raise NotFound
    query = select(Answer).where(Answer.id == answer_id, Answer.plan_id == plan_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def comments_of(session: Session, *, answer_id: int) -> list[int]:
    """The comments an answer answers, oldest first."""
    query = select(AnswerComment.comment_id).where(AnswerComment.answer_id == answer_id)
    return list(session.scalars(query.order_by(AnswerComment.comment_id)))


def save_draft(
    session: Session,
    *,
    plan_id: int,
    office_id: int,
    comment_ids: Sequence[int],
    text: str,
    language: str,
    account_id: int,
    answer: Answer | None = None,
    channel: str = "web",
    now: datetime,
) -> Answer:
    """A draft of an office for these comments; with `answer` that one, changed, and its author too.

    Raises Invalid, and Conflict for one that is published, or for comments that are not cases of the plan.
    """
    words = check_text(text)
    wanted = sorted(set(comment_ids))
    if not wanted or len(wanted) > CLUSTER_LIMIT:
        raise Invalid("comments", _l("Choose between one comment and %(count)d.", count=CLUSTER_LIMIT))
    query = select(Case).where(Case.comment_id.in_(wanted), Case.plan_id == plan_id)
    cases = list(session.scalars(query.order_by(Case.comment_id).with_for_update()))
    if len(cases) != len(wanted):
        raise Invalid("comments", _l("One of these comments cannot be answered any more."))
    if answer is None:
        answer = Answer(
            plan_id=plan_id,
            office_id=office_id,
            channel=channel,
            created_at=now,
            language=language,
            text=words,
            author_id=account_id,
            updated_at=now,
        )
        session.add(answer)
    else:
        if answer.state not in ("draft", "waiting"):
            raise Conflict(_l("This answer is published. Write a new one that replaces it."))
        answer.text, answer.language, answer.updated_at = words, language, now
        answer.author_id, answer.state, answer.approved_by = account_id, "draft", None
    session.flush()
    _set_comments(session, answer, wanted)
    for case in cases:
        if case.state == "received":
            case.state, case.updated_at = "in_progress", now
    session.flush()
    return answer


def _set_comments(session: Session, answer: Answer, wanted: Sequence[int]) -> None:
    """The answer answers exactly these comments."""
    own = AnswerComment.answer_id == answer.id
    session.execute(delete(AnswerComment).where(own, AnswerComment.comment_id.not_in(list(wanted))))
    rows = [{"answer_id": answer.id, "comment_id": each} for each in wanted]
    session.execute(insert(AnswerComment).values(rows).on_conflict_do_nothing())


def ask_approval(session: Session, *, answer: Answer, account_id: int, now: datetime) -> Answer:
    """A draft that waits for a second person. Raises Invalid for an empty one, Conflict otherwise."""
    _must_be(answer, "draft")
    _must_say(answer)
    answer.state, answer.updated_at = "waiting", now
    session.flush()
    _log(session, answer, "answer.ask", account_id)
    return answer


def send_back(session: Session, *, answer: Answer, account_id: int, now: datetime) -> Answer:
    """A draft again: the second person wants something changed."""
    _must_be(answer, "waiting")
    answer.state, answer.updated_at = "draft", now
    session.flush()
    _log(session, answer, "answer.send_back", account_id)
    return answer


def discard_draft(session: Session, *, answer: Answer, account_id: int, now: datetime) -> None:
    """A draft that will never be published. Raises Conflict for a published one."""
    if answer.state not in ("draft", "waiting"):
        raise Conflict(_l("This answer is published. Write a new one that replaces it."))
    answer.state, answer.updated_at = "withdrawn", now
    session.flush()
    _log(session, answer, "answer.discard", account_id)


def publish_answer(session: Session, *, answer: Answer, account_id: int, now: datetime) -> Answer:
    """The answer, public under its comments; their authors are told once each.

    In an office with four eyes `account_id` must be somebody else than its author. Comments that were taken
    back meanwhile are left out. Raises NeedsApproval, Invalid and Conflict.
    """
    if answer.state not in ("draft", "waiting"):
        raise Conflict(_l("This answer is published. Write a new one that replaces it."))
    _must_say(answer)
    office = session.get_one(Office, answer.office_id)
    if office.four_eyes and (answer.state != "waiting" or account_id == answer.author_id):
        raise NeedsApproval
    cases = _open_cases(session, answer)
    if not cases:
        raise Conflict(_l("Its comments were taken back meanwhile: there is nothing left to answer."))
    before = {found.id for case in cases if (found := last_answer(session, comment_id=case.comment_id))}
    answer.replaces_id = before.pop() if len(before) == 1 else None
    answer.approved_by = account_id if account_id != answer.author_id else None
    answer.state, answer.published_at, answer.updated_at = "published", now, now
    _set_comments(session, answer, [case.comment_id for case in cases])
    session.flush()
    for case in cases:
        case.state, case.answer_id, case.closing, case.updated_at = "answered", answer.id, None, now
        case.answered_at = case.answered_at or now
    session.flush()
    told = [case.comment_id for case in cases]
    _log(session, answer, "answer.publish", account_id, comments=len(told))
    tell_authors(session, comment_ids=told, what="answer", now=now)
    signals.answer_published.send(session, answer=answer, comment_ids=told, now=now)
    return answer


def _open_cases(session: Session, answer: Answer) -> list[Case]:
    """The cases of the answer whose comments are not withdrawn, hidden or erased, locked."""
    query = (
        select(Case)
        .join(AnswerComment, AnswerComment.comment_id == Case.comment_id)
        .join(Comment, Comment.id == Case.comment_id)
        .where(AnswerComment.answer_id == answer.id, Comment.erased_at.is_(None))
        .where(Comment.status.in_(("published", "pending")))
        .order_by(Case.comment_id)
        .with_for_update(of=Case)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _must_be(answer: Answer, state: str) -> None:
    if answer.state != state:
        raise Conflict


def _must_say(answer: Answer) -> None:
    if not answer.text:
        raise Invalid("text", _l("Write the answer."))


def _log(session: Session, answer: Answer, action: str, account_id: int, **details: Any) -> None:
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=answer.plan_id,
        subject="answer",
        subject_id=answer.id,
        details={"office": answer.office_id, **details},
    )
