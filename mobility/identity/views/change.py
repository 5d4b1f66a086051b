"""Asking for another e-mail address."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from mobility import web
from mobility.accounts.models import Participant
from mobility.db import unit_of_work
from mobility.extensions import db, limiter
from mobility.identity import links
from mobility.identity.forms import EmailForm
from mobility.identity.views.blueprint import bp
from mobility.identity.views.frame import now_is, show, site


@bp.get("/identity/change-email")
def change_email() -> ResponseReturnValue:
    me = person()
    if me is None:
        return redirect(url_for("identity.email"))
    return show("change.html", form=EmailForm(), me=me)


@bp.post("/identity/change-email")
@limiter.limit("5 per minute; 20 per hour")
def change_email_submit() -> ResponseReturnValue:
    """Send a link to the new address; the old one stays until it is opened."""
    me, form = person(), EmailForm()
    if me is None:
        return redirect(url_for("identity.email"), 303)
    if not form.validate_on_submit():
        return show("change.html", HTTPStatus.UNPROCESSABLE_ENTITY, form=form, me=me)
    address = form.email.data or ""
    with unit_of_work() as session:
        links.ask_change(
            session, site=site(), participant=me, address=address, language=web.language(), now=now_is()
        )
    flash(
        _(
            "We sent a link to %(address)s. Open it in this browser within %(minutes)d minutes.",
            address=address,
            minutes=links.MINUTES,
        ),
        "success",
    )
    return redirect(url_for("identity.index"), 303)


def person() -> Participant | None:
    """The participant with an address that this browser speaks for; accounts have theirs from the city."""
    if current_user.is_authenticated:
        return None
    me = web.current_participant(db.session)
    return me if me and me.email else None
