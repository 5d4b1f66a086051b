"""Grades and statements are kept with their history; what is missing is found for the whole plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, AuditEntry
from mobility.cities.models import City
from mobility.consultation.models import Comment
from mobility.errors import Conflict, Invalid
from mobility.heritage.models import HeritagePlace, HeritageZone
from mobility.plans.models import Measure, Plan, Segment
from mobility.screening import queries, services
from mobility.screening.cards import perceived_card
from mobility.screening.defaults import add_usual
from mobility.screening.models import HeritageAttribute, HeritageGrade
from tests.screening.conftest import NOW

Give = Callable[..., HeritageGrade]


def touching(session: Session, plan: Plan) -> list[str]:
    return sorted(queries.touched_by_measure(session, plan_id=plan.id))


def test_a_plan_without_screenings_lists_what_touches(
    session: Session, plan: Plan, attributes: list[HeritageAttribute]
) -> None:
    found = queries.unscreened_measures(session, plan_id=plan.id)
    assert sorted(one.code for one in found) == touching(session, plan)
    assert all(len(one.missing) == len(attributes) for one in found)


def test_a_measure_is_clear_when_every_attribute_is_graded(
    session: Session, plan: Plan, attributes: list[HeritageAttribute], give: Give
) -> None:
    code = touching(session, plan)[0]
    for one in attributes[:-1]:
        give(code, one)
    (mine,) = [one for one in queries.unscreened_measures(session, plan_id=plan.id) if one.code == code]
    assert mine.missing == (attributes[-1].code,)
    give(code, attributes[-1])
    assert code not in {one.code for one in queries.unscreened_measures(session, plan_id=plan.id)}


def test_attributes_of_one_part_are_asked_where_it_is_touched(
    session: Session, plan: Plan, city: City, attributes: list[HeritageAttribute]
) -> None:
    zones = queries.touched_by_measure(session, plan_id=plan.id)
    place_id = next(zone.place_id for found in zones.values() for zone in found if zone.place_id)
    services.keep_attribute(
        session, city=city, name={"en": "Mosaics"}, about={}, place_id=place_id, account_id=None
    )
    for code, verdict in ((c, s.verdict) for c, s in queries.screenings_of(session, plan=plan).items()):
        mine = any(zone.place_id == place_id for zone in zones.get(code, []))
        assert ("mosaics" in verdict.required) == mine


def test_a_changed_grade_keeps_the_one_before(
    session: Session, plan: Plan, attributes: list[HeritageAttribute], give: Give, expert: Account
) -> None:
    code = touching(session, plan)[0]
    give(code, attributes[0])
    give(
        code,
        attributes[0],
        extent="major",
        direction="negative",
        mitigation="Move the stop.",
        now=NOW + timedelta(days=1),
    )
    past = queries.past_grades(session, plan_id=plan.id, code=code)
    assert [(one.extent, one.superseded_at is None) for one in past] == [("major", True), ("minor", False)]
    assert {one.account_id for one in past} == {expert.id}
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "heritage.grade")).all()
    assert [one.details["extent"] for one in noted] == ["minor", "major"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"extent": "huge"}, "effect"),
        ({"extent": "major", "direction": None}, "effect"),
        ({"reason": "  "}, "reason"),
        ({"extent": "moderate", "direction": "negative"}, "mitigation"),
        ({"body": ""}, "body"),
        ({"reason": "x" * 2001}, "reason"),
    ],
)
def test_what_a_grade_needs(
    plan: Plan, attributes: list[HeritageAttribute], give: Give, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        give("P1", attributes[0], **values)
    assert caught.value.field == field


def test_a_neutral_grade_has_no_direction(attributes: list[HeritageAttribute], give: Give) -> None:
    assert give("P1", attributes[0], extent="neutral", direction="positive").direction is None


def test_a_statement_clears_until_it_is_withdrawn(
    session: Session, plan: Plan, attributes: list[HeritageAttribute], expert: Account
) -> None:
    code = touching(session, plan)[0]
    said: dict[str, Any] = {"plan": plan, "code": code, "account_id": expert.id, "now": NOW}
    words = {"why": "Only paint on asphalt.", "body": "Monuments office", "language": "en"}
    services.sign_no_interaction(session, **said, **words)
    assert queries.screening_of(session, plan=plan, code=code).verdict.state == "waived"
    with pytest.raises(Conflict), session.begin_nested():
        services.sign_no_interaction(session, **said, **words)
    services.withdraw_statement(session, **said)
    assert queries.screening_of(session, plan=plan, code=code).verdict.state == "missing"
    (past,) = queries.past_statements(session, plan_id=plan.id, code=code)
    assert (past.why, past.withdrawn_by) == ("Only paint on asphalt.", expert.id)
    with pytest.raises(Conflict):
        services.withdraw_statement(session, **said)


def test_a_draft_is_judged_by_where_it_lies(
    session: Session, plan: Plan, city: City, attributes: list[HeritageAttribute]
) -> None:
    zone = session.scalars(select(HeritageZone).where(HeritageZone.kind == "buffer")).first()
    assert zone is not None
    inside = to_shape(zone.geom).representative_point().buffer(0.0001)
    met = queries.zones_under(session, city=city, shapes=[inside])
    assert zone.place_id in {one.place_id for one in met}
    found = queries.screening_of(session, plan=plan, code="NEW-1", zones=met)
    assert found.verdict.state == "missing"
    assert queries.zones_under(session, city=city, shapes=[]) == []


def test_retired_attributes_are_not_asked_for(
    session: Session, plan: Plan, attributes: list[HeritageAttribute], give: Give, expert: Account
) -> None:
    code = touching(session, plan)[0]
    give(code, attributes[0])
    services.retire_attribute(session, attribute=attributes[0], account_id=expert.id, now=NOW)
    found = queries.screening_of(session, plan=plan, code=code)
    assert attributes[0].code not in found.verdict.required
    assert queries.past_grades(session, plan_id=plan.id, code=code)


def test_the_usual_attributes_come_once_in_every_language(session: Session, city: City) -> None:
    assert add_usual(session, city=city, account_id=None) == 6
    assert add_usual(session, city=city, account_id=None) == 0
    for one in queries.attributes_of(session, city_id=city.id):
        assert set(one.name) == set(city.languages)


def test_residents_are_counted_apart_and_few_are_not_shown(
    session: Session, plan: Plan, say: Callable[..., Comment]
) -> None:
    measure = session.scalars(select(Measure).where(Measure.plan_id == plan.id, Measure.code == "P1")).one()
    segment = session.scalars(select(Segment).where(Segment.measure_id == measure.id)).first()
    place = session.scalars(select(HeritagePlace)).first()
    assert segment is not None
    assert place is not None
    for number in range(5):
        about = {"measure_id": measure.id} if number % 2 else {"segment_id": segment.id}
        say(heritage_place_id=place.id, perceived_effect="harms", **about)
        counts = queries.perceived_by_measure(session, plan_id=plan.id)["P1"]
        card = perceived_card(counts)
        assert counts["harms"] == number + 1
        assert (card["n"], card["few"]) == ((5, False) if number == 4 else (0, True))


def test_the_matrix_takes_a_fixed_number_of_queries(
    session: Session, plan: Plan, attributes: list[HeritageAttribute], give: Give, count_queries: Any
) -> None:
    queries.screenings_of(session, plan=plan)
    with count_queries as seen:
        queries.screenings_of(session, plan=plan)
    for code in touching(session, plan)[:3]:
        for one in attributes:
            give(code, one)
    few = len(seen)
    with count_queries as seen:
        queries.screenings_of(session, plan=plan)
    assert len(seen) == 2 * few
