"""The segments of a draft: their words and outline in a form, and the acts of the map as buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from shapely.geometry import shape
from sqlalchemy.orm import Session

from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.editing import acts, cards, drafts, shaping
from mobility.editing.document import Document, find_part, mark_of
from mobility.editing.forms import StretchForm, stretch_form
from mobility.editing.models import MeasureDraft
from mobility.editing.reading import crossings_of, street_at, taken_codes
from mobility.editing.views.blueprint import bp, each_editor, editors_only
from mobility.editing.views.draft import done, findings_of, head_of, open_draft
from mobility.errors import Invalid, NotFound
from mobility.extensions import db
from mobility.plans.services import read_position
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.spatial.crs import Metric, metric
from mobility.spatial.segments import bearing_deg

Change = Callable[[Session, MeasureDraft], tuple[Document, str]]


def kept(frame: Frame, draft_id: int, act: str, change: Change) -> str:
    """Changes the draft under its lock; returns the code of the segment that is chosen now."""

    def work(session: Session) -> str:
        found = drafts.find_draft(session, plan_id=frame.plan.id, draft_id=draft_id, lock=True)
        content, code = change(session, found)
        drafts.keep(session, found, content, act=act, account_id=current_user.id, now=datetime.now(UTC))
        return code

    return in_transaction(work)


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/stretches/<code>")
@editors_only
def stretch(frame: Frame, draft_id: int, code: str) -> ResponseReturnValue:
    return show_stretch(frame, open_draft(frame, draft_id), code)


def form_of(frame: Frame, part: dict[str, Any]) -> StretchForm:
    bearing = bearing_deg(shape(part["geometry"]), metric(frame.city.srid))
    typed = shaping.typed_form(part["geometry"])
    return stretch_form(part, frame.plan.languages, bearing=bearing, typed=typed)


def show_stretch(
    frame: Frame,
    found: MeasureDraft,
    code: str,
    *,
    form: StretchForm | None = None,
    status: int = HTTPStatus.OK,
    overtaken: bool = False,
) -> ResponseReturnValue:
    """The form of one segment, and the acts on it for those who work without the map."""
    part = find_part(found.content, code)
    faults = findings_of(frame, found).segments.get(code, [])
    form = form or form_of(frame, part)
    others = [
        each for each in found.content["segments"] if each["street"] == part["street"] and each is not part
    ]
    return render_desk(
        frame,
        "editing/stretch.html",
        tab="measures",
        status=status,
        **head_of(frame, found),
        part=cards.part_card(part, metric(frame.city.srid), frame.language),
        mark=mark_of(part),
        form=form,
        tags=frame.plan.languages,
        faults=[] if form.errors else cards.fault_lines(faults, form._fields),
        crossings=crossings_of(db.session, frame.city, part["geometry"], frame.language),
        others=[cards.part_card(each, metric(frame.city.srid), frame.language) for each in others],
        overtaken=overtaken,
    )


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/stretches/<code>")
@each_editor
@editors_only
def save_stretch(frame: Frame, draft_id: int, code: str) -> ResponseReturnValue:
    """Keeps words and outline; an outline that cannot be read is shown again with what is wrong."""
    found = open_draft(frame, draft_id)
    form = form_of(frame, find_part(found.content, code))
    ruler = metric(frame.city.srid)

    def change(_session: Session, draft: MeasureDraft) -> tuple[Document, str]:
        part = find_part(draft.content, code)
        drafts.check_mark(part, form.mark.data or "")
        content = acts.describe(draft.content, code, form.read(frame.plan.languages))
        typed = form.geometry.data or ""
        if typed.split() != shaping.typed_form(part["geometry"]).split():
            content = acts.reshape(content, code, shaping.read_typed(typed), ruler)
        return content, code

    try:
        kept(frame, draft_id, "words", change)
    except Invalid as error:
        form.geometry.errors = [error.message]
        return show_stretch(frame, found, code, form=form, status=error.status)
    except drafts.Overtaken as error:
        current = open_draft(frame, draft_id)
        form.mark.data = mark_of(find_part(current.content, code))
        return show_stretch(frame, current, code, form=form, status=error.status, overtaken=True)
    return done(frame, draft_id, _("Saved in the draft. Nothing is public yet."), code)


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/draw")
@editors_only
def draw(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """A new segment by its coordinates, for those who work without the map."""
    return show_draw(frame, open_draft(frame, draft_id))


def show_draw(
    frame: Frame, found: MeasureDraft, *, typed: str = "", error: str = "", status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    return render_desk(
        frame,
        "editing/draw.html",
        tab="measures",
        status=status,
        **head_of(frame, found),
        typed=typed,
        error=error,
    )


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/draw")
@each_editor
@editors_only
def add_stretch(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """A new segment, from the map or typed; named after the street it lies on."""
    found = open_draft(frame, draft_id)
    typed = request.form.get("geometry", "")
    ruler = metric(frame.city.srid)

    def change(session: Session, draft: MeasureDraft) -> tuple[Document, str]:
        geometry = shaping.read_typed(typed)
        return acts.draw(
            draft.content,
            geometry,
            ruler,
            taken=taken_codes(session, frame.plan.id),
            languages=frame.plan.languages,
            street=street_at(session, frame.city, geometry, frame.language),
        )

    try:
        code = kept(frame, draft_id, "draw", change)
    except Invalid as error:
        if request.form.get("script"):
            raise
        return show_draw(frame, found, typed=typed, error=str(error.message), status=error.status)
    return done(frame, draft_id, _("%(code)s is drawn. Say what it is called.", code=code), code)


@bp.post("/plans/<slug>/desk/drafts/<int:draft_id>/stretches/<code>/<act>")
@each_editor
@editors_only
def act_on(frame: Frame, draft_id: int, code: str, act: str) -> ResponseReturnValue:
    """Reshape, divide, join, turn, take a side of, or remove one segment; `mark` is what was seen of it."""
    if act not in ACTS:
        raise NotFound
    mark = request.form.get("mark", "")

    def change(session: Session, draft: MeasureDraft) -> tuple[Document, str]:
        drafts.check_mark(find_part(draft.content, code), mark)
        taken = taken_codes(session, frame.plan.id)
        return ACTS[act](draft.content, code, metric(frame.city.srid), taken)

    chosen = kept(frame, draft_id, act, change)
    return done(frame, draft_id, said(act, code, chosen), chosen)


def said(act: str, code: str, chosen: str) -> str:
    """What an act did, in words."""
    return {
        "reshape": _("The line of %(code)s is changed.", code=code),
        "split": _("%(code)s is divided. Say between what and what each part runs.", code=code),
        "merge": _("Joined: %(code)s.", code=chosen),
        "turn": _("The direction of %(code)s is changed.", code=code),
        "side": _("The side of %(code)s is changed.", code=code),
        "remove": _("%(code)s is removed from the draft.", code=code),
    }[act]


def _place() -> tuple[float, float] | None:
    """The position an act is about; also as one field "lon,lat", which a list of crossings sends."""
    lon, _comma, lat = request.form.get("at", "").partition(",")
    return read_position(request.form.get("lon", lon), request.form.get("lat", lat))


def _reshape(content: Document, code: str, ruler: Metric, _taken: set[str]) -> tuple[Document, str]:
    geometry = shaping.read_typed(request.form.get("geometry", ""))
    return acts.reshape(content, code, geometry, ruler), code


def _split(content: Document, code: str, ruler: Metric, taken: set[str]) -> tuple[Document, str]:
    share = request.form.get("percent", 50.0, type=float) / 100
    changed, codes = acts.divide(content, code, ruler, taken=taken, place=_place(), share=share)
    return changed, codes[0]


def _merge(content: Document, code: str, ruler: Metric, _taken: set[str]) -> tuple[Document, str]:
    return acts.merge(content, code, request.form.get("other", ""), ruler)


def _turn(content: Document, code: str, _ruler: Metric, _taken: set[str]) -> tuple[Document, str]:
    return acts.turn(content, code), code


def _side(content: Document, code: str, ruler: Metric, _taken: set[str]) -> tuple[Document, str]:
    place = _place()
    if place is None:
        raise Invalid("place", _("Click on one side of the line."))
    return acts.take_side(content, code, place, ruler), code


def _remove(content: Document, code: str, _ruler: Metric, _taken: set[str]) -> tuple[Document, str]:
    return acts.remove(content, code), ""


Act = Callable[[Document, str, Metric, set[str]], tuple[Document, str]]
ACTS: dict[str, Act] = {
    "reshape": _reshape, "split": _split, "merge": _merge, "turn": _turn, "side": _side, "remove": _remove,
}  # fmt: skip
