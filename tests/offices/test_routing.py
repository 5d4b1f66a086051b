"""Which office answers is decided by rules alone: the same for everybody, in any order, with a reason."""

from __future__ import annotations

import random
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from mobility.offices.routing import Asked, Desk, Rule, route, route_chosen

WEST = shapely.box(0, 0, 100, 100)
EAST = shapely.box(100, 0, 200, 100)
DESKS = {number: Desk(number, 30) for number in range(1, 6)}


def test_nobody_answers_without_a_rule() -> None:
    found = route(Asked(1, (50, 50)), [], DESKS)
    assert (found.office_id, found.reason) == (None, {"rule": "none"})


def test_the_owner_of_the_measure_answers_when_nothing_else_says_more() -> None:
    rules = [Rule(1, 2, topic_id=7)]
    found = route(Asked(7, (50, 50), measure_id=9, owner_id=3), rules, DESKS)
    assert (found.office_id, found.reason["rule"], found.reason["won"]) == (3, "owner", "exact")
    assert route(Asked(7, (50, 50)), rules, DESKS).office_id == 2


def test_a_higher_priority_wins_over_a_more_exact_rule() -> None:
    rules = [Rule(1, 1, topic_id=7, area=WEST), Rule(2, 2, priority=5)]
    found = route(Asked(7, (50, 50)), rules, DESKS)
    assert (found.office_id, found.reason["won"]) == (2, "priority")


def test_measure_counts_more_than_area_and_area_more_than_topic() -> None:
    topic, area, measure = Rule(1, 1, topic_id=7), Rule(2, 2, area=WEST), Rule(3, 3, measure_id=9)
    asked = Asked(7, (50, 50), measure_id=9)
    assert route(asked, [topic, area, measure], DESKS).office_id == 3
    assert route(asked, [topic, area], DESKS).office_id == 2
    assert route(asked, [topic], DESKS).reason["by"] == ["topic"]


def test_a_comment_on_the_whole_plan_goes_by_topic() -> None:
    rules = [Rule(1, 1, topic_id=7), Rule(2, 2, area=WEST, priority=9)]
    found = route(Asked(7, None), rules, DESKS)
    assert (found.office_id, found.candidates) == (1, ())


def test_a_substitute_answers_while_an_office_does_not_and_nobody_at_a_dead_end() -> None:
    desks = {1: Desk(1, 10, active=False, substitute_id=2), 2: Desk(2, 20, False, 3), 3: Desk(3, 25)}
    found = route(Asked(7), [Rule(1, 1)], desks)
    assert (found.office_id, found.how, found.days, found.reason["stands_in"]) == (3, "substitute", 25, 1)
    circle = {1: Desk(1, 10, False, 2), 2: Desk(2, 20, False, 1)}
    assert route(Asked(7), [Rule(1, 1)], circle).reason["rule"] == "inactive"
    assert route(Asked(7), [Rule(1, 1)], {}).office_id is None


def test_within_fifteen_metres_of_a_border_the_resident_is_asked() -> None:
    rules = [Rule(1, 1, area=WEST), Rule(2, 2, area=EAST)]
    assert route(Asked(7, (90, 50)), rules, DESKS).candidates == (1, 2)
    assert route(Asked(7, (114, 50)), rules, DESKS).office_id == 2
    assert set(route(Asked(7, (114, 50)), rules, DESKS).candidates) == {1, 2}
    assert route(Asked(7, (120, 50)), rules, DESKS).candidates == ()
    same = [Rule(1, 1, area=WEST), Rule(2, 1, area=EAST)]
    assert route(Asked(7, (99, 50)), same, DESKS).candidates == ()


def test_a_border_that_a_higher_rule_covers_is_none() -> None:
    rules = [Rule(1, 1, area=WEST), Rule(2, 2, area=EAST), Rule(3, 3, priority=1)]
    assert route(Asked(7, (99, 50)), rules, DESKS).candidates == ()


