"""Signing in and out: where it leads, what a mistake costs, who is turned away."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.accounts import services
from mobility.accounts.models import Account
from tests.consultation.browser import Browser, read_forms

EMAIL, PASSWORD = "Delegate@Example.org", "quattro canti di notte"


@pytest.fixture
def account(session: Session) -> Account:
    made = services.save_account(session, email=EMAIL, name="Rosalia Test", password=PASSWORD)
    session.commit()
    return made


@pytest.fixture
def visitor(client: FlaskClient) -> Browser:
    return Browser(client)


def sign_in(
    visitor: Browser, *, email: str = EMAIL, password: str = PASSWORD, query: str = ""
) -> TestResponse:
    """What the form answers, without following it."""
    page = visitor.get(f"/sign-in{query}").text
    (form,) = [form for form in read_forms(page) if "password" in form.fields]
    return visitor.send(form, follow=False, email=email, password=password)


def test_it_leads_to_ones_own_page(visitor: Browser, account: Account) -> None:
    answer = sign_in(visitor)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    page = visitor.get("/account").text
    assert "Rosalia Test" in page
    assert 'href="/account"' in page
    assert account.last_sign_in_at is not None


def test_it_leads_to_where_one_was_going(visitor: Browser, account: Account) -> None:
    answer = sign_in(visitor, query="?next=/plans/palermo-centro/comments%3Ftopic%3Dsafety")
    assert answer.headers["Location"] == "/plans/palermo-centro/comments?topic=safety"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/%5Cevil.example"])
def test_it_never_leads_to_another_site(visitor: Browser, account: Account, elsewhere: str) -> None:
    page = visitor.get(f"/sign-in?next={elsewhere}").text
    assert "evil.example" not in page.split("<main")[1]
    (form,) = [form for form in read_forms(page) if "password" in form.fields]
    form.action = f"/sign-in?next={elsewhere}"
    answer = visitor.send(form, follow=False, email=EMAIL, password=PASSWORD)
    assert answer.headers["Location"] == "/account"


def test_the_address_may_be_typed_in_any_case(visitor: Browser, account: Account) -> None:
    assert sign_in(visitor, email=f"  {EMAIL.upper()} ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "something else"), ("nobody@example.org", PASSWORD), (EMAIL, PASSWORD + " ")],
)
def test_a_wrong_pair_says_nothing_of_which_part(
    visitor: Browser, account: Account, email: str, password: str
) -> None:
    answer = sign_in(visitor, email=email, password=password)
    assert answer.status_code == 422
    assert "This address and password do not belong together." in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert visitor.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("", PASSWORD, "Enter your e-mail address."),
        (EMAIL, "", "Enter your password."),
        ("a" * 300, PASSWORD, "This address is too long."),
        (EMAIL, "p" * 300, "This password is too long."),
    ],
)
def test_what_is_missing_is_said_at_the_field(
    visitor: Browser, account: Account, email: str, password: str, message: str
) -> None:
    answer = sign_in(visitor, email=email, password=password)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2
    assert 'aria-invalid="true"' in answer.text


def test_a_closed_account_is_turned_away(visitor: Browser, account: Account, session: Session) -> None:
    assert sign_in(visitor).status_code == 303
    account.active = False
    session.commit()
    assert visitor.get("/account").headers["Location"] == "/sign-in?next=/account"
    assert sign_in(visitor).status_code == 422


def test_the_form_must_be_ours(client: FlaskClient, account: Account) -> None:
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/account").status_code == 302


def test_signing_out(visitor: Browser, account: Account) -> None:
    sign_in(visitor)
    assert visitor.get("/sign-in").headers["Location"] == "/account"
    answer = visitor.send(visitor.form("/account", "/sign-out"))
    assert "You are signed out." in answer.text
    assert visitor.get("/account").status_code == 302


def test_a_short_password_is_refused(session: Session) -> None:
    with pytest.raises(services.Invalid) as refused:
        services.save_account(session, email=EMAIL, name="Rosalia", password="short")
    assert refused.value.field == "password"
