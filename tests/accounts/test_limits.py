"""Trying passwords is slowed for one address without shutting others out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from mobility.accounts.services import save_account
from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.extensions import db, limiter
from mobility.limits_store import BATCH
from mobility.settings import Settings
from tests.accounts.conftest import PASSWORD, form_to
from tests.consultation.browser import Browser


@pytest.fixture
def limited(committed: Flask, settings: Settings, database_url: str) -> Iterator[Flask]:
    """The application with its limits on, and two people with an account."""
    was = limiter.enabled
    application = create_app(settings.model_copy(update={"rate_limits": True}), database_url=database_url)
    application.config.update(TESTING=True)
    with application.app_context(), unit_of_work() as session:
        for name in ("ada", "rosa"):
            save_account(session, email=f"{name}@example.org", name=name, password=PASSWORD)
    yield application
    limiter.enabled = was
    with application.app_context():
        db.engine.dispose()


def test_guessing_the_password_of_one_address_is_slowed(limited: Flask) -> None:
    browser = Browser(limited.test_client())
    form = form_to(browser.get("/sign-in").text, "/sign-in", "password")
    codes = []
    while 429 not in codes and len(codes) < 10 + BATCH:
        answer = browser.send(form, follow=False, email="ada@example.org", password="wrong, wrong, wrong")
        codes.append(answer.status_code)
    assert codes[:10] == [422] * 10
    assert codes[-1] == 429
    other = Browser(limited.test_client())
    form = form_to(other.get("/sign-in").text, "/sign-in", "password")
    answer = other.send(form, follow=False, email="rosa@example.org", password=PASSWORD)
    assert answer.status_code == 303, "a colleague beside is not shut out"
