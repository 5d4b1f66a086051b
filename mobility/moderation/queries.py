"""What the queue reads: pages of comments, counts, decisions, the author's history in figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, Participant
from mobility.consultation import exact
from mobility.consultation.conversation.models import AbuseReport
from mobility.consultation.models import Comment, Moderation, Phase, Topic, Vote
from mobility.moderation import replies
from mobility.moderation.decisions import MOST
from mobility.moderation.filters import QueueFilter, pending_ids, reported_ids, score_of, signalled_ids
from mobility.moderation.models import Appeal, CommentReview, ParticipantBlock
from mobility.plans.models import Measure, Segment

PAGE = 20


@dataclass(frozen=True)
class QueuePage:
    """One page; `after` is where the next begins, None on the last one."""

    rows: Sequence[Any]
    after: str | None


def _items() -> Any:
    return (
        select(
            Comment.id, Comment.stance, Comment.text, exact.PLACE.label("place"), Comment.status,
            Comment.language,
            Comment.created_at, Comment.edited_at, Comment.erased_at, Comment.hidden_reason,
            Comment.hidden_note, Comment.participant_id, Comment.channel, Comment.scope,
            Topic.label.label("topic_label"), Segment.code.label("segment_code"),
            Measure.code.label("measure_code"), Measure.title.label("measure_title"),
            score_of().label("score"), CommentReview.signals, CommentReview.looked_at,
        )
        .join(Topic, Topic.id == Comment.topic_id)
        .outerjoin(Segment, Segment.id == exact.SEGMENT)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .outerjoin(CommentReview, CommentReview.comment_id == Comment.id)
    )  # fmt: skip


def queue_page(
    session: Session, *, plan_id: int, wanted: QueueFilter, after: str = "", limit: int = PAGE
) -> QueuePage:
    """The items that are meant, behind the cursor `after`; one query."""
    query = wanted.apply(_items(), plan_id)
    score, key = read_cursor(after)
    if wanted.by_score:
        if after:
            query = query.where(or_(score_of() < score, (score_of() == score) & (Comment.id > key)))
        query = query.order_by(score_of().desc(), Comment.id)
    else:
        if after:
            query = query.where(Comment.id < key)
        query = query.order_by(Comment.id.desc())
    rows = list(session.execute(query.limit(limit + 1)))
    more = rows[limit - 1] if len(rows) > limit else None
    return QueuePage(rows[:limit], f"{more.score}.{more.id}" if more else None)


def read_cursor(typed: str) -> tuple[int, int]:
    """Score and id of a cursor; zeros for one that cannot be read."""
    score, _dot, key = typed.partition(".")
    if not (score.isdigit() and key.isdigit() and len(score) < 6 and len(key) < 19):
        return 0, 0
    return int(score), int(key)


def find_item(session: Session, *, plan_id: int, comment_id: int) -> Any:
    """One item of the plan; None for an unknown one."""
    query = _items().where(Comment.plan_id == plan_id, Comment.id == min(comment_id, 2**63 - 1))
    return session.execute(query).one_or_none()


def matching_ids(session: Session, *, plan_id: int, wanted: QueueFilter) -> list[int]:
    """The ids of everything that is meant, at most `MOST`."""
    query = select(Comment.id).outerjoin(CommentReview, CommentReview.comment_id == Comment.id)
    return list(session.scalars(wanted.apply(query, plan_id).order_by(Comment.id).limit(MOST)))


def count_items(session: Session, *, plan_id: int, wanted: QueueFilter) -> int:
    """How many are meant, counted no further than one beyond `MOST`."""
    query = select(literal(1)).select_from(Comment)
    found = wanted.apply(query, plan_id).limit(MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


@dataclass(frozen=True)
class Waiting:
    """How many items wait, apart by why, and since when the oldest of them."""

    pending: int
    reported: int
    signalled: int
    replies: int
    appeals: int
    oldest: datetime | None
    oldest_appeal: datetime | None


def waiting(session: Session, *, plan_id: int) -> Waiting:
    """What waits for a moderator of the plan; one query over partial indexes."""
    pending = pending_ids(plan_id).subquery()
    reported, noticed = (
        select(Comment.id).where(Comment.id.in_(ids(plan_id)), Comment.status == "published").subquery()
        for ids in (reported_ids, signalled_ids)
    )
    appeals = (Appeal.plan_id == plan_id, Appeal.decided_at.is_(None))
    oldest = select(func.min(Comment.created_at)).where(Comment.id.in_(select(pending.c.id)))
    row = session.execute(
        select(
            select(func.count()).select_from(pending).scalar_subquery(),
            select(func.count()).select_from(reported).scalar_subquery(),
            select(func.count()).select_from(noticed).scalar_subquery(),
            replies.waiting_count(plan_id),
            select(func.count()).where(*appeals).scalar_subquery(),
            oldest.scalar_subquery(),
            select(func.min(Appeal.created_at)).where(*appeals).scalar_subquery(),
        )
    ).one()
    return Waiting(*row)


def decisions_of(session: Session, *, comment_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The decisions about each comment, newest first, with the name of who decided."""
    query = (
        select(
            Moderation.id, Moderation.comment_id, Moderation.action, Moderation.reason, Moderation.note,
            Moderation.created_at, Account.name, Appeal.outcome, Appeal.decided_at,
            Appeal.id.label("appeal_id"),
        )
        .outerjoin(Account, Account.id == Moderation.account_id)
        .outerjoin(Appeal, Appeal.moderation_id == Moderation.id)
        .where(Moderation.comment_id.in_(list(comment_ids)))
        .order_by(Moderation.id.desc())
        .limit(1000)
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.comment_id, []).append(row)
    return found


