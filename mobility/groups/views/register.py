"""Speak for a group: the form, the proof of the address."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.consultation.texts import clean
from mobility.consultation.views.frame import Frame, open_frame
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.groups import documents, queries, registration
from mobility.groups.delegates import check_address
from mobility.groups.forms import registration_form
from mobility.groups.pdf import STATUTE_LIMIT
from mobility.groups.views.blueprint import bp
from mobility.groups.views.frame import go, keep_files, public_url, render_page
from mobility.text import pick


def make_form(frame: Frame) -> Any:
    quarters = queries.quarters_of(db.session, city_id=frame.city.id)
    choices = [(row.code, pick(row.name, frame.language)) for row in quarters]
    return registration_form(frame.plan.languages, web.LANGUAGES, choices)


def show(frame: Frame, form: Any, status: int = HTTPStatus.OK, like: Any = ()) -> ResponseReturnValue:
    """The form; with groups of a similar name when there are some."""
    names = [form[f"name_{code}"] for code in frame.plan.languages]
    known = [{"name": pick(each.name, frame.language), "slug": each.slug} for each in like]
    return render_page(frame, "groups/register.html", status=status, form=form, names=names, like=known)


@bp.get("/plans/<slug>/groups/new")
def register(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    return show(frame, make_form(frame))


@bp.post("/plans/<slug>/groups/new")
@limiter.limit("10 per hour; 30 per day")
def register_submit(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    form, now = make_form(frame), datetime.now(UTC)
    refused = HTTPStatus.UNPROCESSABLE_ENTITY
    valid = form.validate_on_submit()
    try:
        application = read_application(frame, form)
        statute = read_statute(form)
    except Invalid as error:
        form[error.field].errors = [*form[error.field].errors, error.message]
        return show(frame, form, refused)
    if not valid:
        return show(frame, form, refused)
    like = registration.groups_alike(db.session, city_id=frame.city.id, name=application.name)
    if like and not form.other.data:
        return show(frame, form, refused, like)
    keep_files([statute] if statute else [], now)
    with unit_of_work() as session:
        registration.register(
            session,
            plan=frame.plan,
            application=application,
            statute=statute,
            make_url=lambda secret: public_url("groups.confirm", slug=slug, secret=secret),
            now=now,
        )
    return go("groups.registered", slug=slug)


def read_application(frame: Frame, form: Any) -> registration.Application:
    """What was typed, cleaned. Raises Invalid for a missing name and a wrong address."""
    languages = frame.plan.languages
    names = {code: " ".join(clean(form[f"name_{code}"].data)[0].split()) for code in languages}
    names = {code: words for code, words in names.items() if words}
    if not names:
        raise Invalid(f"name_{languages[0]}", _("Write the name in at least one language."))
    chosen = dict(form.quarter.choices).get(form.quarter.data) if form.quarter.data else None
    area = ", ".join(filter(None, (" ".join(clean(form.area.data)[0].split()), str(chosen or ""))))
    here = frame.language if frame.language in languages else languages[0]
    return registration.Application(
        name=names,
        kind=form.kind.data or "",
        area={here: area},
        about={here: clean(form.about.data)[0]},
        members=form.members.data,
        website=form.website.data or None,
        email=check_address(form.email.data or ""),
        language=here,
    )


def read_statute(form: Any) -> documents.Prepared | None:
    """The sent document, checked; None without one."""
    sent = form.statute.data
    if not sent or not sent.filename:
        return None
    data = sent.stream.read(STATUTE_LIMIT + 1)
    return documents.prepare_pdf(data, sent.filename, limit=STATUTE_LIMIT, field="statute")


@bp.get("/plans/<slug>/groups/registered")
def registered(slug: str) -> ResponseReturnValue:
    return render_page(open_frame(slug), "groups/registered.html", state="sent")


@bp.get("/plans/<slug>/groups/confirm/<secret>")
@limiter.limit("60 per hour")
def confirm(slug: str, secret: str) -> ResponseReturnValue:
    """A page with one button: programs that open links in mails confirm nothing."""
    frame = open_frame(slug)
    asked, _plan = registration.find_link(db.session, secret=secret, now=datetime.now(UTC))
    name = pick(asked.name, frame.language)
    return render_page(frame, "groups/confirm.html", secret=secret, name=name)


@bp.post("/plans/<slug>/groups/confirm/<secret>")
@limiter.limit("60 per hour")
def confirm_submit(slug: str, secret: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        registration.confirm_address(session, secret=secret, now=datetime.now(UTC))
    flash(_("Thank you: your address is confirmed."), "success")
    return go("groups.waiting", slug=slug)


@bp.get("/plans/<slug>/groups/waiting")
def waiting(slug: str) -> ResponseReturnValue:
    return render_page(open_frame(slug), "groups/registered.html", state="requested")
