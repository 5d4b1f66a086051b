"""Comments and votes keep the version of the measure they spoke about; versions stand side by side."""

# ruff: noqa: F811 (a fixture is named as its parameter)

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Vote
from mobility.plans.models import Measure, MeasureVersion, Plan
from mobility.plans.versions import differences, marked
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import phase, say  # noqa: F401 (fixtures)

LATER = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def measure(session: Session, plan: Plan) -> Measure:
    return session.scalars(select(Measure).where(Measure.plan_id == plan.id, Measure.code == "P1")).one()


def change(session: Session, measure: Measure) -> None:
    """The measure gets a second version with other hours."""
    first = session.get_one(MeasureVersion, (measure.id, 1))
    snapshot = copy.deepcopy(first.snapshot)
    snapshot["hours"] = {"it": "Ogni notte", "en": "Every night"}
    snapshot["segments"] = snapshot["segments"][1:]
    note = {"it": "Di notte soltanto.", "en": "At night only."}
    session.add(
        MeasureVersion(measure_id=measure.id, version=2, snapshot=snapshot, note=note, published_at=LATER)
    )
    measure.version = 2
    session.commit()


def test_versions_stand_side_by_side(resident: Browser, session: Session, measure: Measure) -> None:
    change(session, measure)
    page = resident.get(f"{PLAN}/measures/P1/versions/1").text
    assert "Version 1 beside version 2" in page
    assert "At night only." in page
    assert "<ins" in page
    assert "night" in page
    assert ">When<" in page
    assert ">Stretches<" in page
    assert ">Before<" not in page
    assert "Version 1 beside version 2" in resident.get(f"{PLAN}/measures/P1/versions/2").text


def test_an_only_version_says_what_it_says(resident: Browser, measure: Measure) -> None:
    page = resident.get(f"{PLAN}/measures/P1/versions/1").text
    assert "There is only version 1 of this measure." in page


def test_a_version_that_never_was_is_not_found(resident: Browser, measure: Measure) -> None:
    assert resident.get(f"{PLAN}/measures/P1/versions/7").status_code == 404
    assert resident.get(f"{PLAN}/measures/NO/versions/1").status_code == 404


def test_a_vote_says_that_the_measure_has_changed(
    resident: Browser, session: Session, measure: Measure
) -> None:
    resident.vote("P1-05", 2)
    assert "since you voted" not in resident.get(f"{PLAN}/segments/P1-05").text
    change(session, measure)
    page = resident.get(f"{PLAN}/segments/P1-05").text
    assert "You voted on version 1; the measure is now version 2." in page
    assert "/measures/P1/versions/1" in page
    resident.vote("P1-05", 2)
    session.expire_all()
    assert session.scalars(select(Vote.measure_version)).all() == [2]
    assert "since you voted" not in resident.get(f"{PLAN}/segments/P1-05").text


def test_a_comment_says_which_version_it_is_about(
    resident: Browser, session: Session, measure: Measure, say
) -> None:
    old, new = say(measure_id=measure.id, measure_version=1), say(measure_id=measure.id)
    session.execute(update(Comment).where(Comment.id == new.id).values(measure_version=2))
    change(session, measure)
    words = "Said about version 1; the measure is now version 2."
    assert words in resident.get(f"{PLAN}/comments/{old.id}").text
    assert words not in resident.get(f"{PLAN}/comments/{new.id}").text


def test_only_words_that_differ_are_marked() -> None:
    before, after = marked("closed to cars at night", "closed to lorries at night")
    assert [words.strip() for words, changed in before if changed] == ["cars"]
    assert [words.strip() for words, changed in after if changed] == ["lorries"]
    assert marked("", "new") == ([], [("new", True)])


def test_fields_that_say_the_same_are_left_out(app: Flask) -> None:
    old = {"title": {"en": "Square"}, "kind": "tram", "segments": [], "sources": []}
    with app.test_request_context("/?lang=en"):
        assert differences(old, old, "en") == []
        (found,) = differences(old, old | {"kind": "bus_lane"}, "en")
    assert found.name == "Kind"