def reports_of(session: Session, *, comment_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The reports about each comment, newest first: reason, note, when, outcome; never by whom."""
    query = (
        select(
            AbuseReport.comment_id, AbuseReport.reason, AbuseReport.note, AbuseReport.created_at,
            AbuseReport.outcome,
        )
        .where(AbuseReport.comment_id.in_(list(comment_ids)))
        .order_by(AbuseReport.id.desc())
        .limit(500)
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.comment_id, []).append(row)
    return found


@dataclass(frozen=True)
class History:
    """An author in figures: no name, no address, no number that leads to the person."""

    comments: int = 0
    hidden: int = 0
    withdrawn: int = 0
    votes: int = 0
    level: int = 0
    blocked: bool = False


def histories(session: Session, *, plan_id: int, participant_ids: Iterable[int]) -> dict[int, History]:
    """The histories of several authors in a plan; two queries whatever their number."""
    ids = list(participant_ids)
    status = [func.sum(cast(Comment.status == name, Integer)) for name in ("hidden", "withdrawn")]
    spoken = {
        row[0]: row[1:]
        for row in session.execute(
            select(Comment.participant_id, func.count(), *status)
            .where(Comment.plan_id == plan_id, Comment.participant_id.in_(ids))
            .group_by(Comment.participant_id)
        )
    }
    voted = (
        select(func.count())
        .where(Vote.plan_id == plan_id, Vote.participant_id == Participant.id, Vote.group_id.is_(None))
        .scalar_subquery()
    )
    blocked = (
        select(ParticipantBlock.id)
        .where(ParticipantBlock.participant_id == Participant.id, ParticipantBlock.ended_at.is_(None))
        .exists()
    )
    people = select(Participant.id, Participant.identity_level, voted, blocked).where(Participant.id.in_(ids))
    found = {}
    for key, level, votes, held in session.execute(people):
        comments, hidden, withdrawn = (int(n) for n in spoken.get(key, (0, 0, 0)))
        found[key] = History(comments, hidden, withdrawn, votes, level, held)
    return found


def languages_of(session: Session, *, plan_id: int) -> list[str]:
    """The languages in which people have written."""
    query = select(Comment.language).where(Comment.plan_id == plan_id).distinct().limit(50)
    return sorted(session.scalars(query))


def reads_first(session: Session, *, plan_id: int) -> bool:
    """Whether any phase of the plan publishes comments only after somebody has read them."""
    query = select(Phase.id).where(Phase.plan_id == plan_id, Phase.moderation == "pre").limit(1)
    return session.scalar(query) is not None
