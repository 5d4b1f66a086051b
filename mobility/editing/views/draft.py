"""The page of a draft: its map, its segments, its texts; taking back; throwing away."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.phase_words import moment_label
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.editing import cards, drafts, queries
from mobility.editing.checking import Findings, check_document
from mobility.editing.document import mark_of, with_measure
from mobility.editing.drafts import Overtaken
from mobility.editing.forms import TextsForm, texts_form
from mobility.editing.models import MeasureDraft
from mobility.editing.reading import offices_of
from mobility.editing.views.blueprint import bp, each_editor, editors_only
from mobility.errors import wants_json
from mobility.extensions import db
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.spatial.crs import metric
from mobility.text import pick


def open_draft(frame: Frame, draft_id: int) -> MeasureDraft:
    return drafts.find_draft(db.session, plan_id=frame.plan.id, draft_id=draft_id)


def findings_of(frame: Frame, draft: MeasureDraft) -> Findings:
    """What stands against publishing the draft."""
    return check_document(
        draft.content,
        plan=frame.plan,
        city=frame.city,
        offices=[office.slug for office in offices_of(db.session, frame.city.id)],
        packages=[each.code for each in queries.packages_of(db.session, plan_id=frame.plan.id)],
    )


def head_of(frame: Frame, draft: MeasureDraft) -> dict[str, Any]:
    """What the pages of one draft share."""
    return {
        "draft": draft,
        "code": draft.code,
        "title": pick(draft.content["measure"].get("title"), frame.language),
        "changed": moment_label(draft.changed_at),
        "editor": queries.editor_name(db.session, draft),
    }


def part_cards(frame: Frame, draft: MeasureDraft, findings: Findings | None = None) -> list[dict[str, Any]]:
    """The segments of the draft, each with what the buttons beside it need."""
    ruler = metric(frame.city.srid)
    return [
        cards.part_card(
            part, ruler, frame.language, findings.segments.get(part["code"], ()) if findings else ()
        )
        | {
            "mark": mark_of(part),
            "url": url_for("editing.stretch", slug=frame.plan.slug, draft_id=draft.id, code=part["code"]),
        }
        for part in draft.content["segments"]
    ]


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>")
@editors_only
def draft(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """The map and the list of segments; our script asks for the list alone (`part=stretches`)."""
    found = open_draft(frame, draft_id)
    findings = findings_of(frame, found)
    back, again = drafts.reach(db.session, found)
    part = "editing/stretches.html" if request.args.get("part") == "stretches" else "editing/draft.html"
    return render_desk(
        frame,
        part,
        tab="measures",
        **head_of(frame, found),
        segments=part_cards(frame, found, findings),
        missing=sum(fault.is_error for fault in findings.measure),
        errors=findings.errors,
        back=back,
        again=again,
        scene_url=f"{request.script_root}/maps/{frame.plan.slug}/edit.{frame.language}.js",
        static_map_url=url_for("maps.draft_map", slug=frame.plan.slug, draft_id=found.id),
    )


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/shapes.json")
@editors_only
def shapes(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """The segments of the draft as GeoJSON, each with the mark that acts on it must name."""
    found = open_draft(frame, draft_id)
    listed = part_cards(frame, found)
    answer = cards.collection(found.content, listed) | {"step": found.step}
    for feature, card in zip(answer["features"], listed, strict=True):
        feature["properties"] |= {name: card[name] for name in ("mark", "url", "street")}
    return private(web.json_answer(answer, content_type="application/geo+json"))


def private(response: Response) -> Response:
    """An answer that nobody keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/texts")
@editors_only
def texts(frame: Frame, draft_id: int) -> ResponseReturnValue:
    found = open_draft(frame, draft_id)
    form, sources = measure_form(frame, found)
    return show_texts(frame, found, form, sources)


def measure_form(frame: Frame, found: MeasureDraft, *, fresh: bool = False) -> tuple[TextsForm, int]:
    """The form of texts and attributes; a `fresh` one shows the draft whatever was posted."""
    offices = offices_of(db.session, frame.city.id)
    packages = queries.packages_of(db.session, plan_id=frame.plan.id)
    return texts_form(
        found.content["measure"],
        frame.plan.languages,
        offices=[(each.slug, pick(each.name, frame.language)) for each in offices],
        packages=[(each.code, pick(each.title, frame.language)) for each in packages],
        fresh=fresh,
    )


