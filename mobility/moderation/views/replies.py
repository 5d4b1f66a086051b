"""Replies: those that wait, and decisions on one or many."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from mobility.consultation.models import HIDE_REASONS
from mobility.consultation.moderation import reason_label
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.consultation.wording import stance_label
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.moderation import cards, decisions
from mobility.moderation import replies as reading
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import each_moderator, render_moderation, reply_address
from mobility.moderation.wording import moment, state_label
from mobility.plans.cards import sentence
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick


@bp.get("/plans/<slug>/desk/replies")
@staff_only
def replies(frame: Frame) -> ResponseReturnValue:
    return render_replies(frame)


def asked_state() -> str:
    """The state of the address, else what needs a look."""
    state = request.values.get("state", "open")
    return state if state in reading.STATES else "open"


def render_replies(frame: Frame, problem: str = "") -> ResponseReturnValue:
    """One page of replies with what may be done."""
    slug, state = frame.plan.slug, asked_state()
    before = request.args.get("before", type=int)
    page = reading.reply_page(
        db.session, plan_id=frame.plan.id, state=state, before=before if before and before < 2**63 else None
    )
    return render_moderation(
        frame,
        "moderation/replies.html",
        page="replies",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        cards=reply_cards(frame, page.rows),
        state=state,
        states=[
            (each, state_label(each), url_for("moderation.replies", slug=slug, state=each))
            for each in reading.STATES
        ],
        problem=problem,
        next_url=url_for("moderation.replies", slug=slug, state=state, before=page.before)
        if page.before
        else "",
        reasons=[(code, sentence(reason_label(code))) for code in HIDE_REASONS],
    )


def reply_cards(frame: Frame, rows: Any) -> list[dict[str, Any]]:
    """Replies with the comment they answer, reports and decisions; two queries for all of them."""
    ids = [row.id for row in rows]
    reports = reading.reports_of(db.session, reply_ids=ids)
    decided = reading.decisions_of(db.session, reply_ids=ids)
    return [
        {
            "id": row.id,
            "side": row.side,
            "side_label": stance_label(row.side),
            "text": row.text,
            "erased": row.erased_at is not None,
            "language": row.language,
            "status": row.status,
            "status_label": state_label(row.status),
            "reason": sentence(reason_label(row.hidden_reason)),
            "note": row.hidden_note or "",
            "date_iso": row.created_at.isoformat(),
            "date_label": moment(row.created_at),
            "comment_text": row.comment_text,
            "place": pick(row.place, frame.language),
            "map_url": url_for("consultation.comment", slug=frame.plan.slug, comment_id=row.comment_id),
            "reports": [cards.report_card(report) for report in reports.get(row.id, ())],
            "open_reports": row.reports,
            "decisions": [cards.decision_card(each) for each in decided.get(row.id, ())],
        }
        for row in rows
    ]


@bp.post("/plans/<slug>/desk/replies/decide")
@each_moderator
@staff_only
def decide_replies(frame: Frame) -> ResponseReturnValue:
    """Decide on the replies ticked, or on one of them."""
    account_id = must("moderate", frame)
    only, _dot, own_action = request.form.get("only", "").partition(".")
    action = decisions.read_action(own_action or request.form.get("action", ""))
    typed = [only] if only else request.form.getlist("item")[: decisions.MOST]
    ids = [int(each) for each in typed if each.isdigit() and len(each) < 19]
    if not ids:
        return render_replies(frame, _("Tick at least one reply."))
    try:
        done = in_transaction(
            lambda session: decisions.decide(
                session,
                plan_id=frame.plan.id,
                ids=ids,
                action=action,
                account_id=account_id,
                reason=request.form.get("reason", ""),
                note=request.form.get("note", ""),
                subject="reply",
                address=lambda key: reply_address(frame, key),
                now=datetime.now(UTC),
            )
        )
    except Invalid as error:
        return render_replies(frame, str(error.message))
    flash(
        ngettext("%(num)s reply was decided on.", "%(num)s replies were decided on.", len(done.ids)),
        "success",
    )
    return redirect(
        url_for("moderation.replies", slug=frame.plan.slug, state=asked_state()), HTTPStatus.SEE_OTHER
    )
