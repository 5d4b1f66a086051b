"""What is read about plans; labels by compass."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.errors import Invalid, NotFound
from mobility.plans import queries, services
from mobility.plans.cards import heritage_cards, share_label
from mobility.plans.models import Plan, Segment
from mobility.plans.queries import Touch
from mobility.plans.words import bearing_label, direction_label, side_label


def test_every_segment_belongs_to_a_measure_on_offer(session: Session) -> None:
    plan, _city = queries.find_plan(session, slug="palermo-centro")
    measures = queries.measures_of(session, plan_id=plan.id)
    counts = queries.segment_counts(session, plan_id=plan.id)
    assert set(counts) == {measure.id for measure in measures}
    assert sum(counts.values()) == len(queries.segments_of(session, plan_id=plan.id, limit=2000))
    assert len(queries.segments_of(session, plan_id=plan.id, limit=5)) == 5


def test_what_cannot_be_found(session: Session) -> None:
    plan, _city = queries.find_plan(session, slug="palermo-centro")
    for code in ("P99", "", "\x00", "' OR 1=1"):
        with pytest.raises(NotFound):
            queries.find_measure(session, plan_id=plan.id, code=code)
        with pytest.raises(NotFound):
            queries.find_segment(session, plan_id=plan.id, code=code)


def test_every_stretch_can_be_chosen_and_lies_on_itself(session: Session) -> None:
    plan, city = queries.find_plan(session, slug="palermo-centro")
    for row in queries.segment_places(session, plan_id=plan.id):
        place = services.chosen_place(session, plan=plan, city=city, choice=f"segment:{row.code}")
        assert place.segment_code == row.code
        assert place.inside
        assert set(place.words) == set(plan.languages)


def test_every_named_place_of_the_list_can_be_chosen(session: Session) -> None:
    plan, city = queries.find_plan(session, slug="palermo-centro")
    named = queries.named_places(session, city_id=city.id, plan_id=plan.id)
    assert len(named) > 10
    for row in named:
        kind = "heritage" if row.kind == "heritage" else "context"
        assert services.chosen_place(session, plan=plan, city=city, choice=f"{kind}:{row.code}").inside


@pytest.mark.parametrize(
    "choice", ["", ":", "segment:", "street:x", "segment:P1-03; DROP TABLE vote", "measure:\x00"]
)
def test_entries_that_are_not_in_the_list(session: Session, choice: str) -> None:
    plan, city = queries.find_plan(session, slug="palermo-centro")
    with pytest.raises(Invalid):
        services.chosen_place(session, plan=plan, city=city, choice=choice)


def test_a_zone_of_limited_traffic_does_not_catch_every_position(session: Session) -> None:
    plan, city = queries.find_plan(session, slug="palermo-centro")
    zone = session.scalars(
        select(Segment).join(Plan).where(Plan.id == plan.id, Segment.code.like("Z%")).limit(1)
    ).one()
    lon, lat = session.execute(
        select(Segment.geom.ST_PointOnSurface().ST_X(), Segment.geom.ST_PointOnSurface().ST_Y()).where(
            Segment.id == zone.id
        )
    ).one()
    place = services.describe_place(session, plan=plan, city=city, lon=lon, lat=lat)
    assert not (place.segment_code or "").startswith("Z")


@pytest.mark.parametrize(
    ("bearing", "words"),
    [(0, "north"), (22, "north"), (23, "north-east"), (135, "south-east"), (359, "north"), (270, "west")],
)
def test_bearings_in_words(app: Flask, bearing: float, words: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert bearing_label(bearing) == words


def test_sides_and_directions_by_the_compass(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert side_label("right", 0) == "east side"
        assert side_label("left", 0) == "west side"
        assert side_label("both", 0) == "both sides"
        assert direction_label("forward", 180) == "towards the south"
        assert direction_label("backward", 180) == "towards the north"
        assert direction_label("forward", None) == ""


def test_the_closest_protection_comes_first(app: Flask) -> None:
    def touch(kind: str, status: str, share: float) -> Touch:
        return Touch(1, kind, kind, status, {"en": "Zone"}, "p", {"en": "San Cataldo"}, share)

    with app.test_request_context(headers={"Accept-Language": "en"}):
        cards = heritage_cards(
            [
                touch("planning", "official", 1),
                touch("setting", "official", 1),
                touch("buffer", "illustrative", 0.3),
            ],
            language="en",
        )
        assert [card["kind"] for card in cards] == ["buffer", "setting"]
        assert cards[0]["label"] == "Inside the illustrative surroundings of San Cataldo"
        assert cards[0]["share_label"] == "30 % of it"
        assert cards[0]["illustrative"]
        assert share_label(0.001) == "1 % of it"
