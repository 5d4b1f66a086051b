"""The list of measures at the desk: begin a draft, look at the history, retire and bring back."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm

from mobility.consultation.phase_words import moment_label
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.editing import drafts, queries, retiring
from mobility.editing.forms import BeginForm, words_form, words_of
from mobility.editing.views.blueprint import bp, each_editor, editors_only
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.plans import versions
from mobility.plans.models import Measure
from mobility.plans.queries import find_measure
from mobility.plans.words import _, kind_label, status_label
from mobility.retry import in_transaction
from mobility.text import pick


@bp.get("/plans/<slug>/desk/measures")
@editors_only
def measures(frame: Frame) -> ResponseReturnValue:
    """Every measure with its version and its draft."""
    page = min(max(request.args.get("page", 1, type=int), 1), 1000)
    rows, total = queries.measure_rows(db.session, plan_id=frame.plan.id, page=page)
    return render_desk(
        frame,
        "editing/measures.html",
        tab="measures",
        rows=[measure_line(row, frame.language) for row in rows],
        fresh=[draft_line(row) for row in queries.new_drafts(db.session, plan_id=frame.plan.id)],
        page=page,
        pages=max(1, -(-total // queries.PAGE)),
        make_url=lambda number: url_for("editing.measures", slug=frame.plan.slug, page=number),
        archived=frame.plan.status == "archived",
    )


def measure_line(row: Any, language: str) -> dict[str, Any]:
    """A measure in the list."""
    return {
        "code": row.code,
        "title": pick(row.title, language),
        "kind": row.kind,
        "kind_label": kind_label(row.kind),
        "status_label": status_label(row.status),
        "version": row.version,
        "segments": row.segments,
        "published": moment_label(row.published_at) if row.published_at else "",
        "retired": row.retired_at is not None,
        "draft": draft_line(row) if row.draft_id else None,
    }


def draft_line(row: Any) -> dict[str, Any]:
    """Who changed a draft last and when."""
    return {
        "id": row.draft_id if hasattr(row, "draft_id") else row.id,
        "code": row.code,
        "changed": moment_label(row.changed_at),
        "editor": row.editor or "",
    }


@bp.get("/plans/<slug>/desk/measures/new")
@editors_only
def new_measure(frame: Frame) -> ResponseReturnValue:
    return show_begin(frame, begin_form(frame))


def begin_form(frame: Frame) -> BeginForm:
    found = queries.packages_of(db.session, plan_id=frame.plan.id)
    return BeginForm().offer([(each.code, pick(each.title, frame.language)) for each in found])


def show_begin(frame: Frame, form: BeginForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    return render_desk(frame, "editing/new.html", tab="measures", status=status, form=form)


@bp.post("/plans/<slug>/desk/measures/new")
@each_editor
@editors_only
def add_measure(frame: Frame) -> ResponseReturnValue:
    """Begins the draft of a measure that does not exist yet."""
    form = begin_form(frame)
    if not form.validate():
        return show_begin(frame, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    values: dict[str, Any] = {
        "code": (form.code.data or "").strip(),
        "package": form.package.data,
        "kind": form.kind.data,
        "account_id": current_user.id,
        "now": datetime.now(UTC),
    }
    try:
        draft_id = in_transaction(lambda session: drafts.begin_new(session, plan=frame.plan, **values).id)
    except Invalid as error:
        form.code.errors = [error.message]
        return show_begin(frame, form, error.status)
    return redirect(url_for("editing.texts", slug=frame.plan.slug, draft_id=draft_id), 303)


@bp.post("/plans/<slug>/desk/measures/<code>/draft")
@each_editor
@editors_only
def begin(frame: Frame, code: str) -> ResponseReturnValue:
    """Opens the draft of a measure, begun now if there is none; `version` restores what that one said."""
    version = request.form.get("version", type=int)
    measure, _office = find_measure(db.session, plan_id=frame.plan.id, code=code)
    values: dict[str, Any] = {
        "account_id": current_user.id, "now": datetime.now(UTC), "version": version,
    }  # fmt: skip
    draft, lost = in_transaction(
        lambda session: drafts.begin_draft(session, plan=frame.plan, measure=measure, **values)
    )
    if version is not None:
        flash(_("The draft says again what version %(number)s said.", number=version), "success")
    if lost:
        flash(_("No outline is kept of %(codes)s: draw them again.", codes=", ".join(lost)), "warning")
    return redirect(url_for("editing.draft", slug=frame.plan.slug, draft_id=draft.id), 303)


@bp.get("/plans/<slug>/desk/measures/<code>/history")
@editors_only
def history(frame: Frame, code: str) -> ResponseReturnValue:
    """The versions of a measure with what was said about each; any can be restored as a draft."""
    measure, _office = find_measure(db.session, plan_id=frame.plan.id, code=code)
    kept = versions.versions_of(db.session, measure_id=measure.id)
    said = queries.said_by_version(db.session, measure_id=measure.id)
    return render_desk(
        frame,
        "editing/history.html",
        tab="measures",
        measure=measure_head(measure, frame.language),
        versions=[
            {
                "version": each.version,
                "published": moment_label(each.published_at),
                "note": pick(each.note, frame.language),
                "votes": said.get(each.version, (0, 0))[0],
                "comments": said.get(each.version, (0, 0))[1],
                "drawn": "drawn" in each.snapshot,
            }
            for each in kept
        ],
    )


def measure_head(measure: Measure, language: str) -> dict[str, Any]:
    return {
        "code": measure.code,
        "title": pick(measure.title, language),
        "version": measure.version,
        "retired": measure.retired_at is not None,
    }


@bp.get("/plans/<slug>/desk/measures/<code>/retire")
@editors_only
def ask_retire(frame: Frame, code: str) -> ResponseReturnValue:
    return show_retire(frame, code, reason_form(frame))


def reason_form(frame: Frame) -> FlaskForm:
    return words_form("reason", _("Why it leaves the plan"), frame.plan.languages)


def show_retire(frame: Frame, code: str, form: FlaskForm, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    """What retiring does, or how to bring a retired measure back."""
    measure, _office = find_measure(db.session, plan_id=frame.plan.id, code=code)
    said = queries.said_by_version(db.session, measure_id=measure.id)
    return render_desk(
        frame,
        "editing/retire.html",
        tab="measures",
        status=status,
        form=form,
        measure=measure_head(measure, frame.language),
        tags=frame.plan.languages,
        votes=sum(votes for votes, _comments in said.values()),
        comments=sum(comments for _votes, comments in said.values()),
    )


@bp.post("/plans/<slug>/desk/measures/<code>/retire")
@each_editor
@editors_only
def retire(frame: Frame, code: str) -> ResponseReturnValue:
    form = reason_form(frame)
    if not form.validate():
        return show_retire(frame, code, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    reason = words_of(form, "reason", frame.plan.languages)
    values: dict[str, Any] = {"account_id": current_user.id, "now": datetime.now(UTC), "reason": reason}
    in_transaction(lambda session: retiring.retire_measure(session, plan=frame.plan, code=code, **values))
    flash(_("%(code)s has left the plan. What people said about it is kept.", code=code), "success")
    return redirect(url_for("editing.measures", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/measures/<code>/bring-back")
@each_editor
@editors_only
def bring_back(frame: Frame, code: str) -> ResponseReturnValue:
    values: dict[str, Any] = {"account_id": current_user.id, "now": datetime.now(UTC)}
    in_transaction(lambda session: retiring.bring_back(session, plan=frame.plan, code=code, **values))
    flash(_("%(code)s is part of the plan again.", code=code), "success")
    return redirect(url_for("editing.measures", slug=frame.plan.slug), 303)
