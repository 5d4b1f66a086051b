"""Sign in with a password, then with a code where a second factor is set up; sign out."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from mobility import web
from mobility.accounts import demo, entering, services
from mobility.accounts.forms import CodeForm, SignInForm
from mobility.accounts.second_factor import Outcome
from mobility.accounts.views import sessions
from mobility.accounts.views.blueprint import bp
from mobility.accounts.views.sessions import account_key, address_key, page, refused
from mobility.db import unit_of_work
from mobility.extensions import db, limiter
from mobility.security import safe_next


def after_sign_in() -> str:
    """Where one was going, else one's own page; staff without a second factor set it up first.

    When somebody took part in this browser before, they are asked on the way whether that was them.
    """
    wanted = safe_next(request.args.get("next"))
    if web.owes_second_factor():
        return url_for("accounts.second_factor", next=wanted)
    target = wanted or url_for("insight.account")
    if web.device_participant(db.session) is not None:
        return url_for("identity.bring", next=target)
    return target


def _page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    """The form; with a demonstration also the people one can sign in as."""
    shown = current_app.config["DEMO"]
    return page(
        "accounts/sign_in.html",
        status,
        form=form,
        next_url=safe_next(request.args.get("next")),
        demo_people=services.accounts_of_domain(db.session, domain=demo.DOMAIN) if shown else [],
        demo_password=demo.PASSWORD,
        demo_roles=demo.roles(),
        optional=current_app.config["SECOND_FACTOR"] == "optional",
    )


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(after_sign_in())
    return _page(SignInForm())


@bp.post("/sign-in")
@limiter.limit("20 per minute; 100 per hour")
@limiter.limit("10 per 15 minutes", key_func=address_key, deduct_when=refused)
def sign_in_submit() -> ResponseReturnValue:
    form, account = SignInForm(), None
    if form.validate_on_submit():
        with unit_of_work() as db_session:
            account = entering.enter(
                db_session,
                email=form.email.data or "",
                password=form.password.data or "",
                secret_key=sessions.secret_key(),
                now=datetime.now(UTC),
            )
    if account is None:
        if not form.errors:
            form.password.errors = [_("This address and password do not belong together. Please check both.")]
        return _page(form, 422)
    if account.has_second_factor:
        sessions.wait_for_code(account)
        return redirect(url_for("accounts.second_step", next=safe_next(request.args.get("next"))), 303)
    sessions.open_session(account, "password")
    return redirect(after_sign_in(), 303)


@bp.get("/sign-in/code")
def second_step() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(after_sign_in())
    if sessions.waiting_account() is None:
        return redirect(url_for("accounts.sign_in", next=safe_next(request.args.get("next"))))
    return _code_page(CodeForm())


@bp.post("/sign-in/code")
@limiter.limit("30 per minute; 200 per hour")
@limiter.limit("10 per minute; 40 per hour", key_func=account_key, deduct_when=refused)
def second_step_submit() -> ResponseReturnValue:
    account, form = sessions.waiting_account(), CodeForm()
    if account is None:
        flash(_("That took longer than ten minutes. Please begin again."), "info")
        return redirect(url_for("accounts.sign_in", next=safe_next(request.args.get("next"))), 303)
    if not form.validate_on_submit():
        return _code_page(form, 422)
    with unit_of_work() as db_session:
        outcome = entering.enter_code(
            db_session,
            account=account,
            code=form.code.data or "",
            secret_key=sessions.secret_key(),
            base_url=sessions.base_url(),
            now=datetime.now(UTC),
        )
    if outcome in ("wrong", "wait"):
        form.code.errors = [code_refusal(outcome)]
        return _code_page(form, 422)
    sessions.open_session(account, outcome)
    return redirect(after_sign_in(), 303)


def code_refusal(outcome: Outcome) -> str:
    """Why a code was not accepted."""
    if outcome == "wait":
        return str(_("There were several wrong codes. Wait some minutes, or use a recovery code."))
    return str(_("This code is not right, or it was used already. Wait for the next one in the app."))


def _code_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    return page("accounts/code.html", status, form=form, next_url=safe_next(request.args.get("next")))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.pop("proved", None)
    flash(_("You are signed out."), "success")
    return redirect(safe_next(request.args.get("next")) or url_for("pages.home"), 303)
