"""Prove again who one is, before a sensitive page; and where staff without a second factor are sent."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.accounts import second_factor
from mobility.accounts.forms import CodeForm, ConfirmForm
from mobility.accounts.passwords import verify_password
from mobility.accounts.views import sessions
from mobility.accounts.views.blueprint import bp
from mobility.accounts.views.sessions import account_key, me, page, refused, signed_in
from mobility.accounts.views.sign_in import code_refusal
from mobility.db import unit_of_work
from mobility.errors import Forbidden, answer
from mobility.extensions import limiter
from mobility.security import safe_next


def _form() -> CodeForm | ConfirmForm:
    return CodeForm() if me().has_second_factor else ConfirmForm()


def _page(form: CodeForm | ConfirmForm, status: int = 200) -> ResponseReturnValue:
    return page("accounts/prove.html", status, form=form, next_url=safe_next(request.args.get("next")))


@bp.get("/account/prove")
@signed_in
def prove_again() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/account/prove")
@limiter.limit("20 per minute; 100 per hour")
@limiter.limit("10 per 15 minutes", key_func=account_key, deduct_when=refused)
@signed_in
def prove_again_submit() -> ResponseReturnValue:
    form = _form()
    factor = _proof(form) if form.validate_on_submit() else None
    if factor is None:
        return _page(form, 422)
    sessions.prove(factor)
    return redirect(safe_next(request.args.get("next")) or url_for("insight.account"), 303)


def _proof(form: CodeForm | ConfirmForm) -> str | None:
    """What proved it; None with the reason at the field."""
    if isinstance(form, ConfirmForm):
        if verify_password(me(), form.password.data or ""):
            return "password"
        form.password.errors = [_("This is not your password.")]
        return None
    with unit_of_work() as db_session:
        outcome = second_factor.check(
            db_session,
            account=me(),
            code=form.code.data or "",
            secret_key=sessions.secret_key(),
            now=datetime.now(UTC),
        )
    if outcome in ("wrong", "wait"):
        form.code.errors = [code_refusal(outcome)]
        return None
    return outcome


@bp.app_errorhandler(Forbidden)
def on_forbidden(error: Forbidden) -> ResponseReturnValue:
    """Staff whose roles wait for a second factor are shown where to set it up; others are refused."""
    if request.method == "GET" and web.owes_second_factor():
        return redirect(url_for("accounts.second_factor", next=sessions.way_back()))
    return answer(int(error.status), error.title, error.message)
