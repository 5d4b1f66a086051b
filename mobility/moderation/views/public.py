"""What everybody may know about the moderation of a plan."""

from __future__ import annotations

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from mobility.consultation.models import HIDE_REASONS
from mobility.consultation.moderation import APPEAL_DAYS, aside_label, reason_label
from mobility.consultation.views.frame import brand, open_frame
from mobility.extensions import db
from mobility.moderation.transparency import read_account
from mobility.moderation.views.blueprint import bp
from mobility.origins import KEPT_DAYS
from mobility.plans.cards import sentence


@bp.get("/plans/<slug>/moderation")
def transparency(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    found = read_account(db.session, plan_id=frame.plan.id, zone=frame.city.timezone)
    return render_template(
        "moderation/transparency.html",
        frame=frame,
        plan=frame.plan,
        brand_name=brand(frame),
        account=found,
        reasons=[(sentence(reason_label(code)), n) for code, n in found.reasons],
        rules=[sentence(reason_label(code)) for code in HIDE_REASONS],
        months=[(month_label(row.month), row) for row in found.months],
        asides=[(sentence(aside_label(code)), n) for code, n in sorted(found.set_aside.items())],
        reads_first=any(phase.moderation == "pre" for phase in frame.phases),
        appeal_days=APPEAL_DAYS,
        kept_days=KEPT_DAYS,
    )


def month_label(month: str) -> str:
    """The month of a date such as 2026-11 in words."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "LLLL y"))
