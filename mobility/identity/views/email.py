"""Confirming an address: ask for a link, open it, press the button."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from mobility import web
from mobility.db import unit_of_work
from mobility.errors import TooMany
from mobility.extensions import db, limiter
from mobility.identity import changing, links
from mobility.identity.forms import EmailForm
from mobility.identity.models import IdentityLink
from mobility.identity.views.blueprint import bp
from mobility.identity.views.frame import (
    go_on,
    here,
    next_path,
    now_is,
    refused,
    show,
    site,
    speak_as,
    to_bring,
)
from mobility.retry import in_transaction

ASKED = "asked_link"


def too_many(_limit: object) -> Response:
    """The form with what was typed when links are asked for too fast."""
    form = EmailForm()
    form.email.errors = [str(TooMany.default)]
    page = show("email.html", HTTPStatus.TOO_MANY_REQUESTS, form=form, next_url=next_path())
    page.headers["Retry-After"] = "60"
    return page


@bp.get("/identity/email")
def email() -> ResponseReturnValue:
    return show("email.html", form=EmailForm(), next_url=next_path())


@bp.post("/identity/email")
@limiter.limit("10 per minute; 60 per hour", on_breach=too_many)
def email_submit() -> ResponseReturnValue:
    """Send a link; the answer is the same for every address."""
    form = EmailForm()
    if not form.validate_on_submit():
        return show("email.html", HTTPStatus.UNPROCESSABLE_ENTITY, form=form, next_url=next_path())
    address = form.email.data or ""
    with unit_of_work() as db_session:
        token = links.ask_link(
            db_session,
            site=site(),
            address=address,
            next_path=next_path(),
            language=web.language(),
            now=now_is(),
        )
    session[ASKED] = {"address": address, "demo": token if current_app.config["DEMO"] else None}
    return redirect(url_for("identity.email_sent", next=next_path() or None), 303)


@bp.get("/identity/email/sent")
def email_sent() -> ResponseReturnValue:
    asked = session.get(ASKED) or {}
    return show(
        "sent.html",
        address=asked.get("address", ""),
        demo_token=asked.get("demo"),
        minutes=links.MINUTES,
        next_url=next_path(),
    )


@bp.get("/identity/link/<token>")
@limiter.limit("60 per minute")
def link(token: str) -> ResponseReturnValue:
    """Only asks whether it is really you: programs that open every link of a message use nothing up."""
    found = links.find_link(db.session, token=token)
    state = links.state_of(found, now_is())
    if found is None or state != "open":
        return ended(found, state)
    return show(
        "confirm.html" if found.kind == "sign_in" else "confirm_change.html",
        link=found,
        token=token,
        bring={} if current_user.is_authenticated else to_bring(web.device_participant(db.session)),
    )


@bp.post("/identity/link/<token>")
@limiter.limit("30 per minute")
def link_use(token: str) -> ResponseReturnValue:
    """Use the link up. One of two people who press at the same moment is told that it was used."""
    found = links.find_link(db.session, token=token)
    try:
        if found is not None and found.kind == "change":
            return change_address(token)
        return sign_in(token)
    except links.LinkEnded as error:
        refused("link", error.state)
        return ended(found, error.state)


def sign_in(token: str) -> ResponseReturnValue:
    """Speak for the person with this address. Raises LinkEnded."""
    leaves = current_user.is_authenticated
    new, target = in_transaction(
        lambda db_session: links.use_link(
            db_session,
            token=token,
            device=links.Device() if leaves else here(db_session),
            include_device="include" in request.form or "asked" not in request.form,
            now=now_is(),
        )
    )
    if leaves:
        logout_user()
    session.pop(ASKED, None)
    speak_as(new)
    flash(_("Thank you. Your e-mail address is confirmed."), "success")
    return redirect(go_on(target), 303)


def change_address(token: str) -> ResponseReturnValue:
    """Take the new address. Raises LinkEnded, Forbidden, Conflict."""
    in_transaction(
        lambda db_session: changing.confirm_change(
            db_session, site=site(), token=token, device=here(db_session), now=now_is()
        )
    )
    flash(_("Your e-mail address is changed."), "success")
    return redirect(url_for("identity.index"), 303)


def ended(found: IdentityLink | None, state: links.State) -> Response:
    """Why the link does not work, and the way to a new one."""
    return show(
        "ended.html",
        HTTPStatus.NOT_FOUND if state == "unknown" else HTTPStatus.GONE,
        state=state,
        next_url=found.next_path if found else "",
        change=bool(found and found.kind == "change"),
        minutes=links.MINUTES,
    )
