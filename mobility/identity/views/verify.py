"""Proving who one is with the issuer of identities, and coming back."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import Conflict, NotFound
from mobility.extensions import db, limiter
from mobility.identity import keys, oidc
from mobility.identity.verifying import use_identity
from mobility.identity.views.blueprint import bp
from mobility.identity.views.frame import (
    go_on,
    here,
    next_path,
    now_is,
    refused,
    show,
    site,
    speak_as,
    to_bring,
)
from mobility.retry import in_transaction

NEXT, PENDING = "verify_next", "verify_pending"
PENDING_SECONDS = 600


def issuer() -> Any:
    """The client of the issuer of identities. Raises NotFound when the settings name none."""
    client = current_app.extensions.get("identity_issuer")
    if client is None:
        raise NotFound
    return client


@bp.get("/identity/verify")
@limiter.limit("20 per minute")
def verify() -> ResponseReturnValue:
    """To the issuer, with a question that only this browser can bring an answer to."""
    session[NEXT] = next_path()
    callback = site().address(url_for("identity.verify_return"))
    try:
        return oidc.start(issuer(), callback=callback)  # type: ignore[no-any-return]
    except oidc.IdentityRefused as error:
        return not_verified(error)


@bp.get("/identity/verify/return")
@limiter.limit("20 per minute")
def verify_return() -> ResponseReturnValue:
    """Back from the issuer. Done at once, unless there is something to ask first."""
    try:
        found = oidc.finish(issuer(), issuer=current_app.config["OIDC"]["issuer"])
    except oidc.IdentityRefused as error:
        return not_verified(error)
    key = keys.identity_key(site().secret, *found)
    if to_bring(here(db.session).participant):
        session[PENDING] = {"key": key.hex(), "at": now_is().timestamp()}
        return redirect(url_for("identity.verified"))
    return finish(key, include_device=True)


@bp.get("/identity/verified")
def verified() -> ResponseReturnValue:
    """Asks whether what was said in this browser belongs to the person."""
    said = to_bring(here(db.session).participant)
    if pending_key(now_is()) is None or not said:
        return redirect(url_for("identity.index"))
    return show("verified.html", bring=said)


@bp.post("/identity/verified")
@limiter.limit("20 per minute")
def verified_submit() -> ResponseReturnValue:
    key = pending_key(now_is())
    if key is None:
        return not_verified(oidc.IdentityRefused("state"))
    return finish(key, include_device="include" in request.form)


def pending_key(now: datetime) -> bytes | None:
    """The identity that this browser proved a moment ago and has not used yet."""
    kept = session.get(PENDING)
    if not kept or now.timestamp() - kept["at"] > PENDING_SECONDS:
        return None
    return bytes.fromhex(kept["key"])


def finish(key: bytes, *, include_device: bool) -> ResponseReturnValue:
    """Speak for the person with this identity."""
    try:
        token = in_transaction(
            lambda db_session: use_identity(
                db_session,
                verified_key=key,
                device=here(db_session),
                include_device=include_device,
                now=now_is(),
            )
        )
    except Conflict:
        refused("verified", "other_account")
        raise
    session.pop(PENDING, None)
    speak_as(token)
    flash(_("Thank you. Your identity is verified. We keep no name and no number of yours."), "success")
    return redirect(go_on(session.pop(NEXT, "")), 303)


def not_verified(error: oidc.IdentityRefused) -> Response:
    """What went wrong, and how to go on."""
    refused("verified", error.why)
    status = HTTPStatus.BAD_GATEWAY if error.why in ("down", "faulty") else HTTPStatus.BAD_REQUEST
    return show("not_verified.html", status, reason=error.message, next_url=session.get(NEXT, ""))
