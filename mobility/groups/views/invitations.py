"""The page behind the link of an invitation: who asks, and the way to accept."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from mobility import web
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.groups import delegates
from mobility.groups.forms import WelcomeForm
from mobility.groups.views.blueprint import bp
from mobility.groups.views.frame import go, render_page
from mobility.text import pick


@bp.get("/group-invitations/<secret>")
@limiter.limit("60 per hour")
def invitation(secret: str) -> ResponseReturnValue:
    return show(secret, WelcomeForm())


def show(secret: str, form: WelcomeForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    found = delegates.find_invitation(db.session, secret=secret, now=datetime.now(UTC))
    return render_page(
        None,
        "groups/invitation.html",
        status=status,
        form=form,
        secret=secret,
        name=pick(found.group.name, web.language()),
        email=found.invitation.email,
        known=found.account is not None,
        rule=found.group.rule,
        minimum=12,
    )


@bp.post("/group-invitations/<secret>")
@limiter.limit("20 per hour")
def accept_invitation(secret: str) -> ResponseReturnValue:
    form = WelcomeForm()
    if not form.validate_on_submit():
        return show(secret, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with unit_of_work() as session:
            account = delegates.accept(
                session,
                secret=secret,
                name=form.name.data or "",
                password=form.password.data or "",
                now=datetime.now(UTC),
            )
            mine = account.id
    except Invalid as error:
        form[error.field].errors = [error.message]
        return show(secret, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("You speak for the group now."), "success")
    if current_user.is_authenticated and current_user.id == mine:
        return go("insight.account")
    return go("accounts.sign_in")
