"""What everybody reads about moderation: why something is hidden, until when to appeal, votes set aside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Moderation, SetAside, Vote
from mobility.consultation.models_counts import VoteCount

APPEAL_DAYS = 30


def reason_label(code: str | None) -> str:
    """Why a comment is hidden, as the author and the public read it."""
    words = {
        "abuse": gettext("it insults or threatens somebody"),
        "personal_data": gettext("it holds personal data of somebody"),
        "off_topic": gettext("it is not about this plan"),
        "spam": gettext("it is advertising"),
        "unlawful": gettext("its content is against the law"),
        "duplicate": gettext("it repeats another comment"),
        "blocked": gettext("its author is blocked"),
    }
    return str(words.get(code or "", ""))


def aside_label(code: str | None) -> str:
    """Why votes do not count, as the voter and the public read it."""
    words = {
        "burst": gettext("many votes came from one network in a short time"),
        "automatic": gettext("they were cast faster than a person can"),
        "not_entitled": gettext("who cast them was not entitled to vote"),
        "duplicate_person": gettext("one person voted more than once"),
        "other": gettext("another reason, given in the record"),
    }
    return str(words.get(code or "", ""))


def appeal_until(decided_at: datetime) -> datetime:
    """The last moment in which a decision may be appealed."""
    return decided_at + timedelta(days=APPEAL_DAYS)


def last_hiding(
    session: Session, *, comment_id: int | None = None, reply_id: int | None = None
) -> Moderation | None:
    """The last decision to hide a comment or a reply, whatever became of it; None for what never was."""
    about = Moderation.reply_id == reply_id if reply_id is not None else Moderation.comment_id == comment_id
    query = select(Moderation).where(about, Moderation.action == "hide")
    return session.scalar(query.order_by(Moderation.id.desc()).limit(1))


def hiding_of(session: Session, *, comment_id: int) -> Moderation | None:
    """The decision that hides a comment now; None for one that is not hidden."""
    status = session.scalar(select(Comment.status).where(Comment.id == comment_id))
    return last_hiding(session, comment_id=comment_id) if status == "hidden" else None


def set_aside_counts(session: Session, *, plan_id: int) -> dict[str, int]:
    """How many votes of a plan are set aside now, by reason; their sum is what the results say."""
    query = (
        select(SetAside.reason, func.sum(held_by(SetAside.id)))
        .where(SetAside.plan_id == plan_id)
        .group_by(SetAside.reason)
    )
    return {row[0]: int(row[1]) for row in session.execute(query) if row[1]}


def held_by(decision: Any) -> Any:
    """How many votes a decision holds now, as SQL; also those of which only the counts are kept."""
    single = select(func.count()).where(Vote.set_aside_id == decision).scalar_subquery()
    kept = select(func.coalesce(func.sum(VoteCount.n), 0)).where(VoteCount.set_aside_id == decision)
    return single + kept.scalar_subquery()


def set_aside_on(session: Session, *, segment_id: int | None = None, measure_id: int | None = None) -> int:
    """How many votes on one segment or measure are set aside now."""
    subject = ("segment_id", segment_id) if segment_id else ("measure_id", measure_id)
    held, kept = (
        select(number).where(getattr(table, subject[0]) == subject[1], table.set_aside_id.is_not(None))
        for table, number in ((Vote, func.count()), (VoteCount, func.coalesce(func.sum(VoteCount.n), 0)))
    )
    return int(session.scalar(select(held.scalar_subquery() + kept.scalar_subquery())) or 0)


def aside_of(session: Session, *, vote: Any) -> SetAside | None:
    """The decision that takes this vote out of the counts; None for a vote that counts."""
    if vote is None or vote.set_aside_id is None:
        return None
    return session.get(SetAside, vote.set_aside_id)
