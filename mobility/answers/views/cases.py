"""One case: the comment, why it is here, its history, notes, and the answer that is being written."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from mobility.answers import cards, clusters, notes, queries, reading
from mobility.answers.forms import HAND_CLOSINGS, AssignForm, CloseForm, DraftForm, NoteForm, ReopenForm
from mobility.answers.merging import fill
from mobility.answers.services import comments_of
from mobility.answers.views.blueprint import bp
from mobility.answers.views.inbox import picture_url, row_card, scene_url
from mobility.answers.views.scope import offices, scope
from mobility.answers.words import answer_state_label, closing_label
from mobility.consultation import languages
from mobility.consultation.exact import place_words
from mobility.consultation.views.desk import render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.consultation.views.staging import photo_cards
from mobility.consultation.wording import day
from mobility.extensions import db
from mobility.media import services as media
from mobility.plans.words import _
from mobility.text import pick


@bp.get("/plans/<slug>/desk/cases/<int:comment_id>")
@staff_only
def case(frame: Frame, comment_id: int) -> ResponseReturnValue:
    """The case; `answer` in the address opens a draft, `template` begins one."""
    return show_case(frame, comment_id, fresh_form(frame, comment_id))


def fresh_form(frame: Frame, comment_id: int) -> DraftForm:
    """The editor: with the draft that is open, else empty or begun with a template."""
    row = queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=scope(frame))
    form = DraftForm(formdata=None)
    form.language.data = row.language
    drafts = queries.drafts_of(db.session, comment_id=comment_id)
    if drafts:
        found = drafts[0].Answer
        form.answer.data, form.seen.data = str(found.id), found.updated_at.isoformat()
        form.text.data, form.language.data = found.text, found.language
    wanted = request.args.get("template", type=int)
    if wanted:
        template = notes.find_template(db.session, plan_id=frame.plan.id, template_id=wanted)
        words = template.texts.get(row.language) or pick(template.texts, frame.language)
        form.text.data = fill(words, template_values(row, row.language))
    return form


def template_values(row: Any, language: str) -> dict[str, str]:
    """What the fields of a template stand for in a case; the answer is public, and so is what they say."""
    place = place_words(row.public_place, language)
    return {
        "place": place,
        "street": place if row.discreet or not row.street else row.street,
        "topic": pick(row.topic, language),
        "measure": f"{row.measure} · {pick(row.measure_title, language)}" if row.measure else "",
        "office": pick(row.office, language) if row.office else "",
        "day": day(row.created_at),
        "number": str(row.Case.comment_id),
    }


def show_case(
    frame: Frame, comment_id: int, form: DraftForm, *, status: int = HTTPStatus.OK, **forms: Any
) -> ResponseReturnValue:
    """The page of a case with what was typed."""
    mine = scope(frame)
    row = queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=mine)
    form.language.choices = [
        SelectChoice(tag, languages.language_name(tag, frame.language)) for tag in frame.plan.languages
    ]
    form.text.flags.required = form.language.flags.required = True
    if form.language.data not in frame.plan.languages:
        form.language.data = frame.plan.languages[0]
    return render_desk(
        frame,
        "answers/case.html",
        tab="inbox",
        status=status,
        form=form,
        case=row_card(row, frame) | case_parts(frame, row),
        **editor_parts(frame, row, form, mine),
        **history_parts(frame, row),
        **other_forms(frame, row, forms),
        scene_url=scene_url(frame),
        static_map_url=picture_url(frame),
        map_url=url_for("answers.cases_map", slug=frame.plan.slug, only=comment_id),
    )


def case_parts(frame: Frame, row: Any) -> dict[str, Any]:
    """What the page says of the comment."""
    photos = media.photos_of(db.session, comment_ids=[row.Case.comment_id]).get(row.Case.comment_id, [])
    slug = frame.plan.slug
    return {
        "full_text": row.text,
        "shown_photos": photo_cards(photos) if row.status == "published" else [],
        "map": url_for("consultation.comment", slug=slug, comment_id=row.Case.comment_id),
        "measure_label": f"{row.measure} · {pick(row.measure_title, frame.language)}" if row.measure else "",
        "due_day": day(row.Case.due_at) if row.Case.due_at else "",
        "open": row.Case.state in ("received", "in_progress"),
        "answerable": row.status in ("published", "pending") and row.erased_at is None and bool(row.office),
        "erased": row.erased_at is not None,
        "reopen_reason": row.Case.reopen_reason or "",
        "placed": row.lon is not None,
        "discreet": row.discreet,
    }


def editor_parts(frame: Frame, row: Any, form: DraftForm, mine: frozenset[int] | None) -> dict[str, Any]:
    """The draft's files and comments, what else could be answered with it, and the templates."""
    slug, own = frame.plan.slug, row.Case.comment_id
    answer_id = int(form.answer.data or 0) if (form.answer.data or "0").isdigit() else 0
    chosen = comments_of(db.session, answer_id=answer_id) if answer_id else [own]
    files = reading.files_of(db.session, answer_ids=[answer_id]).get(answer_id, []) if answer_id else []
    alike = clusters.suggest(db.session, comment_id=own, office_id=row.Case.office_id)
    if row.Case.cluster_id:
        chosen = sorted({*chosen, *clusters.members_of(db.session, cluster_id=row.Case.cluster_id)})
    ticked = {int(each) for each in request.form.getlist("comments") if each.isdigit()} or set(chosen)
    ids = [each for each in dict.fromkeys([*chosen, *alike, *sorted(ticked)]) if each != own][:100]
    others = {
        each.Case.comment_id: each for each in queries.cases_by_id(db.session, plan_id=frame.plan.id, ids=ids)
    }
    office_ids = None if row.Case.office_id is None else [row.Case.office_id]
    return {
        "files": [cards.file_card(each, slug) for each in files],
        "others": [
            row_card(others[each], frame) | {"ticked": each in ticked}
            for each in ids
            if each in others and (mine is None or others[each].Case.office_id in mine)
        ],
        "cluster_title": form.title.data or row.cluster or "",
        "templates": queries.templates_of(db.session, plan_id=frame.plan.id, office_ids=office_ids),
        "drafts": [draft_line(each, slug) for each in queries.drafts_of(db.session, comment_id=own)],
    }


