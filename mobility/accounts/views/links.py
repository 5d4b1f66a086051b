"""A lost password, and the link that sets a new one or accepts an invitation."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.accounts import entering
from mobility.accounts.forms import AcceptForm, ForgotForm, NewPasswordForm
from mobility.accounts.links import linked_account
from mobility.accounts.models import Account
from mobility.accounts.passwords import PASSWORD_MIN
from mobility.accounts.views import sessions
from mobility.accounts.views.blueprint import bp
from mobility.accounts.views.sessions import address_key, page
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter


@bp.get("/forgot")
def forgot() -> ResponseReturnValue:
    return page("accounts/forgot.html", form=ForgotForm(), sent=request.args.get("sent") == "1")


@bp.post("/forgot")
@limiter.limit("10 per minute; 40 per hour")
@limiter.limit("3 per hour", key_func=address_key)
def forgot_submit() -> ResponseReturnValue:
    form = ForgotForm()
    if not form.validate_on_submit():
        return page("accounts/forgot.html", 422, form=form, sent=False)
    with unit_of_work() as db_session:
        entering.forgot(
            db_session, email=form.email.data or "", base_url=sessions.base_url(), now=datetime.now(UTC)
        )
    return redirect(url_for("accounts.forgot", sent=1), 303)


def _page(account: Account, token: str, form: NewPasswordForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "accounts/new_password.html", status, account=account, token=token, form=form, least=PASSWORD_MIN
    )


def _form(account: Account) -> NewPasswordForm:
    return AcceptForm() if account.invited else NewPasswordForm()


@bp.get("/password/<token>")
@limiter.limit("60 per minute")
def new_password(token: str) -> ResponseReturnValue:
    account = linked_account(db.session, token=token, now=datetime.now(UTC))
    if account is None:
        return page("accounts/link_gone.html", 404)
    return _page(account, token, _form(account))


@bp.post("/password/<token>")
@limiter.limit("20 per minute")
def new_password_submit(token: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    account = linked_account(db.session, token=token, now=now)
    if account is None:
        return page("accounts/link_gone.html", 404)
    form = _form(account)
    if not form.validate_on_submit():
        return _page(account, token, form, 422)
    try:
        with unit_of_work() as db_session:
            entering.set_by_link(
                db_session,
                token=token,
                name=form.name.data if isinstance(form, AcceptForm) else None,
                language=web.language(),
                password=form.password.data or "",
                base_url=sessions.base_url(),
                now=now,
            )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return _page(account, token, form, 422)
    flash(_("Your password is set. Sign in with it now."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
