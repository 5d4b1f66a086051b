"""The steps before the comparison: waiting for the file, its layer and place, its fields."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Conflict, Invalid
from mobility.extensions import db
from mobility.importing import queries, services, wording
from mobility.importing.field_choices import field_rows
from mobility.importing.kinds import ALL, parts
from mobility.importing.models import FileImport
from mobility.importing.reading import Fault, words
from mobility.importing.undoing import why_not
from mobility.importing.views.blueprint import (
    address,
    bp,
    current_step,
    each_planner,
    find,
    render_step,
    scene_url,
)
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.tasks.models import OVER
from mobility.tasks.services import cancel_task


@bp.get("/plans/<slug>/desk/imports/<int:import_id>")
@staff_only
def show(frame: Frame, import_id: int) -> ResponseReturnValue:
    """What is done now, what came of it, or on to the step that waits."""
    job = find(frame, import_id)
    if job.state in ("loaded", "undone", "dropped"):
        reason = why_not(db.session, job) if job.state == "loaded" else ""
        counts = queries.count_lines(db.session, job)
        return render_step(frame, job, "importing/done.html", step="load", counts=counts, why_not=reason)
    if job.state not in services.BUSY:
        return redirect(current_step(frame, job), 303)
    task = queries.task_of(db.session, job)
    step = {"reading": "upload", "preparing": "fields", "loading": "load"}[job.state]
    over = task is None or task.state in OVER
    return render_step(frame, job, "importing/waiting.html", step=step, task=task, over=over)


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/progress.json")
@staff_only
def progress(frame: Frame, import_id: int) -> ResponseReturnValue:
    """How far the long step is, for the page that waits."""
    job = find(frame, import_id)
    task = queries.task_of(db.session, job)
    over = job.state not in services.BUSY or task is None or task.state in OVER
    answer = jsonify(
        over=over, part=task.progress if task else 0, words=wording.task_label(task.note if task else "")
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/cancel")
@each_planner
@staff_only
def cancel(frame: Frame, import_id: int) -> ResponseReturnValue:
    """Asks the long step to stop."""
    job = find(frame, import_id)
    task = queries.task_of(db.session, job)
    if task is not None:
        number = task.id
        in_transaction(
            lambda session: cancel_task(
                session, task=session.get_one(type(task), number), now=datetime.now(UTC)
            )
        )
    return redirect(address(frame, import_id), 303)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/again")
@each_planner
@staff_only
def again(frame: Frame, import_id: int) -> ResponseReturnValue:
    """The long step once more, after it was stopped or failed."""
    in_transaction(
        lambda session: services.begin_again(
            session,
            job=find(frame, import_id, session=session),
            account_id=current_user.id,
            language=frame.language,
            now=datetime.now(UTC),
        )
    )
    return redirect(address(frame, import_id), 303)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/back")
@each_planner
@staff_only
def back(frame: Frame, import_id: int) -> ResponseReturnValue:
    """From a comparison that was stopped or failed to the fields."""
    in_transaction(
        lambda session: services.back_to_fields(
            session, job=find(frame, import_id, session=session), now=datetime.now(UTC)
        )
    )
    return redirect(address(frame, import_id), 303)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/drop")
@each_planner
@staff_only
def drop(frame: Frame, import_id: int) -> ResponseReturnValue:
    in_transaction(
        lambda session: services.drop_import(
            session,
            job=find(frame, import_id, session=session),
            account_id=current_user.id,
            now=datetime.now(UTC),
        )
    )
    flash(_("The file and its comparison are thrown away. The plan was not changed."), "success")
    return redirect(url_for("importing.index", slug=frame.plan.slug), 303)


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/layer")
@staff_only
def layer(frame: Frame, import_id: int) -> ResponseReturnValue:
    job = find(frame, import_id)
    if job.state not in ("layer", "fields", "preview"):
        return redirect(address(frame, job), 303)
    return show_layer(frame, job)


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/layer")
@each_planner
@staff_only
def choose_layer(frame: Frame, import_id: int) -> ResponseReturnValue:
    columns = {name: request.form.get(f"column_{name}", "") for name in ("x", "y", "wkt")}
    try:
        in_transaction(
            lambda session: services.choose_layer(
                session,
                job=find(frame, import_id, session=session),
                layer=request.form.get("layer", ""),
                crs=request.form.get("crs") or None,
                columns=columns,
                now=datetime.now(UTC),
            )
        )
    except Invalid as error:
        return show_layer(frame, find(frame, import_id), problem=error)
    return redirect(address(frame, import_id, "fields"), 303)


def show_layer(frame: Frame, job: FileImport, *, problem: Invalid | None = None) -> ResponseReturnValue:
    layers = job.inspection.get("layers", [])
    wanted = request.values.get("layer") or job.layer or (layers[0]["name"] if layers else "")
    chosen = queries.layer_of(job, wanted) or (layers[0] if layers else None)
    return render_step(
        frame,
        job,
        "importing/layer.html",
        step="layer",
        status=problem.status if problem else HTTPStatus.OK,
        problem=problem,
        layers=layers,
        chosen=chosen,
        systems=services.systems_of(chosen) if chosen else [],
        shown=shown_system(job, chosen),
        notes=[
            words(Fault(**note))
            for note in (*job.inspection.get("notes", ()), *(chosen or {}).get("notes", ()))
        ],
        scene_url=scene_url(frame),
    )


def shown_system(job: FileImport, chosen: Any) -> str:
    """The coordinate system under which the data is drawn first."""
    systems = services.systems_of(chosen) if chosen else []
    codes = [system["code"] for system in systems]
    asked = request.values.get("crs") or (job.crs if chosen and job.layer == chosen["name"] else None)
    if asked in codes:
        return str(asked)
    return next((s["code"] for s in systems if s["plausible"]), codes[0] if codes else "")


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/fields")
@staff_only
def fields(frame: Frame, import_id: int) -> ResponseReturnValue:
    """What the file holds, and which column is which field; remembered from the last file of its like."""
    job = find(frame, import_id)
    if job.state not in ("fields", "preview"):
        return redirect(address(frame, job), 303)
    kind = request.args.get("kind") or job.kind or services.likely_kind(job)
    if kind not in ALL:
        kind = services.likely_kind(job)
    return show_fields(frame, job, kind)


def show_fields(
    frame: Frame, job: FileImport, kind: str, *, mapped: services.Mapped | None = None,
    problem: Invalid | Conflict | None = None,
) -> ResponseReturnValue:  # fmt: skip
    if mapped is None and job.kind == kind:
        mapped = services.Mapped(kind, dict(job.mapping), dict(job.defaults), dict(job.options))
    mapped = mapped or services.first_mapping(
        db.session, job=job, city_id=frame.city.id, kind=ALL[kind], languages=frame.plan.languages
    )
    return render_step(
        frame,
        job,
        "importing/fields.html",
        step="fields",
        status=problem.status if problem else HTTPStatus.OK,
        problem=problem,
        kinds=list(ALL),
        kind=ALL[kind],
        mapped=mapped,
        columns=(queries.layer_of(job, job.layer) or {}).get("fields", []),
        rows=field_rows(db.session, frame.plan, ALL[kind], frame.language),
    )


@bp.post("/plans/<slug>/desk/imports/<int:import_id>/fields")
@each_planner
@staff_only
def map_fields(frame: Frame, import_id: int) -> ResponseReturnValue:
    mapped = read_mapping(frame)
    try:
        in_transaction(
            lambda session: services.map_fields(
                session,
                job=find(frame, import_id, session=session),
                plan=frame.plan,
                mapped=mapped,
                account_id=current_user.id,
                language=frame.language,
                now=datetime.now(UTC),
            )
        )
    except Invalid as error:
        kind = mapped.kind if mapped.kind in ALL else "segments"
        return show_fields(frame, find(frame, import_id), kind, mapped=mapped, problem=error)
    return redirect(address(frame, import_id), 303)


def read_mapping(frame: Frame) -> services.Mapped:
    """What was posted: `column:<field>` and `default:<field>`."""
    form = request.form
    kind = ALL.get(form.get("kind", ""))
    names = [part for field in kind.fields for part in parts(field, frame.plan.languages)] if kind else []
    missing = form.get("missing", "keep")
    return services.Mapped(
        form.get("kind", ""),
        {name: form[f"column:{name}"] for name in names if form.get(f"column:{name}")},
        {
            name: form[f"default:{name}"].strip()[:600]
            for name in names
            if form.get(f"default:{name}", "").strip()
        },
        {
            "id": form.get("id", ""),
            "cut": form.get("cut") == "y",
            "missing": missing if missing in ("keep", "measures", "all") else "keep",
        },
    )
