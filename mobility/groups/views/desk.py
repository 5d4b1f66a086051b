"""Groups at the desk: registrations to decide about, and the groups that speak on the plan."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility.consultation.cards import day_label
from mobility.consultation.proposals import delegate_counts
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Invalid, NotFound
from mobility.extensions import db, limiter
from mobility.groups import cards, queries, registration
from mobility.groups.forms import RecogniseForm
from mobility.groups.models import GroupRegistration
from mobility.groups.views.blueprint import bp
from mobility.groups.views.documents import send_pdf
from mobility.groups.views.frame import go, invitation_url
from mobility.groups.wording import kind_label, registration_label
from mobility.plans.words import _
from mobility.text import pick

WAITING = ("requested", "unconfirmed")
DECIDED = ("recognised", "declined")


@bp.get("/plans/<slug>/desk/groups")
@staff_only
def desk(frame: Frame) -> ResponseReturnValue:
    must("recognise_groups", frame)
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    plan_id = frame.plan.id
    waiting, _n = queries.registrations_of(db.session, plan_id=plan_id, states=WAITING, limit=200)
    decided, many = queries.registrations_of(db.session, plan_id=plan_id, states=DECIDED, limit=10)
    rows, total = queries.groups_of(db.session, plan_id=plan_id, page=page)
    people = delegate_counts(db.session, group_ids=[row[0].id for row in rows], now=frame.now)
    return render_desk(
        frame,
        "groups/desk.html",
        tab="groups",
        waiting=[registration_card(each, frame) for each in waiting],
        decided=[registration_card(each, frame) for each in decided],
        decided_total=many,
        groups=[
            cards.group_card(row[0], slug=frame.plan.slug, language=frame.language)
            | {
                "votes": row.votes,
                "positions": row.positions,
                "people": people.get(row[0].id, 0),
                "manage_url": url_for("groups.manage", slug=frame.plan.slug, group=row[0].slug),
            }
            for row in rows
        ],
        page=page,
        pages=max(1, -(-total // queries.PAGE)),
        make_url=lambda number: url_for("groups.desk", slug=frame.plan.slug, page=number),
    )


def registration_card(asked: GroupRegistration, frame: Frame) -> dict[str, Any]:
    """A registration as the city reads it."""
    language = frame.language
    return {
        "id": asked.id,
        "name": pick(asked.name, language),
        "names": list(asked.name.values()),
        "kind_label": kind_label(asked.kind),
        "area": pick(asked.area, language),
        "about": pick(asked.about, language),
        "members": asked.members,
        "website": asked.website or "",
        "email": asked.email or "",
        "state": asked.state,
        "state_label": registration_label(asked.state),
        "reason": asked.reason or "",
        "date": day_label(asked.created_at),
        "decided": day_label(asked.decided_at) if asked.decided_at else "",
        "url": url_for("groups.registration", slug=frame.plan.slug, registration_id=asked.id),
    }


@bp.get("/plans/<slug>/desk/groups/<int:registration_id>", endpoint="registration")
@staff_only
def one_registration(frame: Frame, registration_id: int) -> ResponseReturnValue:
    must("recognise_groups", frame)
    return show(frame, registration_id, RecogniseForm(rule="one"))


def show(
    frame: Frame, registration_id: int, form: RecogniseForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    asked = registration.find_registration(db.session, plan_id=frame.plan.id, registration_id=registration_id)
    statute = queries.statute_of(db.session, registration_id=asked.id)
    like = registration.groups_alike(db.session, city_id=frame.city.id, name=asked.name)
    others = registration.registrations_alike(db.session, asked=asked)
    return render_desk(
        frame,
        "groups/registration.html",
        tab="groups",
        status=status,
        form=form,
        asked=registration_card(asked, frame),
        statute={"title": statute.title, "size": cards.size_label(statute.size)} if statute else None,
        like=[cards.group_card(each, slug=frame.plan.slug, language=frame.language) for each in like]
        if asked.state in WAITING
        else [],
        others=[registration_card(each, frame) for each in others] if asked.state in WAITING else [],
    )


@bp.post("/plans/<slug>/desk/groups/<int:registration_id>/recognise")
@limiter.limit("60 per minute")
@staff_only
def recognise_group(frame: Frame, registration_id: int) -> ResponseReturnValue:
    must("recognise_groups", frame)
    form = RecogniseForm()
    try:
        with unit_of_work() as session:
            registration.recognise(
                session,
                plan=frame.plan,
                registration_id=registration_id,
                rule=form.rule.data or "",
                account_id=current_user.id,
                make_url=invitation_url,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return show(frame, registration_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("The group is recognised. Its contact is invited as the first delegate."), "success")
    return go("groups.desk", slug=frame.plan.slug)


@bp.post("/plans/<slug>/desk/groups/<int:registration_id>/decline")
@limiter.limit("60 per minute")
@staff_only
def decline_group(frame: Frame, registration_id: int) -> ResponseReturnValue:
    must("recognise_groups", frame)
    form = RecogniseForm()
    try:
        with unit_of_work() as session:
            registration.decline(
                session,
                plan_id=frame.plan.id,
                registration_id=registration_id,
                reason=form.reason.data or "",
                account_id=current_user.id,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return show(frame, registration_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("The registration is declined. The contact reads your reason."), "success")
    return go("groups.desk", slug=frame.plan.slug)


@bp.get("/plans/<slug>/desk/groups/<int:registration_id>/statute")
@staff_only
def statute(frame: Frame, registration_id: int) -> ResponseReturnValue:
    """The statute, for those who decide."""
    must("recognise_groups", frame)
    asked = registration.find_registration(db.session, plan_id=frame.plan.id, registration_id=registration_id)
    found = queries.statute_of(db.session, registration_id=asked.id)
    if found is None:
        raise NotFound
    return send_pdf(found)
