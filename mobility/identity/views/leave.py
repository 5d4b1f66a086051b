"""Signing out: on this device, or everywhere."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility import web
from mobility.accounts import tokens
from mobility.db import unit_of_work
from mobility.extensions import limiter
from mobility.identity import events
from mobility.identity.views.blueprint import bp
from mobility.identity.views.frame import go_on, next_path, now_is, speak_as


@bp.post("/identity/leave")
@limiter.limit("30 per minute")
def leave() -> ResponseReturnValue:
    """From now on this browser speaks for nobody; what was said stays."""
    with unit_of_work() as session:
        _leave(session, everywhere=False)
    flash(_("You are signed out on this device. What you said stays."), "success")
    return redirect(go_on(next_path()), 303)


@bp.post("/identity/leave-everywhere")
@limiter.limit("30 per minute")
def leave_everywhere() -> ResponseReturnValue:
    """From now on no browser speaks for this person."""
    with unit_of_work() as session:
        _leave(session, everywhere=True)
    flash(_("You are signed out on all devices. What you said stays."), "success")
    return redirect(go_on(next_path()), 303)


def _leave(session: Session, *, everywhere: bool) -> None:
    person, now = web.device_participant(session), now_is()
    token = request.cookies.get(web.TOKEN_COOKIE, "")
    if person is None:
        return
    if everywhere:
        tokens.end_tokens(session, participant_id=person.id, now=now)
    tokens.end_token(session, token=token, now=now)
    events.note(
        session,
        kind="device",
        outcome="everywhere" if everywhere else "left",
        participant_id=person.id,
        now=now,
    )
    speak_as(tokens.new_token())
