"""One comment of the queue: what is known of it, and the decision."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from mobility.consultation import queries as reading
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid, NotFound
from mobility.extensions import db
from mobility.moderation import decisions, queries
from mobility.moderation.forms import HideForm
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import back_address, each_moderator, render_moderation
from mobility.moderation.views.queue import read_cards
from mobility.moderation.wording import age
from mobility.plans.words import _
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/comments/<int:comment_id>")
@staff_only
def item(frame: Frame, comment_id: int) -> ResponseReturnValue:
    return render_item(frame, comment_id, HideForm())


def render_item(
    frame: Frame, comment_id: int, form: HideForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    """One comment with what was decided about it, and the forms to decide now."""
    row = queries.find_item(db.session, plan_id=frame.plan.id, comment_id=comment_id)
    if row is None:
        raise NotFound
    (card,) = read_cards(frame, [row])
    return render_moderation(
        frame,
        "moderation/item.html",
        page="queue",
        status=status,
        comment=card,
        form=form,
        back=back_address(frame),
        age=age(row.created_at, frame.now),
    )


@bp.post("/plans/<slug>/desk/comments/<int:comment_id>/hide")
@each_moderator
@staff_only
def hide(frame: Frame, comment_id: int) -> ResponseReturnValue:
    account_id, form = must("moderate", frame), HideForm()
    try:
        if form.validate_on_submit():
            reason, note = str(form.reason.data), form.note.data or ""
            own(frame, comment_id)
            in_transaction(
                lambda session: decisions.hide_comment(
                    session,
                    comment_id=comment_id,
                    account_id=account_id,
                    reason=reason,
                    note=note,
                    now=datetime.now(UTC),
                )
            )
            flash(_("The comment is hidden. Its author reads the reason on the receipt page."), "success")
            return redirect(back_address(frame), HTTPStatus.SEE_OTHER)
    except Invalid as error:
        form[error.field].errors = [error.message]
    return render_item(frame, comment_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@bp.post("/plans/<slug>/desk/comments/<int:comment_id>/restore")
@each_moderator
@staff_only
def restore(frame: Frame, comment_id: int) -> ResponseReturnValue:
    account_id = must("moderate", frame)
    own(frame, comment_id)
    in_transaction(
        lambda session: decisions.restore_comment(
            session, comment_id=comment_id, account_id=account_id, now=datetime.now(UTC)
        )
    )
    flash(_("The comment is public again."), "success")
    return redirect(back_address(frame), HTTPStatus.SEE_OTHER)


@bp.post("/plans/<slug>/desk/comments/<int:comment_id>/approve")
@each_moderator
@staff_only
def approve(frame: Frame, comment_id: int) -> ResponseReturnValue:
    account_id = must("moderate", frame)
    own(frame, comment_id)
    in_transaction(
        lambda session: decisions.approve_comment(
            session, comment_id=comment_id, account_id=account_id, now=datetime.now(UTC)
        )
    )
    flash(_("The comment is approved."), "success")
    return redirect(back_address(frame), HTTPStatus.SEE_OTHER)


def own(frame: Frame, comment_id: int) -> None:
    """Raises NotFound for a comment of another plan."""
    reading.find_comment(db.session, plan_id=frame.plan.id, comment_id=comment_id)
