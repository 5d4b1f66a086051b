"""What is done with a case apart from answering: hand it on, close it, open it again, note something."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect
from wtforms import Field

from mobility.answers import notes, queries
from mobility.answers.cases import assign, check_words, close_case
from mobility.answers.forms import HAND_CLOSINGS, AssignForm, CloseForm, NoteForm, ReopenForm
from mobility.answers.reopening import reopen_case
from mobility.answers.views.blueprint import bp
from mobility.answers.views.cases import fresh_form, show_case
from mobility.answers.views.scope import each_clerk, scope
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Conflict, Invalid, MobilityError
from mobility.extensions import db
from mobility.plans.words import _
from mobility.retry import in_transaction


def to_case(frame: Frame, comment_id: int) -> ResponseReturnValue:
    return redirect(url_for("answers.case", slug=frame.plan.slug, comment_id=comment_id), 303)


def note_error(field: Field, error: MobilityError) -> None:
    """The reason beside its field."""
    field.errors = [str(error.message)]


@bp.post("/plans/<slug>/desk/cases/<int:comment_id>/assign")
@each_clerk
@staff_only
def reassign(frame: Frame, comment_id: int) -> ResponseReturnValue:
    """Give the case to another office; its author reads who decided and why."""
    account_id, form = must("answer", frame), AssignForm()
    row = queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=scope(frame))
    reason = {"who": "planner" if scope(frame) is None else "office", "from": row.Case.office_id}
    if not form.validate():
        return show_case(frame, comment_id, fresh_form(frame, comment_id), status=422, assigning=form)
    try:
        in_transaction(
            lambda session: assign(
                session,
                comment_id=comment_id,
                office_id=form.office.data,
                reason={**reason, "note": check_words(form.reason.data)},
                account_id=account_id,
                now=datetime.now(UTC),
            )
        )
    except (Invalid, Conflict) as error:
        note_error(form.reason if getattr(error, "field", "") == "reason" else form.office, error)
        return show_case(
            frame, comment_id, fresh_form(frame, comment_id), status=error.status, assigning=form
        )
    flash(_("The case went to the other office. Its author is told."), "success")
    return to_inbox(frame) if scope(frame) is not None else to_case(frame, comment_id)


def to_inbox(frame: Frame) -> ResponseReturnValue:
    return redirect(url_for("answers.inbox", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/cases/<int:comment_id>/close")
@each_clerk
@staff_only
def close(frame: Frame, comment_id: int) -> ResponseReturnValue:
    """Close the case without an answer, for a reason that its author reads."""
    account_id, form = must("answer", frame), CloseForm()
    queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=scope(frame))
    if form.closing.data not in HAND_CLOSINGS or not form.validate():
        form.closing.errors = [_("Choose a reason from the list.")]
        return show_case(frame, comment_id, fresh_form(frame, comment_id), status=422, closing=form)
    in_transaction(
        lambda session: close_case(
            session,
            comment_id=comment_id,
            closing=form.closing.data,
            account_id=account_id,
            now=datetime.now(UTC),
        )
    )
    flash(_("The case is closed. Its author reads the reason."), "success")
    return to_case(frame, comment_id)


@bp.post("/plans/<slug>/desk/cases/<int:comment_id>/reopen")
@each_clerk
@staff_only
def reopen(frame: Frame, comment_id: int) -> ResponseReturnValue:
    """Open an answered or closed case again."""
    account_id, form = must("answer", frame), ReopenForm()
    queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=scope(frame))
    try:
        in_transaction(
            lambda session: reopen_case(
                session,
                comment_id=comment_id,
                reason=form.reason.data or "",
                account_id=account_id,
                now=datetime.now(UTC),
            )
        )
    except (Invalid, Conflict) as error:
        note_error(form.reason, error)
        return show_case(
            frame, comment_id, fresh_form(frame, comment_id), status=error.status, reopening=form
        )
    flash(_("The case is open again."), "success")
    return to_case(frame, comment_id)


@bp.post("/plans/<slug>/desk/cases/<int:comment_id>/notes")
@each_clerk
@staff_only
def add_note(frame: Frame, comment_id: int) -> ResponseReturnValue:
    """Keep an internal note."""
    account_id, form = must("answer", frame), NoteForm()
    queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=scope(frame))
    try:
        in_transaction(
            lambda session: notes.add_note(
                session,
                comment_id=comment_id,
                text=form.note.data or "",
                account_id=account_id,
                now=datetime.now(UTC),
            )
        )
    except Invalid as error:
        note_error(form.note, error)
        return show_case(frame, comment_id, fresh_form(frame, comment_id), status=error.status, noting=form)
    return redirect(
        url_for("answers.case", slug=frame.plan.slug, comment_id=comment_id, _anchor="notes"), 303
    )
