"""Devices that are left, sessions that end, addresses that change, people who are erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility import signals, web
from mobility.accounts import services as accounts
from mobility.accounts.models import ANONYMOUS, EMAIL, INVITATION, Account, Participant, ParticipantToken
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote
from mobility.identity import events
from mobility.identity.models import IdentityLink, SignInEvent
from mobility.mail.models import MailMessage
from tests.consultation.browser import PLAN, Browser, form_in
from tests.identity.conftest import PASSWORD
from tests.identity.test_links import ADDRESS, ask, confirm, cookie

ReadLink = Callable[[str], str]
NEW = "rosa@example.net"


@pytest.fixture
def known(resident: Browser, read_link: ReadLink) -> Browser:
    """A browser that speaks for a confirmed address."""
    ask(resident)
    confirm(resident, read_link(ADDRESS))
    return resident


def owner(session: Session, address: str = ADDRESS) -> Participant:
    return session.scalars(select(Participant).where(Participant.email == address)).one()


def press(browser: Browser, ending: str) -> None:
    browser.send(form_in(browser.get("/identity").text, ending), follow=False)


def end_sessions(session: Session) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    session.execute(update(ParticipantToken).values(expires_at=past))
    session.commit()


def test_leaving_a_device(known: Browser, session: Session) -> None:
    """Whoever comes next is nobody, and what was said stays with the person."""
    known.vote("P1-03", 2)
    before = cookie(known)
    press(known, "/identity/leave")
    assert cookie(known) != before
    assert "Without sign-in" in known.get("/identity").text
    known.vote("P1-03", -2)
    votes = session.execute(select(Vote.position, Vote.identity_level).order_by(Vote.id)).all()
    assert [tuple(row) for row in votes] == [(2, EMAIL), (-2, ANONYMOUS)]


def test_signing_out_everywhere(known: Browser, other_device: Browser, read_link: ReadLink) -> None:
    ask(other_device)
    confirm(other_device, read_link(ADDRESS))
    assert "signed in on 2 devices" in known.get("/identity").text
    press(known, "/identity/leave-everywhere")
    for browser in (known, other_device):
        assert "Without sign-in" in browser.get("/").text


def test_a_session_that_ended_starts_again_as_somebody_new(known: Browser, session: Session) -> None:
    before, person = cookie(known), owner(session)
    end_sessions(session)
    assert "Without sign-in" in known.get("/").text
    assert cookie(known) != before
    assert "Your vote is counted." in known.vote("P1-03", 1).text
    assert session.scalars(select(Vote.participant_id)).one() != person.id


def test_a_form_that_was_open_when_the_session_ended_still_counts(known: Browser, session: Session) -> None:
    """The vote is counted, as that of somebody unknown; never lost, never under the old name."""
    form = form_in(known.get(f"{PLAN}/segments/P1-03").text, "/vote")
    written = form_in(known.write().text, "/comments")
    person = owner(session)
    end_sessions(session)
    assert "Your vote is counted." in known.send(form, position="1").text
    vote = session.scalars(select(Vote)).one()
    assert vote.participant_id != person.id
    assert vote.identity_level == ANONYMOUS
    assert known.send(written, follow=False).status_code == 303


def test_a_visit_prolongs_the_session_once_a_day(known: Browser, session: Session) -> None:
    key = accounts.token_hash(cookie(known))
    soon = datetime.now(UTC) + timedelta(days=2)
    session.execute(update(ParticipantToken).values(expires_at=soon))
    session.commit()
    known.get("/")
    session.expire_all()
    later = session.get_one(ParticipantToken, key).expires_at
    assert later is not None
    assert later > soon + timedelta(days=20)


def test_changing_the_address(known: Browser, read_link: ReadLink, session: Session) -> None:
    person = owner(session)
    known.send(form_in(known.get("/identity/change-email").text, "/identity/change-email"), email=NEW)
    assert person.email == ADDRESS
    path = read_link(NEW)
    assert NEW in known.get(path).text
    assert confirm(known, path).status_code == 303
    session.refresh(person)
    assert person.email == NEW
    told = session.scalars(select(MailMessage).where(MailMessage.recipient == ADDRESS)).one()
    assert "another address" in told.body
    assert NEW not in told.body


def test_only_the_browser_that_asked_changes_the_address(
    known: Browser, other_device: Browser, read_link: ReadLink, session: Session
) -> None:
    """Whoever asks for somebody else's address never gets what that person said."""
    known.send(form_in(known.get("/identity/change-email").text, "/identity/change-email"), email=NEW)
    path = read_link(NEW)
    assert confirm(other_device, path).status_code == 403
    assert owner(session).email == ADDRESS
    assert confirm(known, path).status_code == 303


