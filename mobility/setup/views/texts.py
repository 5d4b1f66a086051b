"""All texts of a plan, its languages side by side, with what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.errors import Conflict, Invalid
from mobility.extensions import db, limiter
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.setup import texts as service
from mobility.setup.views.blueprint import bp
from mobility.setup.views.frame import managers_only
from mobility.setup.wording import entry_words, kind_words

A_PAGE = 20


@bp.get("/plans/<slug>/desk/texts")
@managers_only
def texts(frame: Frame) -> ResponseReturnValue:
    """The texts of one kind, all of them or those that miss a language."""
    kind = request.args.get("kind", "plan")
    only_missing = request.args.get("show") == "missing"
    found = service.entries(db.session, plan=frame.plan, kind=kind)
    if only_missing:
        found = [entry for entry in found if entry.missing]
    number = min(max(request.args.get("page", 1, type=int), 1), max(1, -(-len(found) // A_PAGE)))
    return render_desk(
        frame,
        "setup/texts.html",
        tab="texts",
        kind=kind,
        kinds=kind_words(),
        missing=service.missing_by_kind(db.session, plan=frame.plan),
        only_missing=only_missing,
        entries=[
            entry_words(each, frame.language) for each in found[(number - 1) * A_PAGE : number * A_PAGE]
        ],
        number=number,
        pages=-(-len(found) // A_PAGE),
        page_url=lambda to: url_for(
            "setup.texts",
            slug=frame.plan.slug,
            kind=kind,
            show="missing" if only_missing else None,
            page=to,
        ),
    )


@bp.get("/plans/<slug>/desk/texts/<kind>/<code>")
@managers_only
def text(frame: Frame, kind: str, code: str) -> ResponseReturnValue:
    return _text_page(frame, service.find_entry(db.session, plan=frame.plan, kind=kind, code=code))


@bp.post("/plans/<slug>/desk/texts/<kind>/<code>")
@limiter.limit("240 per hour", key_func=web.participant_key)
@managers_only
def save_text(frame: Frame, kind: str, code: str) -> ResponseReturnValue:
    entry = service.find_entry(db.session, plan=frame.plan, kind=kind, code=code)
    typed = {
        name: {tag: request.form.get(f"{name}__{tag}", "") for tag in frame.plan.languages}
        for name in entry.values
    }
    try:
        changed = in_transaction(
            lambda session: service.save_entry(
                session,
                plan=session.get_one(Plan, frame.plan.id, with_for_update=True),
                kind=kind,
                code=code,
                values=typed,
                mark=request.form.get("mark", ""),
                account_id=current_user.id,
                now=datetime.now(UTC),
                sensitive="sensitive" in request.form,
            )
        )
    except (Invalid, Conflict) as error:
        there = service.find_entry(db.session, plan=frame.plan, kind=kind, code=code)
        return _text_page(frame, there, typed=typed, error=error)
    flash(_("The texts are saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("setup.texts", slug=frame.plan.slug, kind=kind), 303)


def _text_page(
    frame: Frame,
    entry: service.Entry,
    *,
    typed: dict[str, dict[str, str]] | None = None,
    error: Invalid | Conflict | None = None,
) -> ResponseReturnValue:
    conflict = isinstance(error, Conflict)
    problems = (
        [{"field": error.field if isinstance(error, Invalid) else "", "message": error.message}]
        if error
        else []
    )
    return render_desk(
        frame,
        "setup/text.html",
        tab="texts",
        status=error.status if error else HTTPStatus.OK,
        entry=entry_words(entry, frame.language),
        typed=typed or entry.values,
        problems=problems,
        conflict=conflict,
        mark=entry.mark,
    )
