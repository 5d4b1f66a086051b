"""Offices at the desk: who they are, who answers for them, and what nobody answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.utils import redirect

from mobility.accounts.models import Account, StaffRole
from mobility.answers.coverage import coverage
from mobility.answers.forms import MemberForm, OfficeForm
from mobility.answers.views.blueprint import bp
from mobility.answers.views.gaps import gap_parts, topic_names
from mobility.answers.views.inbox import picture_url, scene_url
from mobility.answers.views.scope import each_clerk, offices
from mobility.consultation.languages import language_name
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.offices import queries, services
from mobility.offices.models import Competence, Office
from mobility.offices.words import days_text
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick


@bp.get("/plans/<slug>/desk/offices")
@staff_only
def desk(frame: Frame) -> ResponseReturnValue:
    """The offices of the city with their people and competences, and the map of gaps."""
    must("manage_offices", frame)
    found = offices(frame)
    people = queries.members_of(db.session, office_ids=[each.id for each in found])
    rules = queries.competences_of(db.session, plan_id=frame.plan.id)
    gaps = coverage(db.session, plan=frame.plan)
    return render_desk(
        frame,
        "answers/offices.html",
        tab="offices",
        offices=[
            office_card(each, frame)
            | {
                "people": [person.name for person in people.get(each.id, [])],
                "rules": sum(rule.office_id == each.id for rule in rules),
            }
            for each in found
        ],
        **gap_parts(frame, gaps),
        scene_url=scene_url(frame),
        static_map_url=picture_url(frame),
        gaps_url=url_for("answers.gaps_map", slug=frame.plan.slug),
    )


def office_card(office: Office, frame: Frame) -> dict[str, Any]:
    """An office for the list."""
    return {
        "id": office.id,
        "name": pick(office.name, frame.language),
        "url": url_for("answers.office", slug=frame.plan.slug, office_id=office.id),
        "days": days_text(office.deadline_days),
        "four_eyes": office.four_eyes,
        "active": office.active,
    }


@bp.get("/plans/<slug>/desk/offices/new")
@staff_only
def new_office(frame: Frame) -> ResponseReturnValue:
    must("manage_offices", frame)
    form = OfficeForm(formdata=None, deadline_days=30, mail_cases=True, active=True, substitute=0)
    return show_office(frame, None, form)


@bp.get("/plans/<slug>/desk/offices/<int:office_id>")
@staff_only
def office(frame: Frame, office_id: int) -> ResponseReturnValue:
    """One office: what it is, who answers for it, what it is competent for in this plan."""
    must("manage_offices", frame)
    found = queries.find_office(db.session, city_id=frame.city.id, office_id=office_id)
    return show_office(frame, found, filled(found))


def filled(found: Office) -> OfficeForm:
    """The form with what is kept."""
    return OfficeForm(
        formdata=None,
        email=found.email,
        phone=found.phone,
        deadline_days=found.deadline_days,
        four_eyes=found.four_eyes,
        mail_cases=found.mail_cases,
        mail_publishes=found.mail_publishes,
        active=found.active,
        substitute=found.substitute_id or 0,
    )


def show_office(
    frame: Frame, found: Office | None, form: OfficeForm, *, status: int = HTTPStatus.OK, **more: Any
) -> ResponseReturnValue:
    """The page of an office with what was typed."""
    form.substitute.choices = [(0, _("Nobody"))] + [
        (each.id, str(pick(each.name, frame.language)))
        for each in offices(frame)
        if found is None or each.id != found.id
    ]
    typed = (
        request.form
        if request.method == "POST" and "name-" + frame.plan.languages[0] in request.form
        else None
    )
    languages = [
        {
            "code": tag,
            "label": language_name(tag, frame.language),
            "name": typed.get(f"name-{tag}", "") if typed else (found.name.get(tag, "") if found else ""),
            "about": typed.get(f"about-{tag}", "") if typed else (found.about.get(tag, "") if found else ""),
        }
        for tag in frame.plan.languages
    ]
    return render_desk(
        frame,
        "answers/office.html",
        tab="offices",
        status=status,
        form=form,
        tongues=languages,
        office=office_card(found, frame) if found else None,
        name_problem=more.pop("name_problem", ""),
        **(member_parts(found) if found else {}),
        **(rule_parts(frame, found) if found else {}),
        **more,
    )


def member_parts(found: Office) -> dict[str, Any]:
    """The people of the office, and who could join them."""
    people = queries.members_of(db.session, office_ids=[found.id]).get(found.id, [])
    staff = select(StaffRole.account_id).where(StaffRole.until.is_(None))
    query = (
        select(Account)
        .where(Account.active, Account.id.in_(staff), Account.id.not_in([each.id for each in people]))
        .order_by(Account.name, Account.id)
        .limit(500)
    )
    joining = MemberForm(formdata=None)
    joining.person.choices = [(each.id, f"{each.name} · {each.email}") for each in db.session.scalars(query)]
    return {
        "people": [{"id": each.id, "name": each.name, "email": each.email} for each in people],
        "joining": joining,
    }


def rule_parts(frame: Frame, found: Office) -> dict[str, Any]:
    """The office's competences in this plan, and the measures it owns."""
    names = topic_names(frame)
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    codes = {each.id: f"{each.code} · {pick(each.title, frame.language)}" for each in measures}
    slug = frame.plan.slug
    return {
        "rules": [
            rule_card(each, frame, names, codes)
            for each in queries.competences_of(db.session, plan_id=frame.plan.id, office_id=found.id)
        ],
        "owned": [codes[each.id] for each in measures if each.office_id == found.id],
        "areas_url": url_for("answers.gaps_map", slug=slug, office=found.id),
        "scene_url": scene_url(frame),
        "static_map_url": picture_url(frame),
    }


