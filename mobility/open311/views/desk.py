"""The systems to which comments are handed on: set up by an administrator, with the log of exchanges."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation import queries as consultation
from mobility.consultation.cards import day_label
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.offices.models import Office
from mobility.open311 import administering, forwarding
from mobility.open311.forms import EndpointForm, RuleForm
from mobility.open311.models import Endpoint
from mobility.open311.views.blueprint import bp
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick

each = limiter.limit("60 per minute", key_func=web.participant_key)


@bp.get("/plans/<slug>/desk/open311")
@staff_only
def endpoints(frame: Frame) -> ResponseReturnValue:
    """The systems of the plan, and the form for one more."""
    must("manage_integrations", frame)
    return show_list(frame, EndpointForm(formdata=None, active=True))


def show_list(frame: Frame, form: EndpointForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    return render_desk(
        frame,
        "open311/endpoints.html",
        tab="open311",
        status=status,
        form=form,
        systems=administering.endpoints_of(db.session, plan_id=frame.plan.id),
        root=url_for("open311.v2.services", form="json", _external=True).rpartition("/")[0],
    )


@bp.post("/plans/<slug>/desk/open311")
@each
@staff_only
def new_endpoint(frame: Frame) -> ResponseReturnValue:
    must("manage_integrations", frame)
    form = EndpointForm()
    kept = keep(frame, form, None)
    if kept is None:
        return show_list(frame, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("The system is kept. Now say which comments go there."), "success")
    return redirect(url_for("open311.show_endpoint", slug=frame.plan.slug, endpoint_id=kept), 303)


def keep(frame: Frame, form: EndpointForm, endpoint_id: int | None) -> int | None:
    """The number of the system; None, and an error at its field, when something is wrong."""
    if not form.validate():
        return None
    try:
        return in_transaction(
            lambda session: (
                administering.save_endpoint(
                    session,
                    plan=frame.plan,
                    endpoint=administering.find_endpoint(
                        session, plan_id=frame.plan.id, endpoint_id=endpoint_id
                    )
                    if endpoint_id
                    else None,
                    name=form.name.data or "",
                    url=form.url.data or "",
                    jurisdiction=form.jurisdiction.data or "",
                    key=form.key.data or "",
                    active=bool(form.active.data),
                    secret=str(current_app.secret_key),
                    hosts=current_app.config["OUTGOING_HOSTS"],
                    account_id=current_user.id,
                    now=datetime.now(UTC),
                ).id
            )
        )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return None


@bp.get("/plans/<slug>/desk/open311/<int:endpoint_id>")
@staff_only
def show_endpoint(frame: Frame, endpoint_id: int) -> ResponseReturnValue:
    """One system: its address, rules, and what was exchanged."""
    must("manage_integrations", frame)
    found = administering.find_endpoint(db.session, plan_id=frame.plan.id, endpoint_id=endpoint_id)
    return show(frame, found)


def show(
    frame: Frame,
    found: Endpoint,
    *,
    form: EndpointForm | None = None,
    rule: RuleForm | None = None,
    status: int = HTTPStatus.OK,
) -> ResponseReturnValue:
    values = {
        "name": found.name, "url": found.url, "jurisdiction": found.jurisdiction, "active": found.active,
    }  # fmt: skip
    return render_desk(
        frame,
        "open311/endpoint.html",
        tab="open311",
        status=status,
        system=found,
        form=form or EndpointForm(formdata=None, data=values),
        rule=rule or rule_form(frame, empty=True),
        has_key=found.key_sealed is not None,
        rules=[
            {
                "id": row.id,
                "code": row.service_code,
                "topic": pick(row.label, frame.language) or _("every topic"),
                "office": pick(row.name, frame.language) or _("every office"),
            }
            for row in administering.rules_of(db.session, endpoint_id=found.id)
        ],
        counts=[
            (label, n)
            for state, label in state_labels().items()
            if (n := administering.counts_of(db.session, endpoint_id=found.id).get(state, 0))
        ],
        log=administering.log_of(db.session, endpoint_id=found.id),
        acts={"send": _("Sent"), "token": _("Asked for the number"), "status": _("Asked for the status")},
    )


def rule_form(frame: Frame, *, empty: bool = False) -> RuleForm:
    """The form with topics and offices."""
    form = RuleForm(formdata=None) if empty else RuleForm()
    topics = consultation.topics_of(db.session, plan_id=frame.plan.id)
    offices = db.session.query(Office).filter_by(city_id=frame.city.id).order_by(Office.slug).limit(200)
    form.topic.choices = [
        ("", _("every topic")), *((topic.slug, pick(topic.label, frame.language)) for topic in topics)
    ]  # fmt: skip
    form.office.choices = [
        ("", _("every office")), *((office.slug, pick(office.name, frame.language)) for office in offices)
    ]  # fmt: skip
    return form


@bp.post("/plans/<slug>/desk/open311/<int:endpoint_id>")
@each
@staff_only
def save_endpoint(frame: Frame, endpoint_id: int) -> ResponseReturnValue:
    must("manage_integrations", frame)
    found = administering.find_endpoint(db.session, plan_id=frame.plan.id, endpoint_id=endpoint_id)
    form = EndpointForm()
    if keep(frame, form, endpoint_id) is None:
        return show(frame, found, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return back(frame, endpoint_id, _("The system is kept."))


@bp.post("/plans/<slug>/desk/open311/<int:endpoint_id>/rules")
@each
@staff_only
def save_rule(frame: Frame, endpoint_id: int) -> ResponseReturnValue:
    must("manage_integrations", frame)
    found = administering.find_endpoint(db.session, plan_id=frame.plan.id, endpoint_id=endpoint_id)
    form = rule_form(frame)
    if not form.validate():
        return show(frame, found, rule=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    in_transaction(
        lambda session: administering.save_rule(
            session,
            endpoint=administering.find_endpoint(session, plan_id=frame.plan.id, endpoint_id=endpoint_id),
            topic=form.topic.data or "",
            office=form.office.data or "",
            service_code=form.service_code.data or "",
            account_id=current_user.id,
        )
    )
    return back(frame, endpoint_id, _("The rule is kept."))


@bp.post("/plans/<slug>/desk/open311/<int:endpoint_id>/rules/<int:rule_id>/remove")
@each
@staff_only
def drop_rule(frame: Frame, endpoint_id: int, rule_id: int) -> ResponseReturnValue:
    must("manage_integrations", frame)
    in_transaction(
        lambda session: administering.drop_rule(
            session,
            endpoint=administering.find_endpoint(session, plan_id=frame.plan.id, endpoint_id=endpoint_id),
            rule_id=rule_id,
            account_id=current_user.id,
        )
    )
    return back(frame, endpoint_id, _("The rule is removed."))


@bp.post("/plans/<slug>/desk/open311/<int:endpoint_id>/again")
@each
@staff_only
def try_again(frame: Frame, endpoint_id: int) -> ResponseReturnValue:
    """Begin with the failed comments anew."""
    must("manage_integrations", frame)
    in_transaction(
        lambda session: forwarding.try_again(
            session,
            endpoint=administering.find_endpoint(session, plan_id=frame.plan.id, endpoint_id=endpoint_id),
            now=datetime.now(UTC),
        )
    )
    return back(frame, endpoint_id, _("What failed is tried again."))


def back(frame: Frame, endpoint_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("open311.show_endpoint", slug=frame.plan.slug, endpoint_id=endpoint_id), 303)


def state_labels() -> dict[str, str]:
    """The states of a comment on its way, in words."""
    return {
        "waiting": _("To be sent"),
        "token": _("Sent, no number yet"),
        "sent": _("There, open"),
        "closed": _("There, closed"),
        "failed": _("Not accepted"),
    }


@bp.app_template_global("handed_on")
def handed_on(comment_id: int) -> list[dict[str, Any]]:
    """Where a comment was handed on to and how it stands there, for its page."""
    labels = {"open": _("open"), "closed": _("closed")}
    return [
        {
            "name": row.name,
            "number": row.remote_id or "",
            "status": labels.get(row.remote_status or "", _("received")),
            "notes": row.remote_notes or "",
            "day": day_label(row.checked_at or row.sent_at),
        }
        for row in administering.forwards_of(db.session, comment_id=comment_id)
    ]
