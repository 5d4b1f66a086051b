"""What everybody reads: answers under a comment; and what its author does with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.answers import cards, reading
from mobility.answers.cases import zone_of
from mobility.answers.reopening import author_may_reopen, reopen_case
from mobility.answers.views.blueprint import bp
from mobility.consultation.cards import day_label
from mobility.consultation.comments import find_receipt
from mobility.consultation.models import Comment
from mobility.errors import Conflict, Invalid
from mobility.extensions import db, limiter
from mobility.offices.queries import offices_of
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick, read_receipt, show_receipt


@bp.app_template_global()
def city_answers(comment_id: int, slug: str) -> list[dict[str, Any]]:
    """The published answers to a comment, newest first; for the page of one comment."""
    rows = reading.answers_to(db.session, comment_id=comment_id)
    files = reading.files_of(db.session, answer_ids=[row.Answer.id for row in rows])
    return cards.answer_cards(rows, files, slug=slug, language=web.language())


@bp.app_template_global()
def answered_among(comments: Sequence[dict[str, Any]]) -> dict[int, dict[str, str]]:
    """Comment → office and day of its answer, of those in a list that have one; one query for all."""
    rows = reading.answered_among(db.session, comment_ids=[each["id"] for each in comments])
    language = web.language()
    return {
        key: {"office": pick(row.office, language), "date": day_label(row.published_at)}
        for key, row in rows.items()
    }


@bp.app_template_global()
def case_status(code: str) -> dict[str, Any] | None:
    """What the author of a comment reads on the receipt: office, due day, who decided, answers."""
    comment = find_receipt(db.session, code=read_receipt(code))
    row = reading.case_of(db.session, comment_id=comment.id)
    if row is None:
        return None
    plan = db.session.get_one(Plan, comment.plan_id)
    now, language = datetime.now(UTC), web.language()
    zone = zone_of(db.session, plan_id=plan.id)
    names = {each.id: each.name for each in offices_of(db.session, city_id=plan.city_id)}
    history = cards.history_cards(
        reading.history_of(db.session, comment_id=comment.id),
        topic=pick(row.topic, language),
        measure=row.measure or "",
        names=names,
        language=language,
    )
    return cards.case_card(row, now=now, zone=zone, language=language) | {
        "history": history,
        "answers": city_answers(comment.id, plan.slug),
        "may_reopen": author_may_reopen(db.session, case=row.Case, now=now) and is_alive(comment),
    }


def is_alive(comment: Comment) -> bool:
    """Whether the comment still has words that could be answered."""
    return comment.status in ("published", "pending") and comment.erased_at is None


@bp.post("/receipts/<code>/ask-again")
@limiter.limit("20 per minute")
def ask_again(code: str) -> ResponseReturnValue:
    """The author opens the case again, once, with a reason."""
    comment = find_receipt(db.session, code=read_receipt(code))
    try:
        in_transaction(
            lambda session: reopen_case(
                session,
                comment_id=comment.id,
                reason=request.form.get("reason", ""),
                now=datetime.now(UTC),
            )
        )
    except (Invalid, Conflict) as error:
        flash(str(error.message), "warning")
    else:
        flash(_("The office looks at your comment again."), "success")
    address = url_for("consultation.receipt", code=show_receipt(comment.receipt), _anchor="case")
    return redirect(address, 303)
