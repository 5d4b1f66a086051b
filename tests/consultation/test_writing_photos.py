"""Photos on their way from a form to a public comment, and away again."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility import signals
from mobility.accounts.models import Account
from mobility.accounts.services import save_account
from mobility.extensions import db, files
from mobility.media.models import FileRemoval, Photo
from mobility.media.services import full_name, names_of, purge, thumb_name
from tests.consultation.browser import GOOD, PLAN, Browser, Form, forget_request, form_in
from tests.consultation.test_comments import comments
from tests.media import pictures

NEW = f"{PLAN}/comments/new"
PASSWORD = "a long enough password"


def send_with(browser: Browser, form: Form, *sent: bytes, **typed: str) -> TestResponse:
    """The form as a browser sends it: with files."""
    forget_request()
    fields = form.fields | typed
    parts = [(io.BytesIO(data), f"../../IMG {number}.PHP", "text/html") for number, data in enumerate(sent)]
    return browser.client.post(
        form.action,
        data=fields | {"photos": parts},
        headers=browser.headers,
        content_type="multipart/form-data",
    )


def write_with(browser: Browser, *sent: bytes, **typed: str) -> TestResponse:
    return send_with(browser, form_in(browser.get(NEW).text, "/comments/new"), *sent, **(GOOD | typed))


def photos(_session: Session) -> list[Photo]:
    db.session.expire_all()
    return list(db.session.scalars(select(Photo).order_by(Photo.position, Photo.id)))


def shown(browser: Browser, photo: Photo) -> list[int]:
    return [browser.get(f"/media/{name}").status_code for name in names_of([photo.key])]


def stored(photo_key: str) -> list[bool]:
    return [files.get(name) is not None for name in names_of([photo_key])]


def test_from_the_form_to_the_public_without_scripts(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    page = write_with(resident, pictures.telling_jpeg(), pictures.heic())
    assert page.status_code == 200
    waiting = photos(session)
    assert [photo.comment_id for photo in waiting] == [None, None]
    first = waiting[0]
    assert f"/media/{thumb_name(first.key)}" in page.text
    assert shown(resident, first) == [200, 200]
    assert shown(neighbour, first) == [404, 404]

    form = form_in(page.text, "/comments")
    receipt = resident.send(form, **{f"alt-{first.key}": "  The kerb is  high. "})
    assert 'alt="The kerb is high."' in receipt.text
    made = comments(db.session)[0]
    assert [photo.comment_id for photo in photos(session)] == [made.id, made.id]
    assert shown(neighbour, first) == [200, 200]
    card = neighbour.get(f"{PLAN}/comments/{made.id}").text
    assert 'alt="The kerb is high."' in card
    assert "Photo 2 without a description" in card
    assert "2 photos" in neighbour.get(f"{PLAN}/comments").text


def test_how_a_photo_is_served(resident: Browser, session: Session) -> None:
    page = write_with(resident, pictures.telling_jpeg(orientation=6))
    photo = photos(session)[0]
    waiting = resident.get(f"/media/{full_name(photo.key)}")
    assert waiting.headers["Cache-Control"] == "private, no-store"
    resident.send(form_in(page.text, "/comments"))
    answer = resident.get(f"/media/{full_name(photo.key)}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "max-age=2592000" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    for trace in (b"Exif", b"GPS", b"Telephone", pictures.SECRET.encode()):
        assert trace not in answer.data


@pytest.mark.parametrize(
    "name",
    [
        "x.jpg",
        "{key}",
        "{key}.png",
        "{key}.jpg.html",
        "{key}.s.s.jpg",
        "..%2f..%2fsecret",
        "%00.jpg",
        "a" * 3000,
    ],
)
def test_other_names_find_nothing(name: str, resident: Browser, session: Session) -> None:
    write_with(resident, pictures.telling_jpeg())
    key = photos(session)[0].key
    assert resident.get("/media/" + name.replace("{key}", key)).status_code == 404


def test_photos_survive_errors_and_the_way_back(resident: Browser, session: Session) -> None:
    wrong = write_with(resident, pictures.telling_jpeg(), text="")
    assert wrong.status_code == 422
    key = photos(session)[0].key
    form = form_in(wrong.text, "/comments/new")
    assert f"alt-{key}" in form.fields
    page = resident.send(form, text="Now with words.", **{f"alt-{key}": "A step."})
    sending = form_in(page.text, "/comments")
    assert sending.fields[f"alt-{key}"] == "A step."
    back = resident.send(sending, to=NEW, step="edit")
    assert form_in(back.text, "/comments/new").fields[f"alt-{key}"] == "A step."
    gone = resident.send(form_in(back.text, "/comments/new"), step=f"remove:{key}")
    assert f"alt-{key}" not in gone.text
    assert photos(session) == []
    assert stored(key) == [False, False]


def test_a_form_takes_four(resident: Browser, session: Session) -> None:
    page = write_with(resident, *[pictures.telling_jpeg(size=(60 + extra, 40)) for extra in range(5)])
    assert "At most 4 photos fit" in page.text
    assert page.status_code == 422
    assert len(photos(session)) == 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "not a photo"),
        (pictures.animated("GIF"), "kind of picture"),
        (pictures.animated("WEBP"), "Moving pictures"),
        (pictures.bomb(), "more pixels"),
        (pictures.archive_at_the_end(), "more than a photo"),
        (pictures.page_in_a_comment(), "more than a photo"),
        (pictures.telling_jpeg()[:5000], "damaged"),
        (b"\xff\xd8" + b"\0" * 12_000_001, "too large"),
    ],
)
def test_refused_files_leave_the_rest_of_the_form(
    data: bytes, words: str, resident: Browser, session: Session
) -> None:
    page = write_with(resident, pictures.telling_jpeg(size=(60, 40)), data, text="These words stay.")
    assert page.status_code == 422
    assert words in page.text
    assert "These words stay." in page.text
    assert len(photos(session)) == 1


def test_only_forms_with_photos_may_be_large(resident: Browser) -> None:
    form = form_in(resident.get(NEW).text, "/comments/new")
    assert resident.send(form, text="x" * 2_000_000).status_code == 413
    assert send_with(resident, form, *[b"\0" * 12_000_000] * 5).status_code == 413
    vote = resident.form(f"{PLAN}/segments/P1-03", "/vote")
    assert send_with(resident, vote, b"\0" * 3_000_000).status_code == 413


def upload(browser: Browser, data: bytes, key: str, *, token: str | None = None) -> TestResponse:
    """As our script sends one photo."""
    if token is None:
        token = form_in(browser.get(NEW).text, "/comments/new").fields["csrf_token"]
    forget_request()
    return browser.client.post(
        f"{PLAN}/comments/photos",
        data={"key": key, "photos": (io.BytesIO(data), "x.jpg")},
        headers={"Accept": "application/json", "Accept-Language": "en", "X-CSRFToken": token},
        content_type="multipart/form-data",
    )


def test_one_photo_by_script(resident: Browser, neighbour: Browser, session: Session) -> None:
    key = str(uuid.uuid4())
    answer = upload(resident, pictures.telling_jpeg(), key)
    assert answer.status_code == 201
    assert f'name="alt-{answer.json["key"]}"' in answer.json["html"]
    refused = upload(resident, b"no", key)
    assert refused.status_code == 422
    assert "not a photo" in refused.json["detail"]
    assert upload(resident, pictures.telling_jpeg(), key, token="").status_code == 400
    assert upload(resident, pictures.telling_jpeg(), "no key").status_code == 422

    photo = photos(session)[0]
    address = f"{PLAN}/comments/photos/{photo.key}/remove"
    for browser, left in ((neighbour, 1), (resident, 0)):
        token = form_in(browser.get(NEW).text, "/comments/new").fields["csrf_token"]
        forget_request()
        done = browser.client.post(address, data={"key": key}, headers={"X-CSRFToken": token})
        assert done.status_code == 204
        assert len(photos(session)) == left


def test_somebody_else_s_photos_never_come_along(
    resident: Browser, neighbour: Browser, session: Session
) -> None:
    key = str(uuid.uuid4())
    upload(resident, pictures.telling_jpeg(), key)
    neighbour.send(form_in(neighbour.write(key=key).text, "/comments"))
    assert photos(session)[0].comment_id is None


def test_no_photos_when_commenting_is_closed(
    resident: Browser, session: Session, set_phases: Callable[..., None]
) -> None:
    key, token = str(uuid.uuid4()), form_in(resident.get(NEW).text, "/comments/new").fields["csrf_token"]
    set_phases(-9, -2)
    assert upload(resident, pictures.telling_jpeg(), key, token=token).status_code == 409
    assert photos(session) == []


def one_public(browser: Browser, session: Session) -> Photo:
    browser.send(form_in(write_with(browser, pictures.telling_jpeg()).text, "/comments"))
    return photos(session)[0]


def set_status(status: str, reason: str | None) -> None:
    made = comments(db.session)[0]
    made.status, made.hidden_reason = status, reason
    db.session.commit()


def test_hidden_comments_hide_their_photos(
    resident: Browser, neighbour: Browser, session: Session, sign_in: Callable[[Account], Browser]
) -> None:
    photo = one_public(resident, session)
    judge = save_account(db.session, email="m@example.org", name="M", password=PASSWORD, role="planner")
    db.session.commit()
    set_status("hidden", "spam")
    assert shown(neighbour, photo) == [404, 404]
    assert shown(resident, photo) == [200, 200]
    assert shown(sign_in(judge), photo) == [200, 200]
    set_status("published", None)
    assert shown(neighbour, photo) == [200, 200]


def test_withdrawn_comments_lose_their_photos(resident: Browser, session: Session) -> None:
    photo = one_public(resident, session)
    key, receipt = photo.key, comments(db.session)[0].receipt
    resident.send(resident.form(f"/receipts/{receipt}", "/withdraw"))
    assert photos(session) == []
    assert stored(key) == [False, False]


def test_erasure_takes_every_photo(resident: Browser, session: Session) -> None:
    public, waiting = one_public(resident, session).key, uuid.uuid4()
    upload(resident, pictures.telling_jpeg(), str(waiting))
    keys = [photo.key for photo in photos(session)]
    assert public in keys
    person = photos(session)[0].participant_id
    signals.participant_erased.send(db.session, participant_id=person, now=datetime.now(UTC))
    db.session.commit()
    assert photos(session) == []
    assert [found for key in keys for found in stored(key)] == [False] * 4


def test_a_merge_takes_photos_along(resident: Browser, neighbour: Browser, session: Session) -> None:
    key = str(uuid.uuid4())
    upload(resident, pictures.telling_jpeg(), key)
    neighbour.comment()
    gone, kept = photos(session)[0].participant_id, comments(db.session)[0].participant_id
    signals.participants_merged.send(db.session, kept_id=kept, gone_id=gone, now=datetime.now(UTC))
    db.session.commit()
    assert photos(session)[0].participant_id == kept


def test_a_rollback_keeps_the_files(resident: Browser, session: Session) -> None:
    photo = one_public(resident, session)
    signals.participant_erased.send(db.session, participant_id=photo.participant_id, now=datetime.now(UTC))
    db.session.rollback()
    resident.comment(text="Another one.")
    assert stored(photos(session)[0].key) == [True, True]


def test_photos_that_are_never_sent_go_after_a_day(resident: Browser, session: Session) -> None:
    kept = one_public(resident, session).key
    upload(resident, pictures.telling_jpeg(), str(uuid.uuid4()))
    staged = next(photo.key for photo in photos(session) if photo.comment_id is None)
    now = datetime.now(UTC)
    assert purge(db.session, now=now + timedelta(hours=23)) == 0
    assert purge(db.session, now=now + timedelta(hours=25)) == 1
    db.session.commit()
    assert [photo.key for photo in photos(session)] == [kept]
    assert (stored(staged), stored(kept)) == ([False, False], [True, True])


def test_files_of_an_upload_that_died_are_found(app: Flask, session: Session) -> None:
    files.put("left-behind-by-a-crash.jpg", b"x", "image/jpeg")
    now = datetime.now(UTC)
    db.session.add(FileRemoval(name="left-behind-by-a-crash.jpg", asked_at=now))
    db.session.commit()
    purge(db.session, now=now + timedelta(seconds=1))
    db.session.commit()
    assert files.get("left-behind-by-a-crash.jpg") is None
    assert db.session.scalars(select(FileRemoval)).all() == []
