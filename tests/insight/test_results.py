"""Results on the desk: worked examples, groups apart, filters and orders."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, get_template_attribute
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.models import Vote
from mobility.insight.cards import group_names, level_lines
from mobility.insight.results import (
    Result,
    ResultFilter,
    choose,
    contest_sentence,
    most_contested,
    most_supported,
    read_group_votes,
    read_groups,
    read_result_filter,
    read_results,
)
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser

Cast = Callable[..., Vote]
TABLE = f"{PLAN}/desk/results"


def by_code(found: list[Result]) -> dict[str, Result]:
    return {result.row.code: result for result in found}


@pytest.fixture
def votes(cast: Cast, groups: list[StakeholderGroup]) -> None:
    """P1-01 split by half; P1-02 liked; P1-03 liked by people, refused by a group; P1: one vote."""
    for i in range(12):
        cast("P1-01", 2 if i % 2 else -2, level=i % 2)
        cast("P1-02", 2 if i else 1)
    for position in (2, 2, 1, 2, 2):
        cast("P1-03", position, level=2)
    cast("P1-03", -2, group_id=groups[0].id, reason="Deliveries", condition="")
    cast("P1", 0, level=3)


def test_own_votes_by_level_and_groups_apart(
    session: Session, plan: Plan, votes: None, groups: list[StakeholderGroup]
) -> None:
    found = by_code(read_results(session, plan_id=plan.id))
    tally = found["P1-03"].tally
    (line,) = level_lines(tally, None)
    assert (line["label"], line["counts"], line["n"]) == ("People with an invitation", [0, 0, 0, 1, 4], 5)
    assert line["mean"] == pytest.approx(9 / 5)
    assert line["low"] < line["mean"] < line["high"] <= 2
    assert tally.by_group() == {groups[0].id: (1, 0, 0, 0, 0)}
    split = level_lines(found["P1-01"].tally, None)
    assert [(row["label"], row["counts"]) for row in split] == [
        ("People without sign-in", [6, 0, 0, 0, 0]),
        ("People with an e-mail address", [0, 0, 0, 0, 6]),
    ]


def test_a_measure_stands_before_its_stretches(session: Session, plan: Plan, votes: None) -> None:
    found = read_results(session, plan_id=plan.id)
    codes = [result.row.code for result in found]
    assert codes.index("P1") + 1 == codes.index("P1-01")
    assert found[codes.index("P1")].tally.n == 1
    assert all(result.measure.code == result.row.code for result in found if result.kind == "measure")


def test_who_disagrees_is_said(session: Session, plan: Plan, votes: None) -> None:
    found = by_code(read_results(session, plan_id=plan.id))
    names = group_names(read_groups(session, plan_id=plan.id), "en")
    name = names[next(iter(found["P1-03"].tally.by_group()))]
    assert (
        contest_sentence(found["P1-01"].tally, names) == "People's own votes are split into for and against."
    )
    assert contest_sentence(found["P1-03"].tally, names) == (
        f"Against: {name}. In favour: People who voted for themselves."
    )
    assert contest_sentence(found["P1-02"].tally, names) == ""


def test_orders_and_filters(
    session: Session, plan: Plan, votes: None, groups: list[StakeholderGroup]
) -> None:
    found, known = read_results(session, plan_id=plan.id), read_groups(session, plan_id=plan.id)

    def codes(**wanted: object) -> list[str]:
        chosen = choose(found, ResultFilter(**wanted), known)  # type: ignore[arg-type]
        return [result.row.code for result in chosen]

    assert codes(sort="n")[:3] == ["P1-01", "P1-02", "P1-03"]
    assert codes(sort="support")[:2] == ["P1-02", "P1-03"]
    assert codes(sort="oppose")[:2] in (["P1", "P1-01"], ["P1-01", "P1"])
    assert set(codes(sort="contested")[:2]) == {"P1-01", "P1-03"}
    assert codes(group=groups[0].slug) == ["P1-03"]
    assert codes(group=groups[1].slug) == []
    assert codes(level=3) == ["P1"]
    assert codes(level=1) == ["P1-01"]
    assert set(codes(measure="P1")) < set(codes())
    assert [result.row.code for result in most_supported(found)] == ["P1-02"]
    assert {result.row.code for result in most_contested(found)} == {"P1-01", "P1-03"}


def test_reasons_of_groups_come_in_one_query(
    session: Session, plan: Plan, votes: None, groups: list[StakeholderGroup]
) -> None:
    found = read_results(session, plan_id=plan.id)
    ((key, (vote,)),) = read_group_votes(session, plan_id=plan.id, results=found).items()
    assert key == by_code(found)["P1-03"].key
    assert (vote.group_id, vote.position, vote.reason) == (groups[0].id, -2, "Deliveries")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, ResultFilter()),
        ({"level": "9", "sort": "magic"}, ResultFilter()),
        ({"level": "2", "sort": "oppose"}, ResultFilter(level=2, sort="oppose")),
        ({"level": "-1"}, ResultFilter()),
    ],
)
def test_the_filter_of_the_address(typed: dict[str, str], expected: ResultFilter) -> None:
    assert read_result_filter(typed) == expected


def test_the_address_keeps_the_filter() -> None:
    wanted = ResultFilter(measure="P1", group="fiab", level=0, sort="n")
    assert read_result_filter(wanted.arguments()) == wanted
    assert ResultFilter().arguments() == {}


def test_the_table(planner: Browser, votes: None, groups: list[StakeholderGroup]) -> None:
    page = planner.get(f"{TABLE}?sort=contested").text
    assert "Deliveries" in page
    assert groups[0].name["en"] in page
    assert "Strongly oppose 6, Oppose 0, Neutral 0, Support 0, Strongly support 0" in page
    only = planner.get(f"{TABLE}?level=1").text
    assert "1 measure or stretch" in only
    assert "Strongly oppose 6" not in only
    assert "Nothing fits" in planner.get(f"{TABLE}?measure=no-such").text


def test_nothing_is_shown_as_less_than_zero(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        macro = get_template_attribute("components/vote.html", "support_line")
        assert (
            " ".join(str(macro(-0.04, 3, -0.02, 0.96)).split()) == "Support +0.0 (from +0.0 to +1.0), 3 votes"
        )
