"""Comments one by one: find them, hide one with a reason, show it again."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation import queries as reading
from mobility.consultation.filters import CommentFilter
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Forbidden, Invalid
from mobility.extensions import db
from mobility.insight import cards, queries
from mobility.insight.forms import HideForm
from mobility.insight.views.blueprint import bp
from mobility.insight.views.frame import (
    download_links,
    filter_choices,
    read_wanted,
    render_desk,
    staff_only,
)
from mobility.moderation import decisions as moderation
from mobility.plans.words import _
from mobility.security import safe_next


@bp.get("/plans/<slug>/desk/comments")
@staff_only
def comments(frame: Frame) -> ResponseReturnValue:
    wanted, problem = read_wanted(frame)
    return render_desk(
        frame,
        "insight/comments.html",
        tab="comments",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        wanted=wanted,
        problem=problem,
        choices=filter_choices(frame),
        total=reading.count_comments(db.session, plan_id=frame.plan.id, wanted=wanted),
        count_cap=reading.COUNT_CAP,
        downloads=download_links(frame, "comments", **wanted.arguments(status="")),
        **read_page(frame, wanted),
    )


def read_page(frame: Frame, wanted: CommentFilter) -> dict[str, Any]:
    """The comments of one page, and the addresses before and after it."""
    slug, before = frame.plan.slug, request.args.get("before", type=int)
    page = reading.comment_page(
        db.session, plan_id=frame.plan.id, wanted=wanted, before=before if before and before < 2**63 else None
    )
    notes = queries.hidden_notes(
        db.session, comment_ids=[row.id for row in page.rows if row.status == "hidden"]
    )
    found = cards.desk_comments(page.rows, notes, slug=slug, language=frame.language)
    here, address = wanted.arguments(), "insight.comments"
    back = url_for(address, slug=slug, **here, before=before)
    for card in found:
        card["decide_url"] = url_for("insight.comment", slug=slug, comment_id=card["id"], back=back)
    return {
        "cards": found,
        "back": back,
        "older_url": url_for(address, slug=slug, **here, before=page.before) if page.before else "",
        "newest_url": url_for(address, slug=slug, **here) if before else "",
    }


@bp.get("/plans/<slug>/desk/comments/<int:comment_id>")
@staff_only
def comment(frame: Frame, comment_id: int) -> ResponseReturnValue:
    return render_comment(frame, comment_id, HideForm())


def render_comment(
    frame: Frame, comment_id: int, form: HideForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    """One comment with what was decided about it, and the form to decide now."""
    row = reading.find_comment(db.session, plan_id=frame.plan.id, comment_id=comment_id)
    notes = queries.hidden_notes(db.session, comment_ids=[row.id])
    (card,) = cards.desk_comments([row], notes, slug=frame.plan.slug, language=frame.language)
    found = queries.decisions(db.session, comment_id=row.id)
    return render_desk(
        frame,
        "insight/comment.html",
        tab="comments",
        status=status,
        comment=card,
        form=form,
        decisions=[cards.decision_card(each) for each in found],
        back=back_address(frame),
    )


@bp.post("/plans/<slug>/desk/comments/<int:comment_id>/hide")
@staff_only
def hide(frame: Frame, comment_id: int) -> ResponseReturnValue:
    form = HideForm()
    try:
        if form.validate_on_submit():
            decide(frame, comment_id, reason=form.reason.data, note=form.note.data or "")
            flash(_("The comment is hidden. Its author reads the reason on the receipt page."), "success")
            return redirect(back_address(frame), HTTPStatus.SEE_OTHER)
    except Invalid as error:
        form[error.field].errors = [error.message]
    return render_comment(frame, comment_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@bp.post("/plans/<slug>/desk/comments/<int:comment_id>/restore")
@staff_only
def restore(frame: Frame, comment_id: int) -> ResponseReturnValue:
    decide(frame, comment_id)
    flash(_("The comment is public again."), "success")
    return redirect(back_address(frame), HTTPStatus.SEE_OTHER)


def decide(frame: Frame, comment_id: int, *, reason: str | None = None, note: str = "") -> None:
    """Hides a comment of the plan for a reason; without one shows it again. Raises what moderation raises."""
    if not web.may("moderate", frame.plan.id):
        raise Forbidden
    who, now = current_user.id, datetime.now(UTC)
    with unit_of_work() as session:
        reading.find_comment(session, plan_id=frame.plan.id, comment_id=comment_id)
        if reason is None:
            moderation.restore_comment(session, comment_id=comment_id, account_id=who, now=now)
        else:
            moderation.hide_comment(
                session, comment_id=comment_id, account_id=who, reason=reason, note=note, now=now
            )


def back_address(frame: Frame) -> str:
    """The list from which one came, else the list of all comments."""
    wanted = safe_next(request.values.get("back"))
    return wanted or url_for("insight.comments", slug=frame.plan.slug)
