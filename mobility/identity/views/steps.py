"""The page of the four steps, and what was said in this browser before somebody signed in."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility import signals, web
from mobility.accounts import tokens
from mobility.accounts.models import LEVELS, Participant
from mobility.extensions import db, limiter
from mobility.identity.merging import may_join, merge_participants
from mobility.identity.views.blueprint import bp
from mobility.identity.views.frame import go_on, next_path, now_is, said_here, show, speak_as
from mobility.retry import in_transaction


@bp.get("/identity")
def index() -> ResponseReturnValue:
    """Which step one is on, how to rise, and what each step of the consultations asks for."""
    me, now = web.current_participant(db.session), now_is()
    asked = signals.levels_asked.send(db.session, language=web.language(), now=now)
    return show(
        "index.html",
        levels=LEVELS,
        level=web.my_level(),
        me=me,
        said=said_here(me),
        browsers=tokens.browsers_of(db.session, participant_id=me.id, now=now) if me else 0,
        phases=[line for _listener, lines in asked for line in lines],
        next_url=next_path(),
    )


@bp.get("/identity/bring")
def bring() -> ResponseReturnValue:
    """After a sign-in with a password: may what was said in this browser before be added?"""
    said = _said_before()
    if not said:
        return redirect(go_on(next_path()))
    return show("bring.html", said=said, next_url=next_path())


@bp.post("/identity/bring")
@limiter.limit("30 per minute")
def bring_submit() -> ResponseReturnValue:
    if request.form.get("include") and _said_before():
        speak_as(in_transaction(_bring))
        flash(_("What you had said on this device is yours now."), "success")
    return redirect(go_on(next_path()), 303)


def _said_before() -> dict[str, int]:
    """What the browser's participant has said, when the signed-in person can be the same."""
    device = web.device_participant(db.session) if current_user.is_authenticated else None
    return said_here(device) if device is not None and _may_bring(db.session, device) else {}


def _may_bring(session: Session, device: Participant) -> bool:
    mine = web.current_participant(session)
    return device.account_id is None and (mine is None or (mine.id != device.id and may_join(mine, device)))


def _bring(session: Session) -> str:
    """Merge the browser's participant into the account's; the browser starts with an empty token."""
    device, mine = web.device_participant(session), web.current_participant(session, create=True)
    if device is not None and mine is not None and _may_bring(session, device):
        merge_participants(session, kept_id=mine.id, gone_id=device.id, now=now_is())
    return tokens.new_token()
