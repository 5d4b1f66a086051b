"""The planner's page of phases: the steps in order of time, one added, changed or removed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation import planning, queries
from mobility.consultation.consequences import consequences
from mobility.consultation.models import Phase
from mobility.consultation.phase_calendar import months
from mobility.consultation.phase_forms import PhaseForm, phase_form
from mobility.consultation.phase_words import effect_text, moment_label, timeline
from mobility.consultation.planning import PhaseDraft
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Conflict, Invalid
from mobility.extensions import db, limiter
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick

each_planner = limiter.limit("120 per minute", key_func=web.participant_key)


@bp.get("/plans/<slug>/desk/phases")
@staff_only
def phase_list(frame: Frame) -> ResponseReturnValue:
    """The timeline and each step with what it allows."""
    must("plan_phases", frame)
    return render_desk(
        frame,
        "consultation/phases.html",
        tab="phases",
        lines=lines_of(frame, frame.phases),
        months=months(frame.steps, frame.zone, frame.now),
    )


@bp.get("/plans/<slug>/desk/phases/new")
@staff_only
def new_phase(frame: Frame) -> ResponseReturnValue:
    must("plan_phases", frame)
    return show_form(frame, phase_form(frame.plan.languages, zone=frame.zone))


@bp.post("/plans/<slug>/desk/phases/new")
@each_planner
@staff_only
def add_phase(frame: Frame) -> ResponseReturnValue:
    must("plan_phases", frame)
    return take(frame, None)


@bp.get("/plans/<slug>/desk/phases/<int:phase_id>")
@staff_only
def edit_phase(frame: Frame, phase_id: int) -> ResponseReturnValue:
    must("plan_phases", frame)
    phase = planning.find_phase(db.session, plan_id=frame.plan.id, phase_id=phase_id)
    return show_form(frame, phase_form(frame.plan.languages, phase=phase, zone=frame.zone), phase=phase)


@bp.post("/plans/<slug>/desk/phases/<int:phase_id>")
@each_planner
@staff_only
def change_phase(frame: Frame, phase_id: int) -> ResponseReturnValue:
    must("plan_phases", frame)
    return take(frame, planning.find_phase(db.session, plan_id=frame.plan.id, phase_id=phase_id))


@bp.get("/plans/<slug>/desk/phases/<int:phase_id>/remove")
@staff_only
def ask_removal(frame: Frame, phase_id: int) -> ResponseReturnValue:
    """What would go, or why it cannot."""
    must("plan_phases", frame)
    phase = planning.find_phase(db.session, plan_id=frame.plan.id, phase_id=phase_id)
    step = queries.step_of(phase)
    return render_desk(
        frame,
        "consultation/phase_remove.html",
        tab="phases",
        phase=phase,
        spoken=planning.spoken_in(db.session, phase_id=phase.id),
        why=planning.SPOKEN_TEXT,
        effects=[effect_text(effect) for effect in consequences(step, None, frame.now)],
    )


@bp.post("/plans/<slug>/desk/phases/<int:phase_id>/remove")
@each_planner
@staff_only
def drop_phase(frame: Frame, phase_id: int) -> ResponseReturnValue:
    must("plan_phases", frame)
    in_transaction(
        lambda session: planning.remove_phase(
            session,
            plan=frame.plan,
            phase=planning.find_phase(session, plan_id=frame.plan.id, phase_id=phase_id),
            account_id=current_user.id,
            now=datetime.now(UTC),
        )
    )
    flash(_("The step is removed."), "success")
    return redirect(url_for("consultation.phase_list", slug=frame.plan.slug), 303)


def take(frame: Frame, phase: Phase | None) -> ResponseReturnValue:
    """Look at the posted step first; save it when it was looked at and nothing changed since."""
    form = phase_form(frame.plan.languages, phase=phase, zone=frame.zone)
    draft = form.read(frame.plan.languages, frame.zone)
    if draft is None:
        return show_form(frame, form, phase=phase, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if request.form.get("step") == "save" and form.seen.data == mark_of(draft, phase):
            return keep(frame, draft, phase)
        planning.check_draft(
            db.session,
            plan_id=frame.plan.id,
            draft=draft,
            language=frame.language,
            own_id=phase.id if phase else None,
        )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return show_form(frame, form, phase=phase, status=error.status)
    except Conflict as error:
        form.opens_at.errors = [error.message]
        return show_form(frame, form, phase=phase, status=error.status)
    form.seen.data = mark_of(draft, phase)
    return show_form(frame, form, phase=phase, preview=look_ahead(frame, draft, phase))


def keep(frame: Frame, draft: PhaseDraft, phase: Phase | None) -> ResponseReturnValue:
    """Save the step and go back to the list."""
    phase_id = phase.id if phase else None
    in_transaction(
        lambda session: planning.save_phase(
            session,
            plan=frame.plan,
            draft=draft,
            phase=planning.find_phase(session, plan_id=frame.plan.id, phase_id=phase_id)
            if phase_id
            else None,
            account_id=current_user.id,
            language=frame.language,
            now=datetime.now(UTC),
        )
    )
    flash(_("The step is saved."), "success")
    return redirect(url_for("consultation.phase_list", slug=frame.plan.slug), 303)


def mark_of(draft: PhaseDraft, phase: Phase | None) -> str:
    """A short mark of what was looked at and of the step it changes.

    So nothing else is saved, and not over what somebody else saved meanwhile.
    """
    before = {name: getattr(phase, name) for name in draft.values()} if phase else {}
    return hashlib.blake2s(repr((draft, before)).encode(), digest_size=12).hexdigest()


def look_ahead(frame: Frame, draft: PhaseDraft, phase: Phase | None) -> dict[str, Any]:
    """The timeline with this step, and what changes for people now."""
    planned = Phase(slug="", **draft.values())
    others = [each for each in frame.phases if phase is None or each.id != phase.id]
    course = sorted([*others, planned], key=lambda each: each.opens_at)
    before = queries.step_of(phase) if phase else None
    effects = consequences(before, queries.step_of(planned), frame.now)
    return {
        "lines": lines_of(frame, course),
        "effects": [effect_text(effect) for effect in effects],
        "last": moment_label(draft.closes_at),
    }


def lines_of(frame: Frame, phases: list[Phase]) -> list[dict[str, Any]]:
    steps = [queries.step_of(phase) for phase in phases]
    lines = timeline(phases, steps, frame.now, frame.zone, frame.language, frame.plan.languages)
    for line, phase in zip(lines, phases, strict=True):
        line |= {
            "id": phase.id,
            "opens": moment_label(phase.opens_at),
            "closes": moment_label(phase.closes_at),
        }
    return lines


def show_form(
    frame: Frame,
    form: PhaseForm,
    *,
    phase: Phase | None = None,
    status: int = HTTPStatus.OK,
    preview: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    return render_desk(
        frame,
        "consultation/phase_form.html",
        tab="phases",
        status=status,
        form=form,
        phase=phase,
        title=pick(phase.title, frame.language) if phase else "",
        tags=frame.plan.languages,
        zone_name=frame.city.timezone,
        preview=preview,
    )
