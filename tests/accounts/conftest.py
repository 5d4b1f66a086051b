"""People with an account, their browsers, and the app on their phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.accounts import second_factor, services
from mobility.accounts.models import Account, AuditEntry
from mobility.extensions import db
from mobility.mail.models import MailMessage
from tests.consultation.browser import Browser, Form, read_forms

PASSWORD = "quattro canti di notte"
SECRET = "test-secret-test-secret-test-secret"


def form_to(page: str, ending: str, holding: str = "csrf_token") -> Form:
    """The form of a page whose address ends like this and that holds this field."""
    for form in read_forms(page):
        if form.action.partition("?")[0].endswith(ending) and holding in form.fields:
            return form
    raise AssertionError(f"no form to {ending}")


@dataclass
class Person:
    """Somebody with an account, a browser and perhaps an app."""

    account: Account
    browser: Browser
    secret: str = ""
    codes: tuple[str, ...] = ()

    def has_factor(self) -> bool:
        """Whether the database says that the second factor is on."""
        since = select(Account.totp_since).where(Account.id == self.account.id)
        return db.session.scalar(since) is not None

    def code(self, steps: int = 0) -> str:
        """The code of the app now, or some steps of 30 seconds later."""
        return pyotp.TOTP(self.secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))

    def sign_in(self, *, password: str = PASSWORD, query: str = "", follow: bool = False) -> TestResponse:
        """Sends address and password; what the form answers."""
        page = self.browser.get(f"/sign-in{query}").text
        form = form_to(page, "/sign-in", "password")
        return self.browser.send(form, follow=follow, email=self.account.email, password=password)

    def send(self, path: str, ending: str, *, follow: bool = False, **typed: str) -> TestResponse:
        """Opens a page and sends one of its forms."""
        return self.browser.send(form_to(self.browser.get(path).text, ending), follow=follow, **typed)


Make = Callable[..., Person]


@pytest.fixture
def make(app: Flask, session: Session) -> Make:
    """`make("planner", factor=True)`: somebody with this role, not signed in yet."""

    def somebody(role: str = "member", *, name: str = "Ada Bruno", factor: bool = False) -> Person:
        email = f"{role}.{name.split()[0].lower()}@example.org"
        account = services.save_account(
            session, email=email, name=name, password=PASSWORD, role=role, language="en"
        )
        person = Person(account, Browser(app.test_client()))
        if factor:
            person.secret = second_factor.begin(session, account=account, secret_key=SECRET)
            now = datetime(2026, 1, 1, tzinfo=UTC)
            code = pyotp.TOTP(person.secret).at(now)
            codes = second_factor.confirm(session, account=account, code=code, secret_key=SECRET, now=now)
            person.codes = tuple(codes)
        session.commit()
        return person

    return somebody


@pytest.fixture
def letters(session: Session) -> Callable[[str], list[str]]:
    """The bodies of the messages queued for an address, oldest first."""

    def read(email: str) -> list[str]:
        query = select(MailMessage.body).where(MailMessage.recipient == email).order_by(MailMessage.id)
        return list(session.scalars(query))

    return read


@pytest.fixture
def acts(session: Session) -> Callable[[], list[str]]:
    """The actions in the audit log of this test, oldest first."""
    first = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) or 0

    def read() -> list[str]:
        query = select(AuditEntry.action).where(AuditEntry.id > first).order_by(AuditEntry.id)
        return list(session.scalars(query))

    return read


def link_in(body: str) -> str:
    """The path of the one link to set a password."""
    (found,) = re.findall(r"https?://[^/\s]+(/password/\S+)", body)
    return str(found)
