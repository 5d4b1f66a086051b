"""Passwords: which are refused, how one changes one's own, the way back in by a link that works once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import links, passwords
from mobility.accounts.models import Account, AccountLink
from mobility.accounts.services import authenticate
from mobility.errors import Invalid
from tests.accounts.conftest import PASSWORD, Make, Person, form_to, link_in
from tests.consultation.browser import Browser

NEW = "seven lemons on a tram"
Letters = Callable[[str], list[str]]


@pytest.mark.parametrize(
    "password",
    [
        "short", "elevenchars", "password1234", "Password!2026", "passwordpassword", "palermo12345678",
        "123456789012", "qwertyuiop[]", "aaaaaaaaaaaaaa", "abcabcabcabcabc", "1q2w3e4r5t6y",
        "zxcvbnmlkjhgfdsa",
        "098765432109", "correct horse battery staple", "Ada Bruno is here", "my-bruno-my-own",
        "planner.ada.2026!",
    ],
)  # fmt: skip
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check_password(password, name="Ada Bruno", email="planner.ada@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "quattro-canti",
        NEW,
        "a long enough password",
        "Ballarò, otto e mezza",
        "x7#Kq9!vB2mZ",
        "città di mare",
    ],
)
def test_passwords_that_are_taken(password: str) -> None:
    passwords.check_password(password, name="Ada Bruno", email="planner.ada@example.org")


@given(st.text(max_size=11))
def test_nothing_shorter_than_twelve(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check_password(password, name="Ada Bruno", email="ada@example.org")


@given(st.text(min_size=1, max_size=4), st.integers(min_value=12, max_value=60))
def test_no_short_pattern_repeated(pattern: str, length: int) -> None:
    with pytest.raises(Invalid):
        passwords.check_password((pattern * length)[:length], name="Rosa Sala", email="r@example.org")


def can_enter(session: Session, person: Person, password: str) -> bool:
    session.expire_all()
    now = datetime.now(UTC)
    return authenticate(session, email=person.account.email, password=password, now=now) is not None


def test_changing_ones_own(
    app: Flask, make: Make, session: Session, letters: Letters, acts: Callable[[], list[str]]
) -> None:
    person = make()
    elsewhere = Person(person.account, Browser(app.test_client()))
    person.sign_in()
    elsewhere.sign_in()
    answer = person.send("/account/password", "/account/password", old=PASSWORD, password=NEW, follow=True)
    assert "Your password is changed" in answer.text
    assert person.browser.get("/account").status_code == 200
    assert elsewhere.browser.get("/account").status_code == 302
    assert can_enter(session, person, NEW)
    assert not can_enter(session, person, PASSWORD)
    assert "password of your account was changed" in letters(person.account.email)[-1]
    assert acts()[-1] == "account.change_password"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("not the old one at all", NEW, "This is not your present password."),
        (PASSWORD, "short", "at least 12 characters"),
        (PASSWORD, "passwordpassword", "among the first that others would guess"),
        (PASSWORD, "ada ada ada bruno", "part of your name"),
        (PASSWORD, PASSWORD, "This is your present password."),
        ("", NEW, "Enter your present password."),
    ],
)
def test_a_change_that_is_refused(make: Make, session: Session, old: str, new: str, message: str) -> None:
    person = make()
    person.sign_in()
    answer = person.send("/account/password", "/account/password", old=old, password=new)
    assert answer.status_code == 422
    assert message in answer.text
    assert can_enter(session, person, PASSWORD)


def test_signing_out_everywhere_else(app: Flask, make: Make) -> None:
    person = make()
    elsewhere = Person(person.account, Browser(app.test_client()))
    person.sign_in()
    elsewhere.sign_in()
    person.send("/account/security", "/account/end-sessions")
    assert person.browser.get("/account").status_code == 200
    assert elsewhere.browser.get("/account").status_code == 302


def ask(person: Person, email: str) -> str:
    return person.send("/forgot", "/forgot", email=email, follow=True).text


def test_the_answer_is_the_same_for_addresses_nobody_has(make: Make, letters: Letters) -> None:
    person = make()
    known, unknown = ask(person, person.account.email.upper()), ask(person, "nobody@example.org")
    assert "If there is an account with this address" in known
    assert known == unknown
    assert len(letters(person.account.email)) == 1
    assert letters("nobody@example.org") == []


@pytest.mark.parametrize("role", ["member", "planner"])
def test_the_way_back_in(make: Make, session: Session, letters: Letters, role: str) -> None:
    person = make(role, factor=role == "planner")
    ask(person, person.account.email)
    path = link_in(letters(person.account.email)[0])
    page = person.browser.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    form = form_to(page.text, path, "password")
    assert person.browser.send(form, follow=False, password="passwordpassword").status_code == 422
    answer = person.browser.send(form, follow=False, password=NEW)
    assert answer.headers["Location"] == "/sign-in"
    assert person.browser.get("/account").status_code == 302, "the link alone signs nobody in"
    assert can_enter(session, person, NEW)
    assert person.browser.get(path).status_code == 404
    assert person.browser.send(form, follow=False, password=NEW + "!").status_code == 404
    after = person.sign_in(password=NEW)
    assert after.headers["Location"].startswith("/sign-in/code" if role == "planner" else "/account")


def test_a_newer_link_replaces_the_older(make: Make, letters: Letters) -> None:
    person = make()
    ask(person, person.account.email)
    ask(person, person.account.email)
    older, newer = map(link_in, letters(person.account.email))
    assert person.browser.get(older).status_code == 404
    assert person.browser.get(newer).status_code == 200


def test_a_link_ends_after_a_day(make: Make, session: Session) -> None:
    person, now = make(), datetime.now(UTC)
    token, purpose = links.issue_link(session, account=person.account, now=now)
    assert purpose == "reset"
    at = now + timedelta(hours=24)
    assert links.linked_account(session, token=token, now=at - timedelta(seconds=1)) is not None
    assert links.take_link(session, token=token, now=at) is None


def test_the_token_itself_is_not_stored(make: Make, session: Session) -> None:
    person = make()
    token, _purpose = links.issue_link(session, account=person.account, now=datetime.now(UTC))
    assert [bytes(each) for each in session.scalars(select(AccountLink.token_hash))] == [
        links.link_hash(token)
    ]
    assert token.encode() not in links.link_hash(token)


def test_a_closed_account_gets_no_link(make: Make, session: Session, letters: Letters) -> None:
    person = make()
    session.get_one(Account, person.account.id).active = False
    session.commit()
    ask(person, person.account.email)
    assert letters(person.account.email) == []


def test_letters_speak_the_language_of_the_reader(make: Make, session: Session, letters: Letters) -> None:
    person = make()
    session.get_one(Account, person.account.id).language = "en"
    session.commit()
    ask(person, person.account.email)
    body = letters(person.account.email)[0]
    assert "Somebody asked for a new password" in body
    assert len(re.findall(r"https?://", body)) == 1
