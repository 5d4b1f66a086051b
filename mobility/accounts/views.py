"""Sign in and out."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from mobility.accounts import demo, services
from mobility.accounts.forms import SignInForm
from mobility.db import unit_of_work
from mobility.extensions import db, limiter
from mobility.security import safe_next

bp = Blueprint("accounts", __name__)


def _after_sign_in() -> str:
    """Where one was going, else one's own page: groups to vote for, or the way to the desk."""
    return safe_next(request.args.get("next")) or url_for("insight.account")


def _page(form: SignInForm) -> str:
    """The form; with a demonstration also the people one can sign in as."""
    shown = current_app.config["DEMO"]
    return render_template(
        "accounts/sign_in.html",
        form=form,
        next_url=safe_next(request.args.get("next")),
        demo_people=services.accounts_of_domain(db.session, domain=demo.DOMAIN) if shown else [],
        demo_password=demo.PASSWORD,
        demo_planner=demo.PLANNER,
    )


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_after_sign_in())
    return _page(SignInForm())


@bp.post("/sign-in")
@limiter.limit("20 per minute; 100 per hour")
def sign_in_submit() -> ResponseReturnValue:
    form = SignInForm()
    account = None
    if form.validate_on_submit():
        with unit_of_work() as db_session:
            account = services.authenticate(
                db_session,
                email=form.email.data or "",
                password=form.password.data or "",
                now=datetime.now(UTC),
            )
    if account is None:
        if not form.errors:
            form.password.errors = [_("This address and password do not belong together. Please check both.")]
        return _page(form), 422
    session.permanent = True
    login_user(account)
    return redirect(_after_sign_in(), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    flash(_("You are signed out."), "success")
    return redirect(safe_next(request.args.get("next")) or url_for("pages.home"), 303)
