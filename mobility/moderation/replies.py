"""Replies in the queue: which wait, with the comment they answer and what was reported about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.consultation import exact
from mobility.consultation.conversation.models import AbuseReport, Reply
from mobility.consultation.models import Comment, Moderation
from mobility.moderation.models import Appeal

STATES = ("open", "pending", "reported", "published", "hidden", "withdrawn", "all")
PAGE = 20


@dataclass(frozen=True)
class ReplyPage:
    """One page, newest first; `before` is where the next begins, None on the last one."""

    rows: Sequence[Any]
    before: int | None


def _open_reports() -> Any:
    return (
        select(func.count())
        .where(AbuseReport.reply_id == Reply.id, AbuseReport.settled_at.is_(None))
        .correlate(Reply)
        .scalar_subquery()
    )


def reported_ids(plan_id: int) -> Any:
    """Replies that somebody has reported and about which nobody has decided yet."""
    return select(AbuseReport.reply_id).where(
        AbuseReport.plan_id == plan_id, AbuseReport.settled_at.is_(None), AbuseReport.reply_id.is_not(None)
    )


def _condition(plan_id: int, state: str) -> ColumnElement[bool]:
    reported = Reply.id.in_(reported_ids(plan_id))
    if state == "open":
        return or_(Reply.status == "pending", reported & (Reply.status == "published"))
    if state == "reported":
        return reported
    return Reply.status == state


def reply_page(session: Session, *, plan_id: int, state: str, before: int | None = None) -> ReplyPage:
    """The replies of a state, older than the reply `before`; one query."""
    query = (
        select(
            Reply.id, Reply.side, Reply.text, Reply.language, Reply.status, Reply.voice, Reply.created_at,
            Reply.erased_at, Reply.hidden_reason, Reply.hidden_note, Reply.comment_id,
            Comment.text.label("comment_text"), exact.PLACE.label("place"), _open_reports().label("reports"),
        )
        .join(Comment, Comment.id == Reply.comment_id)
        .where(Reply.plan_id == plan_id)
    )  # fmt: skip
    if state != "all":
        query = query.where(_condition(plan_id, state))
    if before is not None:
        query = query.where(Reply.id < before)
    rows = list(session.execute(query.order_by(Reply.id.desc()).limit(PAGE + 1)))
    return ReplyPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def waiting_count(plan_id: int) -> Any:
    """How many replies wait for approval or were reported, as part of another query."""
    query = select(func.count()).where(Reply.plan_id == plan_id, _condition(plan_id, "open"))
    return query.scalar_subquery()


def reports_of(session: Session, *, reply_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The reports about each reply, newest first: reason, note, when, outcome; never by whom."""
    query = (
        select(
            AbuseReport.reply_id,
            AbuseReport.reason,
            AbuseReport.note,
            AbuseReport.created_at,
            AbuseReport.outcome,
        )
        .where(AbuseReport.reply_id.in_(list(reply_ids)))
        .order_by(AbuseReport.id.desc())
        .limit(500)
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.reply_id, []).append(row)
    return found


def decisions_of(session: Session, *, reply_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The decisions about each reply, newest first: who, why, and what an appeal against it came to."""
    query = (
        select(
            Moderation.reply_id,
            Moderation.action,
            Moderation.reason,
            Moderation.note,
            Moderation.created_at,
            Account.name,
            Appeal.id.label("appeal_id"),
            Appeal.outcome,
        )
        .outerjoin(Account, Account.id == Moderation.account_id)
        .outerjoin(Appeal, Appeal.moderation_id == Moderation.id)
        .where(Moderation.reply_id.in_(list(reply_ids)))
        .order_by(Moderation.id.desc())
        .limit(500)
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.reply_id, []).append(row)
    return found
