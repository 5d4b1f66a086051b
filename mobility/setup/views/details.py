"""Documents and contact of a plan at the desk, and the public page that shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.accounts.audit import record
from mobility.consultation.phase_words import languages_label
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.db import unit_of_work
from mobility.errors import Invalid, NotFound
from mobility.extensions import db, files, limiter
from mobility.groups.documents import expect_files, prepare_pdf, write_files
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.setup import documents as service
from mobility.setup.forms import (
    CONTACT_TEXTS,
    DOCUMENT_TEXTS,
    LICENCES,
    ContactForm,
    DocumentForm,
    with_texts,
)
from mobility.setup.views.blueprint import bp
from mobility.setup.views.frame import managers_only

each_planner = limiter.limit("120 per hour", key_func=web.participant_key)


@bp.get("/plans/<slug>/desk/details")
@managers_only
def details(frame: Frame) -> ResponseReturnValue:
    return _page(frame)


@bp.post("/plans/<slug>/desk/details/contact")
@each_planner
@managers_only
def save_contact(frame: Frame) -> ResponseReturnValue:
    form = with_texts(ContactForm, frame.plan.languages, CONTACT_TEXTS)
    if not form.validate_on_submit():
        return _page(frame, contact=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    names = {tag: (form[f"name_{tag}"].data or "").strip() for tag in frame.plan.languages}
    said: dict[str, Any] = {key: (form[key].data or "").strip() for key in ("email", "phone", "url")}
    contact = {
        key: value for key, value in (said | {"name": {t: n for t, n in names.items() if n}}).items() if value
    }

    def keep(session: Any) -> None:
        plan = session.get_one(Plan, frame.plan.id, with_for_update=True)
        plan.contact, plan.licence, plan.updated_at = contact, form.licence.data, datetime.now(UTC)
        record(
            session, action="plan.contact", account_id=current_user.id, plan_id=plan.id, subject="plan",
            subject_id=plan.id, details={"fields": sorted(contact)},
        )  # fmt: skip

    in_transaction(keep)
    flash(_("The contact is saved."), "success")
    return redirect(url_for("setup.details", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/details/documents")
@each_planner
@managers_only
def add_document(frame: Frame) -> ResponseReturnValue:
    form = _document_form(frame)
    sent = request.files.get("document")
    try:
        prepared = prepare_pdf(
            sent.read() if sent else b"",
            sent.filename if sent else "",
            limit=service.SIZE_LIMIT,
            field="document",
        )
        with unit_of_work() as session:
            expect_files(session, prepared=[prepared], now=frame.now)
        write_files([prepared])
        with unit_of_work() as session:
            service.add_document(
                session,
                plan=session.get_one(Plan, frame.plan.id, with_for_update=True),
                prepared=prepared,
                title={tag: (form[f"title_{tag}"].data or "").strip()[:160] for tag in frame.plan.languages},
                language=form.language.data if form.language.data in frame.plan.languages else None,
                account_id=current_user.id,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.document.errors = [error.message]
        return _page(frame, document=form, status=error.status)
    flash(_("The document is on show."), "success")
    return redirect(url_for("setup.details", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/details/documents/<int:document_id>/remove")
@each_planner
@managers_only
def remove_document(frame: Frame, document_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        found = service.find_document(session, plan_id=frame.plan.id, document_id=document_id)
        service.remove_document(session, document=found, account_id=current_user.id, now=datetime.now(UTC))
    flash(_("The document is taken off the plan."), "success")
    return redirect(url_for("setup.details", slug=frame.plan.slug), 303)


@bp.get("/plans/<slug>/about")
def about(slug: str) -> ResponseReturnValue:
    """What the plan is, its documents, its privacy notice, and whom to ask."""
    frame = open_frame(slug)
    return render_panel(
        frame,
        "setup/about.html",
        tab="measures",
        documents=service.documents_of(db.session, plan_id=frame.plan.id),
        contact=frame.plan.contact or frame.city.contact,
        licence=LICENCES.get(frame.plan.licence, frame.plan.licence),
        language_names={tag: languages_label([tag]) for tag in frame.plan.languages},
    )


@bp.get("/plans/<slug>/documents/<int:document_id>.pdf")
@limiter.limit("120 per minute")
def document(slug: str, document_id: int) -> Response:
    """The file itself."""
    frame = open_frame(slug)
    found = service.find_document(db.session, plan_id=frame.plan.id, document_id=document_id)
    data = files.get(found.file_key)
    if data is None:
        raise NotFound
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{slug}-{document_id}.pdf"'
    response.headers["Cache-Control"] = "no-cache" if frame.plan.status == "draft" else "public, max-age=300"
    return response


def _document_form(frame: Frame) -> Any:
    form = with_texts(DocumentForm, frame.plan.languages, DOCUMENT_TEXTS)
    form.language.choices = [
        ("", _("Several or none")),
        *((tag, languages_label([tag])) for tag in frame.plan.languages),
    ]
    return form


def _page(
    frame: Frame, *, contact: Any = None, document: Any = None, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    kept = frame.plan.contact
    if contact is None:
        data = {key: kept.get(key, "") for key in ("email", "phone", "url")} | {"licence": frame.plan.licence}
        names = {f"name_{tag}": (kept.get("name") or {}).get(tag, "") for tag in frame.plan.languages}
        contact = with_texts(ContactForm, frame.plan.languages, CONTACT_TEXTS, data=data | names)
    return render_desk(
        frame,
        "setup/details.html",
        tab="details",
        status=status,
        contact=contact,
        document=document or _document_form(frame),
        documents=service.documents_of(db.session, plan_id=frame.plan.id),
        tags=frame.plan.languages,
    )
