"""The plans a planner works on; a new one from a template, a copy of one there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.accounts.views.sessions import page
from mobility.cities.models import City
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.setup import creating, queries
from mobility.setup.forms import PLAN_TEXTS, NewPlanForm, PlanForm, with_texts
from mobility.setup.templates import find_template, templates
from mobility.setup.views.blueprint import bp
from mobility.setup.views.frame import managers_only, planners_only
from mobility.text import pick


@bp.get("/desk/plans")
@planners_only
def plans() -> ResponseReturnValue:
    """Every plan that the reader plans, with its state."""
    found = queries.plans_with_cities(db.session)
    mine = [(plan, city) for plan, city in found if web.may("see_desk", plan.id)]
    return page("setup/plans.html", plans=mine, cities=queries.cities(db.session))


@bp.get("/desk/plans/new/<city>")
@planners_only
def new(city: str) -> ResponseReturnValue:
    town = queries.find_city(db.session, slug=city)
    return _new_page(town, _new_form(town, starts=_next_monday()))


@bp.post("/desk/plans/new/<city>")
@limiter.limit("20 per hour", key_func=web.participant_key)
@planners_only
def create(city: str) -> ResponseReturnValue:
    town = queries.find_city(db.session, slug=city)
    form = _new_form(town)
    if not form.validate_on_submit():
        return _new_page(town, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    draft = form.draft(town.languages, form.areas.data or ())
    try:
        slug = in_transaction(
            lambda session: (
                creating.create_plan(
                    session,
                    city=session.get_one(City, town.id),
                    template=find_template(form.template.data),
                    draft=draft,
                    account=current_user,
                    now=datetime.now(UTC),
                ).slug
            )
        )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return _new_page(town, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _made(slug)


@bp.get("/plans/<slug>/desk/copy")
@managers_only
def copy_form(frame: Frame) -> ResponseReturnValue:
    texts = {
        f"{name}_{tag}": getattr(frame.plan, name).get(tag, "")
        for name in PLAN_TEXTS
        for tag in frame.plan.languages
    }
    form = with_texts(PlanForm, frame.plan.languages, PLAN_TEXTS, data=texts | {"starts": _next_monday()})
    return render_desk(frame, "setup/copy.html", tab="setup", form=form)


@bp.post("/plans/<slug>/desk/copy")
@limiter.limit("20 per hour", key_func=web.participant_key)
@managers_only
def copy(frame: Frame) -> ResponseReturnValue:
    form = with_texts(PlanForm, frame.plan.languages, PLAN_TEXTS)
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY
    if not form.validate_on_submit():
        return render_desk(frame, "setup/copy.html", tab="setup", status=wrong, form=form)
    draft = form.draft(frame.plan.languages)
    try:
        slug = in_transaction(
            lambda session: (
                creating.copy_plan(
                    session,
                    source=frame.plan,
                    city=frame.city,
                    draft=draft,
                    account=current_user,
                    now=datetime.now(UTC),
                ).slug
            )
        )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return render_desk(frame, "setup/copy.html", tab="setup", status=wrong, form=form)
    return _made(slug)


def _made(slug: str) -> ResponseReturnValue:
    flash(_("The draft is made. Only staff can see it. The list says what it still needs."), "success")
    return redirect(url_for("setup.checklist", slug=slug), 303)


def _new_form(town: City, **data: Any) -> Any:
    language = web.language()
    areas = creating.area_choices(db.session, city_id=town.id)
    form = with_texts(NewPlanForm, town.languages, PLAN_TEXTS, data=data or None)
    form.template.choices = [
        (each.key, f"{pick(each.title, language)}: {pick(each.about, language)}") for each in templates()
    ]
    form.areas.choices = [(area.code, pick(area.name, language) or area.code) for area in areas]
    return form


def _new_page(town: City, form: Any, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    return page("setup/new.html", status, form=form, city=town)


def _next_monday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())
