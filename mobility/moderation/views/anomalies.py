"""What looks unlike people taking part, and setting votes aside with a reason, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from mobility.consultation.moderation import aside_label
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.moderation import anomalies as finding
from mobility.moderation import asides
from mobility.moderation.forms import AsideForm
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import each_moderator, render_moderation
from mobility.moderation.wording import moment
from mobility.origins import KEPT_DAYS
from mobility.plans.cards import sentence
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/anomalies")
@staff_only
def anomalies(frame: Frame) -> ResponseReturnValue:
    return render_moderation(
        frame,
        "moderation/anomalies.html",
        page="anomalies",
        found=finding.find_anomalies(db.session, plan_id=frame.plan.id, now=frame.now),
        decisions=[
            {
                "id": row.SetAside.id,
                "reason": sentence(aside_label(row.SetAside.reason)),
                "note": row.SetAside.note or "",
                "held": row.held,
                "date_label": moment(row.SetAside.created_at),
                "undone": moment(row.SetAside.undone_at) if row.SetAside.undone_at else "",
            }
            for row in asides.decisions_of(db.session, plan_id=frame.plan.id)
        ],
        thresholds=thresholds(),
        moment=moment,
    )


def thresholds() -> dict[str, int]:
    """The figures above which something is shown."""
    return {
        "burst_votes": finding.BURST_VOTES,
        "burst_people": finding.BURST_PEOPLE,
        "burst_minutes": finding.BURST_MINUTES,
        "speed_votes": finding.SPEED_VOTES,
        "speed_seconds": finding.SPEED_SECONDS,
        "flood": finding.FLOOD_COMMENTS,
        "days": finding.LOOK_BACK_DAYS,
        "kept_days": KEPT_DAYS,
    }


@bp.get("/plans/<slug>/desk/anomalies/set-aside")
@staff_only
def choose_aside(frame: Frame) -> ResponseReturnValue:
    form = AsideForm(formdata=None)
    key = request.args.get("key", "")
    form.reason.data = "burst" if key.startswith("burst") else "automatic"
    return render_aside(frame, key, form)


def render_aside(frame: Frame, key: str, form: AsideForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    """How many votes it is about, what setting aside means, and the form."""
    must("set_aside", frame)
    votes = finding.votes_of(db.session, plan_id=frame.plan.id, key=key, now=frame.now)
    return render_moderation(
        frame,
        "moderation/aside.html",
        page="anomalies",
        status=status,
        form=form,
        key=key,
        votes=len(votes),
        back=url_for("moderation.anomalies", slug=frame.plan.slug),
    )


@bp.post("/plans/<slug>/desk/anomalies/set-aside")
@each_moderator
@staff_only
def save_aside(frame: Frame) -> ResponseReturnValue:
    account_id, form, now = must("set_aside", frame), AsideForm(), datetime.now(UTC)
    key = request.form.get("key", "")[:80]

    def work(session: Session) -> int:
        ids = finding.votes_of(session, plan_id=frame.plan.id, key=key, now=now)
        values: dict[str, Any] = {"reason": str(form.reason.data), "note": form.note.data or ""}
        _decision, moved = asides.set_aside(
            session, plan_id=frame.plan.id, vote_ids=ids, account_id=account_id, now=now, **values
        )
        return moved

    try:
        if form.validate_on_submit():
            moved = in_transaction(work)
            flash(ngettext("%(num)s vote is set aside.", "%(num)s votes are set aside.", moved), "success")
            return redirect(url_for("moderation.anomalies", slug=frame.plan.slug), HTTPStatus.SEE_OTHER)
    except Invalid as error:
        form[error.field].errors = [str(error.message)]
    return render_aside(frame, key, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@bp.post("/plans/<slug>/desk/set-asides/<int:decision_id>/undo")
@each_moderator
@staff_only
def undo_aside(frame: Frame, decision_id: int) -> ResponseReturnValue:
    account_id, now = must("set_aside", frame), datetime.now(UTC)
    moved = in_transaction(
        lambda session: asides.put_back(
            session,
            decision=asides.find_decision(session, plan_id=frame.plan.id, decision_id=decision_id),
            account_id=account_id,
            now=now,
        )
    )
    flash(ngettext("%(num)s vote counts again.", "%(num)s votes count again.", moved), "success")
    return redirect(url_for("moderation.anomalies", slug=frame.plan.slug), HTTPStatus.SEE_OTHER)
