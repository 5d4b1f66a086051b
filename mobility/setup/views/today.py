"""The first page of the desk: what needs somebody today, what is stuck, how much came in."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from mobility import web
from mobility.answers.views.scope import scope
from mobility.consultation.views.desk import render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.setup import today as looking
from mobility.setup.views.blueprint import bp
from mobility.setup.wording import activity_words, need_words


@bp.get("/plans/<slug>/desk/today")
@staff_only
def today(frame: Frame) -> ResponseReturnValue:
    waiting = looking.needs(
        db.session,
        plan=frame.plan,
        phases=frame.phases,
        may=lambda action: web.may(action, frame.plan.id),
        offices=scope(frame) if web.may("answer", frame.plan.id) else (),
        now=frame.now,
    )
    came = looking.activity(db.session, plan=frame.plan, zone=frame.zone, now=frame.now)
    return render_desk(
        frame,
        "setup/today.html",
        tab="today",
        needs=[words for need in waiting if (words := need_words(need, frame.plan))],
        activity=activity_words(came, frame.language),
    )
