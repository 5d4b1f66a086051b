"""Competences of an office: added with topic, measure and area, and ended."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from mobility.answers import competing
from mobility.answers.forms import CompetenceForm
from mobility.answers.views.blueprint import bp
from mobility.answers.views.gaps import topic_names
from mobility.answers.views.offices import to_office
from mobility.answers.views.scope import each_clerk
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.offices import queries
from mobility.offices.models import Office
from mobility.offices.services import end_competence
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick


@bp.get("/plans/<slug>/desk/offices/<int:office_id>/competences/new")
@staff_only
def new_competence(frame: Frame, office_id: int) -> ResponseReturnValue:
    must("manage_offices", frame)
    found = queries.find_office(db.session, city_id=frame.city.id, office_id=office_id)
    return show_competence(frame, found, CompetenceForm(formdata=None))


def show_competence(
    frame: Frame, found: Office, form: CompetenceForm, *, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    """The form with its choices."""
    form.topic.choices = [(0, _("Every topic")), *topic_names(frame).items()]
    form.measure.choices = [(0, _("Every measure"))] + [
        (each.id, f"{each.code} · {pick(each.title, frame.language)}")
        for each in plans.measures_of(db.session, plan_id=frame.plan.id)
    ]
    kinds = {"quarter": _("Quarter"), "zone": _("Heritage zone")}
    form.area.choices = [
        (competing.EVERYWHERE, _("Everywhere")),
        *[
            (row.value, f"{kinds.get(row.kind, row.kind)}: {pick(row.name, frame.language)}")
            for row in competing.areas_of(db.session, city_id=frame.city.id)
        ],
        (competing.DRAWN, _("An outline of one's own (GeoJSON)")),
    ]
    return render_desk(
        frame,
        "answers/competence.html",
        tab="offices",
        status=status,
        form=form,
        office={"id": found.id, "name": pick(found.name, frame.language)},
        back=url_for("answers.office", slug=frame.plan.slug, office_id=found.id),
    )


@bp.post("/plans/<slug>/desk/offices/<int:office_id>/competences")
@each_clerk
@staff_only
def save_competence(frame: Frame, office_id: int) -> ResponseReturnValue:
    """Add a competence; comments that come from now on are routed by it."""
    account_id, form = must("manage_offices", frame), CompetenceForm()
    found = queries.find_office(db.session, city_id=frame.city.id, office_id=office_id)
    if not form.validate():
        return show_competence(frame, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        in_transaction(
            lambda session: competing.add_competence(
                session,
                plan=frame.plan,
                office=found,
                topic_id=form.topic.data or None,
                measure_id=form.measure.data or None,
                area=form.area.data or "",
                shape=sent_shape(form),
                area_name=form.area_name.data or "",
                priority=form.priority.data or 0,
                deadline_days=form.deadline_days.data,
                account_id=account_id,
                now=datetime.now(UTC),
            )
        )
    except Invalid as error:
        form[error.field].errors = [str(error.message)]
        return show_competence(frame, found, form, status=error.status)
    flash(_("The office is competent for it from now on."), "success")
    return to_office(frame, office_id, "competences")


def sent_shape(form: CompetenceForm) -> str:
    """The outline that was pasted, or that of the file."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.stream.read(competing.SIZE + 1).decode("utf-8", "replace")
    return form.shape.data or ""


@bp.post("/plans/<slug>/desk/offices/<int:office_id>/competences/<int:competence_id>/end")
@each_clerk
@staff_only
def drop_competence(frame: Frame, office_id: int, competence_id: int) -> ResponseReturnValue:
    """End a competence; cases that came by it stay where they are."""
    account_id = must("manage_offices", frame)
    in_transaction(
        lambda session: end_competence(
            session,
            plan_id=frame.plan.id,
            competence_id=competence_id,
            account_id=account_id,
            now=datetime.now(UTC),
        )
    )
    flash(_("The competence has ended. Cases stay where they are."), "success")
    return to_office(frame, office_id, "competences")
