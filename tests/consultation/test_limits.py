"""Rate limits per participant and per network: nothing typed is lost, no address is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from mobility.app import create_app
from mobility.extensions import db, limiter
from mobility.limits_store import RateLimit
from mobility.settings import Settings
from tests.consultation.browser import GOOD, Browser, card_path, form_in

ENOUGH = 26
"""More than two windows of twelve: refused even when a minute ends between."""


@pytest.fixture
def limited(committed: Flask, settings: Settings, database_url: str) -> Iterator[Flask]:
    """The application with its limits on."""
    was = limiter.enabled
    application = create_app(settings.model_copy(update={"rate_limits": True}), database_url=database_url)
    application.config.update(TESTING=True)
    yield application
    limiter.enabled = was
    with application.app_context():
        db.engine.dispose()


def test_a_flood_of_comments_is_slowed_and_the_text_kept(limited: Flask) -> None:
    browser = Browser(limited.test_client())
    form = form_in(browser.write().text, "/comments")
    answers = [browser.send(form, follow=False, stance="maybe") for _each in range(ENOUGH)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert answers[0].status_code == 422
    assert refused[0].headers["Retry-After"] == "60"
    assert form_in(refused[0].text, "/comments/new").fields["text"] == GOOD["text"]


def test_a_flood_of_votes_is_slowed(limited: Flask) -> None:
    browser = Browser(limited.test_client())
    form = browser.form(card_path("P1-03"), "/vote")
    codes = {browser.send(form, follow=False, position="1").status_code for _each in range(122)}
    assert codes == {303, 429}


def test_one_person_s_flood_leaves_others_alone(limited: Flask) -> None:
    browser = Browser(limited.test_client())
    form = form_in(browser.write().text, "/comments")
    for _each in range(ENOUGH):
        browser.send(form, follow=False, stance="maybe")
    other = Browser(limited.test_client())
    assert other.comment().status_code == 200


def test_no_address_is_kept(limited: Flask) -> None:
    browser = Browser(limited.test_client())
    browser.comment()
    with limited.app_context():
        keys = list(db.session.scalars(select(RateLimit.key)))
    assert keys
    assert all(b"127.0.0" not in key and b"token" not in key for key in keys)
