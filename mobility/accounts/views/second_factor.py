"""Set up the second factor, see its recovery codes once, take it away."""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from mobility import web
from mobility.accounts import entering
from mobility.accounts import second_factor as factors
from mobility.accounts.forms import CodeForm
from mobility.accounts.models import Account
from mobility.accounts.views import sessions
from mobility.accounts.views.blueprint import bp
from mobility.accounts.views.sessions import freshly_proved, me, page, signed_in
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.security import safe_next
from mobility.text import show_receipt


def _next() -> str | None:
    return safe_next(request.args.get("next"))


@bp.get("/account/second-factor")
@signed_in
def second_factor() -> ResponseReturnValue:
    return page(
        "accounts/second_factor.html",
        account=me(),
        left=factors.recovery_codes_left(db.session, account=me()),
        owed=web.owes_second_factor(),
        next_url=_next(),
    )


@bp.post("/account/second-factor")
@limiter.limit("10 per minute")
@freshly_proved
def second_factor_begin() -> ResponseReturnValue:
    with unit_of_work() as db_session:
        factors.begin(db_session, account=me(), secret_key=sessions.secret_key())
    return redirect(url_for("accounts.second_factor_set_up", next=_next()), 303)


@bp.get("/account/second-factor/set-up")
@freshly_proved
def second_factor_set_up() -> ResponseReturnValue:
    if me().totp_secret is None or me().has_second_factor:
        return redirect(url_for("accounts.second_factor", next=_next()))
    return _set_up_page(CodeForm(), me())


def _set_up_page(form: CodeForm, account: Account, status: int = 200) -> ResponseReturnValue:
    secret = factors.begin(db.session, account=account, secret_key=sessions.secret_key())
    uri = factors.provisioning_uri(secret, email=account.email, issuer=_("Mobility consultation"))
    return page(
        "accounts/set_up.html",
        status,
        form=form,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        uri=uri,
        picture=_picture(uri),
        next_url=_next(),
    )


def _picture(uri: str) -> Markup:
    """The QR code as SVG without style and script, black on white whatever the page's colours are."""
    drawn = segno.make(uri, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 (made of the modules of the code, no text in it)


@bp.post("/account/second-factor/set-up")
@limiter.limit("20 per minute; 100 per hour")
@freshly_proved
def second_factor_confirm() -> ResponseReturnValue:
    form, account = CodeForm(), me()
    if not form.validate_on_submit():
        return _set_up_page(form, account, 422)
    try:
        with unit_of_work() as db_session:
            codes = entering.switch_on(
                db_session,
                account=account,
                code=form.code.data or "",
                secret_key=sessions.secret_key(),
                base_url=sessions.base_url(),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.code.errors = [error.message]
        return _set_up_page(form, account, 422)
    sessions.open_session(account, "app")
    return _codes_page(codes)


def _codes_page(codes: list[str]) -> ResponseReturnValue:
    """The recovery codes in the answer itself: they are kept nowhere from where they could be shown again."""
    return page("accounts/codes.html", codes=[show_receipt(code) for code in codes], next_url=_next())


@bp.post("/account/second-factor/codes")
@limiter.limit("10 per minute")
@freshly_proved
def recovery_codes() -> ResponseReturnValue:
    with unit_of_work() as db_session:
        codes = entering.renew_codes(db_session, account=me(), secret_key=sessions.secret_key())
    return _codes_page(codes)


@bp.post("/account/second-factor/remove")
@limiter.limit("10 per minute")
@freshly_proved
def second_factor_remove() -> ResponseReturnValue:
    account = me()
    with unit_of_work() as db_session:
        entering.switch_off(db_session, account=account, base_url=sessions.base_url())
    sessions.open_session(account, "password")
    flash(_("The second factor is removed."), "success")
    return redirect(url_for("accounts.second_factor"), 303)
