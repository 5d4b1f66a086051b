"""One's own sign-in: what protects it, who came in lately, the password."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.accounts import entering
from mobility.accounts.forms import ChangePasswordForm
from mobility.accounts.passwords import PASSWORD_MIN
from mobility.accounts.second_factor import recovery_codes_left
from mobility.accounts.views import sessions
from mobility.accounts.views.blueprint import bp
from mobility.accounts.views.sessions import account_key, me, page, refused, signed_in
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter


@bp.get("/account/security")
@signed_in
def security() -> ResponseReturnValue:
    return page(
        "accounts/security.html",
        account=me(),
        left=recovery_codes_left(db.session, account=me()),
        sign_ins=entering.last_sign_ins(db.session, account_id=me().id, limit=10),
    )


@bp.get("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    return page("accounts/password.html", form=ChangePasswordForm(), least=PASSWORD_MIN)


@bp.post("/account/password")
@limiter.limit("20 per minute; 100 per hour")
@limiter.limit("10 per 15 minutes", key_func=account_key, deduct_when=refused)
@signed_in
def change_password_submit() -> ResponseReturnValue:
    form, account = ChangePasswordForm(), me()
    try:
        if not form.validate_on_submit():
            return page("accounts/password.html", 422, form=form, least=PASSWORD_MIN)
        with unit_of_work() as db_session:
            entering.set_own(
                db_session,
                account=account,
                old=form.old.data or "",
                new=form.password.data or "",
                base_url=sessions.base_url(),
            )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return page("accounts/password.html", 422, form=form, least=PASSWORD_MIN)
    sessions.open_session(account, "password")
    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return redirect(url_for("accounts.security"), 303)


@bp.post("/account/end-sessions")
@limiter.limit("10 per minute")
@signed_in
def end_sessions() -> ResponseReturnValue:
    account, factor = me(), "app" if sessions.proved(by_factor=True) else "password"
    fresh = sessions.proved()
    with unit_of_work() as db_session:
        entering.end_sessions(db_session, account=account)
    sessions.open_session(account, factor)
    if not fresh:
        sessions.forget_proof()
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for("accounts.security"), 303)
