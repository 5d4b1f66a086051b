"""Block the author of a comment, see who is blocked, end a block."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mobility.consultation.filters import day_start
from mobility.consultation.models import Comment
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid, NotFound
from mobility.extensions import db
from mobility.moderation import blocks, letters, queries
from mobility.moderation.forms import BlockForm
from mobility.moderation.models import ParticipantBlock
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import each_moderator, render_moderation
from mobility.moderation.wording import block_label, moment
from mobility.plans.cards import sentence
from mobility.plans.words import _
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/blocks", endpoint="blocks")
@staff_only
def block_list(frame: Frame) -> ResponseReturnValue:
    found = blocks.blocks_of(db.session, plan_id=frame.plan.id)
    people = queries.histories(
        db.session, plan_id=frame.plan.id, participant_ids={each.participant_id for each in found}
    )
    return render_moderation(
        frame,
        "moderation/blocks.html",
        page="blocks",
        blocks=[block_card(each, people.get(each.participant_id)) for each in found],
    )


def block_card(block: ParticipantBlock, history: queries.History | None) -> dict[str, Any]:
    """One block, its author in figures."""
    return {
        "id": block.id,
        "reason": sentence(block_label(block.reason)),
        "note": block.note or "",
        "since": moment(block.created_at),
        "until": moment(block.until) if block.until else "",
        "ended": moment(block.ended_at) if block.ended_at else "",
        "comments": history.comments if history else 0,
        "votes": history.votes if history else 0,
    }


@bp.get("/plans/<slug>/desk/comments/<int:comment_id>/block")
@staff_only
def block(frame: Frame, comment_id: int) -> ResponseReturnValue:
    return render_block(frame, comment_id, BlockForm())


def render_block(
    frame: Frame, comment_id: int, form: BlockForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    """What a block does, and the form."""
    must("moderate", frame)
    person = author_of(db.session, frame, comment_id)
    history = queries.histories(db.session, plan_id=frame.plan.id, participant_ids=[person])
    return render_moderation(
        frame,
        "moderation/block.html",
        page="blocks",
        status=status,
        form=form,
        comment_id=comment_id,
        history=history.get(person),
        back=url_for("moderation.item", slug=frame.plan.slug, comment_id=comment_id),
    )


def author_of(session: Session, frame: Frame, comment_id: int) -> int:
    """The participant who wrote a comment of the plan. Raises NotFound."""
    comment = session.get(Comment, min(comment_id, 2**63 - 1))
    if comment is None or comment.plan_id != frame.plan.id or comment.participant_id is None:
        raise NotFound
    return comment.participant_id


@bp.post("/plans/<slug>/desk/comments/<int:comment_id>/block")
@each_moderator
@staff_only
def save_block(frame: Frame, comment_id: int) -> ResponseReturnValue:
    account_id, form, now = must("moderate", frame), BlockForm(), datetime.now(UTC)
    address = current_app.config["BASE_URL"] + url_for("moderation.blocked")
    if not form.validate_on_submit():
        return render_block(frame, comment_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    last = form.until.data
    until = day_start(last + timedelta(days=1), frame.city.timezone) if last else None

    def work(session: Session) -> None:
        made = blocks.block_participant(
            session,
            plan_id=frame.plan.id,
            participant_id=author_of(session, frame, comment_id),
            account_id=account_id,
            reason=str(form.reason.data),
            note=form.note.data or "",
            until=until,
            now=now,
        )
        letters.blocked(session, block=made, address=address)

    try:
        in_transaction(work)
    except Invalid as error:
        form[error.field].errors = [str(error.message)]
        return render_block(frame, comment_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("The author is blocked and everything written here is hidden. Votes still count."), "success")
    return redirect(url_for("moderation.blocks", slug=frame.plan.slug), HTTPStatus.SEE_OTHER)


@bp.post("/plans/<slug>/desk/blocks/<int:block_id>/end")
@each_moderator
@staff_only
def end_block(frame: Frame, block_id: int) -> ResponseReturnValue:
    account_id, now = must("moderate", frame), datetime.now(UTC)
    in_transaction(
        lambda session: blocks.end_block(
            session,
            block=blocks.find_block(session, plan_id=frame.plan.id, block_id=block_id),
            account_id=account_id,
            now=now,
        )
    )
    flash(_("The block has ended. What it had hidden is public again."), "success")
    return redirect(url_for("moderation.blocks", slug=frame.plan.slug), HTTPStatus.SEE_OTHER)
