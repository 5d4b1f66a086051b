"""A comment that waited on a device is sent whole, with its photos; sent again, it is the same comment."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment
from mobility.extensions import db
from mobility.media.models import Photo
from tests.consultation.browser import GOOD, PLAN, Browser, Form, form_in
from tests.consultation.test_writing_photos import send_with
from tests.media import pictures


def counts(_session: Session) -> tuple[int, int]:
    """Comments and photos."""
    db.session.expire_all()
    return (
        db.session.scalar(select(func.count()).select_from(Comment)) or 0,
        db.session.scalar(select(func.count()).select_from(Photo)) or 0,
    )


def kept_form(browser: Browser) -> Form:
    """The form as the outbox sends it: filled in, with its photos, straight to where comments are taken."""
    written = form_in(browser.get(f"{PLAN}/comments/new").text, "/comments/new")
    return Form(f"{PLAN}/comments", "post", written.fields | GOOD)


def test_the_same_form_makes_one_comment_with_its_photos_once(client: FlaskClient, session: Session) -> None:
    browser = Browser(client)
    before, form = counts(session), kept_form(browser)
    files = (pictures.telling_jpeg(), pictures.heic())
    first = send_with(browser, form, *files)
    second = send_with(browser, form, *files)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert counts(session) == (before[0] + 1, before[1] + 2)


def test_photos_that_arrived_before_the_crash_are_not_taken_twice(
    client: FlaskClient, session: Session
) -> None:
    """The photos are kept before the comment is; an attempt may end between the two."""
    browser = Browser(client)
    before, form = counts(session), kept_form(browser)
    picture = pictures.telling_jpeg()
    refused = send_with(browser, form, picture, topic="nothing-of-this-plan")
    assert refused.status_code == 422
    assert counts(session) == (before[0], before[1] + 1)
    assert send_with(browser, form, picture).status_code == 303
    assert counts(session) == (before[0] + 1, before[1] + 1)
