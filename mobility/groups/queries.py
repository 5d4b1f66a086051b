"""Reading groups: those of a plan, one with its votes and positions, what delegates and planners need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Delegation, PlanGroup, StakeholderGroup
from mobility.cities.models import ContextFeature
from mobility.consultation.models import Vote
from mobility.errors import NotFound
from mobility.groups.models import GroupDocument, GroupPosition, GroupRegistration
from mobility.plans.models import Measure, Segment
from mobility.plans.queries import check_code

PAGE = 40
VOTES_LIMIT = 500
POSITIONS_LIMIT = 100


def groups_of(session: Session, *, plan_id: int, kind: str = "", page: int = 1) -> tuple[list[Any], int]:
    """(group, its votes in the plan, its positions) of one page, and how many groups there are."""
    votes = (
        select(func.count())
        .where(Vote.plan_id == plan_id, Vote.group_id == StakeholderGroup.id, Vote.set_aside_id.is_(None))
        .scalar_subquery()
    )
    texts = (
        select(func.count())
        .select_from(GroupPosition)
        .join(Measure, Measure.id == GroupPosition.measure_id)
        .where(
            Measure.plan_id == plan_id,
            GroupPosition.group_id == StakeholderGroup.id,
            GroupPosition.state == "published",
        )
        .scalar_subquery()
    )
    wanted = (
        select(StakeholderGroup)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(PlanGroup.plan_id == plan_id, StakeholderGroup.active)
    )
    if kind:
        wanted = wanted.where(StakeholderGroup.kind == kind)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = wanted.add_columns(votes.label("votes"), texts.label("positions"))
    rows = rows.order_by(StakeholderGroup.kind, StakeholderGroup.slug).limit(PAGE).offset((page - 1) * PAGE)
    return list(session.execute(rows)), total


def kinds_of(session: Session, *, plan_id: int) -> dict[str, int]:
    """Kind → number of groups of the plan."""
    query = (
        select(StakeholderGroup.kind, func.count())
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(PlanGroup.plan_id == plan_id, StakeholderGroup.active)
        .group_by(StakeholderGroup.kind)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def find_group(session: Session, *, plan_id: int, slug: str) -> StakeholderGroup:
    """A group of the plan. Raises NotFound, also for groups that are not recognised any more."""
    check_code(slug)
    query = (
        select(StakeholderGroup)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(PlanGroup.plan_id == plan_id, StakeholderGroup.slug == slug, StakeholderGroup.active)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def speaks_for(session: Session, *, group_id: int, account_id: int, now: datetime) -> bool:
    """Whether the account is a delegate of the group now."""
    query = select(Delegation.account_id).where(
        Delegation.group_id == group_id,
        Delegation.account_id == account_id,
        Delegation.until.is_(None) | (Delegation.until > now),
    )
    return session.scalar(query) is not None


def votes_of(session: Session, *, plan_id: int, group_id: int) -> list[Any]:
    """The group's live votes in the order of the plan, with the words of their subjects."""
    query = (
        select(
            Vote.group_id, Vote.plan_id, Vote.position, Vote.condition, Vote.reason, Vote.changed_at,
            Segment.code.label("segment"), Segment.street, Segment.span,
            Measure.code.label("measure"), Measure.title,
        )
        .outerjoin(Segment, Segment.id == Vote.segment_id)
        .join(Measure, Measure.id == func.coalesce(Vote.measure_id, Segment.measure_id))
        .where(Vote.plan_id == plan_id, Vote.group_id == group_id, Vote.set_aside_id.is_(None))
        .order_by(Measure.position, Segment.position.nulls_first())
        .limit(VOTES_LIMIT)
    )  # fmt: skip
    return list(session.execute(query))


def positions_of(session: Session, *, plan_id: int, group_id: int, states: Iterable[str]) -> list[Any]:
    """(position, measure) of a group in these states, in the order of the plan, newest version first."""
    query = (
        select(GroupPosition, Measure)
        .join(Measure, Measure.id == GroupPosition.measure_id)
        .where(
            Measure.plan_id == plan_id,
            GroupPosition.group_id == group_id,
            GroupPosition.state.in_(list(states)),
        )
        .order_by(Measure.position, GroupPosition.version.desc().nulls_first(), GroupPosition.id.desc())
        .limit(POSITIONS_LIMIT)
    )
    return list(session.execute(query))


def positions_on(session: Session, *, plan_id: int, code: str) -> list[Any]:
    """(position, group, vote on the measure or None) of the groups that say something about a measure."""
    vote = Vote.__table__.alias("spoken")
    query = (
        select(GroupPosition, StakeholderGroup, vote.c.position.label("vote"))
        .join(StakeholderGroup, StakeholderGroup.id == GroupPosition.group_id)
        .join(PlanGroup, (PlanGroup.group_id == StakeholderGroup.id) & (PlanGroup.plan_id == plan_id))
        .join(Measure, Measure.id == GroupPosition.measure_id)
        .outerjoin(
            vote,
            (vote.c.measure_id == Measure.id)
            & (vote.c.group_id == StakeholderGroup.id)
            & vote.c.set_aside_id.is_(None),
        )
        .where(
            Measure.plan_id == plan_id,
            Measure.code == code,
            GroupPosition.state == "published",
            StakeholderGroup.active,
        )
        .order_by(StakeholderGroup.kind, StakeholderGroup.slug)
        .limit(50)
    )
    return list(session.execute(query))


def group_positions_on_map(session: Session, *, plan_id: int, group_id: int) -> dict[int, int]:
    """Segment id → the group's position; a vote on a measure as a whole colours no segment."""
    query = select(Vote.segment_id, Vote.position).where(
        Vote.plan_id == plan_id,
        Vote.group_id == group_id,
        Vote.segment_id.is_not(None),
        Vote.set_aside_id.is_(None),
    )
    return {int(row[0] or 0): row[1] for row in session.execute(query)}


def find_document(session: Session, *, plan_id: int, group_id: int, document_id: int) -> tuple[Any, Any]:
    """(document, position) of the group in the plan. Raises NotFound."""
    query = (
        select(GroupDocument, GroupPosition)
        .join(GroupPosition, GroupPosition.id == GroupDocument.position_id)
        .join(Measure, Measure.id == GroupPosition.measure_id)
        .where(
            GroupDocument.id == document_id,
            GroupPosition.group_id == group_id,
            Measure.plan_id == plan_id,
        )
    )
    row = session.execute(query).one_or_none() if document_id < 2**63 else None
    if row is None:
        raise NotFound
    return row[0], row[1]


def statute_of(session: Session, *, registration_id: int) -> GroupDocument | None:
    """The statute sent with a registration."""
    return session.scalar(
        select(GroupDocument).where(GroupDocument.registration_id == registration_id).limit(1)
    )


def registrations_of(
    session: Session, *, plan_id: int, states: Iterable[str], limit: int = PAGE, offset: int = 0
) -> tuple[list[GroupRegistration], int]:
    """One page of the registrations in these states, the newest first, and how many there are."""
    which = GroupRegistration.plan_id == plan_id, GroupRegistration.state.in_(list(states))
    total = session.scalar(select(func.count()).where(*which)) or 0
    query = select(GroupRegistration).where(*which).order_by(GroupRegistration.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset))), total


def quarters_of(session: Session, *, city_id: int) -> list[Any]:
    """code, name of the city's quarters by name, for choosing one."""
    query = select(ContextFeature.code, ContextFeature.name).where(
        ContextFeature.city_id == city_id, ContextFeature.kind == "quarter"
    )
    return list(session.execute(query.order_by(ContextFeature.code).limit(200)))
