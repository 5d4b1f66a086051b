"""Photos of a comment that is being written, and the addresses under which photos are served."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from mobility import web
from mobility.consultation.forms import CommentForm
from mobility.consultation.models import Comment
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame
from mobility.db import unit_of_work
from mobility.errors import Closed, Invalid
from mobility.extensions import csrf, db, files, limiter
from mobility.media import services as media
from mobility.media.images import FILE_LIMIT
from mobility.media.models import PHOTOS_LIMIT, Photo
from mobility.plans.words import _

ROOM = PHOTOS_LIMIT * FILE_LIMIT + 1_000_000
"""Bytes of a request that brings photos: those of every other request are far fewer."""
KEPT = 30 * 24 * 3600
"""Seconds for which a browser may keep a public photo; shared caches never keep one."""


def make_room() -> None:
    """Lets a form with files bring photos. Before anything reads the body."""
    if request.mimetype == "multipart/form-data":
        request.max_content_length = ROOM


def form_key(form: CommentForm) -> uuid.UUID | None:
    """The key of the form; None when it was tampered with."""
    try:
        return form.idempotency_key()
    except Invalid:
        return None


def staged(form: CommentForm) -> list[dict[str, Any]]:
    """The photos that wait in this form, for the template."""
    key, who = form_key(form), web.current_participant(db.session)
    if key is None or who is None:
        return []
    found = media.staged_photos(db.session, form_key=key, participant_id=who.id)
    return photo_cards(found)


def photo_cards(photos: list[Photo]) -> list[dict[str, Any]]:
    """Photos for the template."""
    return [
        {
            "key": photo.key,
            "url": url_for("consultation.photo", name=media.full_name(photo.key)),
            "thumb": url_for("consultation.photo", name=media.thumb_name(photo.key)),
            "alt": photo.alt,
            "width": photo.width,
            "height": photo.height,
        }
        for photo in photos
    ]


def photos_shown(row: Any) -> list[dict[str, Any]]:
    """The photos of a public comment for its own page."""
    if row.status != "published" or not row.photo_count:
        return []
    return photo_cards(media.photos_of(db.session, comment_ids=[row.id]).get(row.id, []))


def take(data: bytes, key: uuid.UUID) -> Photo:
    """One sent file, staged for the form; the one that waits already when it is sent again.

    Raises Invalid("photos") and StorageAway.
    """
    now = datetime.now(UTC)
    with unit_of_work() as session:
        who = web.current_participant(session, create=True)
        assert who is not None
        waiting = media.staged_photos(session, form_key=key, participant_id=who.id)
        participant_id = who.id
    prepared = media.prepare_photo(data)
    if same := media.find_same(waiting, prepared):
        return same
    media.check_room(len(waiting))
    with unit_of_work() as session:
        media.expect_files(session, prepared=prepared, now=now)
    media.write_files(prepared)
    with unit_of_work() as session:
        return media.stage_photo(
            session, prepared=prepared, form_key=key, participant_id=participant_id, now=now
        )


def take_sent(form: CommentForm) -> str:
    """Stages the files that came with the form and keeps what photos show; what was wrong, in words."""
    key = form_key(form)
    sent = [file for file in request.files.getlist("photos") if file.filename]
    if key is None:
        return ""
    problem = ""
    for file in sent:
        try:
            take(file.stream.read(FILE_LIMIT + 1), key)
        except (Invalid, media.StorageAway) as error:
            problem = str(error.message)
    alts = {
        name.removeprefix("alt-"): words for name, words in request.form.items() if name.startswith("alt-")
    }
    who = web.current_participant(db.session)
    if alts and who:
        try:
            with unit_of_work() as session:
                media.describe_photos(session, form_key=key, participant_id=who.id, alts=alts)
        except Invalid as error:
            problem = str(error.message)
    return problem


def drop(form: CommentForm, photo_key: str) -> None:
    """Takes one photo out of the form."""
    key, who = form_key(form), web.current_participant(db.session)
    if key and who:
        with unit_of_work() as session:
            media.remove_staged(
                session, key=photo_key[:64], form_key=key, participant_id=who.id, now=datetime.now(UTC)
            )


def check_token() -> None:
    """Raises CSRFError unless our own script asks: the token comes in a header, before the body is read."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


@bp.post("/plans/<slug>/comments/photos")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("30 per minute; 120 per hour", key_func=web.participant_key)
@limiter.limit("300 per minute")
def add_photo(slug: str) -> ResponseReturnValue:
    """Stage one photo for a form that is being filled in; the answer is its line in the form."""
    check_token()
    make_room()
    frame = open_frame(slug)
    if frame.refusal("comment"):
        raise Closed(frame.why_not("comment"))
    file, key = request.files.get("photos"), form_key(CommentForm(meta={"csrf": False}))
    if file is None or key is None:
        raise Invalid("photos", _("The photo did not arrive whole. Choose it again."))
    kept = take(file.stream.read(FILE_LIMIT + 1), key)
    line = render_template("consultation/photo_line.html", photo=photo_cards([kept])[0])
    return web.json_answer({"key": kept.key, "html": line}), HTTPStatus.CREATED


@bp.post("/plans/<slug>/comments/photos/<photo_key>/remove")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60 per minute", key_func=web.participant_key)
def remove_photo(slug: str, photo_key: str) -> ResponseReturnValue:
    """Take one photo out of a form that is being filled in."""
    check_token()
    open_frame(slug)
    drop(CommentForm(meta={"csrf": False}), photo_key)
    return "", HTTPStatus.NO_CONTENT


@bp.get("/media/<name>")
def photo(name: str) -> ResponseReturnValue:
    """A photo: to everybody while its comment is public, before that to its author and to moderators."""
    found = media.find_photo(db.session, name=name)
    if found is None:
        abort(404)
    public = is_public(found)
    if not public and not (is_mine(found) or may_judge(found)):
        abort(404)
    data = files.get(name)
    if data is None:
        abort(404)
    return picture(data, public=public)


def is_public(photo: Photo) -> bool:
    """Whether the comment of a photo is public and has kept its text."""
    comment = db.session.get(Comment, photo.comment_id) if photo.comment_id else None
    return comment is not None and comment.status == "published" and comment.erased_at is None


def is_mine(photo: Photo) -> bool:
    """Whether the photo was sent from this browser or account."""
    who = web.current_participant(db.session)
    return who is not None and photo.participant_id == who.id


def may_judge(photo: Photo) -> bool:
    """Whether the reader moderates the plan that the photo's comment is about."""
    comment = db.session.get(Comment, photo.comment_id) if photo.comment_id else None
    return comment is not None and comment.status != "withdrawn" and web.may("moderate", comment.plan_id)


def picture(data: bytes, *, public: bool) -> Response:
    """A JPEG that is never anything else, whatever a browser thinks of it."""
    response = make_response(data)
    response.headers["Content-Type"] = media.JPEG
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = (
        f"private, max-age={KEPT}, immutable" if public else "private, no-store"
    )
    return response


def open_write_form(frame: Frame) -> CommentForm:
    """The posted form, with the photos that came with it."""
    make_room()
    form = CommentForm()
    if frame.refusal("comment") is None and "csrf_token" not in form.errors:
        problem = take_sent(form)
        if problem:
            form.photos.errors = [problem]
    return form