def rule_card(rule: Competence, frame: Frame, names: dict[int, str], codes: dict[int, str]) -> dict[str, Any]:
    """A competence in words."""
    return {
        "id": rule.id,
        "topic": names.get(rule.topic_id or 0, _("every topic")),
        "measure": codes.get(rule.measure_id or 0, _("every measure")),
        "area": pick(rule.area_name, frame.language) if rule.area is not None else _("everywhere"),
        "has_area": rule.area is not None,
        "priority": rule.priority,
        "days": days_text(rule.deadline_days) if rule.deadline_days else "",
    }


@bp.post("/plans/<slug>/desk/offices/new")
@each_clerk
@staff_only
def add_office(frame: Frame) -> ResponseReturnValue:
    return keep_office(frame, None)


@bp.post("/plans/<slug>/desk/offices/<int:office_id>")
@each_clerk
@staff_only
def save_office(frame: Frame, office_id: int) -> ResponseReturnValue:
    must("manage_offices", frame)
    return keep_office(frame, queries.find_office(db.session, city_id=frame.city.id, office_id=office_id))


def keep_office(frame: Frame, found: Office | None) -> ResponseReturnValue:
    """Save what was typed, or show what is wrong with it."""
    account_id, form = must("manage_offices", frame), OfficeForm()
    if not form.validate():
        return show_office(frame, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    known = {each.id for each in offices(frame)}
    try:
        kept = in_transaction(
            lambda session: (
                services.save_office(
                    session,
                    city_id=frame.city.id,
                    names={tag: request.form.get(f"name-{tag}", "") for tag in frame.plan.languages},
                    about={tag: request.form.get(f"about-{tag}", "") for tag in frame.plan.languages},
                    account_id=account_id,
                    office=session.get(Office, found.id) if found else None,
                    email=form.email.data or None,
                    phone=form.phone.data or None,
                    deadline_days=form.deadline_days.data,
                    four_eyes=form.four_eyes.data,
                    mail_cases=form.mail_cases.data,
                    mail_publishes=form.mail_publishes.data,
                    active=form.active.data,
                    substitute_id=form.substitute.data if form.substitute.data in known else None,
                ).id
            )
        )
    except Invalid as error:
        if error.field in form:
            form[error.field].errors = [str(error.message)]
        return show_office(frame, found, form, status=error.status, name_problem=str(error.message))
    flash(_("The office is kept."), "success")
    return to_office(frame, kept)


def to_office(frame: Frame, office_id: int, anchor: str | None = None) -> ResponseReturnValue:
    address = url_for("answers.office", slug=frame.plan.slug, office_id=office_id, _anchor=anchor)
    return redirect(address, 303)


@bp.post("/plans/<slug>/desk/offices/<int:office_id>/people")
@each_clerk
@staff_only
def join_office(frame: Frame, office_id: int) -> ResponseReturnValue:
    """Let somebody answer for the office."""
    account_id, person = must("manage_offices", frame), request.form.get("person", type=int) or 0
    found = queries.find_office(db.session, city_id=frame.city.id, office_id=office_id)
    try:
        in_transaction(
            lambda session: services.add_member(
                session, office=found, person_id=person, account_id=account_id
            )
        )
    except Invalid as error:
        flash(str(error.message), "warning")
    else:
        flash(_("This person answers for the office now."), "success")
    return to_office(frame, office_id, "people")


@bp.post("/plans/<slug>/desk/offices/<int:office_id>/people/<int:person_id>/remove")
@each_clerk
@staff_only
def leave_office(frame: Frame, office_id: int, person_id: int) -> ResponseReturnValue:
    """Somebody answers no longer for the office."""
    account_id = must("manage_offices", frame)
    found = queries.find_office(db.session, city_id=frame.city.id, office_id=office_id)
    in_transaction(
        lambda session: services.remove_member(
            session, office=found, person_id=person_id, account_id=account_id
        )
    )
    flash(_("This person does not answer for the office any more."), "success")
    return to_office(frame, office_id, "people")
