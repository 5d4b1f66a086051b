"""Two pages opened at once by a browser without cookies: whatever is sent from them is one person's."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.consultation.models import Vote
from tests.consultation.browser import Browser, card_path, forget_request

CODES = ("P1-03", "P1-04")


def counts(session: Session) -> tuple[int, int]:
    """People and votes."""
    session.expire_all()
    people = session.scalar(select(func.count()).select_from(Participant)) or 0
    return people, session.scalar(select(func.count()).select_from(Vote)) or 0


def take_cookies(browser: FlaskClient, other: FlaskClient) -> None:
    """The answer that came last has set the cookies of both tabs."""
    for name in ("session", "participant"):
        cookie = other.get_cookie(name)
        assert cookie is not None
        browser.set_cookie(name, cookie.value)


def test_two_tabs_opened_at_once_speak_for_one_person(app: Flask, session: Session) -> None:
    first, second = app.test_client(), app.test_client()
    forms = [
        Browser(client).form(card_path(code), "/vote")
        for client, code in zip((first, second), CODES, strict=True)
    ]
    people, votes = counts(session)
    take_cookies(first, second)
    browser = Browser(first)
    expired = browser.send(forms[0], follow=False, position="1")
    assert expired.status_code == 400, "the form of the first tab belongs to cookies that are gone"
    forget_request()
    fresh = first.get("/outbox/token").get_json()["token"]
    assert browser.send(forms[0], follow=False, position="1", csrf_token=fresh).status_code == 303
    assert browser.send(forms[1], follow=False, position="2").status_code == 303
    assert counts(session) == (people + 1, votes + 2)
    for code in CODES:
        assert "Change my vote" in browser.get(card_path(code)).text


def test_the_person_is_fixed_before_the_first_form_is_sent(app: Flask, session: Session) -> None:
    """Two forms of one page may arrive before either is answered: both carry what the page has set."""
    client = app.test_client()
    form = Browser(client).form(card_path(CODES[0]), "/vote")
    twin = app.test_client()
    take_cookies(twin, client)
    people, votes = counts(session)
    for each in (client, twin):
        assert Browser(each).send(form, follow=False, position="1").status_code == 303
    assert counts(session) == (people + 1, votes + 1)


def test_reading_alone_makes_nobody(app: Flask, session: Session) -> None:
    people, _votes = counts(session)
    client = app.test_client()
    for path in (card_path(CODES[0]), "/plans/palermo-centro/comments", "/outbox/token"):
        Browser(client).get(path)
    assert counts(session)[0] == people
