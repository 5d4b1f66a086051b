"""What the desk reads: figures of a plan, words for places, decisions on comments, a member's groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, cast, func, select, tablesample, text
from sqlalchemy.orm import Session

from mobility.accounts.models import Delegation, PlanGroup, StakeholderGroup
from mobility.cities.models import City
from mobility.consultation.models import Comment, CommentCell, Phase, Vote, VoteTally
from mobility.consultation.models_counts import VoteCount
from mobility.consultation.queries import whole_plan_count
from mobility.plans.models import Measure, Plan, Segment
from mobility.plans.words import _
from mobility.spatial.grid import LEVELS
from mobility.text import pick

REACH_M = 120.0
"""A hexagon is named after a street no further than this from its middle."""
LOOKED_AT = 100_000
"""Rows looked at to tell the share of samples; larger tables are sampled by the page."""
PLACES = (Path(__file__).parent / "sql" / "cell_places.sql").read_text("utf-8")


@dataclass(frozen=True)
class DeskFigures:
    """Comments by status, own votes and groups' votes, and which part of them is invented (0 to 1)."""

    published: int
    hidden: int
    withdrawn: int
    own_votes: int
    group_votes: int
    sample_comments: float
    sample_votes: float


def desk_figures(session: Session, *, plan_id: int) -> DeskFigures:
    """Comments and votes from the kept counts; the share of samples from about `LOOKED_AT` rows."""
    cells, tally = CommentCell, VoteTally
    published = select(func.coalesce(func.sum(cells.n), 0) + whole_plan_count(plan_id)).where(
        cells.plan_id == plan_id, cells.z == min(LEVELS)
    )
    own, groups = (
        select(func.coalesce(func.sum(tally.n), 0)).where(tally.plan_id == plan_id, capacity)
        for capacity in (tally.group_id == 0, tally.group_id != 0)
    )
    hidden, withdrawn = (
        select(func.count()).where(Comment.plan_id == plan_id, Comment.status == status)
        for status in ("hidden", "withdrawn")
    )
    parts = (published, hidden, withdrawn, own, groups)
    row = session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    numbers = [int(n) for n in row]
    return DeskFigures(
        published=numbers[0],
        hidden=numbers[1],
        withdrawn=numbers[2],
        own_votes=numbers[3],
        group_votes=numbers[4],
        sample_comments=_sample_share(session, Comment, plan_id, numbers[0]),
        sample_votes=_sample_votes(session, plan_id, numbers[3] + numbers[4]),
    )


def _sample_votes(session: Session, plan_id: int, rows: int) -> float:
    """The share of samples among the votes; counted exactly when only their counts are kept."""
    kept, samples = session.execute(
        select(
            func.coalesce(func.sum(VoteCount.n), 0),
            func.coalesce(func.sum(VoteCount.n).filter(VoteCount.channel == "sample"), 0),
        ).where(VoteCount.plan_id == plan_id)
    ).one()
    share = _sample_share(session, Vote, plan_id, max(rows - int(kept), 0))
    return (share * max(rows - int(kept), 0) + int(samples)) / rows if rows else 0.0


def _sample_share(session: Session, table: Any, plan_id: int, rows: int) -> float:
    percent = 100.0 if rows <= LOOKED_AT else 100.0 * LOOKED_AT / rows
    looked = tablesample(table.__table__, percent)
    share = func.avg(cast(looked.c.channel == "sample", Integer))
    return float(session.scalar(select(func.coalesce(share, 0)).where(looked.c.plan_id == plan_id)) or 0)


def place_words(
    session: Session, *, plan: Plan, city: City, points: Sequence[tuple[float, float]], language: str
) -> list[str]:
    """Where each position (longitude, latitude) is, in words: "Via Maqueda, Kalsa quarter". One query."""
    values = {
        "plan": plan.id, "city": city.id, "srid": city.srid, "reach": REACH_M,
        "lons": [point[0] for point in points], "lats": [point[1] for point in points],
    }  # fmt: skip
    found = []
    for row in session.execute(text(PLACES), values) if points else ():
        street = row.street or pick(row.street_name, language)
        quarter = pick(row.quarter_name, language)
        parts = [street, _("%(name)s quarter", name=quarter) if quarter else ""]
        words = ", ".join(part for part in parts if part) or _("In the area of the plan")
        found.append(words[:1].upper() + words[1:])
    return found


def my_groups(session: Session, *, account_id: int, now: datetime) -> list[tuple[StakeholderGroup, Plan]]:
    """The active groups for which the account may vote, with each open plan that invites them."""
    query = (
        select(StakeholderGroup, Plan)
        .join(Delegation, Delegation.group_id == StakeholderGroup.id)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .join(Plan, Plan.id == PlanGroup.plan_id)
        .where(
            Delegation.account_id == account_id,
            StakeholderGroup.active,
            Plan.status != "draft",
            Delegation.until.is_(None) | (Delegation.until > now),
        )
        .order_by(StakeholderGroup.slug, Plan.id)
        .limit(50)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def votes_of_groups(session: Session, *, group_ids: Iterable[int]) -> list[Any]:
    """What these groups have voted so far, in the order of the plan, with the subject's codes and words."""
    query = (
        select(
            Vote.group_id, Vote.plan_id, Vote.position, Vote.condition, Vote.reason, Vote.changed_at,
            Segment.code.label("segment"), Segment.street, Segment.span,
            Measure.code.label("measure"), Measure.title,
        )
        .outerjoin(Segment, Segment.id == Vote.segment_id)
        .join(Measure, Measure.id == func.coalesce(Vote.measure_id, Segment.measure_id))
        .where(Vote.group_id.in_(list(group_ids)))
        .order_by(Measure.position, Segment.position.nulls_first())
        .limit(1000)
    )  # fmt: skip
    return list(session.execute(query))


def subjects_of(session: Session, *, proposals: Iterable[Any]) -> dict[tuple[str, int], Any]:
    """("segment" or "measure", id) → the row with code and words, of what proposed votes are about."""
    wanted = list(proposals)
    segments = [each.segment_id for each in wanted if each.segment_id]
    measures = [each.measure_id for each in wanted if each.measure_id]
    found: dict[tuple[str, int], Any] = {}
    if segments:
        fields = select(Segment.id, Segment.code, Segment.street, Segment.span)
        fields = fields.where(Segment.id.in_(segments))
        found |= {("segment", row.id): row for row in session.execute(fields)}
    if measures:
        titles = select(Measure.id, Measure.code, Measure.title).where(Measure.id.in_(measures))
        found |= {("measure", row.id): row for row in session.execute(titles)}
    return found


def phases_of_plans(session: Session, *, plan_ids: Iterable[int]) -> dict[int, list[Phase]]:
    """The phases of several plans in order of time, by plan."""
    query = select(Phase).where(Phase.plan_id.in_(list(plan_ids))).order_by(Phase.opens_at)
    found: dict[int, list[Phase]] = {}
    for phase in session.scalars(query):
        found.setdefault(phase.plan_id, []).append(phase)
    return found
