"""What a browser's session knows of its account: who, how long ago proved, who still owes a code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import (
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from mobility.accounts.keys import keyed_hash
from mobility.accounts.models import Account
from mobility.extensions import db
from mobility.security import limit_key, safe_next

PENDING = timedelta(minutes=10)
"""How long one may take from the password to the code."""
PROVED = timedelta(minutes=15)
"""How long a proof of who one is opens sensitive pages."""
SECOND_STEP = "second_step"

View = Callable[..., ResponseReturnValue]


def secret_key() -> str:
    return str(current_app.secret_key)


def base_url() -> str:
    return str(current_app.config["BASE_URL"])


def open_session(account: Account, factor: str) -> None:
    """A new session for the account; nothing of the one before is kept but the anonymous participant."""
    kept = session.get("participant")
    session.clear()
    g.pop("csrf_token", None)
    if kept:
        session["participant"] = kept
    session.permanent = True
    login_user(account)
    prove(factor)


def prove(factor: str) -> None:
    """Remembers that the person behind the session has just shown a password or a code."""
    session["proved"] = [int(datetime.now(UTC).timestamp()), factor]


def forget_proof() -> None:
    """The next sensitive page asks again."""
    session.pop("proved", None)


def proved(*, by_factor: bool = False) -> bool:
    """Whether that was at most 15 minutes ago; `by_factor`: with a code, not a password."""
    at, factor = session.get("proved") or (0, "")
    fresh = datetime.now(UTC).timestamp() - at <= PROVED.total_seconds()
    return fresh and (factor != "password" or not by_factor)


def wait_for_code(account: Account) -> None:
    """Remembers for 10 minutes who gave the right password and still has to give a code."""
    until = int((datetime.now(UTC) + PENDING).timestamp())
    session[SECOND_STEP] = {"account": account.get_id(), "until": until}


def waiting_account() -> Account | None:
    """Who gave the right password in this browser and has not given the code yet."""
    waiting = session.get(SECOND_STEP) or {}
    if waiting.get("until", 0) < datetime.now(UTC).timestamp():
        return None
    number = str(waiting["account"]).partition(":")[0]
    account = db.session.get(Account, int(number))
    valid = account is not None and account.active and account.get_id() == waiting["account"]
    return account if valid else None


def me() -> Account:
    """The account of whoever is signed in, as the object itself rather than a stand-in for it."""
    return db.session.get_one(Account, current_user.id)


def signed_in(view: View) -> View:
    """Visitors are asked to sign in and come back."""

    @wraps(view)
    def guarded(**values: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return redirect(url_for("accounts.sign_in", next=way_back()))
        return view(**values)

    return guarded


def freshly_proved(view: View) -> View:
    """As `signed_in`, and who proved it longer ago than 15 minutes proves it again."""

    @wraps(view)
    @signed_in
    def guarded(**values: Any) -> ResponseReturnValue:
        if not proved():
            return redirect(url_for("accounts.prove_again", next=way_back()), 303)
        return view(**values)

    return guarded


def way_back() -> str:
    """Where this request came from: its own address, or for what was sent the page with the form."""
    if request.method == "GET":
        return request.script_root + request.full_path.rstrip("?")
    return safe_next(request.form.get("back")) or url_for("insight.account")


def account_key() -> str:
    """Who is counted where codes are tried: this account from this network."""
    waiting = session.get(SECOND_STEP) or {}
    who = current_user.get_id() if current_user.is_authenticated else waiting.get("account", "")
    return f"code:{who}:{limit_key()}"


def address_key() -> str:
    """Who is counted where addresses are tried: this address from this network, as a keyed hash."""
    typed = (request.form.get("email") or "").strip().lower()
    return hashlib.blake2s(keyed_hash(secret_key(), "limit", typed) + limit_key().encode()).hexdigest()


def refused(response: Response) -> bool:
    """What counts against the limits of trying: answers that refused."""
    return response.status_code == 422


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page about one person: kept by nobody."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response
