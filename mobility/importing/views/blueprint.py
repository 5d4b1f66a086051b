"""The blueprint of imports, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility import web
from mobility.consultation.views.desk import must, render_desk
from mobility.consultation.views.frame import Frame
from mobility.extensions import db, limiter
from mobility.importing import queries, wording
from mobility.importing.models import FileImport
from mobility.importing.services import BUSY
from mobility.plans.words import _

bp = Blueprint("importing", __name__)
each_planner = limiter.limit("60 per minute", key_func=web.participant_key)
FORM = 200_000
STEPS = ("layer", "fields", "preview")


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Whoever is signed in may send a large file to the page that takes files."""
    if endpoint == "importing.upload" and current_user.is_authenticated:
        request.max_content_length = current_app.config["IMPORT_MAX"] + FORM


def find(frame: Frame, import_id: int, *, session: Session | None = None) -> FileImport:
    """The import, held for writing when a session is given. Raises Forbidden and NotFound."""
    must("import_data", frame)
    return queries.find_import(
        session or db.session, plan_id=frame.plan.id, import_id=import_id, lock=session is not None
    )


def address(frame: Frame, job: FileImport | int, step: str = "show", **values: Any) -> str:
    """The address of a page of an import."""
    number = job if isinstance(job, int) else job.id
    return url_for(f"importing.{step}", slug=frame.plan.slug, import_id=number, **values)


def current_step(frame: Frame, job: FileImport) -> str:
    """Where to go on: the page of the step that waits for the planner."""
    return address(frame, job, job.state if job.state in STEPS else "show")


def render_step(
    frame: Frame, job: FileImport, template: str, *, step: str, status: int = 200, **values: Any
) -> Response:
    """A page of one step, with all steps above it."""
    return render_desk(
        frame,
        template,
        tab="imports",
        status=status,
        job=job,
        steps=_steps(frame, job, step),
        words=wording,
        step_url=lambda name, **more: address(frame, job, name, **more),
        **values,
    )


def scene_url(frame: Frame) -> str:
    """The map on which an import is drawn."""
    return f"{request.script_root}/maps/{frame.plan.slug}/import.{frame.language}.js"


def _steps(frame: Frame, job: FileImport, step: str) -> list[dict[str, Any]]:
    labels = {
        "upload": _("File"),
        "layer": _("Layer and place"),
        "fields": _("Fields"),
        "preview": _("Check"),
        "load": _("Load"),
    }
    reach = {"reading": 0, "layer": 1, "fields": 2, "preparing": 2, "preview": 3, "loading": 4, "loaded": 5}
    done = reach.get(job.state, 5)
    open_again = job.state in STEPS and job.state not in BUSY
    return [
        {
            "label": label,
            "state": "current" if name == step else "done" if index < done else "to_come",
            "url": address(frame, job, name)
            if name in STEPS and index <= done and open_again and name != step
            else "",
        }
        for index, (name, label) in enumerate(labels.items())
    ]