def test_the_choice_of_the_resident_counts_only_among_those_offered() -> None:
    rules = [Rule(1, 1, area=WEST), Rule(2, 2, area=EAST)]
    asked = Asked(7, (95, 50))
    assert route_chosen(asked, rules, DESKS, 2).how == "resident"
    assert route_chosen(asked, rules, DESKS, 2).office_id == 2
    assert route_chosen(asked, rules, DESKS, 4).office_id == 1
    assert route_chosen(asked, rules, DESKS, None).how == "rule"


def test_a_chosen_office_answers_within_the_days_of_its_own_competence() -> None:
    rules = [Rule(1, 1, area=WEST, deadline_days=5), Rule(2, 2, area=EAST, deadline_days=7), Rule(3, 3)]
    asked = Asked(7, (95, 50))
    assert route_chosen(asked, rules, DESKS, 1).days == 5
    chosen = route_chosen(asked, rules, DESKS, 2)
    assert (chosen.days, chosen.reason["competence"], chosen.reason["chosen"]) == (7, 2, True)
    owned = Asked(7, (95, 50), measure_id=9, owner_id=4)
    rules = [Rule(2, 2, area=EAST, priority=1, deadline_days=7)]
    assert route_chosen(owned, rules, DESKS, 2).days == 7


def test_a_deadline_of_the_competence_wins_over_that_of_the_office() -> None:
    assert route(Asked(7), [Rule(1, 1, deadline_days=5)], DESKS).days == 5
    assert route(Asked(7), [Rule(1, 1)], DESKS).days == 30


maybe = st.none() | st.integers(1, 3)
areas = st.none() | st.builds(
    lambda x, y, size: shapely.box(x, y, x + size, y + size),
    st.integers(-50, 50),
    st.integers(-50, 50),
    st.integers(1, 80),
)
rules = st.builds(
    Rule,
    id=st.integers(1, 10_000),
    office_id=st.integers(1, 6),
    topic_id=maybe,
    measure_id=maybe,
    area=areas,
    priority=st.integers(-2, 2),
    deadline_days=st.none() | st.integers(1, 365),
)
rulebooks = st.lists(rules, max_size=8, unique_by=lambda rule: rule.id)
desks = st.dictionaries(
    st.integers(1, 6), st.tuples(st.integers(1, 365), st.booleans(), st.none() | st.integers(1, 6))
).map(lambda found: {key: Desk(key, *values) for key, values in found.items()})
asked = st.builds(
    Asked,
    topic_id=st.integers(1, 3),
    point=st.none() | st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
    measure_id=maybe,
    owner_id=st.none() | st.integers(1, 6),
)


@given(asked, rulebooks, desks, st.randoms())
def test_the_order_of_rules_does_not_matter_and_every_question_has_an_answer(
    question: Asked, book: list[Rule], offices: dict[int, Desk], chance: random.Random
) -> None:
    first = route(question, book, offices)
    mixed = list(book)
    chance.shuffle(mixed)
    assert route(question, mixed, offices) == first
    assert (first.office_id is None) == (first.reason["rule"] in ("none", "inactive"))
    assert first.office_id is None or offices[first.office_id].active
    assert first.office_id is None or (first.days or 0) >= 1
    assert len(first.candidates) != 1
    assert len(set(first.candidates)) == len(first.candidates)


@given(asked, rulebooks, desks)
def test_nothing_that_matches_outranks_the_winner(
    question: Asked, book: list[Rule], offices: dict[int, Desk]
) -> None:
    found: Any = route(question, book, offices).reason
    if found["rule"] != "competence":
        return
    best = next(rule for rule in book if rule.id == found["competence"])
    for rule in book:
        matches = (
            rule.topic_id in (None, question.topic_id)
            and rule.measure_id in (None, question.measure_id)
            and (
                rule.area is None
                or (question.point is not None and rule.area.covers(shapely.Point(question.point)))
            )
        )
        if matches:
            assert (best.priority, best.exactness) >= (rule.priority, rule.exactness)
