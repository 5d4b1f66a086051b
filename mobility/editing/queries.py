"""Lists of the desk: measures with their drafts, versions of one, and how much was said about what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.consultation.exact import SEGMENT
from mobility.consultation.models import Comment, Vote, VoteTally
from mobility.consultation.models_counts import VoteCount
from mobility.editing.models import MeasureDraft
from mobility.plans.models import Measure, MeasurePackage, MeasureVersion, Segment

PAGE = 30


def measure_rows(session: Session, *, plan_id: int, page: int) -> tuple[list[Any], int]:
    """A page of the plan's measures with their drafts, and how many measures there are."""
    published = (
        select(MeasureVersion.published_at)
        .where(MeasureVersion.measure_id == Measure.id, MeasureVersion.version == Measure.version)
        .scalar_subquery()
    )
    segments = (
        select(func.count())
        .where(Segment.measure_id == Measure.id, Segment.retired_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(
            Measure.id, Measure.code, Measure.title, Measure.kind, Measure.status, Measure.version,
            Measure.retired_at, published.label("published_at"), segments.label("segments"),
            MeasureDraft.id.label("draft_id"), MeasureDraft.changed_at, Account.name.label("editor"),
        )
        .outerjoin(MeasureDraft, MeasureDraft.measure_id == Measure.id)
        .outerjoin(Account, Account.id == MeasureDraft.account_id)
        .where(Measure.plan_id == plan_id)
        .order_by(Measure.retired_at.is_not(None), Measure.position)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    total = select(func.count()).select_from(Measure).where(Measure.plan_id == plan_id)
    return list(session.execute(query)), session.scalar(total) or 0


def new_drafts(session: Session, *, plan_id: int) -> list[Any]:
    """Drafts of measures that are not published yet; at most 100."""
    query = (
        select(MeasureDraft.id, MeasureDraft.code, MeasureDraft.changed_at, Account.name.label("editor"))
        .outerjoin(Account, Account.id == MeasureDraft.account_id)
        .where(MeasureDraft.plan_id == plan_id, MeasureDraft.measure_id.is_(None))
        .order_by(MeasureDraft.code)
        .limit(100)
    )
    return list(session.execute(query))


def packages_of(session: Session, *, plan_id: int) -> list[MeasurePackage]:
    """The plan's packages in their order."""
    query = select(MeasurePackage).where(MeasurePackage.plan_id == plan_id)
    return list(session.scalars(query.order_by(MeasurePackage.position).limit(200)))


def editor_name(session: Session, draft: MeasureDraft) -> str:
    """Who changed the draft last; for colleagues alone."""
    query = select(Account.name).where(Account.id == draft.account_id)
    return session.scalar(query) or ""


def spoken_of(session: Session, *, plan_id: int, codes: Collection[str]) -> dict[str, tuple[int, int]]:
    """Code of a segment → live votes and public comments about it."""
    votes = (
        select(func.coalesce(func.sum(VoteTally.n), 0))
        .where(VoteTally.segment_id == Segment.id)
        .scalar_subquery()
    )
    comments = (
        select(func.count()).where(Segment.id == SEGMENT, Comment.status == "published").scalar_subquery()
    )
    query = select(Segment.code, votes, comments).where(
        Segment.plan_id == plan_id, Segment.code.in_(list(codes))
    )
    return {code: (int(n), int(said)) for code, n, said in session.execute(query)} if codes else {}


def said_by_version(session: Session, *, measure_id: int) -> dict[int, tuple[int, int]]:
    """Version → votes of people for themselves and public comments given while it was the current one.

    Votes on the measure and on its segments, those in use and those that were; votes of groups and votes set
    aside are not among them.
    """
    segments = select(Segment.id).where(Segment.measure_id == measure_id)
    votes = (
        select(Vote.measure_version, func.count())
        .where(
            (Vote.measure_id == measure_id) | Vote.segment_id.in_(segments),
            Vote.group_id.is_(None),
            Vote.set_aside_id.is_(None),
        )
        .group_by(Vote.measure_version)
    )
    comments = (
        select(Comment.measure_version, func.count())
        .where(Comment.measure_id == measure_id, Comment.status == "published")
        .group_by(Comment.measure_version)
    )
    kept = (
        select(VoteCount.measure_version, func.sum(VoteCount.n))
        .where(
            (VoteCount.measure_id == measure_id) | VoteCount.segment_id.in_(segments),
            VoteCount.set_aside_id.is_(None),
        )
        .group_by(VoteCount.measure_version)
    )
    voted: dict[int, int] = {}
    for version, n in [*session.execute(votes), *session.execute(kept)]:
        voted[version or 1] = voted.get(version or 1, 0) + int(n)
    said = {version or 1: n for version, n in session.execute(comments)}
    return {each: (voted.get(each, 0), said.get(each, 0)) for each in voted.keys() | said.keys()}
