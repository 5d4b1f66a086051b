"""The word lists of a plan, one for each language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mobility.accounts import audit
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.moderation import noticing
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import each_moderator, render_moderation
from mobility.plans.words import _
from mobility.web import LANGUAGES


@bp.get("/plans/<slug>/desk/words")
@staff_only
def words(frame: Frame) -> ResponseReturnValue:
    return render_words(frame)


def render_words(frame: Frame, problem: Invalid | None = None) -> ResponseReturnValue:
    """One field for each language of the plan."""
    lists: list[dict[str, Any]] = [
        {
            "language": tag,
            "name": LANGUAGES.get(tag, tag),
            "words": noticing.words_for(db.session, plan_id=frame.plan.id, language=tag),
        }
        for tag in frame.plan.languages
    ]
    return render_moderation(
        frame,
        "moderation/words.html",
        page="words",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        lists=lists,
        problem=problem,
        typed={tag: request.form.get(tag) for tag in frame.plan.languages} if problem else {},
    )


@bp.post("/plans/<slug>/desk/words")
@each_moderator
@staff_only
def save_words(frame: Frame) -> ResponseReturnValue:
    account_id = must("moderate", frame)
    counts = {}
    try:
        with unit_of_work() as session:
            for tag in frame.plan.languages:
                typed = request.form.get(tag, "")[:20_000]
                counts[tag] = noticing.save_words(session, plan_id=frame.plan.id, language=tag, typed=typed)
            audit.record(
                session,
                action="words.save",
                account_id=account_id,
                plan_id=frame.plan.id,
                subject="plan",
                subject_id=frame.plan.id,
                details=counts,
            )
    except Invalid as error:
        return render_words(frame, error)
    flash(_("The word lists are saved. They count for comments sent from now on."), "success")
    return redirect(url_for("moderation.words", slug=frame.plan.slug), HTTPStatus.SEE_OTHER)
