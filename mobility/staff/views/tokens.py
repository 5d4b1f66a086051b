"""Tokens for programs: one's own, made and revoked; for administrators those of all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.accounts import api_tokens
from mobility.accounts.models import ApiToken
from mobility.accounts.views.sessions import base_url, freshly_proved, me, page, signed_in
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.staff import queries
from mobility.staff.forms import TokenForm
from mobility.staff.views.blueprint import bp, only
from mobility.staff.words import scope_words
from mobility.text import pick

SHOWN_ONCE = "token_shown_once"
LIMIT = "20 per minute; 100 per hour"


@bp.get("/account/tokens")
@signed_in
def tokens() -> ResponseReturnValue:
    """One's own tokens; a new one is shown here once."""
    return _own(_form(), secret=session.pop(SHOWN_ONCE, ""))


@bp.post("/account/tokens")
@limiter.limit(LIMIT)
@freshly_proved
def make_token() -> ResponseReturnValue:
    form = _form()
    try:
        if not form.validate_on_submit():
            return _own(form, 422)
        with unit_of_work() as db_session:
            _token, secret = api_tokens.issue_api_token(
                db_session,
                account=me(),
                name=str(form.name.data).strip(),
                scopes=form.scopes.data or [],
                plan_id=form.plan_id,
                expires_at=_expiry(form.days.data),
            )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return _own(form, 422)
    session[SHOWN_ONCE] = secret
    return redirect(url_for("staff.tokens"), 303)


@bp.post("/account/tokens/<int:token_id>/revoke")
@limiter.limit(LIMIT)
@signed_in
def revoke_token(token_id: int) -> ResponseReturnValue:
    with unit_of_work() as db_session:
        api_tokens.revoke_api_token(db_session, token_id=token_id, account_id=me().id, now=datetime.now(UTC))
    flash(_("The token is revoked. Programs that use it get no answer any more."), "success")
    return redirect(url_for("staff.tokens"), 303)


@bp.get("/staff/tokens")
@only("manage_integrations")
def all_tokens() -> ResponseReturnValue:
    """The tokens of everybody."""
    number = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    found, total = api_tokens.every_api_token(db.session, page=number, size=queries.PAGE)
    return page(
        "staff/tokens.html",
        rows=[{**_row(token), "owner": account} for token, account in found],
        number=number,
        pages=-(-total // queries.PAGE),
        page_url=lambda to: url_for("staff.all_tokens", page=to),
    )


@bp.post("/staff/tokens/<int:token_id>/revoke")
@limiter.limit(LIMIT)
@only("manage_integrations")
def revoke_any_token(token_id: int) -> ResponseReturnValue:
    with unit_of_work() as db_session:
        api_tokens.end_api_token(db_session, token_id=token_id, by=me().id, now=datetime.now(UTC))
    flash(_("The token is revoked. Programs that use it get no answer any more."), "success")
    return redirect(url_for("staff.all_tokens"), 303)


def _own(form: TokenForm, status: int = 200, *, secret: str = "") -> ResponseReturnValue:
    mine = api_tokens.api_tokens_of(db.session, account_id=me().id)
    return page(
        "staff/own_tokens.html",
        status,
        rows=[_row(token) for token in mine],
        form=form,
        scopes=scope_words(),
        secret=secret,
        base_url=base_url(),
    )


def _form() -> TokenForm:
    """The form with the scopes that this account can use, and the plans they may be for."""
    scopes = ["read", *(["read_full"] if web.may("export_full") else []), "report"]
    scopes += ["notify"] if web.may("manage_integrations") else []
    return TokenForm().offering(scopes, _plans())


def _plans() -> list[tuple[int, str]]:
    """The plans everybody sees, and the drafts whose desk this account may enter."""
    plans = queries.all_plans(db.session)
    shown = [plan for plan in plans if plan.status != "draft" or web.may("see_desk", plan.id)]
    return [(plan.id, pick(plan.title, web.language())) for plan in shown]


def _expiry(days: str | None) -> datetime | None:
    return datetime.now(UTC) + timedelta(days=int(days)) if days else None


def _row(token: ApiToken) -> dict[str, Any]:
    """One line of the list."""
    words = scope_words()
    plans = dict(_plans()) if token.plan_id else {}
    return {
        "id": token.id,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": [words[scope][0] for scope in token.scopes],
        "plan": plans.get(token.plan_id or 0, ""),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "expired": token.expires_at is not None and token.expires_at <= datetime.now(UTC),
        "used_at": token.last_used_at,
    }
