"""A verified identity from a real issuer: what is kept of it, and what happens when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.accounts import services as accounts
from mobility.accounts.models import VERIFIED, Account, Participant
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote
from mobility.identity import keys, oidc
from mobility.identity.models import SignInEvent
from tests.consultation.browser import PLAN, Browser, form_in
from tests.e2e.server import free_port
from tests.identity.conftest import PASSWORD
from tests.identity.issuing import CLIENT, SECRET, issuing, pass_through

CALLBACK = "http://127.0.0.1:8000/identity/verify/return"
PERSON = "subject-0815"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with issuing(CALLBACK) as address:
        yield address


@pytest.fixture
def use_issuer(app: Flask) -> Iterator[Callable[[str], None]]:
    """Makes the application trust an issuer for the length of a test."""
    before = app.config["OIDC"]

    def trust(address: str) -> None:
        app.config["OIDC"] = {
            "issuer": address,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "name": "SPID",
        }
        oidc.init_oidc(app)

    yield trust
    app.config["OIDC"] = before
    app.extensions.pop("identity_issuer", None)


@pytest.fixture
def verify(use_issuer: Callable[[str], None], issuer: str) -> Callable[..., TestResponse]:
    """Goes to the issuer and comes back in this browser."""
    use_issuer(issuer)

    def go(browser: Browser, person: str = PERSON, query: str = "") -> TestResponse:
        question = browser.get(f"/identity/verify{query}")
        assert question.status_code == 302, question.text
        return browser.get(pass_through(question.headers["Location"], CALLBACK, person=person))

    return go


def test_off_without_an_issuer(resident: Browser) -> None:
    assert resident.get("/identity/verify").status_code == 404
    assert "Prove who you are" not in resident.get("/identity").text


def test_the_question_carries_state_nonce_and_challenge(
    resident: Browser, use_issuer: Callable[[str], None], issuer: str
) -> None:
    use_issuer(issuer)
    address = urlsplit(resident.get("/identity/verify").headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == issuer
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    assert all(len(asked[name]) >= 20 for name in ("state", "nonce", "code_challenge"))


def test_a_person_is_verified_and_nothing_is_kept_of_them(
    resident: Browser, verify: Callable[..., TestResponse], session: Session, app: Flask, issuer: str
) -> None:
    answer = verify(resident, query=f"?next={PLAN}/segments/P1-03")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PLAN}/segments/P1-03")
    assert "Identity verified" in resident.get("/identity").text
    person = session.scalars(select(Participant).where(Participant.identity_level == VERIFIED)).one()
    assert person.verified_key == keys.identity_key(str(app.secret_key), issuer, PERSON)
    row = session.scalar(
        text("SELECT row_to_json(p)::text FROM participant p WHERE id = :id"), {"id": person.id}
    )
    assert "Rosalia" not in str(row)
    assert PERSON not in str(row)


def test_one_person_on_two_devices_votes_once(
    resident: Browser, other_device: Browser, verify: Callable[..., TestResponse], session: Session
) -> None:
    resident.vote("P1-03", 1)
    other_device.vote("P1-03", -1)
    for browser in (resident, other_device):
        question = verify(browser)
        assert question.headers["Location"] == "/identity/verified"
        page = browser.get("/identity/verified")
        assert "(1 vote)" in page.text
        assert browser.send(form_in(page.text, "/identity/verified"), follow=False).status_code == 303
    votes = session.execute(select(Vote.position, Vote.identity_level)).all()
    assert [tuple(row) for row in votes] == [(-1, VERIFIED)]
    assert recount(session) == []


def test_what_others_said_on_the_device_stays_theirs(
    resident: Browser, verify: Callable[..., TestResponse], session: Session
) -> None:
    resident.vote("P1-03", 1)
    verify(resident)
    form = form_in(resident.get("/identity/verified").text, "/identity/verified")
    del form.fields["include"]
    resident.send(form, follow=False)
    assert session.scalars(select(Vote.identity_level)).all() == [0]


def test_who_declines_changes_nothing(
    resident: Browser, verify: Callable[..., TestResponse], session: Session
) -> None:
    answer = verify(resident, person="")
    assert answer.status_code == 400
    assert "You stopped" in answer.text
    assert "Try again" in answer.text
    assert session.scalars(select(SignInEvent.outcome)).all() == ["stopped"]
    assert session.scalars(select(Participant.id).where(Participant.identity_level == VERIFIED)).all() == []


def test_an_answer_for_another_browser_is_refused(
    resident: Browser, other_device: Browser, use_issuer: Callable[[str], None], issuer: str
) -> None:
    """Nobody can make somebody else's browser speak for them by a link."""
    use_issuer(issuer)
    question = resident.get("/identity/verify").headers["Location"]
    answer = pass_through(question, CALLBACK, person=PERSON)
    stolen = other_device.get(answer)
    assert stolen.status_code == 400
    assert "another window" in stolen.text
    assert "Without sign-in" in other_device.get("/").text


def test_a_code_that_was_used_is_refused(
    resident: Browser, use_issuer: Callable[[str], None], issuer: str
) -> None:
    use_issuer(issuer)
    back = pass_through(resident.get("/identity/verify").headers["Location"], CALLBACK, person=PERSON)
    assert resident.get(back).status_code == 303
    assert resident.get(back).status_code == 400


def test_an_issuer_that_is_down(
    resident: Browser, use_issuer: Callable[[str], None], session: Session
) -> None:
    use_issuer(f"http://127.0.0.1:{free_port()}")
    answer = resident.get("/identity/verify")
    assert answer.status_code == 502
    assert "does not answer just now" in answer.text
    assert session.scalars(select(SignInEvent.outcome)).all() == ["down"]


def test_an_account_is_verified_and_two_are_not_one(
    session: Session, sign_in: Callable[[Account], Browser], verify: Callable[..., TestResponse]
) -> None:
    browsers = []
    for name in ("one", "two"):
        account = accounts.save_account(session, email=f"{name}@example.org", name=name, password=PASSWORD)
        session.commit()
        browsers.append(sign_in(account))
    assert verify(browsers[0]).status_code == 303
    assert "Identity verified" in browsers[0].get("/identity").text
    refused = verify(browsers[1])
    assert refused.status_code == 409
    assert "belongs to another account" in refused.text
