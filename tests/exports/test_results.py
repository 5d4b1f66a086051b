"""What people voted: by capacity, never one sum, and not before the phase shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.exports.results import (
    LEVELS,
    Group,
    read_tally,
    result_names,
    result_properties,
    withheld_properties,
)
from tests.exports.town import Town, add_vote

GROUPS = {7: Group("cyclists", "Cyclists", "cycling"), 8: Group("traders", "Traders", "traders")}


def test_levels_and_groups_stay_apart() -> None:
    tally = read_tally([(0, 0, 2, 3), (0, 0, -2, 1), (0, 3, 1, 5), (7, 3, -2, 1)])
    found = result_properties(tally, GROUPS)
    assert (found["anonymous_n"], found["anonymous_mean"]) == (4, 1.0)
    assert (found["anonymous_minus2"], found["anonymous_plus2"]) == (1, 3)
    assert (found["verified_n"], found["verified_mean"], found["verified_plus1"]) == (5, 1.0, 5)
    assert (found["email_n"], found["email_mean"]) == (0, None)
    assert found["groups"] == [{"group": "cyclists", "name": "Cyclists", "kind": "cycling", "position": -2}]
    assert not [name for name in found if name in ("n", "mean", "votes")]
    assert -2 <= found["anonymous_low"] < 1 < found["anonymous_high"] <= 2


def test_groups_on_opposite_sides_are_contested() -> None:
    found = result_properties(read_tally([(7, 3, 2, 1), (8, 3, -2, 1)]), GROUPS)
    assert found["contested"] is True
    assert (found["voices"], found["agreement"], found["conflict"]) == (2, 0, 1)
    assert found["agreement_kind"] == "contested"
    assert all(found[f"{level}_n"] == 0 for level in LEVELS)


def test_without_votes_nothing_is_contested() -> None:
    found = result_properties(read_tally([]), GROUPS)
    assert found["contested"] is None
    assert (found["voices"], found["agreement"], found["conflict"]) == (0, None, None)
    assert found["agreement_kind"] == "few"
    assert found["groups"] == []


def test_withheld_results_have_the_same_names() -> None:
    assert list(withheld_properties()) == result_names() == list(result_properties(read_tally([]), {}))
    assert set(withheld_properties().values()) == {False, None}


@pytest.fixture
def voted(people: Session, town: Town) -> None:
    for position in (2, 2, -1):
        add_vote(people, town, "M1-01", position)
    add_vote(people, town, "M1-01", 1, level=3)
    add_vote(people, town, "M1-01", -2, level=3, group="traders")
    add_vote(people, town, "M1", 2)


def test_segments_and_measures_carry_their_own_votes(read: Callable[..., Any], voted: None) -> None:
    segment = read("segments", language="it")["features"][0]["properties"]
    assert (segment["anonymous_n"], segment["anonymous_mean"], segment["anonymous_plus2"]) == (3, 1.0, 2)
    assert (segment["verified_n"], segment["verified_plus1"]) == (1, 1)
    assert segment["groups"] == [
        {"group": "traders", "name": "Gruppo traders", "kind": "traders", "position": -2}
    ]
    measure = read("measures")["features"][0]["properties"]
    assert (measure["anonymous_n"], measure["anonymous_mean"]) == (1, 2.0)
    assert measure["groups"] == []


@pytest.mark.parametrize(("rule", "shown"), [("always", True), ("after_vote", False), ("after_phase", False)])
def test_the_phase_decides_who_sees_results(
    rule: str, shown: bool, read: Callable[..., Any], voted: None, people: Session, town: Town
) -> None:
    people.execute(
        text("UPDATE phase SET results = :rule WHERE plan_id = :plan"), {"rule": rule, "plan": town.plan}
    )
    for what in ("segments", "measures"):
        found = read(what)
        assert found["results_shown"] is shown
        properties = found["features"][0]["properties"]
        assert properties["results_shown"] is shown
        assert (properties["anonymous_n"] is not None) is shown
        assert (properties["groups"] is not None) is shown
        assert read(what, staff=True)["features"][0]["properties"]["anonymous_n"] > 0
