"""Where nobody answers: topics and parts of the plan's area without a competent office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.answers.routes import rulebook_of
from mobility.cities.models import City
from mobility.consultation.models import Topic
from mobility.offices.routing import Desk, Rule, standing_in
from mobility.plans.models import Plan
from mobility.spatial.crs import metric

SLIVER_M = 1.0
"""Narrower gaps come from borders that do not quite meet; comments near them are asked about anyway."""
SMALLEST_M2 = 25.0


@dataclass(frozen=True)
class Gap:
    """A part of the plan's area where nobody answers these topics; metres in the city's metric CRS."""

    topic_ids: tuple[int, ...]
    shape: BaseGeometry
    share: float
    """Part of the plan's area, 0 to 1."""


@dataclass(frozen=True)
class Coverage:
    """Gaps by area, and topics that nobody answers when a comment is about the whole plan."""

    gaps: tuple[Gap, ...]
    without_place: tuple[int, ...]
    topics: int

    @property
    def complete(self) -> bool:
        return not self.gaps and not self.without_place


def find_gaps(
    boundary: BaseGeometry, topic_ids: Sequence[int], rules: Sequence[Rule], desks: Mapping[int, Desk]
) -> Coverage:
    """What no active office answers. Pure; rules for single measures cover no area.

    Topics with the same gap share one.
    """
    able = [
        rule for rule in rules if rule.measure_id is None and standing_in(rule.office_id, desks) is not None
    ]
    found: dict[bytes, tuple[BaseGeometry, list[int]]] = {}
    nowhere = []
    for topic in topic_ids:
        mine = [rule for rule in able if rule.topic_id in (None, topic)]
        if any(rule.area is None for rule in mine):
            continue
        nowhere.append(topic)
        left = trim(boundary.difference(shapely.union_all([rule.area for rule in mine])))
        if left.area >= SMALLEST_M2:
            found.setdefault(left.normalize().wkb, (left, []))[1].append(topic)
    gaps = [Gap(tuple(topics), shape, shape.area / boundary.area) for shape, topics in found.values()]
    gaps.sort(key=lambda gap: (-gap.share, gap.topic_ids))
    return Coverage(tuple(gaps), tuple(nowhere), len(topic_ids))


def trim(shape: BaseGeometry) -> BaseGeometry:
    """The shape without slivers."""
    return shape.buffer(-SLIVER_M / 2).buffer(SLIVER_M / 2, join_style="mitre")


def coverage(session: Session, *, plan: Plan) -> Coverage:
    """The gaps of a plan. Ready to be checked before it is published."""
    city = session.get_one(City, plan.city_id)
    book = rulebook_of(session, plan=plan, city=city)
    outline = session.scalar(select(func.ST_AsBinary(Plan.boundary)).where(Plan.id == plan.id))
    boundary = metric(city.srid).project(shapely.from_wkb(bytes(outline))) if outline else shapely.Polygon()
    topics = session.scalars(select(Topic.id).where(Topic.plan_id == plan.id).order_by(Topic.position))
    return find_gaps(boundary, list(topics), book.rules, book.desks)
