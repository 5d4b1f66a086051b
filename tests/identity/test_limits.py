"""Whoever tries too often is slowed, and finds what was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from mobility.app import create_app
from mobility.extensions import db, limiter
from mobility.settings import Settings
from tests.consultation.browser import Browser, form_in
from tests.identity.test_links import ADDRESS, ask


@pytest.fixture
def limited(committed: Flask, settings: Settings, database_url: str) -> Iterator[Browser]:
    """A browser before the application with its limits on."""
    was = limiter.enabled
    application = create_app(settings.model_copy(update={"rate_limits": True}), database_url=database_url)
    application.config.update(TESTING=True)
    yield Browser(application.test_client())
    limiter.enabled = was
    with application.app_context():
        db.engine.dispose()


def test_codes_cannot_be_tried_out(limited: Browser) -> None:
    form = form_in(limited.get("/invitation").text, "/invitation")
    answers = [limited.send(form, follow=False, code="AAAA-BBBB-CCCC") for _each in range(22)]
    assert answers[0].status_code == 422
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "60"
    assert "AAAA-BBBB-CCCC" in refused.text


def test_links_are_not_asked_for_without_end(limited: Browser) -> None:
    """Not even for ever new addresses."""
    answers = [ask(limited, f"person{number}@example.org") for number in range(22)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "person21@example.org" in answers[-1].text
    assert ADDRESS not in answers[-1].text
