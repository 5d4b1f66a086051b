"""Appeals on the desk: which wait, one of them with what it is about, the second person's decision."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment
from mobility.consultation.moderation import aside_label, reason_label
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.moderation import appeals, asides, letters
from mobility.moderation.forms import OutcomeForm
from mobility.moderation.models import Appeal
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import each_moderator, render_moderation, reply_address
from mobility.moderation.wording import block_label, moment, outcome_label
from mobility.plans.cards import sentence
from mobility.plans.words import _
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/appeals", endpoint="appeals")
@staff_only
def appeal_list(frame: Frame) -> ResponseReturnValue:
    waiting = appeals.waiting_appeals(db.session, plan_id=frame.plan.id)
    decided = appeals.decided_appeals(db.session, plan_id=frame.plan.id)
    replies = appeals.about_replies(db.session, appeals=[*waiting, *decided])
    return render_moderation(
        frame,
        "moderation/appeals.html",
        page="appeals",
        waiting=[appeal_card(each, of_reply=each.id in replies) for each in waiting],
        decided=[appeal_card(each, of_reply=each.id in replies) for each in decided],
    )


def appeal_card(appeal: Appeal, *, of_reply: bool) -> dict[str, Any]:
    """One appeal in a list."""
    about = {
        appeal.moderation_id: _("Hidden reply") if of_reply else _("Hidden comment"),
        appeal.block_id: _("Block"),
        appeal.set_aside_id: _("Votes set aside"),
    }
    return {
        "id": appeal.id,
        "about": next(words for key, words in about.items() if key is not None),
        "text": appeal.text,
        "date_label": moment(appeal.created_at),
        "own": appeal.against_id is not None and appeal.against_id == current_user.id,
        "outcome": outcome_label(appeal.outcome) if appeal.outcome else "",
        "reason": appeal.reason or "",
        "decided": moment(appeal.decided_at) if appeal.decided_at else "",
    }


@bp.get("/plans/<slug>/desk/appeals/<int:appeal_id>", endpoint="appeal")
@staff_only
def one_appeal(frame: Frame, appeal_id: int) -> ResponseReturnValue:
    return render_appeal(frame, appeal_id, OutcomeForm())


def render_appeal(
    frame: Frame, appeal_id: int, form: OutcomeForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    """The appeal with the decision it is about, and the form for a second person."""
    appeal = appeals.find_appeal(db.session, plan_id=frame.plan.id, appeal_id=appeal_id)
    return render_moderation(
        frame,
        "moderation/appeal.html",
        page="appeals",
        status=status,
        appeal=appeal_card(appeal, of_reply=bool(appeals.about_replies(db.session, appeals=[appeal]))),
        others=appeals.second_persons(db.session, appeal=appeal, now=frame.now),
        form=form,
        **about(frame, appeal),
    )


def about(frame: Frame, appeal: Appeal) -> dict[str, Any]:
    """What the appeal is about, in words, with the comment or the votes."""
    found = appeals.subject_of(db.session, appeal=appeal)
    if "decision" in found:
        decision, hidden, slug = found["decision"], found["hidden"], frame.plan.slug
        return {
            "why": sentence(reason_label(decision.reason)),
            "note": decision.note or "",
            "comment": hidden,
            "item_url": url_for("moderation.item", slug=slug, comment_id=hidden.id)
            if isinstance(hidden, Comment)
            else url_for("consultation.comment", slug=slug, comment_id=hidden.comment_id, _anchor="replies"),
            "of_reply": not isinstance(hidden, Comment),
        }
    if "block" in found:
        return {"why": sentence(block_label(found["block"].reason)), "note": found["block"].note or ""}
    aside, person = found["aside"], appeal.participant_id or 0
    votes = asides.own_votes(db.session, decision_id=aside.id, participant_id=person)
    return {"why": sentence(aside_label(aside.reason)), "note": aside.note or "", "votes": len(votes)}


@bp.post("/plans/<slug>/desk/appeals/<int:appeal_id>")
@each_moderator
@staff_only
def decide_appeal(frame: Frame, appeal_id: int) -> ResponseReturnValue:
    account_id, form, now = must("decide_appeal", frame), OutcomeForm(), datetime.now(UTC)

    def work(session: Session) -> None:
        appeal = appeals.find_appeal(session, plan_id=frame.plan.id, appeal_id=appeal_id)
        appeals.decide_appeal(
            session,
            appeal=appeal,
            account_id=account_id,
            outcome=str(form.outcome.data),
            reason=form.reason.data or "",
            now=now,
        )
        if address := address_of(session, frame, appeal):
            letters.appeal_decided(session, appeal=appeal, address=address)

    try:
        if form.validate_on_submit():
            in_transaction(work)
            flash(_("The appeal is decided. Its author reads your answer."), "success")
            return redirect(url_for("moderation.appeals", slug=frame.plan.slug), HTTPStatus.SEE_OTHER)
    except Invalid as error:
        form[error.field].errors = [str(error.message)]
    return render_appeal(frame, appeal_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def address_of(session: Session, frame: Frame, appeal: Appeal) -> str:
    """Where the author reads about it; empty for a comment, whose author is told by a notice."""
    if appeal.moderation_id is not None:
        hidden = appeals.subject_of(session, appeal=appeal)["hidden"]
        return "" if isinstance(hidden, Comment) else reply_address(frame, hidden.id)
    if appeal.block_id is not None:
        path = url_for("moderation.blocked")
    else:
        path = url_for("moderation.set_aside", slug=frame.plan.slug, decision_id=appeal.set_aside_id)
    return str(current_app.config["BASE_URL"]) + path