def show_texts(
    frame: Frame,
    found: MeasureDraft,
    form: TextsForm,
    sources: int,
    *,
    status: int = HTTPStatus.OK,
    theirs: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The form with what is still missing; `theirs` are a colleague's words where both changed something."""
    faults = [] if theirs is not None else findings_of(frame, found).measure
    return render_desk(
        frame,
        "editing/texts.html",
        tab="measures",
        status=status,
        **head_of(frame, found),
        form=form,
        tags=frame.plan.languages,
        sources=range(1, sources + 1),
        faults=cards.fault_lines(faults, form._fields),
        theirs=theirs,
    )


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/texts")
@each_editor
@editors_only
def save_texts(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """Keeps what was typed, complete or not; a colleague's words are not overwritten unseen."""
    form, sources = measure_form(frame, open_draft(frame, draft_id))
    now = datetime.now(UTC)

    def save(session: Any) -> int:
        found = drafts.find_draft(session, plan_id=frame.plan.id, draft_id=draft_id, lock=True)
        measure = found.content["measure"]
        drafts.check_mark(measure, form.mark.data or "")
        content = with_measure(found.content, form.read(measure, frame.plan.languages, sources))
        drafts.keep(session, found, content, act="words", account_id=current_user.id, now=now)
        return findings_of(frame, found).errors

    try:
        missing = in_transaction(save)
    except Overtaken:
        return show_conflict(frame, open_draft(frame, draft_id), form, sources)
    flash(_("Saved in the draft. Nothing is public yet."), "success")
    after = "editing.texts" if request.form.get("stay") and missing else "editing.draft"
    return redirect(url_for(after, slug=frame.plan.slug, draft_id=draft_id), 303)


def show_conflict(frame: Frame, found: MeasureDraft, form: TextsForm, sources: int) -> ResponseReturnValue:
    """What was typed, and beside it what a colleague saved; saving once more keeps what was typed."""
    current, _count = measure_form(frame, found, fresh=True)
    theirs = [
        (str(field.label.text), _said(field.data))
        for name, field in current._fields.items()
        if name in form and name not in ("mark", "csrf_token") and _said(field.data) != _said(form[name].data)
    ]
    form.mark.data = current.mark.data
    return show_texts(frame, found, form, sources, status=HTTPStatus.CONFLICT, theirs=theirs)


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "").strip()


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/walk")
@each_editor
@editors_only
def walk(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """Takes the last act back, or does it again."""
    by = 1 if request.form.get("by") == "1" else -1
    values: dict[str, Any] = {
        "by": by, "seen": request.form.get("step", -1, type=int), "account_id": current_user.id,
        "now": datetime.now(UTC),
    }  # fmt: skip

    def move(session: Any) -> None:
        found = drafts.find_draft(session, plan_id=frame.plan.id, draft_id=draft_id, lock=True)
        drafts.walk(session, found, **values)

    in_transaction(move)
    return done(frame, draft_id, _("Done again.") if by > 0 else _("Taken back."))


def done(frame: Frame, draft_id: int, words: str, code: str = "") -> ResponseReturnValue:
    """After an act: back to the draft, or for our script what happened and which segment is chosen now."""
    if wants_json():
        return private(web.json_answer({"said": words, "code": code}))
    flash(words, "success")
    return redirect(
        url_for("editing.draft", slug=frame.plan.slug, draft_id=draft_id, _anchor=code or None), 303
    )


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/discard")
@editors_only
def ask_discard(frame: Frame, draft_id: int) -> ResponseReturnValue:
    found = open_draft(frame, draft_id)
    return render_desk(frame, "editing/discard.html", tab="measures", **head_of(frame, found))


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/discard")
@each_editor
@editors_only
def discard(frame: Frame, draft_id: int) -> ResponseReturnValue:
    def throw_away(session: Any) -> None:
        found = drafts.find_draft(session, plan_id=frame.plan.id, draft_id=draft_id, lock=True)
        drafts.discard_draft(session, found, account_id=current_user.id)

    in_transaction(throw_away)
    flash(_("The draft is thrown away. What is published stays as it is."), "success")
    return redirect(url_for("editing.measures", slug=frame.plan.slug), 303)
