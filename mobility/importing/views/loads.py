"""Undoing the last load."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.importing import undo_words
from mobility.importing.undo_preview import PAGE, preview_undo
from mobility.importing.undoing import undo_import, why_not
from mobility.importing.views.blueprint import address, bp, each_planner, find, render_step
from mobility.plans.words import _
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/undo")
@staff_only
def ask_undo(frame: Frame, import_id: int) -> ResponseReturnValue:
    """What would come back and what is kept, or why it cannot be undone."""
    job = find(frame, import_id)
    if job.state != "loaded":
        return redirect(address(frame, job), 303)
    page = max(1, request.args.get("page", 1, type=int))
    found = preview_undo(db.session, job, languages=[frame.language, *frame.plan.languages], page=page)
    return render_step(
        frame,
        job,
        "importing/undo.html",
        step="load",
        why_not=why_not(db.session, job),
        found=found,
        undo_words=undo_words,
        page=page,
        pages=max(1, -(-found.total // PAGE)),
        make_url=lambda number: address(frame, job, "ask_undo", page=number, _anchor="lines"),
    )


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/undo")
@each_planner
@staff_only
def undo(frame: Frame, import_id: int) -> ResponseReturnValue:
    in_transaction(
        lambda session: undo_import(
            session,
            find(frame, import_id, session=session),
            account_id=current_user.id,
            now=datetime.now(UTC),
        )
    )
    flash(_("The load is undone: the plan is as it was before it."), "success")
    return redirect(address(frame, import_id), 303)
