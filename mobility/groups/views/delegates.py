"""The page on which a group works: its delegates, invitations, rule, and what waits for one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from mobility import web
from mobility.accounts.models import StakeholderGroup
from mobility.consultation import proposals
from mobility.consultation.cards import day_label
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.groups import cards, delegates, queries, rules
from mobility.groups.forms import InviteForm, RuleForm
from mobility.groups.views.blueprint import bp
from mobility.groups.views.frame import go, group_only, invitation_url, render_page, speaks_for
from mobility.groups.wording import rule_label
from mobility.plans import queries as plans
from mobility.text import pick


@bp.get("/plans/<slug>/groups/<group>/manage")
@group_only(staff=True)
def manage(frame: Frame, group: StakeholderGroup) -> ResponseReturnValue:
    return show(frame, group, InviteForm())


def show(
    frame: Frame, group: StakeholderGroup, form: InviteForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    people = proposals.delegates_of(db.session, group_id=group.id, now=frame.now)
    wished = rules.wished_rule(db.session, group_id=group.id)
    speaks = speaks_for(group)
    return render_page(
        frame,
        "groups/manage.html",
        status=status,
        group=cards.group_card(group, slug=frame.plan.slug, language=frame.language),
        form=form,
        rule=group.rule,
        rule_form=RuleForm(rule=group.rule),
        people=[
            {"id": each.id, "name": each.name, "email": each.email, "own": each.id == current_user.id}
            for each in people
        ],
        invitations=[invitation_card(each, frame) for each in open_(group)],
        wished=wished_card(wished),
        speaks=speaks,
        staff=web.may("recognise_groups", frame.plan.id),
        measures=measure_rows(frame, group) if speaks else [],
        lone=group.rule == proposals.TWO and len(people) < 2,
    )


def open_(group: StakeholderGroup) -> list[Any]:
    return delegates.open_invitations(db.session, group_id=group.id)


def invitation_card(invitation: Any, frame: Frame) -> dict[str, Any]:
    return {
        "id": invitation.id,
        "email": invitation.email,
        "until": day_label(invitation.expires_at),
        "old": invitation.expires_at <= frame.now,
    }


def wished_card(wished: Any) -> dict[str, Any]:
    """The change of rule that waits; empty without one."""
    if wished is None:
        return {}
    change, who = wished
    return {
        "rule": change.rule,
        "label": rule_label(change.rule),
        "who": who,
        "own": change.proposed_by == current_user.id,
    }


def measure_rows(frame: Frame, group: StakeholderGroup) -> list[dict[str, Any]]:
    """The measures of the plan with the state of the group's position on each."""
    states = ("draft", "proposed", "published")
    rows = queries.positions_of(db.session, plan_id=frame.plan.id, group_id=group.id, states=states)
    by_code: dict[str, set[str]] = {}
    for position, measure in rows:
        by_code.setdefault(measure.code, set()).add(position.state)
    return [
        {
            "code": measure.code,
            "title": pick(measure.title, frame.language),
            "states": by_code.get(measure.code, set()),
        }
        for measure in plans.measures_of(db.session, plan_id=frame.plan.id)
    ]


@bp.post("/plans/<slug>/groups/<group>/delegates")
@limiter.limit("20 per hour")
@group_only(staff=True)
def invite_delegate(frame: Frame, group: StakeholderGroup) -> ResponseReturnValue:
    form = InviteForm()
    if not form.validate_on_submit():
        return show(frame, group, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with unit_of_work() as session:
            delegates.invite(
                session,
                group=group,
                email=form.email.data or "",
                language=frame.language,
                account_id=current_user.id,
                plan_id=frame.plan.id,
                make_url=invitation_url,
                now=datetime.now(UTC),
                by=current_user.name,
            )
    except Invalid as error:
        form.email.errors = [error.message]
        return show(frame, group, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(_("The invitation is on its way. Its link works for seven days, once."), "success")
    return go("groups.manage", slug=frame.plan.slug, group=group.slug)


@bp.post("/plans/<slug>/groups/<group>/invitations/<int:invitation_id>/take-back")
@limiter.limit("60 per minute")
@group_only(staff=True)
def take_back_invitation(frame: Frame, group: StakeholderGroup, invitation_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        now = datetime.now(UTC)
        delegates.take_back(session, group_id=group.id, invitation_id=invitation_id, now=now)
    flash(_("The invitation is taken back."), "success")
    return go("groups.manage", slug=frame.plan.slug, group=group.slug)


@bp.post("/plans/<slug>/groups/<group>/delegates/<int:person_id>/end")
@limiter.limit("60 per minute")
@group_only(staff=True)
def end_delegation(frame: Frame, group: StakeholderGroup, person_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        delegates.end_delegation(
            session,
            group_id=group.id,
            person_id=person_id,
            account_id=current_user.id,
            plan_id=frame.plan.id,
            now=datetime.now(UTC),
        )
    flash(_("This person no longer speaks for the group. The votes of the group stay."), "success")
    if person_id == current_user.id:
        return go("groups.group", slug=frame.plan.slug, group=group.slug)
    return go("groups.manage", slug=frame.plan.slug, group=group.slug)


@bp.post("/plans/<slug>/groups/<group>/rule")
@limiter.limit("60 per minute")
@group_only(staff=True)
def change_rule(frame: Frame, group: StakeholderGroup) -> ResponseReturnValue:
    staff = web.may("recognise_groups", frame.plan.id)
    try:
        with unit_of_work() as session:
            outcome = rules.wish_rule(
                session,
                group_id=group.id,
                rule=request.form.get("rule", ""),
                account_id=current_user.id,
                plan_id=frame.plan.id,
                staff=staff,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(str(error.message), "warning")
    else:
        flash(rule_words(outcome), "success")
    return go("groups.manage", slug=frame.plan.slug, group=group.slug)


def rule_words(outcome: str) -> str:
    texts = {
        "changed": _("The rule is changed."),
        "proposed": _("The change waits: another delegate must want the same."),
        "same": _("The group decides by this rule already."),
    }
    return str(texts[outcome])
