"""Reply to a comment, change the reply for a while, withdraw it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility import web
from mobility.consultation import languages
from mobility.consultation.comments import CommentingClosed
from mobility.consultation.conversation import replying, services
from mobility.consultation.conversation.forms import ReplyForm
from mobility.consultation.conversation.models import REPLY_LIMIT, Reply
from mobility.consultation.views import comments as pages
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.consultation.views.speaking import ADDRESS, refused, speaker, voices_of
from mobility.errors import Conflict, Invalid
from mobility.extensions import db, limiter
from mobility.retry import in_transaction

each_person = limiter.limit("12 per minute; 60 per hour", key_func=web.participant_key)
each_network = limiter.limit("300 per minute")


@bp.post(f"{ADDRESS}/replies")
@each_person
@each_network
def reply(slug: str, comment_id: int) -> ResponseReturnValue:
    """Keep the reply and go back to the comment; a refused one comes back with what was typed."""
    frame, form = open_frame(slug), ReplyForm(request.form)
    try:
        key = form.idempotency_key()
        said = read_reply(frame, form)
        kept = in_transaction(lambda session: keep_reply(session, frame, comment_id, said, key))
    except (Invalid, Conflict) as error:
        return again(frame, comment_id, form, error)
    except CommentingClosed as error:
        raise refused(frame, error) from error
    if kept.status == "pending":
        flash(_("Thank you. Your reply appears when the city has read it."), "success")
    else:
        flash(_("Thank you. Your reply is published. You can change it for 15 minutes."), "success")
    return to_reply(slug, comment_id, kept.id)


def read_reply(frame: Frame, form: ReplyForm) -> replying.Said:
    """What the form says. Raises Invalid."""
    side, words = replying.check_side(form.side.data), replying.check_reply(form.text.data)
    voice = next((each for each in voices_of(frame) if each.value == (form.voice.data or "")), None)
    if voice is None:
        raise Invalid("voice", _("Choose in whose name you reply."))
    return replying.Said(side, words, language_of(frame, words), voice.kind, voice.group_id)


def keep_reply(session: Session, frame: Frame, comment_id: int, said: replying.Said, key: uuid.UUID) -> Reply:
    """The reply; the one already made when the form arrives again, whatever has become of the comment."""
    participant = speaker(session)
    before = replying.sent_before(session, key=key, participant_id=participant.id)
    if before is not None:
        return before
    return replying.submit_reply(
        session,
        comment=services.public_comment(session, plan_id=frame.plan.id, comment_id=comment_id),
        participant=participant,
        steps=frame.steps,
        said=said,
        idempotency_key=key,
        now=datetime.now(UTC),
    )


def language_of(frame: Frame, words: str) -> str:
    """The language that the words are written in, else that of the page."""
    return languages.detect(words, page=frame.language, plan=frame.plan.languages).tag


def again(frame: Frame, comment_id: int, form: ReplyForm, error: Invalid | Conflict) -> Response:
    """The comment with the form as it was typed, and what is wrong with it."""
    field = error.field if isinstance(error, Invalid) and error.field in form else "text"
    form[field].errors = [str(error.message)]
    return pages.show_comment(frame, comment_id, form=form, status=error.status)


@bp.get(f"{ADDRESS}/replies/<int:reply_id>/edit")
def edit_reply(slug: str, comment_id: int, reply_id: int) -> ResponseReturnValue:
    """The form to change one's own reply."""
    frame = open_frame(slug)
    kept = replying.my_reply(db.session, reply_id=reply_id, participant_id=who(frame))
    if not replying.changeable(kept, frame.now):
        raise Conflict(_("A reply can be changed for 15 minutes. You can still withdraw it."))
    return edit_page(frame, comment_id, reply_id, ReplyForm(data={"text": kept.text}))


@bp.post(f"{ADDRESS}/replies/<int:reply_id>/edit")
@each_person
@each_network
def change_reply(slug: str, comment_id: int, reply_id: int) -> ResponseReturnValue:
    frame, form = open_frame(slug), ReplyForm(request.form)

    def work(session: Session) -> None:
        words = replying.check_reply(form.text.data)
        kept = replying.my_reply(session, reply_id=reply_id, participant_id=who(frame))
        replying.change_reply(
            session, reply=kept, text=words, language=language_of(frame, words), now=datetime.now(UTC)
        )

    try:
        in_transaction(work)
    except Invalid as error:
        form.text.errors = [str(error.message)]
        return edit_page(frame, comment_id, reply_id, form, status=error.status)
    flash(_("Your reply is changed."), "success")
    return to_reply(slug, comment_id, reply_id)


@bp.post(f"{ADDRESS}/replies/<int:reply_id>/withdraw")
@each_person
@each_network
def withdraw_reply(slug: str, comment_id: int, reply_id: int) -> ResponseReturnValue:
    frame = open_frame(slug)

    def work(session: Session) -> None:
        kept = replying.my_reply(session, reply_id=reply_id, participant_id=who(frame))
        replying.withdraw_reply(session, reply=kept, now=datetime.now(UTC))

    in_transaction(work)
    flash(_("Your reply is withdrawn."), "success")
    return redirect(url_for("consultation.comment", slug=slug, comment_id=comment_id, _anchor="replies"), 303)


def who(frame: Frame) -> int | None:
    return frame.participant.id if frame.participant else None


def edit_page(
    frame: Frame, comment_id: int, reply_id: int, form: ReplyForm, *, status: int = HTTPStatus.OK
) -> Response:
    slug = frame.plan.slug
    return render_panel(
        frame,
        "consultation/reply.html",
        tab="comments",
        view="card",
        status=status,
        form=form,
        limit=REPLY_LIMIT,
        action=url_for("consultation.change_reply", slug=slug, comment_id=comment_id, reply_id=reply_id),
        back_url=url_for("consultation.comment", slug=slug, comment_id=comment_id, _anchor="replies"),
    )


def to_reply(slug: str, comment_id: int, reply_id: int) -> ResponseReturnValue:
    anchor = f"reply-{reply_id}"
    return redirect(url_for("consultation.comment", slug=slug, comment_id=comment_id, _anchor=anchor), 303)
