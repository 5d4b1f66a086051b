"""Report a comment or a reply to the people who moderate."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from mobility import web
from mobility.consultation.conversation import queries, reporting, services
from mobility.consultation.conversation.forms import ReportForm
from mobility.consultation.conversation.models import NOTE_LIMIT, Reply
from mobility.consultation.models import Comment
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.consultation.views.speaking import ADDRESS, speaker
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.retry import in_transaction


@bp.get(f"{ADDRESS}/report")
def report(slug: str, comment_id: int) -> ResponseReturnValue:
    """The form; `reply` in the address means a reply to the comment, `sent` that it has been reported."""
    frame = open_frame(slug)
    return report_page(frame, comment_id, ReportForm(), sent="sent" in request.args)


@bp.post(f"{ADDRESS}/report")
@limiter.limit("10 per minute; 60 per hour", key_func=web.participant_key)
@limiter.limit("120 per minute")
def send_report(slug: str, comment_id: int) -> ResponseReturnValue:
    """Keep the report; the page that follows says what happens now."""
    frame, form = open_frame(slug), ReportForm(request.form)

    def work(session: Session) -> None:
        reporting.report_abuse(
            session,
            target=find_target(session, frame, comment_id),
            participant=speaker(session),
            reason=form.reason.data,
            note=form.note.data,
            now=datetime.now(UTC),
        )

    try:
        in_transaction(work)
    except Invalid as error:
        form[error.field].errors = [str(error.message)]
        return report_page(frame, comment_id, form, status=error.status)
    return redirect(url_for(".report", slug=slug, comment_id=comment_id, reply=reply_asked(), sent=1), 303)


def reply_asked() -> int | None:
    return request.args.get("reply", type=int)


def find_target(session: Session, frame: Frame, comment_id: int) -> Comment | Reply:
    """The comment, or the reply that the address names. Raises NotFound and Conflict."""
    number = reply_asked()
    if number is None:
        return services.public_comment(session, plan_id=frame.plan.id, comment_id=comment_id)
    return queries.find_reply(session, plan_id=frame.plan.id, comment_id=comment_id, reply_id=number)


def report_page(
    frame: Frame, comment_id: int, form: ReportForm, *, status: int = HTTPStatus.OK, sent: bool = False
) -> Response:
    slug, number = frame.plan.slug, reply_asked()
    target = find_target(db.session, frame, comment_id)
    form.reason.choices = [SelectChoice(code, words) for code, words in reporting.report_reasons()]
    anchor = f"reply-{number}" if number else ""
    return render_panel(
        frame,
        "consultation/report.html",
        tab="comments",
        view="card",
        status=status,
        form=form,
        target=target,
        sent=sent,
        limit=NOTE_LIMIT,
        action=url_for("consultation.send_report", slug=slug, comment_id=comment_id, reply=number),
        back_url=url_for("consultation.comment", slug=slug, comment_id=comment_id, _anchor=anchor or None),
    )
