"""Where the consultation stands, on every page of a plan; why something is closed and what comes next."""

# ruff: noqa: F811 (a fixture is named as its parameter)

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.consultation.models import Phase
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser
from tests.consultation.test_planning import planner, staff  # noqa: F401 (fixtures)

DAY = timedelta(days=1)
PAGES = (
    "", "/measures/P1", "/segments/P1-05", "/comments", "/comments/new", "/results", "/heritage", "/search",
    "/exports/", "/measures/P1/versions/1",
)  # fmt: skip
DESK = ("", "/results", "/feedback", "/comments", "/phases")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_a_plan_says_where_it_stands(resident: Browser, path: str) -> None:
    page = resident.get(PLAN + path).text
    assert page.count("data-timeline") == 1
    assert "Comment and vote" in page
    assert "days left" in page
    assert "Votes: everybody, without signing in" in page
    assert "Results are shown at any time." in page


@pytest.mark.parametrize("path", DESK)
def test_so_does_every_page_of_the_desk(planner: Browser, path: str) -> None:
    assert planner.get(f"{PLAN}/desk{path}").text.count("data-timeline") == 1


@pytest.mark.parametrize("path", ["/", "/help", "/privacy", "/receipts"])
def test_pages_of_no_plan_do_not(client: FlaskClient, path: str) -> None:
    assert "data-timeline" not in client.get(path).text


def test_a_panel_alone_does_not_repeat_it(resident: Browser) -> None:
    assert "data-timeline" not in resident.get(PLAN, **{"X-Fragment": "panel"}).text


def test_a_step_in_fewer_languages_says_so(
    resident: Browser, session: Session, plan: Plan, set_phases: Callable[..., None]
) -> None:
    set_phases(-1, 5)
    assert "is held in" not in resident.get(PLAN).text
    session.execute(update(Phase).where(Phase.plan_id == plan.id).values(languages=["it"]))
    session.commit()
    session.expire_all()
    assert "This step is held in Italian only." in resident.get(PLAN).text


def test_levels_are_said_in_words(resident: Browser, set_phases: Callable[..., None]) -> None:
    set_phases(-1, 5, comment_level=1, vote_level=3, results="after_vote")
    page = resident.get(PLAN).text
    assert "Comments: people with a confirmed e-mail address" in page
    assert "Votes: people with a verified identity (SPID, CIE or eIDAS)" in page
    assert "Results are shown to those who have voted." in page


def test_what_is_closed_says_why_and_what_comes_next(
    resident: Browser, session: Session, plan: Plan, set_phases: Callable[..., None]
) -> None:
    set_phases(-9, -2)
    now = datetime.now(UTC)
    session.add(
        Phase(
            plan_id=plan.id,
            slug="answers",
            title={"it": "Risposte", "en": "Answers"},
            summary={"it": "-", "en": "-"},
            actions=["answer"],
            opens_at=now + 3 * DAY,
            closes_at=now + 9 * DAY,
        )
    )
    session.commit()
    session.expire_all()
    page = resident.get(f"{PLAN}/segments/P1-05").text
    assert "Voting closed on" in page
    assert "Next step: Answers, from" in page
    assert "Closed now" in page
    assert "Answers from" in page


def test_before_it_opens_the_day_and_the_hour_are_told(
    resident: Browser, session: Session, plan: Plan, set_phases: Callable[..., None]
) -> None:
    set_phases(3, 9)
    opens = session.scalars(select(Phase.opens_at).where(Phase.plan_id == plan.id)).one()
    hour = opens.astimezone(ZoneInfo("Europe/Rome")).strftime("%H:%M")
    page = resident.get(f"{PLAN}/segments/P1-05").text
    assert "Voting opens on" in page
    assert hour in page


def test_after_the_last_step_it_is_finished(resident: Browser, set_phases: Callable[..., None]) -> None:
    set_phases(-9, -2)
    page = resident.get(PLAN).text
    assert "<strong>Finished</strong>" in page
