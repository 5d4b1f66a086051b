"""Invitation codes on the desk: made, shown once, counted, withdrawn."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import segno
from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Invalid, MobilityError
from mobility.extensions import db, limiter
from mobility.identity import codes
from mobility.identity.models import BATCH_LIMIT, CodeBatch
from mobility.insight.results import read_groups
from mobility.insight.views.blueprint import bp
from mobility.text import pick, read_receipt, show_receipt

A_PAGE = 20
DRAWN = 300
"""Up to so many codes are printed with a QR code each; with more the page would be too heavy."""
LABEL = 80


@bp.get("/plans/<slug>/desk/codes")
@staff_only
def codes_of_plan(frame: Frame) -> ResponseReturnValue:
    return list_page(frame)


@bp.post("/plans/<slug>/desk/codes")
@limiter.limit("20 per hour")
@staff_only
def make_codes(frame: Frame) -> ResponseReturnValue:
    """Make a batch. Its codes stand in this answer and nowhere else."""
    must("issue_codes", frame)
    typed = {
        name: request.form.get(name, "").strip() for name in ("label", "count", "expires", "group", "key")
    }
    try:
        made = keep(frame, typed)
    except MobilityError as error:
        field = error.field if isinstance(error, Invalid) else "label"
        problem = {"field": field, "message": error.message}
        return list_page(frame, typed=typed, problems=[problem], status=HTTPStatus.UNPROCESSABLE_ENTITY)
    base = current_app.config["BASE_URL"]
    shown = [show_receipt(code) for code in made]
    return render_desk(
        frame,
        "insight/codes_made.html",
        tab="codes_of_plan",
        label=typed["label"],
        address=f"{base}{url_for('identity.invitation')}",
        cards=[{"code": code, "picture": picture(code) if len(made) <= DRAWN else ""} for code in shown],
        listed="\n".join(shown),
        expires=date.fromisoformat(typed["expires"]),
    )


@bp.post("/plans/<slug>/desk/codes.csv")
@limiter.limit("60 per hour")
@staff_only
def codes_csv(frame: Frame) -> ResponseReturnValue:
    """The codes that the page shows, as a file: they come from the page, since they are kept nowhere."""
    must("issue_codes", frame)
    lines = request.form.get("codes", "").splitlines()[:BATCH_LIMIT]
    kept = [code for line in lines if len(code := read_receipt(line)) == 12]
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("code", "address"))
    for code in map(show_receipt, kept):
        table.writerow((code, address_of(code)))
    answer = make_response(out.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="invitation-codes-{frame.plan.slug}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/plans/<slug>/desk/codes/<int:batch_id>/revoke")
@limiter.limit("60 per minute")
@staff_only
def revoke_codes(frame: Frame, batch_id: int) -> ResponseReturnValue:
    must("issue_codes", frame)
    with unit_of_work() as session:
        codes.revoke_batch(
            session, batch_id=batch_id, plan_id=frame.plan.id, account_id=current_user.id, now=frame.now
        )
    flash(_("The codes that nobody had used are withdrawn."), "success")
    return redirect(url_for("insight.codes_of_plan", slug=frame.plan.slug), 303)


def keep(frame: Frame, typed: dict[str, str]) -> list[str]:
    """The codes of a new batch. Raises Invalid and Conflict."""
    if not 1 <= len(typed["label"]) <= LABEL:
        raise Invalid("label", _("Say in a few words whom the codes are for."))
    if not typed["count"].isdecimal():
        raise Invalid("count", _("Say how many, as a number."))
    groups = {str(group.id): group.id for group in read_groups(db.session, plan_id=frame.plan.id)}
    with unit_of_work() as session:
        _batch, made = codes.make_batch(
            session,
            secret=str(current_app.secret_key),
            key=read_key(typed["key"]),
            plan_id=frame.plan.id,
            group_id=groups.get(typed["group"]),
            label=typed["label"],
            count=int(typed["count"][:6]),
            expires_at=end_of_day(frame, typed["expires"]),
            account_id=current_user.id,
            now=frame.now,
        )
    return made


def read_key(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return uuid.uuid4()


def end_of_day(frame: Frame, typed: str) -> datetime:
    """The last moment of a day, in the city's time. Raises Invalid."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Invalid("expires", _("Choose the last day on which the codes work.")) from None
    return datetime.combine(day + timedelta(days=1), time(), frame.zone) - timedelta(seconds=1)


def address_of(code: str) -> str:
    """Where a code is used: the target of its QR code."""
    return f"{current_app.config['BASE_URL']}{url_for('identity.invitation', code=code)}"


def picture(code: str) -> Markup:
    """The QR code of a code, as drawing in the page; our own text without anybody's words."""
    drawn = segno.make_qr(address_of(code), error="m").svg_inline(
        omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704


def list_page(
    frame: Frame,
    *,
    typed: dict[str, str] | None = None,
    problems: list[dict[str, Any]] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The batches of the plan in pages, and the form for a new one."""
    must("issue_codes", frame)
    total = codes.count_batches(db.session, plan_id=frame.plan.id)
    pages = max(1, -(-total // A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = codes.batches_of(db.session, plan_id=frame.plan.id, limit=A_PAGE, offset=(page - 1) * A_PAGE)
    used = codes.count_used(db.session, batch_ids=[row.id for row in rows])
    groups = {g.id: pick(g.name, frame.language) for g in read_groups(db.session, plan_id=frame.plan.id)}
    last = max((step.closes_at for step in frame.steps), default=frame.now + timedelta(days=60))
    fresh = {
        "count": "50",
        "expires": last.astimezone(frame.zone).date().isoformat(),
        "label": "",
        "group": "",
    }
    return render_desk(
        frame,
        "insight/codes.html",
        tab="codes_of_plan",
        status=status,
        batches=[batch_row(frame, row, used.get(row.id, 0), groups) for row in rows],
        groups=groups,
        page=page,
        pages=pages,
        typed={**fresh, **(typed or {}), "key": str(uuid.uuid4())},
        problems=problems or [],
        limit=BATCH_LIMIT,
    )


def batch_row(frame: Frame, batch: CodeBatch, used: int, groups: dict[int, Any]) -> dict[str, Any]:
    """One line of the list."""
    over = batch.expires_at <= frame.now
    state = "revoked" if batch.revoked_at else ("expired" if over else "open")
    return {
        "id": batch.id,
        "label": batch.label,
        "size": batch.size,
        "used": used,
        "group": groups.get(batch.group_id or 0, ""),
        "state": state,
        "expires_at": batch.expires_at.astimezone(frame.zone).date(),
        "created_at": batch.created_at.astimezone(frame.zone).date(),
    }
