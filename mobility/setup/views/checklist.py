"""The list before a plan opens; opening it, taking it back, the archive, and the look of a resident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.extensions import db, limiter
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.setup import publishing
from mobility.setup.checks import may_open
from mobility.setup.views.blueprint import bp
from mobility.setup.views.frame import managers_only
from mobility.setup.wording import check_words

each_planner = limiter.limit("60 per hour", key_func=web.participant_key)


@bp.get("/plans/<slug>/desk/checklist")
@managers_only
def checklist(frame: Frame) -> ResponseReturnValue:
    """What is there and what is missing, with the way to each."""
    lines = publishing.look(db.session, plan=frame.plan, city=frame.city, now=frame.now)
    return render_desk(
        frame,
        "setup/checklist.html",
        tab="setup",
        lines=[check_words(line, frame.plan.slug) for line in lines],
        may_open=may_open(lines),
        has_voice=publishing.has_voice(db.session, plan_id=frame.plan.id),
    )


@bp.post("/plans/<slug>/desk/checklist/open")
@each_planner
@managers_only
def open_(frame: Frame) -> ResponseReturnValue:
    return _turn(
        frame,
        lambda session, plan: publishing.open_plan(
            session, plan=plan, city=frame.city, account_id=current_user.id, now=datetime.now(UTC)
        ),
        _("The plan is public."),
    )


@bp.post("/plans/<slug>/desk/checklist/withdraw")
@each_planner
@managers_only
def withdraw(frame: Frame) -> ResponseReturnValue:
    return _turn(frame, _simple(publishing.withdraw_plan), _("The plan is a draft again."))


@bp.post("/plans/<slug>/desk/checklist/archive")
@each_planner
@managers_only
def archive(frame: Frame) -> ResponseReturnValue:
    return _turn(
        frame, _simple(publishing.archive_plan), _("The plan is in the archive. Its addresses stay valid.")
    )


@bp.post("/plans/<slug>/desk/checklist/reopen")
@each_planner
@managers_only
def reopen(frame: Frame) -> ResponseReturnValue:
    return _turn(frame, _simple(publishing.reopen_plan), _("The plan is out of the archive."))


@bp.post("/plans/<slug>/desk/preview")
@each_planner
@managers_only
def preview(frame: Frame) -> ResponseReturnValue:
    """The plan's pages as residents see them, until a page of the desk is opened again."""
    web.preview(frame.plan.id)
    return redirect(url_for("consultation.plan", slug=frame.plan.slug), 303)


def _simple(turn: Callable[..., None]) -> Callable[[Any, Plan], None]:
    def run(session: Any, plan: Plan) -> None:
        turn(session, plan=plan, account_id=current_user.id, now=datetime.now(UTC))

    return run


def _turn(frame: Frame, turn: Callable[[Any, Plan], None], words: str) -> ResponseReturnValue:
    in_transaction(lambda session: turn(session, session.get_one(Plan, frame.plan.id, with_for_update=True)))
    flash(words, "success")
    return redirect(url_for("setup.checklist", slug=frame.plan.slug), 303)
