"""Reply templates: texts that answers begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from mobility.answers import notes
from mobility.answers import queries as answering
from mobility.answers.forms import TemplateForm
from mobility.answers.merging import FIELDS
from mobility.answers.models import ReplyTemplate
from mobility.answers.views.blueprint import bp
from mobility.answers.views.scope import each_clerk, offices
from mobility.consultation.languages import language_name
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Conflict, Invalid
from mobility.extensions import db
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick


@bp.get("/plans/<slug>/desk/templates")
@staff_only
def templates(frame: Frame) -> ResponseReturnValue:
    """The reply templates; `edit` in the address opens one."""
    must("answer", frame)
    number = request.args.get("edit", type=int)
    found = notes.find_template(db.session, plan_id=frame.plan.id, template_id=number) if number else None
    form = TemplateForm(
        formdata=None,
        title=found.title if found else "",
        office=(found.office_id or 0) if found else 0,
    )
    return show_templates(frame, form, found)


def show_templates(
    frame: Frame,
    form: TemplateForm,
    found: ReplyTemplate | None,
    *,
    status: int = HTTPStatus.OK,
    problem: str = "",
) -> ResponseReturnValue:
    form.office.choices = [(0, _("Every office"))] + [
        (each.id, str(pick(each.name, frame.language))) for each in offices(frame)
    ]
    names = {each.id: pick(each.name, frame.language) for each in offices(frame)}
    sent, kept = request.method == "POST", found.texts if found else {}
    return render_desk(
        frame,
        "answers/templates.html",
        tab="templates",
        status=status,
        form=form,
        problem=problem,
        editing=found.id if found else None,
        fields=field_words(),
        tongues=[
            {
                "code": tag,
                "label": language_name(tag, frame.language),
                "text": request.form.get(f"text-{tag}", "") if sent else kept.get(tag, ""),
            }
            for tag in frame.plan.languages
        ],
        templates=[
            template_card(each, frame, names)
            for each in answering.templates_of(db.session, plan_id=frame.plan.id)
        ],
    )


def template_card(each: ReplyTemplate, frame: Frame, names: dict[int, Any]) -> dict[str, Any]:
    """A template for the list."""
    return {
        "id": each.id,
        "title": each.title,
        "office": names.get(each.office_id or 0, _("Every office")),
        "text": pick(each.texts, frame.language),
        "edit_url": url_for("answers.templates", slug=frame.plan.slug, edit=each.id),
    }


def field_words() -> list[tuple[str, Any]]:
    """The fields of templates and what they stand for."""
    words = {
        "place": _("where the comment is"),
        "street": _("the street"),
        "topic": _("its topic"),
        "measure": _("its measure"),
        "office": _("the office that answers"),
        "day": _("the day of the comment"),
        "number": _("the number of the case"),
    }
    return [(name, words[name]) for name in FIELDS]


@bp.post("/plans/<slug>/desk/templates")
@each_clerk
@staff_only
def save_template(frame: Frame) -> ResponseReturnValue:
    """Keep a template, new or changed."""
    account_id, form = must("answer", frame), TemplateForm()
    number = request.form.get("template", type=int)
    found = notes.find_template(db.session, plan_id=frame.plan.id, template_id=number) if number else None
    known = {each.id for each in offices(frame)}
    try:
        in_transaction(
            lambda session: notes.save_template(
                session,
                plan_id=frame.plan.id,
                title=form.title.data or "",
                texts={tag: request.form.get(f"text-{tag}", "") for tag in frame.plan.languages},
                office_id=form.office.data if form.office.data in known else None,
                account_id=account_id,
                template_id=number,
                now=datetime.now(UTC),
            )
        )
    except (Invalid, Conflict) as error:
        return show_templates(frame, form, found, status=error.status, problem=str(error.message))
    flash(_("The template is kept."), "success")
    return redirect(url_for("answers.templates", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/templates/<int:template_id>/remove")
@each_clerk
@staff_only
def drop_template(frame: Frame, template_id: int) -> ResponseReturnValue:
    """Take a template away."""
    account_id = must("answer", frame)
    in_transaction(
        lambda session: notes.remove_template(
            session, plan_id=frame.plan.id, template_id=template_id, account_id=account_id
        )
    )
    flash(_("The template is gone."), "success")
    return redirect(url_for("answers.templates", slug=frame.plan.slug), 303)