def test_an_address_that_was_somebody_else_before(
    known: Browser, other_device: Browser, read_link: ReadLink, session: Session
) -> None:
    """Who holds both addresses is one person, with one vote."""
    ask(other_device, NEW)
    confirm(other_device, read_link(NEW))
    other_device.vote("P1-03", -1)
    known.vote("P1-03", 1)
    known.send(form_in(known.get("/identity/change-email").text, "/identity/change-email"), email=NEW)
    confirm(known, read_link(NEW))
    assert session.scalars(select(Vote.position)).all() == [1]
    assert owner(session, NEW).id == session.scalars(select(Vote.participant_id)).one()
    assert "Without sign-in" in other_device.get("/").text
    assert recount(session) == []


def test_who_has_no_address_is_asked_for_one(resident: Browser) -> None:
    assert resident.get("/identity/change-email").headers["Location"] == "/identity/email"


def test_an_erased_person_is_found_by_nothing(known: Browser, session: Session) -> None:
    ask(known)
    person = owner(session)
    signals.participant_erased.send(session, participant_id=person.id, now=datetime.now(UTC))
    session.commit()
    assert (
        session.scalar(select(func.count()).select_from(IdentityLink).where(IdentityLink.address != "")) == 0
    )
    assert session.scalar(select(func.count()).where(SignInEvent.participant_id == person.id)) == 0
    assert "Without sign-in" in known.get("/").text


def test_the_record_is_tidied_after_ninety_days(known: Browser, session: Session) -> None:
    now = datetime.now(UTC)
    assert events.tidy(session, now=now + timedelta(days=89))["events"] == 0
    gone = events.tidy(session, now=now + timedelta(days=91))
    assert gone["events"] == 2
    assert gone["links"] == 0
    assert cookie(known)


@pytest.fixture
def member(session: Session) -> Account:
    account = accounts.save_account(session, email="dora@example.org", name="Dora", password=PASSWORD)
    session.commit()
    return account


def password(browser: Browser, query: str = "") -> str:
    """Signs in with a password; where that leads."""
    form = form_in(browser.get(f"/sign-in{query}").text, f"/sign-in{query}")
    answer = browser.send(form, follow=False, email="dora@example.org", password=PASSWORD)
    return answer.headers["Location"]


def test_after_a_password_one_may_add_what_was_said_before(
    resident: Browser, member: Account, session: Session
) -> None:
    resident.vote("P1-03", 1)
    where = password(resident, f"?next={PLAN}")
    page = resident.get(where).text
    assert "(1 vote)" in page
    answer = resident.send(form_in(page, f"/identity/bring?next={PLAN}"), follow=False)
    assert answer.headers["Location"] == PLAN
    mine = accounts.account_participant(session, account=member, create=False)
    assert mine is not None
    row = session.execute(select(Vote.participant_id, Vote.identity_level)).one()
    assert tuple(row) == (mine.id, INVITATION)
    assert session.get_one(Participant, mine.id).merged_into is None


def test_on_a_shared_device_an_account_takes_nothing(
    resident: Browser, member: Account, session: Session
) -> None:
    resident.vote("P1-03", 1)
    where = password(resident)
    form = form_in(resident.get(where).text, where.partition("?")[2] or where)
    del form.fields["include"]
    resident.send(form, follow=False)
    assert session.scalars(select(Vote.identity_level)).all() == [ANONYMOUS]


def test_nobody_spoke_before_and_nothing_is_asked(resident: Browser, member: Account) -> None:
    assert password(resident) == "/account"


def test_the_cookie_is_not_for_scripts(known: Browser) -> None:
    found = known.client.get_cookie(web.TOKEN_COOKIE)
    assert found
    assert found.http_only
    assert found.same_site == "Lax"
