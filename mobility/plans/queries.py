"""Reading a plan: its packages, measures, segments, and the heritage they touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from mobility.cities.models import City, ContextFeature
from mobility.errors import NotFound
from mobility.heritage.models import HeritagePlace, HeritageZone
from mobility.offices.models import Office
from mobility.plans.models import Measure, MeasurePackage, Plan, Segment, SegmentHeritage

NAMED_KINDS = ("street", "square", "landmark", "green", "rail", "parking")
SEGMENT_FIELDS = (
    Segment.id, Segment.measure_id, Segment.code, Segment.street, Segment.span, Segment.side,
    Segment.direction, Segment.length_m, Segment.area_m2, Segment.bearing_deg, Segment.accuracy_m,
    Segment.source, Segment.position, Segment.retired_at, func.GeometryType(Segment.geom).label("shape"),
)  # fmt: skip


@dataclass(frozen=True)
class SegmentPage:
    """A segment with the measure it belongs to and the office responsible."""

    segment: Any
    measure: Measure
    office: Office | None


@dataclass(frozen=True)
class Touch:
    """A heritage zone that a segment lies in."""

    segment_id: int
    zone: str
    kind: str
    status: str
    zone_name: dict[str, str]
    place: str | None
    place_name: dict[str, str] | None
    share: float


def find_plan(
    session: Session, *, slug: str, drafts: Callable[[int], bool] | bool = False
) -> tuple[Plan, City]:
    """The plan at this address with its city. Raises NotFound.

    So it does for a draft, unless `drafts` is true or, asked with the id of the plan, answers yes.
    """
    check_code(slug)
    row = session.execute(
        select(Plan, City).join(City, City.id == Plan.city_id).where(Plan.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row[0].status == "draft" and not (drafts(row[0].id) if callable(drafts) else drafts):
        raise NotFound
    return row[0], row[1]


def check_code(code: str) -> None:
    """Raises NotFound for codes and slugs that no database can hold."""
    if "\x00" in code:
        raise NotFound


def open_plans(session: Session) -> list[tuple[Plan, City]]:
    """Every plan that is not a draft, the open ones first."""
    query = (
        select(Plan, City)
        .join(City, City.id == Plan.city_id)
        .where(Plan.status != "draft")
        .order_by((Plan.status == "open").desc(), Plan.created_at.desc())
        .limit(50)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def packages_of(session: Session, *, plan_id: int) -> list[MeasurePackage]:
    """The packages in the order of the bundle."""
    query = select(MeasurePackage).where(MeasurePackage.plan_id == plan_id)
    return list(session.scalars(query.order_by(MeasurePackage.position)))


def measures_of(session: Session, *, plan_id: int) -> list[Measure]:
    """The measures that are on offer, in the order of the bundle."""
    query = select(Measure).where(Measure.plan_id == plan_id, Measure.retired_at.is_(None))
    return list(session.scalars(query.order_by(Measure.position)))


def find_measure(session: Session, *, plan_id: int, code: str) -> tuple[Measure, Office | None]:
    """The measure with this code and its office. Raises NotFound."""
    check_code(code)
    row = session.execute(
        select(Measure, Office)
        .outerjoin(Office, Office.id == Measure.office_id)
        .where(Measure.plan_id == plan_id, Measure.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_segment(session: Session, *, plan_id: int, code: str) -> SegmentPage:
    """The segment with this code. Raises NotFound."""
    check_code(code)
    row = session.execute(
        select(*SEGMENT_FIELDS).where(Segment.plan_id == plan_id, Segment.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    found = session.execute(
        select(Measure, Office)
        .outerjoin(Office, Office.id == Measure.office_id)
        .where(Measure.id == row.measure_id)
    ).one()
    return SegmentPage(row, found[0], found[1])


def segments_of(
    session: Session, *, plan_id: int, measure_id: int | None = None, limit: int = 50, offset: int = 0
) -> list[Any]:
    """Segments on offer, of one measure or of the plan, in the order of the bundle, at most `limit`."""
    query = select(*SEGMENT_FIELDS).where(Segment.plan_id == plan_id, Segment.retired_at.is_(None))
    if measure_id is not None:
        query = query.where(Segment.measure_id == measure_id)
    return list(session.execute(query.order_by(Segment.position).limit(limit).offset(offset)))


def segment_counts(session: Session, *, plan_id: int) -> dict[int, int]:
    """Measure id → number of its segments on offer."""
    query = (
        select(Segment.measure_id, func.count())
        .where(Segment.plan_id == plan_id, Segment.retired_at.is_(None))
        .group_by(Segment.measure_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


_TOUCH = (
    select(
        SegmentHeritage.segment_id, HeritageZone.code, HeritageZone.kind, HeritageZone.status,
        HeritageZone.name, HeritagePlace.code, HeritagePlace.name, SegmentHeritage.share,
    )
    .join(HeritageZone, HeritageZone.id == SegmentHeritage.zone_id)
    .outerjoin(HeritagePlace, HeritagePlace.id == HeritageZone.place_id)
)  # fmt: skip


def heritage_of(session: Session, *, segment_ids: Iterable[int]) -> list[Touch]:
    """The zones these segments lie in, the largest share first."""
    ids = list(segment_ids)
    query = _TOUCH.where(SegmentHeritage.segment_id.in_(ids))
    rows = session.execute(query.order_by(SegmentHeritage.share.desc(), HeritageZone.code)) if ids else ()
    return [Touch(*row) for row in rows]


def heritage_of_measure(session: Session, *, measure_id: int) -> list[Touch]:
    """The zones a measure's segments lie in: one row a zone, with the largest share."""
    query = (
        _TOUCH.join(Segment, Segment.id == SegmentHeritage.segment_id)
        .where(Segment.measure_id == measure_id, Segment.retired_at.is_(None))
        .order_by(SegmentHeritage.share.desc(), HeritageZone.code)
    )
    by_zone: dict[str, Touch] = {}
    for row in session.execute(query):
        touch = Touch(*row)
        by_zone.setdefault(touch.zone, touch)
    return list(by_zone.values())


