"""What writers say about heritage and about themselves: counted, and never shown for few people."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.consultation.opinions import perceived_effects, relations
from mobility.extensions import db
from mobility.heritage.models import HeritagePlace
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser, form_in


def write(browser: Browser, text: str, **typed: str) -> None:
    browser.send(form_in(browser.write(text=text, **typed).text, "/comments"))


def test_effects_are_counted_by_place(resident: Browser, session: Session, plan: Plan) -> None:
    for number, kind in enumerate(("helps", "harms", "harms")):
        write(resident, f"Thought {number}", effect=kind, heritage_place="1487-005")
    write(resident, "No opinion on heritage")
    place = db.session.scalars(select(HeritagePlace).where(HeritagePlace.code == "1487-005")).one()
    counted = {"helps": 1, "harms": 2, "neither": 0}
    assert perceived_effects(db.session, plan_id=plan.id) == {place.id: counted}
    page = resident.get(f"{PLAN}/heritage").text
    assert "helps 1, harms 2, neither 0" in page
    assert page.count("This is what residents think") == 1


def test_who_people_are_is_a_number_of_five_or_none(
    app: Flask, session: Session, plan: Plan, set_phases: Callable[..., None]
) -> None:
    set_phases(-1, 1)
    people = [Browser(app.test_client()) for _each in range(5)]
    for number, person in enumerate(people):
        write(person, f"Thought {number}", relation="lives")
        if number < 4:
            write(person, f"Another thought {number}", relation="works")
            write(person, f"A third thought {number}", relation="works")
    assert relations(db.session, plan_id=plan.id) == {"lives": 5}
