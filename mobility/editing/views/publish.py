"""Looking at what a draft would change, and publishing it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.editing import cards, comparing, drafts, publishing, queries
from mobility.editing.checking import Findings
from mobility.editing.forms import words_form, words_of
from mobility.editing.models import MeasureDraft
from mobility.editing.views.blueprint import bp, each_editor, editors_only
from mobility.editing.views.draft import findings_of, head_of, open_draft
from mobility.errors import Conflict, Invalid
from mobility.extensions import db
from mobility.plans.words import _
from mobility.retry import in_transaction


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/publish")
@editors_only
def preview(frame: Frame, draft_id: int) -> ResponseReturnValue:
    return show_preview(frame, draft_id, note_form(frame))


def note_form(frame: Frame) -> FlaskForm:
    return words_form("note", _("What changes"), frame.plan.languages)


def show_preview(
    frame: Frame, draft_id: int, form: FlaskForm, *, status: int = HTTPStatus.OK, problem: Any = ""
) -> ResponseReturnValue:
    """The differences in words and on the map, what becomes of votes and comments, what is still missing."""
    found = open_draft(frame, draft_id)
    findings = findings_of(frame, found)
    line = publishing.fates(db.session, found)
    spoken = queries.spoken_of(db.session, plan_id=frame.plan.id, codes=[each.code for each in line])
    slug = frame.plan.slug
    return render_desk(
        frame,
        "editing/publish.html",
        tab="measures",
        status=status,
        **head_of(frame, found),
        form=form,
        tags=frame.plan.languages,
        problem=problem,
        fresh=found.measure_id is None,
        blockers=publishing.publishing_blockers(db.session, plan=frame.plan, city=frame.city, draft=found),
        faults=listed_faults(frame, found, findings),
        differences=comparing.draft_differences(db.session, found, frame.city, frame.language),
        fates=cards.fate_lines(line, spoken),
        scene_url=f"{request.script_root}/maps/{slug}/compare.{frame.language}.js",
        before_url=url_for("editing.published_shapes", slug=slug, draft_id=found.id),
        after_url=url_for("editing.shapes", slug=slug, draft_id=found.id),
        before_map=url_for("maps.draft_map", slug=slug, draft_id=found.id, side="before"),
        after_map=url_for("maps.draft_map", slug=slug, draft_id=found.id),
    )


def listed_faults(frame: Frame, found: MeasureDraft, findings: Findings) -> list[dict[str, Any]]:
    """Everything that is missing or wrong, each with the way to the form where it is mended."""
    address: dict[str, Any] = {"slug": frame.plan.slug, "draft_id": found.id}
    lines = cards.fault_lines(findings.measure, (), url=url_for("editing.texts", **address))
    for code, faults in findings.segments.items():
        url = url_for("editing.stretch", code=code, **address)
        lines += cards.fault_lines(faults, (), url=url, code=code)
    return lines


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/publish")
@each_editor
@editors_only
def publish(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """Publishes what was previewed; anything else than that is shown again first."""
    form = note_form(frame)
    found = open_draft(frame, draft_id)
    if found.measure_id is not None and not form.validate():
        return show_preview(frame, draft_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    values: dict[str, Any] = {
        "seen": request.form.get("step", -1, type=int),
        "note": words_of(form, "note", frame.plan.languages),
        "account_id": current_user.id,
        "now": datetime.now(UTC),
    }

    def work(session: Session) -> tuple[str, int]:
        draft = drafts.find_draft(session, plan_id=frame.plan.id, draft_id=draft_id, lock=True)
        done = publishing.publish_draft(session, plan=frame.plan, city=frame.city, draft=draft, **values)
        return done.measure.code, done.version

    try:
        code, version = in_transaction(work)
    except (Conflict, Invalid) as error:
        return show_preview(frame, draft_id, form, status=error.status, problem=error.message)
    flash(
        _(
            "Version %(number)s of %(code)s is public. Those who follow it are told.",
            number=version,
            code=code,
        ),
        "success",
    )
    return redirect(url_for("editing.measures", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/catch-up")
@each_editor
@editors_only
def catch_up(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """The planner has seen what was published meanwhile and goes on with the draft."""

    def work(session: Session) -> None:
        draft = drafts.find_draft(session, plan_id=frame.plan.id, draft_id=draft_id, lock=True)
        publishing.follow_up(session, draft, now=datetime.now(UTC))

    in_transaction(work)
    flash(_("The draft now stands on the version of today."), "success")
    return redirect(url_for("editing.preview", slug=frame.plan.slug, draft_id=draft_id), 303)
