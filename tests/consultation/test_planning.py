"""Planning phases at the desk: local times, overlaps, what changes for people, what cannot be removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, AuditEntry
from mobility.consultation.clock import comes_twice, exists, instant_of, local_form
from mobility.consultation.consequences import consequences
from mobility.consultation.models import Phase
from mobility.consultation.phases import Step
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser

# A clock on the wall has no zone.
# ruff: noqa: DTZ001

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ENGLISH = {"Accept-Language": "en"}
DESK = f"{PLAN}/desk/phases"
DAY = timedelta(days=1)
SignIn = Callable[[Account], Browser]


@pytest.fixture
def staff(session: Session, sign_in: SignIn) -> Callable[[str], Browser]:
    def enter(role: str) -> Browser:
        account = accounts.save_account(
            session, email=f"{role}@example.org", name=role, password="a long enough password", role=role
        )
        session.commit()
        return sign_in(account)

    return enter


@pytest.fixture
def planner(staff: Callable[[str], Browser]) -> Browser:
    return staff("planner")


def wanted(**changes: object) -> dict[str, object]:
    """A sound step far in the future."""
    values: dict[str, object] = {
        "title_it": "Seconda lettura", "title_en": "Second reading",
        "summary_it": "Si rilegge.", "summary_en": "Read it again.",
        "opens_at": "2031-05-01T09:00", "closes_at": "2031-06-01T23:59",
        "actions": ["inform", "comment"], "comment_level": "1", "vote_level": "2",
        "results": "after_phase", "moderation": "pre", "languages": ["it"],
    }  # fmt: skip
    return values | changes


def send(browser: Browser, address: str, **values: object) -> object:
    """Posts the form of this address with the token and the mark it holds."""
    page = browser.get(address).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    return browser.client.post(
        address, data={"csrf_token": token[1], **values}, headers=ENGLISH, follow_redirects=True
    )


def save(browser: Browser, address: str, **values: object) -> object:
    """Looks at the step, then saves what was looked at."""
    looked = send(browser, address, **values)
    mark = re.search(r'name="seen" value="([^"]*)"', looked.text)
    assert mark, looked.text
    return send(browser, address, **values, seen=mark[1], step="save")


def phases(session: Session, plan: Plan) -> list[Phase]:
    session.expire_all()
    return list(session.scalars(select(Phase).where(Phase.plan_id == plan.id).order_by(Phase.opens_at)))


def test_a_step_is_looked_at_and_then_added(planner: Browser, session: Session, plan: Plan) -> None:
    before = len(phases(session, plan))
    looked = send(planner, f"{DESK}/new", **wanted())
    assert "How it will look" in looked.text
    assert "Second reading" in looked.text
    assert "Comments: people with a confirmed e-mail address" in looked.text
    assert "This step is held in Italian only." in looked.text
    assert len(phases(session, plan)) == before
    done = save(planner, f"{DESK}/new", **wanted())
    assert "The step is saved." in done.text
    made = phases(session, plan)[-1]
    assert made.slug == "seconda-lettura"
    assert made.opens_at == datetime(2031, 5, 1, 7, tzinfo=UTC)
    assert (made.comment_level, made.vote_level) == (1, 2)
    assert (made.results, made.moderation, made.languages) == ("after_phase", "pre", ["it"])
    assert session.get_one(Plan, plan.id).phases_planned_at is not None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "phase.add")).one()
    assert (entry.plan_id, entry.subject_id, entry.details["slug"]) == (plan.id, made.id, "seconda-lettura")


def test_what_was_not_looked_at_is_not_saved(planner: Browser, session: Session, plan: Plan) -> None:
    before = len(phases(session, plan))
    answer = send(planner, f"{DESK}/new", **wanted(), seen="made-up", step="save")
    assert "How it will look" in answer.text
    assert len(phases(session, plan)) == before


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_unseen(
    planner: Browser, session: Session, plan: Plan
) -> None:
    save(planner, f"{DESK}/new", **wanted())
    step = session.scalars(select(Phase).where(Phase.slug == "seconda-lettura")).one()
    address = f"{DESK}/{step.id}"
    mine = wanted(title_en="What I looked at")
    looked = send(planner, address, **mine)
    mark = re.search(r'name="seen" value="([^"]*)"', looked.text)
    assert mark
    save(planner, address, **wanted(title_en="What a colleague saved"))
    again = send(planner, address, **mine, seen=mark[1], step="save")
    assert "How it will look" in again.text
    session.expire_all()
    assert step.title["en"] == "What a colleague saved"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"title_en": ""}, "title_en", "Write the title in English."),
        ({"opens_at": "soon"}, "opens_at", "Write day and time"),
        ({"opens_at": "2031-03-30T02:30"}, "opens_at", "This time does not exist"),
        ({"closes_at": "2031-04-30T09:00"}, "closes_at", "The step must close after it opens."),
        ({"actions": []}, "actions", "Choose at least one."),
        ({"opens_at": "2026-11-20T09:00", "closes_at": "2027-06-01T09:00"}, "opens_at", "is still open"),
    ],
)
def test_faults_stand_at_their_field_and_nothing_is_lost(planner: Browser, change, field, words) -> None:
    answer = send(planner, f"{DESK}/new", **wanted(**change))
    assert answer.status_code == 422
    assert words in answer.text
    assert f'href="#{field}"' in answer.text
    for kept in ("Seconda lettura", "Read it again.", "2031-06-01T23:59"):
        if kept not in map(str, change.values()) and not ("closes_at" in change and kept.startswith("2031")):
            assert kept in answer.text


def test_an_end_inside_the_next_step_is_the_end_that_is_wrong(
    planner: Browser, session: Session, plan: Plan
) -> None:
    first = phases(session, plan)[0]
    opens = (first.opens_at - 9 * DAY).astimezone(ROME).strftime("%Y-%m-%dT%H:%M")
    closes = (first.opens_at + DAY).astimezone(ROME).strftime("%Y-%m-%dT%H:%M")
    answer = send(planner, f"{DESK}/new", **wanted(opens_at=opens, closes_at=closes))
    assert 'href="#closes_at"' in answer.text
    assert "opens before this step closes" in answer.text


def test_changing_the_open_step_says_what_changes_for_people(
    planner: Browser, session: Session, plan: Plan
) -> None:
    now = datetime.now(UTC)
    here = next(phase for phase in phases(session, plan) if phase.opens_at <= now < phase.closes_at)
    address = f"{DESK}/{here.id}"
    values = wanted(
        opens_at=local_form(here.opens_at, ROME),
        closes_at=local_form(here.closes_at - DAY, ROME),
        actions=["inform", "vote"],
        vote_level="3",
        results="always",
        moderation="post",
    )
    page = send(planner, address, **values).text
    assert "This changes something for people now" in page
    assert "Nobody can comment any more. Comments that were sent stay." in page
    assert "Only people with a verified identity (SPID, CIE or eIDAS) can vote" in page
    assert "People have less time than they were told" in page
    save(planner, address, **values)
    session.refresh(here)
    assert (here.actions, here.vote_level) == (["inform", "vote"], 3)
    recorded = select(AuditEntry.action).where(
        AuditEntry.subject == "phase", AuditEntry.subject_id == here.id
    )
    assert session.scalars(recorded).all() == ["phase.change"]


def test_a_step_in_which_people_spoke_stays(
    planner: Browser, resident: Browser, session: Session, plan: Plan
) -> None:
    resident.vote("P1-05", 2)
    now = datetime.now(UTC)
    here = next(phase for phase in phases(session, plan) if phase.opens_at <= now < phase.closes_at)
    page = planner.get(f"{DESK}/{here.id}/remove").text
    assert "This step cannot be removed" in page
    assert "1 vote" in page
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', planner.get(f"{DESK}/new").text)
    assert token
    refused = planner.client.post(f"{DESK}/{here.id}/remove", data={"csrf_token": token[1]})
    assert refused.status_code == 409
    assert here.id in {phase.id for phase in phases(session, plan)}


def test_a_silent_step_can_be_removed(planner: Browser, session: Session, plan: Plan) -> None:
    last = phases(session, plan)[-1]
    done = send(planner, f"{DESK}/{last.id}/remove")
    assert "The step is removed." in done.text
    assert last.id not in {phase.id for phase in phases(session, plan)}


@pytest.mark.parametrize("role", ["moderator", "clerk", "facilitator"])
def test_other_staff_neither_see_nor_change_the_planning(staff: Callable[[str], Browser], role: str) -> None:
    browser = staff(role)
    assert browser.get(f"{PLAN}/desk").status_code == 200
    assert DESK not in browser.get(f"{PLAN}/desk").text
    assert browser.get(DESK).status_code == 403
    assert browser.get(f"{DESK}/new").status_code == 403


def test_visitors_are_asked_to_sign_in(resident: Browser) -> None:
    assert "/sign-in" in resident.client.get(DESK).headers["Location"]


def test_the_hour_that_is_left_out_does_not_exist() -> None:
    assert not exists(datetime(2027, 3, 28, 2, 30), ROME)
    with pytest.raises(ValueError, match="Europe/Rome"):
        instant_of(datetime(2027, 3, 28, 2, 30), ROME)
    assert exists(datetime(2027, 3, 28, 3, 0), ROME)


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    twice = datetime(2026, 10, 25, 2, 30)
    assert comes_twice(twice, ROME)
    assert instant_of(twice, ROME) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not comes_twice(datetime(2026, 10, 26, 2, 30), ROME)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    )
)
def test_local_times_come_back_as_they_were_typed(local: datetime) -> None:
    if exists(local, ROME):
        assert local_form(instant_of(local, ROME), ROME) == local.strftime("%Y-%m-%dT%H:%M")


def step(opens: int, closes: int, actions: str = "comment vote", **rules: object) -> Step:
    return Step(1, "a", frozenset(actions.split()), NOW + opens * DAY, NOW + closes * DAY, **rules)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        (None, step(1, 5), []),
        (step(-9, -5), step(-9, -4), []),
        (None, step(-1, 5), ["begins_now", "starts", "starts"]),
        (step(-1, 5), None, ["ends_now", "stops", "stops"]),
        (step(-1, 5), step(-1, 5), []),
        (step(-1, 5), step(-1, 3), ["closes_sooner"]),
        (step(-1, 5), step(-1, 9), ["closes_later"]),
        (step(-1, 5), step(-1, 5, "comment"), ["stops"]),
        (step(-1, 5), step(-1, 5, vote_level=2), ["harder"]),
        (step(-1, 5, comment_level=2), step(-1, 5), ["easier"]),
        (step(-1, 5), step(-1, 5, results="after_vote", moderation="pre"), ["results", "moderation"]),
    ],
)
def test_what_a_change_means_for_people(before, after, codes) -> None:
    assert [effect.code for effect in consequences(before, after, NOW)] == codes