def draft_line(row: Any, slug: str) -> dict[str, Any]:
    """A draft as the page of its case names it."""
    return {
        "id": row.Answer.id,
        "state": row.Answer.state,
        "state_label": answer_state_label(row.Answer.state),
        "who": row.who or "",
        "when": format_datetime(row.Answer.updated_at, "short"),
        "comments": row.comments,
        "by_mail": row.Answer.channel == "email",
        "url": url_for("answers.answer", slug=slug, answer_id=row.Answer.id),
    }


def history_parts(frame: Frame, row: Any) -> dict[str, Any]:
    """Assignments, published answers and internal notes."""
    own, language = row.Case.comment_id, frame.language
    names = {each.id: each.name for each in offices(frame)}
    rows = reading.answers_to(db.session, comment_id=own)
    files = reading.files_of(db.session, answer_ids=[each.Answer.id for each in rows])
    return {
        "history": cards.history_cards(
            reading.history_of(db.session, comment_id=own),
            topic=pick(row.topic, language),
            measure=row.measure or "",
            names=names,
            language=language,
        ),
        "answers": cards.answer_cards(rows, files, slug=frame.plan.slug, language=language),
        "notes": [
            {
                "who": each.who or _("somebody whose account is gone"),
                "when": format_datetime(each.InternalNote.created_at, "short"),
                "text": each.InternalNote.text,
            }
            for each in queries.notes_of(db.session, comment_id=own)
        ],
    }


def other_forms(frame: Frame, row: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The small forms of the page, as they were sent or fresh."""
    assigning = given.get("assigning") or AssignForm(formdata=None)
    assigning.office.choices = [
        (each.id, str(pick(each.name, frame.language)))
        for each in offices(frame)
        if each.active and each.id != row.Case.office_id
    ]
    closing = given.get("closing") or CloseForm(formdata=None)
    closing.closing.choices = [("", _("Choose a reason"))] + [
        (code, closing_label(code)[:1].upper() + closing_label(code)[1:]) for code in HAND_CLOSINGS
    ]
    return {
        "assigning": assigning,
        "closing": closing,
        "noting": given.get("noting") or NoteForm(formdata=None),
        "reopening": given.get("reopening") or ReopenForm(formdata=None),
    }
