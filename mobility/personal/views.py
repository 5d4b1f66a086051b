"""My contributions: what I said, my data to take away, and to have it erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from mobility import web
from mobility.accounts.models import Participant
from mobility.errors import Forbidden
from mobility.extensions import db, limiter
from mobility.personal import cards, queries, records
from mobility.personal.forms import EraseForm
from mobility.personal.services import erase_participant
from mobility.retry import in_transaction

bp = Blueprint("personal", __name__)


def private(page: str | Response, status: int = 200) -> Response:
    """An answer for its owner alone: not kept by browsers and proxies, not indexed."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/mine")
def mine() -> ResponseReturnValue:
    """Everything one has said, in pages, with the ways to change it."""
    me, language = web.current_participant(db.session), web.language()
    if me is None:
        return private(render_template("personal/mine.html", me=None))
    comments = queries.my_comments(db.session, participant_id=me.id, before=_key("before"))
    replies = queries.my_replies(db.session, participant_id=me.id, before=_key("replies_before"))
    votes = queries.my_votes(db.session, participant_id=me.id, before=_key("votes_before"))
    return private(
        render_template(
            "personal/mine.html",
            me=me,
            said=queries.said(db.session, participant_id=me.id),
            comments=cards.comment_rows(comments.rows, language),
            older_comments=comments.before,
            replies=cards.reply_rows(replies.rows),
            older_replies=replies.before,
            votes=cards.vote_rows(votes.rows, language),
            older_votes=votes.before,
        )
    )


@bp.get("/mine/data.json")
@limiter.limit("20 per minute")
def data_json() -> ResponseReturnValue:
    """All personal data as a file."""
    body = json.dumps(_collected(), ensure_ascii=False, indent=1)
    response = private(make_response(body))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-contributions.json"'
    return response


@bp.get("/mine/data")
@limiter.limit("20 per minute")
def data() -> ResponseReturnValue:
    """All personal data on one page, to read and to print."""
    found = _collected()
    sections = cards.readable(found, lambda moment: format_datetime(moment, "d MMM y, HH:mm"))
    return private(render_template("personal/data.html", data=found, sections=sections))


@bp.get("/mine/erase")
def erase() -> ResponseReturnValue:
    """What erasing does and what stays, before anything is done."""
    return _erase_page(EraseForm())


@bp.post("/mine/erase")
@limiter.limit("10 per hour")
def erase_submit() -> ResponseReturnValue:
    """Erase the person behind this request and forget the browser."""
    form = EraseForm()
    if not form.validate_on_submit():
        return _erase_page(form, 422)
    me, now = _me(), datetime.now(UTC)
    in_transaction(lambda work: erase_participant(work, participant_id=me.id, now=now))
    if current_user.is_authenticated:
        logout_user()
    flash(_("It is done. Your words and photos are gone, and nothing here leads back to you."), "success")
    session.pop("participant", None)
    response = redirect(url_for("personal.erased"), 303)
    response.delete_cookie(web.TOKEN_COOKIE)
    return response


@bp.get("/mine/erased")
def erased() -> ResponseReturnValue:
    """After erasing: what is gone and what only counts."""
    return private(render_template("personal/erased.html"))


def _erase_page(form: EraseForm, status: int = 200) -> Response:
    me = web.current_participant(db.session)
    said = queries.said(db.session, participant_id=me.id) if me else None
    return private(render_template("personal/erase.html", form=form, me=me, said=said), status)


def _me() -> Participant:
    """The participant behind this request. Raises Forbidden for somebody who never said anything."""
    me = web.current_participant(db.session)
    if me is None:
        raise Forbidden(_("Nothing is kept about you here: this browser has not said anything yet."))
    return me


def _collected() -> dict[str, Any]:
    return records.collect(db.session, participant=_me(), now=datetime.now(UTC))


def _key(name: str) -> int | None:
    """The key of a page in the address, None when there is none or it cannot be one."""
    found = request.args.get(name, type=int)
    return found if found and 0 < found < 2**63 else None
