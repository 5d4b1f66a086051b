"""What the API reads: one statement a list, and a fixed number more for what belongs to its items.

Only what is public: drafts, hidden, waiting and withdrawn contributions are never selected.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import PlanGroup, StakeholderGroup
from mobility.api.paging import Order
from mobility.cities.models import City
from mobility.consultation.models import Phase, Topic, Vote
from mobility.errors import NotFound
from mobility.groups.models import GroupPosition
from mobility.heritage.models import HeritagePlace, HeritageZone
from mobility.ledger.models import MeasureOutcome
from mobility.offices.models import Office
from mobility.plans.models import Measure, MeasurePackage, MeasureVersion, Plan, Segment
from mobility.plans.queries import check_code

DIGITS = 7


def geometry_of(column: Any) -> Any:
    """A geometry as the text of GeoJSON, outlines counterclockwise as RFC 7946 asks."""
    return func.ST_AsGeoJSON(func.ST_ForcePolygonCCW(func.ST_Reverse(column)), DIGITS, 0)


def plans() -> tuple[Any, Order]:
    """Every plan that is not a draft."""
    query: Any = select(Plan, City).join(City, City.id == Plan.city_id).where(Plan.status != "draft")
    return query, Order((Plan.id,), (int,))


def boundary(session: Session, *, plan_id: int) -> str:
    """The plan's boundary as the text of GeoJSON."""
    return str(session.scalar(select(geometry_of(Plan.boundary)).where(Plan.id == plan_id)))


def phases(plan_id: int) -> tuple[Any, Order]:
    query: Any = select(Phase).where(Phase.plan_id == plan_id)
    return query, Order((Phase.opens_at, Phase.id), (datetime, int))


def topics(plan_id: int) -> tuple[Any, Order]:
    query: Any = select(Topic).where(Topic.plan_id == plan_id)
    return query, Order((Topic.position, Topic.id), (int, int))


def offices(city_id: int) -> tuple[Any, Order]:
    query: Any = select(Office).where(Office.city_id == city_id)
    return query, Order((Office.id,), (int,))


def groups(plan_id: int) -> tuple[Any, Order]:
    query: Any = (
        select(StakeholderGroup)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(PlanGroup.plan_id == plan_id, StakeholderGroup.active)
    )
    return query, Order((StakeholderGroup.id,), (int,))


def positions(plan_id: int, group_id: int) -> tuple[Any, Order]:
    """The group's live votes that count."""
    query: Any = (
        select(
            Segment.code.label("segment"), Measure.code.label("measure"), Vote.position, Vote.condition,
            Vote.reason, Vote.changed_at,
        )
        .outerjoin(Segment, Segment.id == Vote.segment_id)
        .join(Measure, Measure.id == func.coalesce(Vote.measure_id, Segment.measure_id))
        .where(Vote.plan_id == plan_id, Vote.group_id == group_id, Vote.set_aside_id.is_(None))
    )  # fmt: skip
    return query, Order((Vote.id,), (int,))


def statements(plan_id: int, group_id: int) -> tuple[Any, Order]:
    """The group's published texts on measures of the plan."""
    query: Any = (
        select(GroupPosition, Measure.code.label("measure"))
        .join(Measure, Measure.id == GroupPosition.measure_id)
        .where(
            Measure.plan_id == plan_id,
            GroupPosition.group_id == group_id,
            GroupPosition.state == "published",
        )
    )
    return query, Order((GroupPosition.id,), (int,))


def group_names(session: Session, *, city_id: int) -> dict[int, tuple[str, dict[str, str], str]]:
    """Group id → its code, name and kind; for naming the groups that voted."""
    query: Any = select(
        StakeholderGroup.id, StakeholderGroup.slug, StakeholderGroup.name, StakeholderGroup.kind
    ).where(StakeholderGroup.city_id == city_id)
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def measures(plan_id: int, *, retired: bool = True) -> tuple[Any, Order]:
    query: Any = (
        select(Measure, MeasurePackage.code.label("package"), Office.slug.label("office"))
        .outerjoin(MeasurePackage, MeasurePackage.id == Measure.package_id)
        .outerjoin(Office, Office.id == Measure.office_id)
        .where(Measure.plan_id == plan_id)
    )
    if not retired:
        query = query.where(Measure.retired_at.is_(None))
    return query, Order((Measure.position, Measure.id), (int, int))


def one_measure(session: Session, *, plan_id: int, code: str) -> Any:
    """The measure with this code. Raises NotFound."""
    check_code(code)
    return _one(session, measures(plan_id)[0].where(Measure.code == code))


def versions(measure_id: int) -> tuple[Any, Order]:
    query: Any = select(MeasureVersion).where(MeasureVersion.measure_id == measure_id)
    return query, Order((MeasureVersion.version,), (int,), backwards=True)


def outcomes(plan_id: int) -> tuple[Any, Order]:
    """The decision in force on each measure that has one."""
    newest = (
        select(func.max(MeasureOutcome.id))
        .where(MeasureOutcome.plan_id == plan_id)
        .group_by(MeasureOutcome.measure_id)
    )
    query: Any = (
        select(MeasureOutcome, Measure.code.label("measure"))
        .join(Measure, Measure.id == MeasureOutcome.measure_id)
        .where(MeasureOutcome.id.in_(newest))
    )
    return query, Order((MeasureOutcome.id,), (int,))


def segments(plan_id: int, *, measure: str | None = None, retired: bool = True) -> tuple[Any, Order]:
    query: Any = (
        select(
            Segment.id, Segment.code, Measure.code.label("measure"), Segment.street, Segment.span,
            Segment.side, Segment.direction, Segment.length_m, Segment.area_m2, Segment.bearing_deg,
            Segment.accuracy_m, Segment.source, Segment.retired_at,
            geometry_of(Segment.geom).label("geometry"),
        )
        .join(Measure, Measure.id == Segment.measure_id)
        .where(Segment.plan_id == plan_id)
    )  # fmt: skip
    if measure is not None:
        query = query.where(Measure.code == measure.replace("\x00", ""))
    if not retired:
        query = query.where(Segment.retired_at.is_(None))
    return query, Order((Segment.position, Segment.id), (int, int))


def one_segment(session: Session, *, plan_id: int, code: str) -> Any:
    """The segment with this code. Raises NotFound."""
    check_code(code)
    return _one(session, segments(plan_id)[0].where(Segment.code == code))


def places(city_id: int) -> tuple[Any, Order]:
    query: Any = select(HeritagePlace, geometry_of(HeritagePlace.geom).label("geometry"))
    query = query.where(HeritagePlace.city_id == city_id)
    return query, Order((HeritagePlace.position, HeritagePlace.id), (int, int))


def zones(city_id: int) -> tuple[Any, Order]:
    query: Any = (
        select(
            HeritageZone,
            HeritagePlace.code.label("place"),
            geometry_of(HeritageZone.geom).label("geometry"),
        )
        .outerjoin(HeritagePlace, HeritagePlace.id == HeritageZone.place_id)
        .where(HeritageZone.city_id == city_id)
    )
    return query, Order((HeritageZone.id,), (int,))


def by_stance(column: Any, stances: tuple[str, ...], weight: Any = None) -> list[Any]:
    """A number for each stance, as columns of a grouped statement."""
    one = 1 if weight is None else weight
    return [
        func.coalesce(func.sum(case((column == each, one), else_=0)), 0).label(f"s_{each}")
        for each in stances
    ]


def _one(session: Session, query: Any) -> Any:
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row
