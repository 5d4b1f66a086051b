"""The official list as PDF, CSV and a page for printing; the outcome letter of one comment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import BoundedSemaphore
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation.comments import find_receipt
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.errors import NotFound, TooMany
from mobility.extensions import db, files, limiter
from mobility.ledger import queries
from mobility.ledger.documents import DIRECT, letter_pdf, official_pdf, official_values
from mobility.ledger.filters import LedgerFilter, read_ledger_filter
from mobility.ledger.jobs import last_list
from mobility.ledger.tables import csv_blocks, headings, line_cells
from mobility.ledger.views.blueprint import bp
from mobility.plans.models import Plan
from mobility.text import read_receipt

AT_ONCE = 2
"""Documents one process makes at the same time."""
_places = BoundedSemaphore(AT_ONCE)


@bp.get("/plans/<slug>/answers.csv")
@limiter.limit("30 per minute; 300 per hour")
def answers_csv(slug: str) -> ResponseReturnValue:
    """Every line that is meant, streamed."""
    frame = open_frame(slug)
    blocks = stream_with_context(csv_of(frame, read_ledger_filter(request.args)))
    return attachment(Response(blocks, mimetype="text/csv"), name_of(frame, "csv"))


def csv_of(frame: Frame, wanted: LedgerFilter) -> Iterator[bytes]:
    """The file in blocks, each row read as it is written."""
    session, plan = db.session, frame.plan
    outcomes = queries.current_outcomes(session, plan_id=plan.id)
    slug, language = plan.slug, frame.language

    def address(comment_id: int) -> str:
        return url_for("consultation.comment", slug=slug, comment_id=comment_id, _external=True)

    rows = queries.all_lines(session, plan_id=plan.id, wanted=wanted, now=frame.now)
    cells = (line_cells(row, outcomes, language=language, url=address) for row in rows)
    yield from csv_blocks(headings(), cells)


@bp.get("/plans/<slug>/answers.pdf")
@limiter.limit("10 per minute; 60 per hour")
def answers_pdf(slug: str) -> ResponseReturnValue:
    """The list as a document; a long one only when somebody of the desk has had it made."""
    frame, wanted = open_frame(slug), read_ledger_filter(request.args)
    total = queries.count_lines(db.session, plan_id=frame.plan.id, wanted=wanted, now=frame.now)
    if total > DIRECT:
        return show_large(frame, wanted, total)
    if not _places.acquire(timeout=5):
        raise TooMany
    try:
        made = official_pdf(db.session, wanted=wanted, **about(frame))
    finally:
        _places.release()
    return attachment(Response(made, mimetype="application/pdf"), name_of(frame, "pdf"))


def show_large(frame: Frame, wanted: LedgerFilter, total: int) -> ResponseReturnValue:
    """What one can do with a list that is too long to be made at once."""
    return render_template(
        "ledger/large.html",
        frame=frame,
        plan=frame.plan,
        brand_name=brand(frame),
        wanted=wanted,
        total=total,
        made=last_list(db.session, plan_id=frame.plan.id, language=frame.language),
    )


@bp.get("/plans/<slug>/answers/official.pdf")
@limiter.limit("30 per minute")
def official_file(slug: str) -> ResponseReturnValue:
    """The document that was made last for the whole plan."""
    frame = open_frame(slug)
    made = last_list(db.session, plan_id=frame.plan.id, language=frame.language)
    parts = files.stream(made.result["key"]) if made else None
    if parts is None:
        raise NotFound
    return attachment(Response(parts, mimetype="application/pdf"), name_of(frame, "pdf"))


@bp.get("/plans/<slug>/answers/print")
@limiter.limit("20 per minute")
def answers_print(slug: str) -> ResponseReturnValue:
    """The list as one page for printing."""
    frame, wanted = open_frame(slug), read_ledger_filter(request.args)
    total = queries.count_lines(db.session, plan_id=frame.plan.id, wanted=wanted, now=frame.now)
    if total > DIRECT:
        return show_large(frame, wanted, total)
    values = official_values(db.session, wanted=wanted, **about(frame))
    return render_template("ledger/official.html", frame=frame, brand_name=brand(frame), **values)


@bp.get("/receipts/<code>/letter.pdf")
@limiter.limit("10 per minute; 60 per hour")
def letter(code: str) -> ResponseReturnValue:
    """The outcome letter of the comment with this receipt."""
    comment = find_receipt(db.session, code=read_receipt(code))
    plan = db.session.get_one(Plan, comment.plan_id)
    frame = open_frame(plan.slug)
    row = queries.line_of(db.session, comment_id=comment.id)
    if row is None:
        raise NotFound
    made = letter_pdf(db.session, row=row, **about(frame))
    response = attachment(Response(made, mimetype="application/pdf"), name_of(frame, "pdf"))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def about(frame: Frame) -> dict[str, Any]:
    """What every document is told."""
    return {"plan": frame.plan, "city": frame.city, "language": frame.language, "now": frame.now}


def name_of(frame: Frame, ending: str) -> str:
    return f"{frame.plan.slug}-answers-{datetime.now(UTC).date().isoformat()}.{ending}"


def attachment(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