def heritage_places(session: Session, *, city_id: int) -> list[HeritagePlace]:
    """The component parts in the order of the register."""
    query = select(HeritagePlace).where(HeritagePlace.city_id == city_id)
    return list(session.scalars(query.order_by(HeritagePlace.position, HeritagePlace.code)))


def heritage_zones(session: Session, *, city_id: int) -> list[Any]:
    """All zones without their outlines: id, code, kind, name, status, place_id, source, accuracy_m."""
    query = select(
        HeritageZone.id, HeritageZone.code, HeritageZone.kind, HeritageZone.name, HeritageZone.status,
        HeritageZone.place_id, HeritageZone.source, HeritageZone.accuracy_m,
    ).where(HeritageZone.city_id == city_id)  # fmt: skip
    return list(session.execute(query.order_by(HeritageZone.kind, HeritageZone.code)))


def measures_by_zone(session: Session, *, plan_id: int) -> dict[int, list[Any]]:
    """Zone id → the measures that touch it: code, title, number of segments, length_m inside."""
    query = (
        select(
            SegmentHeritage.zone_id, Measure.code, Measure.title, Measure.position,
            func.count().label("segments"), func.sum(SegmentHeritage.length_m).label("length_m"),
        )
        .join(Segment, Segment.id == SegmentHeritage.segment_id)
        .join(Measure, Measure.id == Segment.measure_id)
        .where(Segment.plan_id == plan_id, Segment.retired_at.is_(None))
        .group_by(SegmentHeritage.zone_id, Measure.id)
        .order_by(SegmentHeritage.zone_id, Measure.position)
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.zone_id, []).append(row)
    return found


def segment_places(session: Session, *, plan_id: int) -> list[Any]:
    """code, street, span of every segment on offer, for choosing one from a list; at most 1,000."""
    query = (
        select(Segment.code, Segment.street, Segment.span)
        .where(Segment.plan_id == plan_id, Segment.retired_at.is_(None))
        .order_by(Segment.street, Segment.position)
        .limit(1000)
    )
    return list(session.execute(query))


def named_places(session: Session, *, city_id: int, plan_id: int) -> list[Any]:
    """kind, code, name of streets, squares, landmarks, parks, stations and component parts inside the plan.

    A street counts when it crosses the plan's area in its middle; at most 500.
    """
    boundary = select(Plan.boundary).where(Plan.id == plan_id).scalar_subquery()
    context = select(ContextFeature.kind, ContextFeature.code, ContextFeature.name).where(
        ContextFeature.city_id == city_id,
        ContextFeature.kind.in_(NAMED_KINDS),
        func.ST_Intersects(boundary, middle_of(ContextFeature.geom)),
    )
    heritage = select(literal("heritage").label("kind"), HeritagePlace.code, HeritagePlace.name).where(
        HeritagePlace.city_id == city_id, func.ST_Intersects(boundary, HeritagePlace.geom)
    )
    found = union_all(context, heritage).subquery()
    return list(session.execute(select(found).order_by(func.lower(cast(found.c.name, Text))).limit(500)))


def middle_of(geom: Any) -> Any:
    """A point on a line or in an area, as SQL."""
    is_line = func.GeometryType(geom) == "LINESTRING"
    return case((is_line, func.ST_LineInterpolatePoint(geom, 0.5)), else_=func.ST_PointOnSurface(geom))
