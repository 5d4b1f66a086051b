"""Reading screenings: attributes, grades that count, statements, and what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.models import EFFECTS, Comment
from mobility.consultation.tallies import plan_tallies
from mobility.db import I18n
from mobility.heritage.models import HeritagePlace, HeritageZone
from mobility.offices.models import Office, OfficeMember
from mobility.plans.bundles.load_heritage import intersections
from mobility.plans.models import Measure, Plan, Segment, SegmentHeritage
from mobility.plans.queries import measures_of
from mobility.screening.models import HeritageAttribute, HeritageGrade, HeritageStatement
from mobility.screening.rule import PROTECTED, Attribute, Touched, Verdict, judge

MOST = 200
"""More attributes or past grades than this are not shown on one page."""


@dataclass(frozen=True)
class Unscreened:
    """A measure that touches a protected zone and has not been screened whole."""

    code: str
    title: I18n
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Screening:
    """Everything that counts about one measure. `grades` by code of the attribute."""

    verdict: Verdict
    grades: Mapping[str, HeritageGrade] = field(default_factory=dict)
    statement: HeritageStatement | None = None


def attributes_of(session: Session, *, city_id: int, retired: bool = False) -> list[HeritageAttribute]:
    """The attributes in their order; those no longer asked for only on request."""
    query = select(HeritageAttribute).where(HeritageAttribute.city_id == city_id)
    if not retired:
        query = query.where(HeritageAttribute.retired_at.is_(None))
    return list(session.scalars(query.order_by(HeritageAttribute.position, HeritageAttribute.id).limit(MOST)))


def find_attribute(session: Session, *, city_id: int, code: str) -> HeritageAttribute | None:
    """The attribute of that code, retired or not."""
    query = select(HeritageAttribute).where(
        HeritageAttribute.city_id == city_id, HeritageAttribute.code == code
    )
    return session.scalar(query)


def place_names(session: Session, *, city_id: int) -> dict[int, I18n]:
    """Id → name of the component parts of a city."""
    query = select(HeritagePlace.id, HeritagePlace.name).where(HeritagePlace.city_id == city_id)
    return {row[0]: row[1] for row in session.execute(query.order_by(HeritagePlace.position))}


def office_name(session: Session, *, account_id: int) -> I18n:
    """The name of the first office an account answers for; empty for none."""
    query = (
        select(Office.name)
        .join(OfficeMember, OfficeMember.office_id == Office.id)
        .where(OfficeMember.account_id == account_id)
        .order_by(Office.id)
        .limit(1)
    )
    return session.scalar(query) or {}


def touched_by_measure(session: Session, *, plan_id: int) -> dict[str, list[Touched]]:
    """Code → the property and buffer zones a measure touches, for all measures of the plan that touch any."""
    query = (
        select(Measure.code, HeritageZone.kind, HeritageZone.place_id)
        .join(Segment, Segment.measure_id == Measure.id)
        .join(SegmentHeritage, SegmentHeritage.segment_id == Segment.id)
        .join(HeritageZone, HeritageZone.id == SegmentHeritage.zone_id)
        .where(Measure.plan_id == plan_id, Segment.retired_at.is_(None), HeritageZone.kind.in_(PROTECTED))
        .distinct()
    )
    found: dict[str, list[Touched]] = defaultdict(list)
    for code, kind, place_id in session.execute(query):
        found[code].append(Touched(kind, place_id))
    return dict(found)


def zones_under(session: Session, *, city: City, shapes: Collection[BaseGeometry]) -> list[Touched]:
    """The property and buffer zones that some lon, lat geometries touch, as if they were segments."""
    query = select(HeritageZone.id, HeritageZone.kind, HeritageZone.place_id, HeritageZone.geom).where(
        HeritageZone.city_id == city.id, HeritageZone.kind.in_(PROTECTED)
    )
    zones = {row.id: row for row in session.execute(query)}
    areas = {key: to_shape(row.geom) for key, row in zones.items()}
    met = {zone for _n, zone in intersections(dict(enumerate(shapes)), areas, city.srid)}
    return [Touched(zones[key].kind, zones[key].place_id) for key in sorted(met)]


def grades_that_count(
    session: Session, *, plan_id: int, code: str | None = None
) -> dict[str, dict[int, HeritageGrade]]:
    """Measure code → attribute id → the grade that counts; of one measure, or of all."""
    query = select(HeritageGrade).where(
        HeritageGrade.plan_id == plan_id, HeritageGrade.superseded_at.is_(None)
    )
    if code is not None:
        query = query.where(HeritageGrade.measure_code == code)
    found: dict[str, dict[int, HeritageGrade]] = defaultdict(dict)
    for grade in session.scalars(query):
        found[grade.measure_code][grade.attribute_id] = grade
    return dict(found)


def statements_that_count(
    session: Session, *, plan_id: int, code: str | None = None
) -> dict[str, HeritageStatement]:
    """Measure code → the statement that there is no interaction."""
    query = select(HeritageStatement).where(
        HeritageStatement.plan_id == plan_id, HeritageStatement.withdrawn_at.is_(None)
    )
    if code is not None:
        query = query.where(HeritageStatement.measure_code == code)
    return {one.measure_code: one for one in session.scalars(query)}


def past_grades(
    session: Session, *, plan_id: int, code: str, attribute_id: int | None = None
) -> list[HeritageGrade]:
    """All grades of a measure, or of one attribute of it, the newest first."""
    query = select(HeritageGrade).where(HeritageGrade.plan_id == plan_id, HeritageGrade.measure_code == code)
    if attribute_id is not None:
        query = query.where(HeritageGrade.attribute_id == attribute_id)
    return list(session.scalars(query.order_by(HeritageGrade.id.desc()).limit(MOST)))


def past_statements(session: Session, *, plan_id: int, code: str) -> list[HeritageStatement]:
    """All statements about a measure, withdrawn ones too, the newest first."""
    query = select(HeritageStatement).where(
        HeritageStatement.plan_id == plan_id, HeritageStatement.measure_code == code
    )
    return list(session.scalars(query.order_by(HeritageStatement.id.desc()).limit(MOST)))


def screening_of(
    session: Session, *, plan: Plan, code: str, zones: Collection[Touched] | None = None
) -> Screening:
    """What counts about one measure. `zones` overrules where its published segments lie (for a draft)."""
    if zones is None:
        zones = touched_by_measure(session, plan_id=plan.id).get(code, [])
    attributes = attributes_of(session, city_id=plan.city_id)
    return _screening(
        attributes,
        zones,
        grades_that_count(session, plan_id=plan.id, code=code).get(code, {}),
        statements_that_count(session, plan_id=plan.id, code=code).get(code),
    )


def screenings_of(session: Session, *, plan: Plan) -> dict[str, Screening]:
    """Measure code → what counts, for every measure on offer. A fixed number of queries."""
    attributes = attributes_of(session, city_id=plan.city_id)
    zones = touched_by_measure(session, plan_id=plan.id)
    grades = grades_that_count(session, plan_id=plan.id)
    statements = statements_that_count(session, plan_id=plan.id)
    return {
        one.code: _screening(
            attributes, zones.get(one.code, []), grades.get(one.code, {}), statements.get(one.code)
        )
        for one in measures_of(session, plan_id=plan.id)
    }


def unscreened_measures(session: Session, *, plan_id: int) -> list[Unscreened]:
    """The measures that stand against publishing the plan, in its order."""
    plan = session.get_one(Plan, plan_id)
    found = screenings_of(session, plan=plan)
    return [
        Unscreened(one.code, one.title, found[one.code].verdict.missing)
        for one in measures_of(session, plan_id=plan_id)
        if not found[one.code].verdict.clear
    ]


def contested_codes(session: Session, *, plan_id: int) -> set[str]:
    """Codes of measures about which people or groups disagree, on the whole or on one of its segments."""
    segments, measures = plan_tallies(session, plan_id=plan_id)
    split = [key for key, tally in segments.items() if tally.contest.contested]
    whole = [key for key, tally in measures.items() if tally.contest.contested]
    query = select(Measure.code).where(
        Measure.plan_id == plan_id,
        Measure.id.in_(whole) | Measure.id.in_(select(Segment.measure_id).where(Segment.id.in_(split))),
    )
    return set(session.scalars(query))


def perceived_by_measure(session: Session, *, plan_id: int) -> dict[str, dict[str, int]]:
    """Measure code → how many public comments say it helps, harms, or does neither to heritage."""
    measure = func.coalesce(Comment.measure_id, Segment.measure_id)
    query = (
        select(Measure.code, Comment.perceived_effect, func.count())
        .select_from(Comment)
        .outerjoin(Segment, Segment.id == Comment.segment_id)
        .join(Measure, Measure.id == measure)
        .where(
            Comment.plan_id == plan_id, Comment.status == "published", Comment.perceived_effect.is_not(None)
        )
        .group_by(Measure.code, Comment.perceived_effect)
    )
    found: dict[str, dict[str, int]] = {}
    for code, effect, number in session.execute(query):
        found.setdefault(code, dict.fromkeys(EFFECTS, 0))[effect or ""] = number
    return found


def _screening(
    attributes: Collection[HeritageAttribute],
    zones: Collection[Touched],
    grades: Mapping[int, HeritageGrade],
    statement: HeritageStatement | None,
) -> Screening:
    by_code = {one.code: grades[one.id] for one in attributes if one.id in grades}
    asked: list[Any] = [Attribute(one.code, one.place_id) for one in attributes]
    verdict = judge(asked, zones, by_code.keys(), waived=statement is not None)
    return Screening(verdict, by_code, statement)
