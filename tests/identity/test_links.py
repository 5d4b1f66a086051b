"""An address confirmed by a link: used once, kept from scanners and strangers, useful on any device."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility import web
from mobility.accounts import services as accounts
from mobility.accounts.models import EMAIL, Account, Participant, ParticipantToken
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote, VoteHistory
from mobility.extensions import db
from mobility.identity import links
from mobility.identity.models import IdentityLink, SignInEvent
from mobility.mail.models import MailMessage
from tests.consultation.browser import PLAN, Browser, form_in, read_forms

ADDRESS = "Rosalia@example.org"
ReadLink = Callable[[str], str]


def ask(browser: Browser, address: str = ADDRESS, query: str = "") -> TestResponse:
    """Fills in the form for a link; the answer is the page that says it was sent."""
    page = browser.get(f"/identity/email{query}").text
    form = next(form for form in read_forms(page) if "email" in form.fields)
    return browser.send(form, email=address)


def confirm(browser: Browser, path: str, **typed: str) -> TestResponse:
    """Opens a link and presses its button, without following where it leads."""
    return browser.send(form_in(browser.get(path).text, path), follow=False, **typed)


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(web.TOKEN_COOKIE)
    return found.value if found else ""


def test_from_the_address_back_to_where_one_was(
    resident: Browser, read_link: ReadLink, session: Session
) -> None:
    page = ask(resident, query=f"?next={PLAN}/segments/P1-03")
    assert ADDRESS in page.text
    path = read_link(ADDRESS)
    assert "Confirm that it is you" in resident.get(path).text
    answer = confirm(resident, path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PLAN}/segments/P1-03")
    assert "E-mail confirmed" in resident.get("/").text
    person = session.scalars(select(Participant).where(Participant.email == ADDRESS)).one()
    assert person.identity_level == EMAIL


def test_a_program_that_opens_every_link_uses_nothing_up(
    resident: Browser, other_device: Browser, read_link: ReadLink
) -> None:
    ask(resident)
    path = read_link(ADDRESS)
    for _time in range(3):
        assert other_device.get(path).status_code == 200
    assert confirm(resident, path).status_code == 303


def test_it_works_on_another_device_and_leaves_the_asking_one_as_it_was(
    resident: Browser, other_device: Browser, read_link: ReadLink
) -> None:
    """Whoever made somebody open a link never speaks for them afterwards."""
    ask(resident)
    assert confirm(other_device, read_link(ADDRESS)).status_code == 303
    assert "E-mail confirmed" in other_device.get("/identity").text
    assert "Without sign-in" in resident.get("/").text


def test_it_works_once(resident: Browser, other_device: Browser, read_link: ReadLink) -> None:
    ask(resident)
    path = read_link(ADDRESS)
    form = form_in(other_device.get(path).text, path)
    confirm(resident, path)
    late = other_device.send(form, follow=False)
    assert late.status_code == 410
    assert "used already" in late.text
    assert "Ask for a new link" in late.text
    assert resident.get(path).status_code == 410


def test_it_expires(resident: Browser, read_link: ReadLink, session: Session) -> None:
    ask(resident, query=f"?next={PLAN}")
    path = read_link(ADDRESS)
    form = form_in(resident.get(path).text, path)
    session.execute(update(IdentityLink).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
    session.commit()
    for answer in (resident.get(path), resident.send(form, follow=False)):
        assert answer.status_code == 410
        assert "they are over" in answer.text
        assert f"/identity/email?next={PLAN}" in answer.text


def test_an_unknown_link_is_explained(resident: Browser) -> None:
    answer = resident.get("/identity/link/nothing-of-ours")
    assert answer.status_code == 404
    assert "Ask for a new link" in answer.text


def test_the_answer_tells_nobody_who_is_known(
    resident: Browser, other_device: Browser, read_link: ReadLink
) -> None:
    ask(resident)
    confirm(resident, read_link(ADDRESS))
    known, unknown = ask(other_device, ADDRESS), ask(other_device, "nobody@example.org")
    assert known.text.replace(ADDRESS, "") == unknown.text.replace("nobody@example.org", "")


def test_one_address_gets_five_links_an_hour_and_nobody_is_told(resident: Browser, session: Session) -> None:
    answers = {ask(resident).status_code for _time in range(8)}
    assert answers == {200}
    sent = select(func.count()).select_from(MailMessage).where(MailMessage.recipient == ADDRESS)
    assert session.scalar(sent) == links.AN_HOUR


def test_only_hashes_are_kept(resident: Browser, read_link: ReadLink, session: Session) -> None:
    ask(resident)
    path = read_link(ADDRESS)
    secret = path.rpartition("/")[2]
    link = session.scalars(select(IdentityLink)).one()
    assert secret.encode() not in link.token_hash
    confirm(resident, path)
    session.expire_all()
    assert link.address == ""
    for event in session.scalars(select(SignInEvent)):
        assert ADDRESS.lower().encode() not in (event.address_hash or b"").lower()
    outcomes = session.execute(select(SignInEvent.kind, SignInEvent.outcome).order_by(SignInEvent.id)).all()
    assert [tuple(row) for row in outcomes] == [("link", "sent"), ("link", "used")]


def test_a_refused_link_is_written_down(resident: Browser, read_link: ReadLink, session: Session) -> None:
    ask(resident)
    path = read_link(ADDRESS)
    form = form_in(resident.get(path).text, path)
    confirm(resident, path)
    resident.send(form, follow=False)
    assert (
        session.scalars(select(SignInEvent.outcome).where(SignInEvent.outcome == "used")).all()
        == ["used"] * 2
    )


@pytest.mark.parametrize("typed", ["", "rosalia", "a@b", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_said_at_the_field(resident: Browser, typed: str) -> None:
    answer = ask(resident, typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/%5Cevil.example"])
def test_it_never_leads_to_another_site(resident: Browser, read_link: ReadLink, elsewhere: str) -> None:
    ask(resident, query=f"?next={elsewhere}")
    assert confirm(resident, read_link(ADDRESS)).headers["Location"] == "/identity"


def test_the_browser_gets_a_new_token(resident: Browser, read_link: ReadLink, session: Session) -> None:
    """A token that somebody had put into the browser before is worth nothing afterwards."""
    resident.vote("P1-03", 1)
    planted = cookie(resident)
    ask(resident)
    confirm(resident, read_link(ADDRESS))
    assert cookie(resident) not in ("", planted)
    now = datetime.now(UTC)
    assert accounts.token_participant(session, token=planted, create=False, now=now) is None
    kept = session.get_one(ParticipantToken, accounts.token_hash(cookie(resident)))
    assert kept.expires_at is not None


def test_an_earlier_vote_comes_along(
    resident: Browser, other_device: Browser, read_link: ReadLink, session: Session
) -> None:
    """Two votes on one street become one: the later. The other one is in the history."""
    ask(other_device)
    confirm(other_device, read_link(ADDRESS))
    other_device.vote("P1-03", -2)
    resident.vote("P1-03", 2)
    resident.vote("P1-01", 1)
    ask(resident)
    path = read_link(ADDRESS)
    assert "Add what I said on this device before (2 votes)" in resident.get(path).text
    confirm(resident, path)
    person = session.scalars(select(Participant).where(Participant.email == ADDRESS)).one()
    live = session.execute(select(Vote.position, Vote.identity_level).where(Vote.participant_id == person.id))
    assert sorted(tuple(row) for row in live) == [(1, EMAIL), (2, EMAIL)]
    assert session.scalars(select(VoteHistory.ending)).all() == ["merged"]
    assert recount(session) == []


def test_on_a_shared_device_what_others_said_stays_theirs(
    resident: Browser, read_link: ReadLink, session: Session
) -> None:
    resident.vote("P1-03", 2)
    ask(resident)
    path = read_link(ADDRESS)
    form = form_in(resident.get(path).text, path)
    del form.fields["include"]
    resident.send(form, follow=False)
    person = session.scalars(select(Participant).where(Participant.email == ADDRESS)).one()
    assert session.scalars(select(Vote).where(Vote.participant_id == person.id)).all() == []
    assert "Send my vote" in resident.get(f"{PLAN}/segments/P1-03").text


def test_nothing_to_add_is_not_asked(resident: Browser, read_link: ReadLink) -> None:
    ask(resident)
    assert "on this device before" not in resident.get(read_link(ADDRESS)).text


def test_a_signed_in_account_is_signed_out_first(
    session: Session, sign_in: Callable[[Account], Browser], read_link: ReadLink
) -> None:
    account = accounts.save_account(
        session, email="d@example.org", name="Dora", password="a long enough password"
    )
    session.commit()
    browser = sign_in(account)
    ask(browser)
    path = read_link(ADDRESS)
    assert "The button signs that account out" in browser.get(path).text
    confirm(browser, path)
    assert "Dora" not in browser.get("/identity").text
    assert session.scalars(select(Participant.account_id).where(Participant.email == ADDRESS)).one() is None


@pytest.mark.concurrency
def test_two_who_press_at_the_same_moment(committed: Flask) -> None:
    """One gets in, the other is told."""
    now = datetime.now(UTC)
    with committed.app_context():
        token = links.ask_link(
            db.session,
            site=links.Site("s" * 32, "https://consult.example"),
            address=ADDRESS,
            next_path="",
            language="en",
            now=now,
        )
        db.session.commit()

    def press(_number: int) -> str:
        with committed.app_context():
            try:
                links.use_link(
                    db.session, token=str(token), device=links.Device(), include_device=True, now=now
                )
                db.session.commit()
            except links.LinkEnded as error:
                db.session.rollback()
                return error.state
            return "in"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, range(6))) == ["in", *["used"] * 5]
    with committed.app_context():
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 1
