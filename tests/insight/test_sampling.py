"""Invented feedback: exact numbers, real places, the same from the same seed, and nobody's identity."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, box
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.consultation.counting import recount
from mobility.errors import NotFound
from mobility.insight import sample_texts
from mobility.insight.sample_comments import SNAP_M, STANCES, make_key, make_pins, make_receipt, make_text
from mobility.insight.sample_ground import _escaped
from mobility.insight.sample_votes import (
    CROWD,
    KINDS,
    LEANINGS,
    SHARES,
    ballots,
    leaning_table,
    make_subjects,
)
from mobility.insight.sampling import has_feedback, make_samples
from mobility.spatial.crs import metric

PLAN = "palermo-centro"
NOW = datetime.now(UTC)
AREA = box(13.34, 38.10, 13.38, 38.13)
STREET = LineString([(13.355, 38.112), (13.362, 38.118)])


def seed(number: int = 1) -> np.random.Generator:
    return np.random.default_rng(number)


@given(people=st.integers(1, 60), share=st.floats(0, 1), count=st.integers(1, 25))
def test_ballots_are_exact_and_nobody_votes_twice(people: int, share: float, count: int) -> None:
    subjects = make_subjects(seed(), [KINDS[i % len(KINDS)] for i in range(count)])
    votes = round(people * count * share)
    person, subject, position = ballots(seed(), subjects, people, votes)
    assert len(person) == len(subject) == len(position) == votes
    assert len(set(zip(person.tolist(), subject.tolist(), strict=True))) == votes
    assert set(position.tolist()) <= {-2, -1, 0, 1, 2}


def test_more_votes_than_possible_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot cast"):
        ballots(seed(), make_subjects(seed(), ["tram"]), 3, 4)


def test_the_crowd_is_divided_on_some_measures() -> None:
    """Traders and cyclists disagree about limited traffic: results must show contested streets."""
    column = leaning_table()[:, KINDS.index("limited_traffic_zone")]
    assert column.min() < -1
    assert column.max() > 1
    assert set(CROWD) <= set(LEANINGS)
    assert sum(SHARES) == pytest.approx(1)


def test_pins_lie_inside_the_plan_and_near_their_street() -> None:
    shapes = [
        STREET,
        box(13.36, 38.11, 13.361, 38.111),
        Point(13.365, 38.115),
        MultiPolygon([box(13.35, 38.12, 13.351, 38.121)]),
    ]
    index = np.arange(4000) % len(shapes)
    pins = make_pins(seed(), shapes, index, AREA, metric(32633))
    assert shapely.contains_xy(AREA, pins.lon, pins.lat).all()
    near = (pins.distance_m <= SNAP_M).mean()
    assert 0.85 < near < 0.99
    first = shapely.Point(pins.lon[0], pins.lat[0])
    assert metric(32633).distance(first, STREET) == pytest.approx(pins.distance_m[0], abs=0.01)


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("stance", STANCES)
def test_texts_name_the_street_and_vary(language: str, stance: str) -> None:
    said = {
        make_text(topic, stance, language, "Via Maqueda", (a, b, c))
        for topic in ("safety", "public-transport", "unknown")
        for a in range(10)
        for b in range(20)
        for c in range(3)
    }
    assert len(said) > 300
    assert any("Via Maqueda" in each for each in said)
    assert not any("{" in each or "  " in each or each != each.strip() for each in said)


@pytest.mark.parametrize(
    "topic", ["safety", "accessibility", "cars-and-parking", "noise-and-air", "trade-and-tourism"]
)
def test_every_topic_has_its_own_sentences(topic: str) -> None:
    for language in ("it", "en"):
        assert sample_texts.observations(topic, language) != sample_texts.observations("other", language)


def test_receipts_and_keys_are_unique_and_repeatable() -> None:
    receipts = [make_receipt("1", number) for number in range(5000)]
    assert len(set(receipts)) == 5000
    assert {len(receipt) for receipt in receipts} == {12}
    assert receipts[7] == make_receipt("1", 7) != make_receipt("2", 7)
    assert len({make_key("1", number) for number in range(5000)}) == 5000


def test_what_copy_would_misread_is_escaped() -> None:
    assert _escaped("a\tb\\c\nd") == "a\\tb\\\\c\\nd"


def rows(session: Session) -> list[tuple[object, ...]]:
    statement = (
        "SELECT text, stance, segment_id, receipt, ST_AsText(geom), place::text, created_at FROM comment "
        "WHERE channel = 'sample' ORDER BY receipt"
    )
    return [tuple(row) for row in session.execute(text(statement))]


def test_the_same_seed_says_the_same(session: Session) -> None:
    assert not has_feedback(session, slug=PLAN)
    with session.begin_nested() as first:
        made = make_samples(session, slug=PLAN, comments=300, votes=900, seed=7, now=NOW)
        said = rows(session)
        first.rollback()
    make_samples(session, slug=PLAN, comments=300, votes=900, seed=7, now=NOW)
    assert rows(session) == said
    assert made.comments == len(said) == 300
    assert has_feedback(session, slug=PLAN)


def test_counts_stay_exact_and_a_second_helping_adds(session: Session) -> None:
    for _ in range(2):
        make_samples(session, slug=PLAN, comments=200, votes=500, seed=7, now=NOW)
    total = "SELECT count(*) FROM {} WHERE {}"
    assert session.scalar(text(total.format("comment", "channel = 'sample'"))) == 400
    assert session.scalar(text(total.format("vote", "group_id IS NULL"))) == 1000
    assert recount(session, plan=PLAN) == []


def test_groups_speak_once_and_give_their_reason(session: Session) -> None:
    for _ in range(2):
        make_samples(session, slug=PLAN, comments=0, votes=100, seed=7, now=NOW)
    spoken = session.execute(
        text("SELECT count(*), count(reason), count(DISTINCT group_id) FROM vote WHERE group_id IS NOT NULL")
    ).one()
    groups = session.scalar(
        text("SELECT count(*) FROM plan_group pg JOIN plan p ON p.id = pg.plan_id WHERE p.slug = :s"),
        {"s": PLAN},
    )
    assert spoken[0] == spoken[1] > 0
    assert spoken[2] == groups


def test_invented_people_can_never_sign_in(session: Session) -> None:
    make_samples(session, slug=PLAN, comments=50, votes=100, seed=7, now=NOW)
    known = "SELECT count(*) FROM participant WHERE num_nonnulls(email, account_id) > 0 "
    known += "OR id IN (SELECT participant_id FROM participant_token)"
    assert session.scalar(text(known)) == 0


def test_an_unknown_plan_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        make_samples(session, slug="atlantis", comments=1, votes=1, seed=1)
