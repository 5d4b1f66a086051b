"""The list of imports, and taking a file."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import current_app, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Invalid, wants_json
from mobility.extensions import db
from mobility.importing import queries, wording
from mobility.importing.jobs import fetched
from mobility.importing.models import FileImport
from mobility.importing.services import Upload, begin_import, copy_import
from mobility.importing.undoing import why_not
from mobility.importing.uploading import expect_file, keep_file, received
from mobility.importing.views.blueprint import address, bp, each_planner, find
from mobility.plans.words import _

SIZE = 20


@bp.get("/plans/<slug>/desk/imports")
@staff_only
def index(frame: Frame) -> ResponseReturnValue:
    """A file can be brought, and all imports with their states."""
    must("import_data", frame)
    return show_list(frame)


def show_list(frame: Frame, *, problem: Invalid | None = None) -> ResponseReturnValue:
    page = max(1, request.args.get("page", 1, type=int))
    jobs, total = queries.imports_of(db.session, plan_id=frame.plan.id, page=page, size=SIZE)
    last = next((job for job, _name in jobs if job.state == "loaded"), None)
    return render_desk(
        frame,
        "importing/index.html",
        tab="imports",
        status=problem.status if problem else HTTPStatus.OK,
        problem=problem,
        jobs=jobs,
        words=wording,
        undoable=last.id if last and page == 1 and not why_not(db.session, last) else None,
        most=current_app.config["IMPORT_MAX"] // 1_000_000,
        page=page,
        pages=max(1, -(-total // SIZE)),
        make_url=lambda number: url_for("importing.index", slug=frame.plan.slug, page=number),
    )


@bp.post("/plans/<slug>/desk/imports")
@each_planner
@staff_only
def upload(frame: Frame) -> ResponseReturnValue:
    must("import_data", frame)
    try:
        with received(request.files.getlist("file"), most=current_app.config["IMPORT_MAX"]) as (path, name):
            with unit_of_work() as session:
                key = expect_file(session, now=datetime.now(UTC))
            kept = keep_file(key, path, name)
    except Invalid as error:
        if wants_json():
            raise
        return show_list(frame, problem=error)
    url = address(frame, start(frame, kept))
    return jsonify(url=url) if wants_json() else redirect(url, 303)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/copy")
@each_planner
@staff_only
def copy(frame: Frame, import_id: int) -> ResponseReturnValue:
    """Another import from the same file, such as for its next layer."""
    job = find(frame, import_id)
    name = job.name
    with fetched(job.key) as path:
        with unit_of_work() as session:
            key = expect_file(session, now=datetime.now(UTC))
        kept = keep_file(key, path, name)
    with unit_of_work() as session:
        old = find(frame, import_id, session=session)
        now = datetime.now(UTC)
        made = copy_import(session, job=old, upload=kept, account_id=current_user.id, now=now).id
    flash(_("Choose the layer to import from the same file."), "success")
    return redirect(address(frame, made, "layer"), 303)


def start(frame: Frame, kept: Upload) -> int:
    """Begins the import of a kept file; its number."""
    with unit_of_work() as session:
        job: FileImport = begin_import(
            session,
            plan=frame.plan,
            upload=kept,
            account_id=current_user.id,
            language=frame.language,
            now=datetime.now(UTC),
        )
        return job.id
