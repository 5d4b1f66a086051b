"""Documents of positions: handed out so that a browser only saves them; taken down by the city."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from flask import flash, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from mobility import web
from mobility.consultation.views.frame import open_frame
from mobility.db import unit_of_work
from mobility.errors import Forbidden, Invalid, NotFound
from mobility.extensions import db, limiter
from mobility.groups import documents, queries
from mobility.groups.models import GroupDocument
from mobility.groups.views.blueprint import bp
from mobility.groups.views.frame import go, speaks_for

PUBLIC = ("published", "replaced")


@bp.get("/plans/<slug>/groups/<group>/documents/<int:document_id>")
def document(slug: str, group: str, document_id: int) -> ResponseReturnValue:
    """The file; drafts only for delegates and those who recognise groups."""
    frame = open_frame(slug)
    found = queries.find_group(db.session, plan_id=frame.plan.id, slug=group)
    paper, position = queries.find_document(
        db.session, plan_id=frame.plan.id, group_id=found.id, document_id=document_id
    )
    inside = position.state in PUBLIC or speaks_for(found) or web.may("recognise_groups", frame.plan.id)
    if not inside:
        raise NotFound
    if paper.taken_down_at is not None:
        raise NotFound(_("The city has taken this document down: %(reason)s", reason=paper.taken_down_reason))
    return send_pdf(paper)


def send_pdf(paper: GroupDocument) -> ResponseReturnValue:
    """The file as something to save: never opened inside this site."""
    data = documents.read_file(paper)
    if data is None:
        raise NotFound
    response = make_response(data)
    response.headers["Content-Type"] = "application/pdf"
    quoted = f"UTF-8''{quote(paper.title + '.pdf')}"
    response.headers["Content-Disposition"] = f'attachment; filename="document.pdf"; filename*={quoted}'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/plans/<slug>/groups/<group>/documents/<int:document_id>/take-down")
@limiter.limit("60 per minute")
def take_down_document(slug: str, group: str, document_id: int) -> ResponseReturnValue:
    frame = open_frame(slug)
    if not web.may("recognise_groups", frame.plan.id):
        raise Forbidden
    found = queries.find_group(db.session, plan_id=frame.plan.id, slug=group)
    try:
        with unit_of_work() as session:
            paper, _position = queries.find_document(
                session, plan_id=frame.plan.id, group_id=found.id, document_id=document_id
            )
            documents.take_down(
                session,
                document=paper,
                plan_id=frame.plan.id,
                account_id=current_user.id,
                reason=request.form.get("reason", ""),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(str(error.message), "warning")
    else:
        flash(_("The document is taken down. Readers see the reason."), "success")
    return go("groups.group", slug=slug, group=group)
