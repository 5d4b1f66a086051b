"""Invitation codes, typed or opened from a QR code."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.errors import TooMany
from mobility.extensions import limiter
from mobility.identity import codes
from mobility.identity.forms import CodeForm
from mobility.identity.views.blueprint import bp
from mobility.identity.views.frame import go_on, here, next_path, now_is, refused, show, site, speak_as
from mobility.retry import in_transaction
from mobility.text import read_receipt, show_receipt


def too_many(_limit: object) -> Response:
    """The form with what was typed when codes are tried too fast."""
    form = CodeForm()
    form.code.errors = [str(TooMany.default)]
    page = show("code.html", HTTPStatus.TOO_MANY_REQUESTS, form=form, next_url=next_path())
    page.headers["Retry-After"] = "60"
    return page


@bp.get("/invitation")
@bp.get("/invitation/<code>")
def invitation(code: str = "") -> ResponseReturnValue:
    """The form for a code; the code of the address stands in it already, and is used by the button only."""
    form = CodeForm(formdata=None)
    form.code.data = show_receipt(read_receipt(code))
    return show("code.html", form=form, next_url=next_path(), known=web.my_level())


@bp.post("/invitation")
@limiter.limit("10 per minute; 60 per hour", key_func=web.participant_key, on_breach=too_many)
@limiter.limit("30 per minute; 300 per hour", on_breach=too_many)
def invitation_submit() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return show("code.html", HTTPStatus.UNPROCESSABLE_ENTITY, form=form, next_url=next_path())
    try:
        token = in_transaction(
            lambda session: codes.use_code(
                session, secret=site().secret, typed=form.code.data or "", device=here(session), now=now_is()
            )
        )
    except codes.CodeRefused as error:
        refused("code", error.state)
        form.code.errors = [str(error.message)]
        return show("code.html", HTTPStatus.UNPROCESSABLE_ENTITY, form=form, next_url=next_path())
    speak_as(token)
    flash(_("Thank you. You take part by invitation now."), "success")
    return redirect(go_on(request.values.get("next", "")), 303)
