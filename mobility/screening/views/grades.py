"""Grading one cell of the matrix, and signing that there is no interaction."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid, MobilityError, NotFound
from mobility.extensions import db, limiter
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.screening import queries, services
from mobility.screening.cards import attribute_card, grade_card
from mobility.screening.forms import GradeForm, StatementForm, grade_form
from mobility.screening.models import HeritageAttribute
from mobility.screening.services import GradeDraft
from mobility.screening.views.blueprint import bp
from mobility.screening.views.matrix import find
from mobility.screening.wording import split
from mobility.text import pick

each_expert = limiter.limit("120 per minute", key_func=web.participant_key)


def asked(frame: Frame, code: str) -> HeritageAttribute:
    """The attribute of the address. Raises NotFound."""
    found = queries.find_attribute(db.session, city_id=frame.city.id, code=code)
    if found is None:
        raise NotFound
    return found


def own_body(frame: Frame) -> str:
    """The office the expert belongs to, as a start."""
    return pick(queries.office_name(db.session, account_id=current_user.id), frame.language) or ""


@bp.get("/plans/<slug>/desk/screening/<code>/attributes/<attribute>")
@staff_only
def cell(frame: Frame, code: str, attribute: str) -> ResponseReturnValue:
    """The form of one cell, with all earlier grades."""
    must("screen_heritage", frame)
    one = asked(frame, attribute)
    return show_cell(frame, code, one, form_of(frame, code, one))


def form_of(frame: Frame, code: str, one: HeritageAttribute) -> GradeForm:
    live = queries.grades_that_count(db.session, plan_id=frame.plan.id, code=code).get(code, {})
    return grade_form(live.get(one.id), own_body(frame))


def show_cell(
    frame: Frame, code: str, one: HeritageAttribute, form: GradeForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    found = find(frame, code)
    past = queries.past_grades(db.session, plan_id=frame.plan.id, code=code, attribute_id=one.id)
    return render_desk(
        frame,
        "screening/cell.html",
        tab="screening",
        status=status,
        form=form,
        code=code,
        measure_title=pick(found.title, frame.language) if found else "",
        measure_summary=pick(found.summary, frame.language) if found else "",
        attribute=attribute_card(
            one,
            language=frame.language,
            places=queries.place_names(db.session, city_id=frame.city.id),
        ),
        history=[grade_card(each, version=found.version if found else 0) for each in past],
    )


@bp.post("/plans/<slug>/desk/screening/<code>/attributes/<attribute>")
@each_expert
@staff_only
def save_cell(frame: Frame, code: str, attribute: str) -> ResponseReturnValue:
    """Keep the grade; or the form again, with what is wrong."""
    must("screen_heritage", frame)
    one = asked(frame, attribute)
    form = form_of(frame, code, one)
    find(frame, code)
    if not form.validate():
        return show_cell(frame, code, one, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        in_transaction(
            lambda session: services.grade(
                session,
                plan=frame.plan,
                code=code,
                attribute=one,
                draft=draft_of(form, frame.language),
                account_id=current_user.id,
                now=datetime.now(UTC),
            )
        )
    except MobilityError as error:
        field = error.field if isinstance(error, Invalid) and error.field in form else "effect"
        form[field].errors = [error.message]
        return show_cell(frame, code, one, form, error.status)
    flash(_("The grade is kept and public."), "success")
    return redirect(url_for("screening.measure", slug=frame.plan.slug, code=code), 303)


def draft_of(form: GradeForm, language: str) -> GradeDraft:
    """What the form holds, as the service takes it."""
    extent, direction = split(form.effect.data or "")
    return GradeDraft(
        extent=extent,
        direction=direction,
        reason=form.reason.data or "",
        mitigation=form.mitigation.data or "",
        body=form.body.data or "",
        language=language,
    )


@bp.get("/plans/<slug>/desk/screening/<code>/no-interaction")
@staff_only
def no_interaction(frame: Frame, code: str) -> ResponseReturnValue:
    """The form in which an expert signs that a measure does not interact with any attribute."""
    must("screen_heritage", frame)
    return show_statement(frame, code, StatementForm(data={"body": own_body(frame)}))


def show_statement(
    frame: Frame, code: str, form: StatementForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    found = find(frame, code)
    return render_desk(
        frame,
        "screening/statement.html",
        tab="screening",
        status=status,
        form=form,
        code=code,
        measure_title=pick(found.title, frame.language) if found else "",
    )


@bp.post("/plans/<slug>/desk/screening/<code>/no-interaction")
@each_expert
@staff_only
def sign(frame: Frame, code: str) -> ResponseReturnValue:
    """Keep the signed statement; or the form again, with what is wrong."""
    must("screen_heritage", frame)
    form = StatementForm()
    find(frame, code)
    if not form.validate():
        return show_statement(frame, code, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        in_transaction(
            lambda session: services.sign_no_interaction(
                session,
                plan=frame.plan,
                code=code,
                why=form.why.data or "",
                body=form.body.data or "",
                language=frame.language,
                account_id=current_user.id,
                now=datetime.now(UTC),
            )
        )
    except MobilityError as error:
        field = error.field if isinstance(error, Invalid) and error.field in form else "why"
        form[field].errors = [error.message]
        return show_statement(frame, code, form, error.status)
    flash(_("The statement is signed and public."), "success")
    return redirect(url_for("screening.measure", slug=frame.plan.slug, code=code), 303)


@bp.post("/plans/<slug>/desk/screening/<code>/no-interaction/withdraw")
@each_expert
@staff_only
def withdraw(frame: Frame, code: str) -> ResponseReturnValue:
    """The statement no longer counts."""
    must("screen_heritage", frame)
    in_transaction(
        lambda session: services.withdraw_statement(
            session, plan=frame.plan, code=code, account_id=current_user.id, now=datetime.now(UTC)
        )
    )
    flash(_("The statement is withdrawn. The measure needs its grades again."), "success")
    return redirect(url_for("screening.measure", slug=frame.plan.slug, code=code), 303)
