"""What waits is said to those who can do something about it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.answers.models import Case
from mobility.consultation.models import Comment, Phase, Topic
from mobility.offices.models import Competence, Office, OfficeMember
from mobility.plans.models import Plan
from mobility.setup.today import ACTIONS, Need, needs
from mobility.setup.wording import need_words
from tests.consultation.browser import Browser
from tests.insight.conftest import make_account

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGE = "/plans/palermo-centro/desk/today"


@pytest.fixture
def wait(session: Session, plan: Plan, say: Callable[..., Comment]) -> Callable[..., None]:
    """`wait(-2, office)`: a comment whose answer is due in so many days."""

    def add(days: int, office: Office | None = None) -> None:
        comment = say()
        case = session.get(Case, comment.id) or Case(comment_id=comment.id, plan_id=plan.id, received_at=NOW)
        case.state, case.due_at = "received", NOW + timedelta(days=days)
        case.office_id = office.id if office else None
        session.merge(case)
        session.flush()

    return add


@pytest.fixture
def look(session: Session, plan: Plan) -> Callable[..., list[Need]]:
    """What waits for somebody who may do these actions and answers for these offices; None is all."""

    def find(
        *,
        phases: Collection[Phase] = (),
        actions: Collection[str] | None = None,
        offices: Collection[int] | None = None,
        now: datetime = NOW,
    ) -> list[Need]:
        return needs(
            session,
            plan=plan,
            phases=list(phases),
            may=lambda action: actions is None or action in actions,
            offices=offices,
            now=now,
        )

    return find


def test_what_waits_is_said_and_the_late_first(
    wait: Callable[..., None], look: Callable[..., list[Need]]
) -> None:
    for days in (-2, 3, 30):
        wait(days)
    found = {need.key: need for need in look()}
    assert found["unanswered"].count == 3
    assert found["overdue"].count == 1
    assert found["due_soon"].count == 1
    assert found["unassigned"].count == 3
    urgent = [need.urgent for need in look()]
    assert urgent == sorted(urgent, reverse=True)


def test_clerks_are_told_of_their_own_office(
    session: Session, wait: Callable[..., None], look: Callable[..., list[Need]]
) -> None:
    mine, other = session.scalars(select(Office).order_by(Office.id).limit(2)).all()
    for office in (mine, mine, other, None):
        wait(-1, office)
    assert {n.key: n.count for n in look(actions={"answer"}, offices={mine.id})} == {
        "overdue": 2,
        "unanswered": 2,
    }
    assert look(actions={"answer"}, offices=()) == []
    assert {n.key: n.count for n in look(actions={"answer"})} == {"overdue": 4, "unanswered": 4}


def test_an_office_in_which_nobody_answers_is_named(
    session: Session, plan: Plan, look: Callable[..., list[Need]]
) -> None:
    office = session.scalars(select(Office).order_by(Office.id).limit(1)).one()
    session.add(Competence(plan_id=plan.id, office_id=office.id))
    session.flush()
    assert {n.key: n.count for n in look(actions={"manage_offices"})} == {"unstaffed": 1}
    clerk = make_account(session, "clerk")
    session.add(OfficeMember(office_id=office.id, account_id=clerk.id))
    session.flush()
    assert look(actions={"manage_offices"}) == []


def test_nobody_is_told_of_what_others_must_do(
    session: Session, plan: Plan, wait: Callable[..., None], look: Callable[..., list[Need]]
) -> None:
    topic = session.scalars(select(Topic).where(Topic.plan_id == plan.id).limit(1)).one()
    topic.label = {"it": "Tema"}
    wait(-1)
    everything = {need.key for need in look()}
    assert {"overdue", "unassigned", "missing_texts"} <= everything
    for key in everything:
        others = set(ACTIONS.values()) - {ACTIONS[key]}
        assert key not in {need.key for need in look(actions=others)}


def test_every_line_leads_somewhere(plan: Plan, app: Flask) -> None:
    with app.test_request_context():
        for key in ACTIONS:
            words = need_words(Need(key, 2, moment=NOW), plan)
            assert words["words"]
            assert words["url"].startswith("/plans/palermo-centro")


def test_a_step_that_ends_within_a_week_is_named(phase: Phase, look: Callable[..., list[Need]]) -> None:
    before, early = phase.closes_at - timedelta(days=3), phase.closes_at - timedelta(days=9)
    assert "closes" in {need.key for need in look(phases=[phase], now=before)}
    assert "closes" not in {need.key for need in look(phases=[phase], now=early)}


@pytest.mark.parametrize("role", ["planner", "moderator", "clerk", "facilitator"])
def test_every_line_opens_for_its_reader(
    role: str, session: Session, plan: Plan, wait: Callable[..., None], visit: Callable[..., Browser]
) -> None:
    topic = session.scalars(select(Topic).where(Topic.plan_id == plan.id).limit(1)).one()
    topic.label = {"it": "Tema"}
    wait(-1)
    browser = visit(role)
    page = browser.get(PAGE)
    assert page.status_code == 200
    part = page.text.split('id="needs"')[1].split("</section>")[0]
    for address in [piece.split('"')[0] for piece in part.split('href="')[1:]]:
        assert browser.get(address).status_code == 200, address
