"""What the pages of identity share: the browser behind the request, what it has said, private answers."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility import signals, web
from mobility.accounts.models import Participant
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.identity import events
from mobility.identity.links import Device, Site
from mobility.security import safe_next


def site() -> Site:
    return Site(str(current_app.secret_key), str(current_app.config["BASE_URL"]))


def now_is() -> datetime:
    return datetime.now(UTC)


def here(session: Session) -> Device:
    """The browser behind the request and for whom it speaks: an account's participant, or its token's."""
    token = request.cookies.get(web.TOKEN_COOKIE, "")
    if current_user.is_authenticated:
        return Device("", web.current_participant(session, create=True), by_account=True)
    return Device(token if len(token) <= 64 else "", web.device_participant(session))


def speak_as(token: str) -> None:
    """From this answer on the browser speaks with the new token, unless an account speaks in it."""
    g.pop("my_level", None)
    if token:
        web.renew_token(token)


def said_here(participant: Participant | None) -> dict[str, int]:
    """How many comments and votes the browser's participant has made: {"comments": 2, "votes": 5}."""
    total: dict[str, int] = {}
    if participant is None:
        return total
    for _listener, answer in signals.contributions_asked.send(db.session, participant_id=participant.id):
        for kind, count in (answer or {}).items():
            total[kind] = total.get(kind, 0) + count
    return {kind: count for kind, count in total.items() if count}


def to_bring(participant: Participant | None) -> dict[str, int]:
    """What could be added to the person who signs in now: nothing when it has a person of its own."""
    if participant is None or participant.email or participant.verified_key or participant.account_id:
        return {}
    return said_here(participant) or ({"invitation": 1} if participant.identity_level else {})


def next_path() -> str:
    """Where the reader was, from the address or the form; empty when there is nothing safe."""
    return safe_next(request.values.get("next")) or ""


def go_on(target: str) -> str:
    """Where to go now: where the reader was, else the page of the four steps."""
    return safe_next(target) or url_for("identity.index")


def refused(kind: str, why: str) -> None:
    """Write down an attempt that failed; in a transaction of its own, since the other one is gone."""
    with unit_of_work() as session:
        events.note(session, kind=kind, outcome=why, now=now_is())


def show(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """A page for its reader alone: not kept, not indexed, its address not told to others."""
    response = make_response(render_template(f"identity/{template}", **values), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
