"""Agree with a comment, and take it back."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility import web
from mobility.consultation.cards import comment_card
from mobility.consultation.comments import CommentingClosed
from mobility.consultation.conversation import services
from mobility.consultation.queries import find_comment
from mobility.consultation.views import comments as pages
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import open_frame
from mobility.consultation.views.speaking import ADDRESS, refused, speaker
from mobility.extensions import db, limiter
from mobility.retry import in_transaction
from mobility.security import safe_next

each_person = limiter.limit("60 per minute", key_func=web.participant_key)
each_network = limiter.limit("600 per minute")


@bp.post(f"{ADDRESS}/endorse")
@each_person
@each_network
def endorse(slug: str, comment_id: int) -> ResponseReturnValue:
    """Agree with a comment."""
    frame, now = open_frame(slug), datetime.now(UTC)

    def work(session: Session) -> bool:
        comment = services.public_comment(session, plan_id=frame.plan.id, comment_id=comment_id)
        return services.endorse(
            session, comment=comment, participant=speaker(session), steps=frame.steps, now=now
        )

    try:
        in_transaction(work)
    except CommentingClosed as error:
        raise refused(frame, error) from error
    return voiced(slug, comment_id, _("Your agreement is counted."))


@bp.post(f"{ADDRESS}/endorse/withdraw")
@each_person
@each_network
def endorse_withdraw(slug: str, comment_id: int) -> ResponseReturnValue:
    """Take one's agreement back."""
    frame, now = open_frame(slug), datetime.now(UTC)
    who = frame.participant.id if frame.participant else None
    try:
        in_transaction(
            lambda session: services.withdraw_endorsement(
                session, comment_id=comment_id, participant_id=who, steps=frame.steps, now=now
            )
        )
    except CommentingClosed as error:
        raise refused(frame, error) from error
    return voiced(slug, comment_id, _("Your agreement is withdrawn."))


@bp.get(f"{ADDRESS}/<any('endorse', 'replies'):_part>")
@bp.get(f"{ADDRESS}/endorse/withdraw")
def back_to_comment(slug: str, comment_id: int, _part: str = "") -> ResponseReturnValue:
    """A reloaded page after a refused click leads back to the comment."""
    return redirect(url_for("consultation.comment", slug=slug, comment_id=comment_id))


def voiced(slug: str, comment_id: int, said: str) -> ResponseReturnValue:
    """Back to where the button stood; our own script gets the button alone, in its new state."""
    if request.headers.get("X-Fragment") == "agree":
        db.session.expire_all()
        frame = open_frame(slug)
        row = find_comment(db.session, plan_id=frame.plan.id, comment_id=comment_id)
        card = comment_card(row, slug=slug, language=frame.language, reader=pages.reader(frame, [row]))
        return render_template("consultation/agree.html", comment=card, said=said)
    target = safe_next(request.form.get("next"))
    page = target or url_for("consultation.comment", slug=slug, comment_id=comment_id)
    flash(said, "success")
    return redirect(f"{page.partition('#')[0]}#comment-{comment_id}", 303)
