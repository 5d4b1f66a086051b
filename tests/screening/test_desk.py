"""Experts at the desk: the matrix, a grade, a statement, attributes; and what the public sees of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.consultation.models import Vote
from mobility.plans.models import Plan
from mobility.screening import queries
from mobility.screening.models import HeritageAttribute, HeritageGrade
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import cast

__all__ = ["cast"]
DESK = f"{PLAN}/desk/screening"
GRADE = {
    "effect": "major_negative",
    "reason": "Vibration at the walls of the chapel.",
    "mitigation": "Elastic rail bed.",
    "body": "Monuments office",
}


def send(browser: Browser, page: str, ending: str, typed: dict[str, str] | None = None) -> TestResponse:
    """Fills in the form of a page whose address ends like this; the answer is not followed."""
    return browser.send(browser.form(page, ending), follow=False, **(typed or {}))


@pytest.fixture
def code(session: Session, plan: Plan, attributes: list[HeritageAttribute]) -> str:
    """A measure that touches a protected zone."""
    return min(queries.touched_by_measure(session, plan_id=plan.id))


def test_a_city_begins_with_the_usual_attributes(planner: Browser) -> None:
    page = planner.get(DESK)
    assert "No attributes are named yet" in page.text
    send(planner, DESK, "/usual")
    assert "Setting and views" in planner.get(DESK).text


def test_a_grade_is_public_with_its_reason_and_without_the_name(
    planner: Browser, visit: Callable[..., Browser], code: str
) -> None:
    here = f"{DESK}/{code}/attributes/setting"
    assert "Vibration" not in planner.get(here).text
    answer = send(planner, here, "/setting", GRADE)
    assert answer.status_code == 303
    assert "Major, negative" in planner.get(DESK).text
    seen = visit(None).get(f"{PLAN}/measures/{code}").text
    assert "Heritage screening by experts" in seen
    for words in (*GRADE.values(),):
        assert words == "major_negative" or words in seen
    assert "Ada planner" not in seen


def test_a_form_with_faults_comes_back_with_what_was_typed(planner: Browser, code: str) -> None:
    answer = send(planner, f"{DESK}/{code}/attributes/setting", "/setting", GRADE | {"mitigation": ""})
    assert answer.status_code == 422
    assert "Say what lessens this effect" in answer.text
    assert GRADE["reason"] in answer.text


def test_a_statement_is_signed_shown_and_withdrawn(
    planner: Browser, visit: Callable[..., Browser], code: str
) -> None:
    here = f"{DESK}/{code}/no-interaction"
    said = {"why": "Only paint on asphalt.", "body": "Monuments office", "sure": "y"}
    assert send(planner, here, "/no-interaction", said | {"sure": ""}).status_code == 422
    assert send(planner, here, "/no-interaction", said).status_code == 303
    assert "No interaction, signed" in planner.get(DESK).text
    assert "Only paint on asphalt." in visit(None).get(f"{PLAN}/measures/{code}").text
    assert send(planner, here, "/no-interaction", said).status_code == 409
    send(planner, f"{DESK}/{code}", "/withdraw")
    assert "Only paint on asphalt." not in visit(None).get(f"{PLAN}/measures/{code}").text
    assert "Only paint on asphalt." in planner.get(f"{DESK}/{code}").text


def test_contested_measures_that_touch_an_attribute_are_found(
    planner: Browser, code: str, cast: Callable[..., Vote]
) -> None:
    assert "No measure here." in planner.get(f"{DESK}?show=contested").text
    for position in (-2, 2) * 6:
        cast(code, position)
    found = planner.get(f"{DESK}?show=contested").text
    assert f"{code} · " in found


def test_a_measure_that_is_not_published_yet_can_be_graded(
    planner: Browser, session: Session, code: str
) -> None:
    assert "not published yet" in planner.get(f"{DESK}/NEW-7").text
    assert send(planner, f"{DESK}/NEW-7/attributes/setting", "/setting", GRADE).status_code == 303
    kept = session.scalars(select(HeritageGrade)).one()
    assert (kept.measure_code, kept.measure_version) == ("NEW-7", 0)


def test_attributes_are_named_changed_and_no_longer_asked_for(planner: Browser, code: str) -> None:
    desk = f"{PLAN}/desk/attributes"
    words: dict[str, Any] = {
        "name_it": "Mosaici",
        "name_en": "Mosaics",
        "about_it": "",
        "about_en": "",
        "place": "",
    }
    assert send(planner, f"{desk}/new", "/new", words | {"name_it": ""}).status_code == 422
    assert send(planner, f"{desk}/new", "/new", words).status_code == 303
    assert (
        send(planner, f"{desk}/edit/mosaici", "/mosaici", words | {"name_en": "Gold mosaics"}).status_code
        == 303
    )
    assert "Gold mosaics" in planner.get(DESK).text
    send(planner, f"{desk}/edit/mosaici", "/retire")
    assert "Gold mosaics" not in planner.get(DESK).text
    assert "no longer asked for" in planner.get(desk).text


@pytest.mark.parametrize("address", ["nothing here", "a%00b", "x" * 60])
def test_codes_that_cannot_be(planner: Browser, address: str) -> None:
    assert planner.get(f"{DESK}/{address}").status_code == 404
