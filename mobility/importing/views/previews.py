"""Checking before the load: every line with its faults and what it does; leaving lines out; loading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.importing import queries, services
from mobility.importing.kinds import ALL
from mobility.importing.models import FileImport
from mobility.importing.reading import Fault, words
from mobility.importing.views.blueprint import address, bp, each_planner, find, render_step, scene_url
from mobility.plans.words import _
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/check")
@staff_only
def preview(frame: Frame, import_id: int) -> ResponseReturnValue:
    job = find(frame, import_id)
    if job.state != "preview":
        return redirect(address(frame, job), 303)
    shown = request.args.get("show", "")
    shown = shown if shown in queries.SHOWN else ""
    page = max(1, request.args.get("page", 1, type=int))
    lines, total = queries.lines_of_preview(db.session, job, shown=shown, page=page)
    counts = queries.count_lines(db.session, job)
    return render_step(
        frame,
        job,
        "importing/preview.html",
        step="preview",
        lines=lines,
        total=total,
        shown=shown,
        counts=counts,
        stale=job.summary.get("revision") != frame.plan.revision,
        changes=sum(counts.get(change, 0) for change in ("added", "changed", "removed")),
        notes=[words(Fault(**note)) for note in job.summary.get("notes", ())],
        page=page,
        pages=max(1, -(-total // queries.PAGE)),
        make_url=lambda number: address(frame, job, "preview", show=shown, page=number, _anchor="lines"),
        scene_url=scene_url(frame),
        drawn=bool(ALL[str(job.kind)].dimensions),
        tags=list(frame.plan.languages),
    )


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/leave-out")
@each_planner
@staff_only
def leave_out(frame: Frame, import_id: int) -> ResponseReturnValue:
    """Leaves the ticked lines out, takes them in again, or leaves out all with errors."""
    ticked = [int(each) for each in request.form.getlist("position") if each.isdecimal()][: queries.PAGE]
    act = request.form.get("act", "out")

    def change(session: Session, job: FileImport) -> None:
        now = datetime.now(UTC)
        if act == "errors":
            services.leave_errors_out(session, job=job, now=now)
        else:
            services.leave_out(session, job=job, positions=ticked, out=act != "in", now=now)

    _change(frame, import_id, change)
    back = {key: request.args[key] for key in ("show", "page") if key in request.args}
    return redirect(address(frame, import_id, "preview", **back, _anchor="lines"), 303)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/compare")
@each_planner
@staff_only
def compare(frame: Frame, import_id: int) -> ResponseReturnValue:
    """Compares with the plan as it is now."""
    _change(
        frame,
        import_id,
        lambda session, job: services.compare_again(session, job=job, now=datetime.now(UTC), **_who(frame)),
    )
    return redirect(address(frame, import_id), 303)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/load")
@each_planner
@staff_only
def load(frame: Frame, import_id: int) -> ResponseReturnValue:
    note = {tag: request.form.get(f"note:{tag}", "") for tag in frame.plan.languages}
    _change(
        frame,
        import_id,
        lambda session, job: services.begin_load(
            session, job=job, note=note, now=datetime.now(UTC), **_who(frame)
        ),
    )
    flash(_("The import is being loaded."), "success")
    return redirect(address(frame, import_id), 303)


def _who(frame: Frame) -> dict[str, Any]:
    return {"account_id": current_user.id, "language": frame.language}


def _change(frame: Frame, import_id: int, change: Callable[[Session, FileImport], Any]) -> None:
    in_transaction(lambda session: change(session, find(frame, import_id, session=session)))
