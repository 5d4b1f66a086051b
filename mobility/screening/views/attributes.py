"""The attributes of the city: naming them, changing them, no longer asking for them."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user

from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.screening import queries, services
from mobility.screening.cards import attribute_card
from mobility.screening.defaults import add_usual
from mobility.screening.forms import AttributeForm, attribute_form
from mobility.screening.models import HeritageAttribute
from mobility.screening.views.blueprint import bp
from mobility.screening.views.grades import asked, each_expert
from mobility.text import pick


@bp.get("/plans/<slug>/desk/attributes")
@staff_only
def attributes(frame: Frame) -> ResponseReturnValue:
    """What carries the site's value, in the order in which it is graded."""
    must("screen_heritage", frame)
    found = queries.attributes_of(db.session, city_id=frame.city.id, retired=True)
    places = queries.place_names(db.session, city_id=frame.city.id)
    return render_desk(
        frame,
        "screening/attributes.html",
        tab="screening",
        attributes=[attribute_card(one, language=frame.language, places=places) for one in found],
    )


@bp.post("/plans/<slug>/desk/attributes/usual")
@each_expert
@staff_only
def usual(frame: Frame) -> ResponseReturnValue:
    """Add the attributes most historic centres have."""
    must("screen_heritage", frame)
    added = in_transaction(lambda session: add_usual(session, city=frame.city, account_id=current_user.id))
    flash(ngettext("%(num)s attribute added.", "%(num)s attributes added.", added), "success")
    return redirect(url_for("screening.attributes", slug=frame.plan.slug), 303)


def form_for(frame: Frame, before: HeritageAttribute | None) -> AttributeForm:
    names = queries.place_names(db.session, city_id=frame.city.id)
    places = {key: pick(name, frame.language) for key, name in names.items()}
    return attribute_form(frame.city.languages, places, before)


@bp.get("/plans/<slug>/desk/attributes/new")
@staff_only
def new_attribute(frame: Frame) -> ResponseReturnValue:
    must("screen_heritage", frame)
    return show(frame, form_for(frame, None), None)


@bp.get("/plans/<slug>/desk/attributes/edit/<attribute>")
@staff_only
def edit_attribute(frame: Frame, attribute: str) -> ResponseReturnValue:
    must("screen_heritage", frame)
    one = asked(frame, attribute)
    return show(frame, form_for(frame, one), one)


def show(
    frame: Frame, form: AttributeForm, one: HeritageAttribute | None, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    return render_desk(
        frame,
        "screening/attribute.html",
        tab="screening",
        status=status,
        form=form,
        tags=frame.city.languages,
        attribute=attribute_card(one, language=frame.language, places={}) if one else None,
    )


@bp.post("/plans/<slug>/desk/attributes/new")
@each_expert
@staff_only
def add_attribute(frame: Frame) -> ResponseReturnValue:
    must("screen_heritage", frame)
    return keep(frame, None)


@bp.post("/plans/<slug>/desk/attributes/edit/<attribute>")
@each_expert
@staff_only
def save_attribute(frame: Frame, attribute: str) -> ResponseReturnValue:
    must("screen_heritage", frame)
    return keep(frame, asked(frame, attribute))


def keep(frame: Frame, one: HeritageAttribute | None) -> ResponseReturnValue:
    """Keeps an attribute, new or changed; or the form again."""
    form = form_for(frame, one)
    if not form.validate():
        return show(frame, form, one, HTTPStatus.UNPROCESSABLE_ENTITY)
    in_transaction(
        lambda session: services.keep_attribute(
            session,
            city=frame.city,
            name=form.texts("name", frame.city.languages),
            about=form.texts("about", frame.city.languages),
            place_id=form.place_id(),
            account_id=current_user.id,
            code=one.code if one else "",
        )
    )
    flash(_("The attribute is kept."), "success")
    return redirect(url_for("screening.attributes", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/attributes/edit/<attribute>/retire")
@each_expert
@staff_only
def retire(frame: Frame, attribute: str) -> ResponseReturnValue:
    """No longer ask for an attribute; its grades are kept."""
    must("screen_heritage", frame)
    one = asked(frame, attribute)
    in_transaction(
        lambda session: services.retire_attribute(
            session,
            attribute=session.merge(one),
            account_id=current_user.id,
            now=datetime.now(UTC),
        )
    )
    flash(_("The attribute is no longer asked for. What was graded is kept."), "success")
    return redirect(url_for("screening.attributes", slug=frame.plan.slug), 303)
