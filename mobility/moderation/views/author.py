"""What the one concerned reads about a decision, and the way to a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mobility import web
from mobility.accounts.models import Participant
from mobility.cities.models import City
from mobility.consultation import comments
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import BLOCKED, Comment, Moderation, SetAside
from mobility.consultation.moderation import aside_label, last_hiding, reason_label
from mobility.consultation.views.receipts import private
from mobility.errors import Invalid, NotFound
from mobility.extensions import db, limiter
from mobility.moderation import appeals, asides, blocks
from mobility.moderation.forms import AppealForm
from mobility.moderation.models import APPEAL_LIMIT, Appeal, ParticipantBlock
from mobility.moderation.views.blueprint import bp
from mobility.moderation.wording import appeal_lines, block_label
from mobility.plans.cards import sentence
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick, read_receipt, show_receipt

few = limiter.limit("30 per minute", key_func=web.participant_key)
Notice = dict[str, Any]


def answer(
    plan_id: int, read: Callable[[], Notice], file: Callable[[Session, str], Appeal]
) -> ResponseReturnValue:
    """The page of a decision; or, when a form was sent, the appeal kept and the page again."""
    form, status = AppealForm(), HTTPStatus.OK
    if request.method == "POST":
        try:
            if form.validate_on_submit():
                in_transaction(lambda session: file(session, form.text.data or ""))
                flash(_("Your appeal has arrived. A second person will look at it."), "success")
                return redirect(request.script_root + request.path, HTTPStatus.SEE_OTHER)
        except Invalid as error:
            form.text.errors = [str(error.message)]
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render_notice(plan_id, read, form, status)


def render_notice(plan_id: int, read: Callable[[], Notice], form: AppealForm, status: int) -> Response:
    """What was decided, why, until when and how to appeal; or the appeal and its answer."""
    plan = db.session.get_one(Plan, plan_id)
    city = db.session.get_one(City, plan.city_id)
    g.timezone = city.timezone
    html = render_template(
        "moderation/notice.html",
        told=read(),
        form=form,
        plan=plan,
        limit=APPEAL_LIMIT,
        brand_name=pick(city.contact.get("name") or city.name, web.language()),
    )
    return private(make_response(html, status))


@bp.route("/receipts/<code>/decision", methods=["GET", "POST"])
@few
def decision(code: str) -> ResponseReturnValue:
    """Why one's comment is hidden, and the appeal."""
    comment = comments.find_receipt(db.session, code=read_receipt(code))
    found, now = last_hiding(db.session, comment_id=comment.id), datetime.now(UTC)
    own = appeals.appeal_of(db.session, moderation_id=found.id) if found else None
    if found is None or (comment.status != "hidden" and own is None):
        return redirect(url_for("consultation.receipt", code=show_receipt(comment.receipt)))
    return answer_hiding(comment, found, lambda: hiding_notice(comment, found, now), now)


def answer_hiding(
    said: Comment | Reply, decision: Moderation, notice: Callable[[], Notice], now: datetime
) -> ResponseReturnValue:
    """The page about a hidden comment or reply and the appeal on it; about the block when that is why."""
    block = blocks.live_block(db.session, participant_id=said.participant_id)
    if decision.reason == BLOCKED and block:
        return answer_blocked(block, now)
    return answer(
        said.plan_id,
        notice,
        lambda session, typed: appeals.appeal_hiding(session, decision=decision, typed=typed, now=now),
    )


def hiding_notice(comment: Comment, decision: Moderation, now: datetime) -> Notice:
    """A decision to hide a comment in words; also one that was taken back after an appeal."""
    hidden = comment.status == "hidden"
    words = {
        "title": _("Your comment is hidden") if hidden else _("Your comment was hidden"),
        "what": _("It is no longer on the map, in the lists and in the files.") if hidden else "",
        "why": sentence(reason_label(decision.reason)),
        "note": decision.note or "",
        "text": comment.text,
        "language": comment.language,
        "back": url_for("consultation.receipt", code=show_receipt(comment.receipt)),
        "back_label": _("Your receipt"),
    }
    found = appeals.appeal_of(db.session, moderation_id=decision.id)
    return words | appeal_lines(found, since=decision.created_at, now=now)


@bp.get("/plans/<slug>/comments/<int:comment_id>/decision")
@few
def own_decision(slug: str, comment_id: int) -> ResponseReturnValue:
    """The author is led to the decision about an own comment; everybody else to the receipts."""
    plan, _city = find_plan(db.session, slug=slug, drafts=web.sees_draft)
    person, comment = me(), db.session.get(Comment, min(comment_id, 2**63 - 1))
    if person is None or comment is None or (comment.plan_id, comment.participant_id) != (plan.id, person.id):
        return redirect(url_for("consultation.receipts"))
    return redirect(url_for("moderation.decision", code=show_receipt(comment.receipt)))


@bp.route("/plans/<slug>/replies/<int:reply_id>/decision", methods=["GET", "POST"])
@few
def reply_decision(slug: str, reply_id: int) -> ResponseReturnValue:
    """Why one's reply is hidden, and the appeal; others are led to where one finds what is one's own."""
    plan, _city = find_plan(db.session, slug=slug, drafts=web.sees_draft)
    person, reply = me(), db.session.get(Reply, min(reply_id, 2**63 - 1))
    if person is None or reply is None or (reply.plan_id, reply.participant_id) != (plan.id, person.id):
        return redirect(url_for("personal.mine"))
    found, now = last_hiding(db.session, reply_id=reply.id), datetime.now(UTC)
    own = appeals.appeal_of(db.session, moderation_id=found.id) if found else None
    if found is None or (reply.status != "hidden" and own is None):
        return redirect(reply_page(slug, reply))
    return answer_hiding(reply, found, lambda: reply_notice(slug, reply, found, now), now)


def reply_page(slug: str, reply: Reply) -> str:
    """Where the reply stands."""
    return url_for(
        "consultation.comment", slug=slug, comment_id=reply.comment_id, _anchor=f"reply-{reply.id}"
    )


def reply_notice(slug: str, reply: Reply, decision: Moderation, now: datetime) -> Notice:
    """A decision to hide a reply in words; also one that was taken back after an appeal."""
    hidden = reply.status == "hidden"
    words = {
        "title": _("Your reply is hidden") if hidden else _("Your reply was hidden"),
        "what": _("Others read in its place only why it is hidden.") if hidden else "",
        "why": sentence(reason_label(decision.reason)),
        "note": decision.note or "",
        "text": reply.text,
        "language": reply.language,
        "back": reply_page(slug, reply),
        "back_label": _("The comment it belongs to"),
    }
    found = appeals.appeal_of(db.session, moderation_id=decision.id)
    return words | appeal_lines(found, since=decision.created_at, now=now)


def me() -> Participant | None:
    """The participant behind the request, never made by looking."""
    return web.current_participant(db.session)


@bp.route("/blocked", methods=["GET", "POST"])
@few
def blocked() -> ResponseReturnValue:
    """Why one may not write at present, until when, and the appeal."""
    person = me()
    found = blocks.live_block(db.session, participant_id=person.id) if person else None
    if found is None:
        raise NotFound
    return answer_blocked(found, datetime.now(UTC))


def answer_blocked(block: ParticipantBlock, now: datetime) -> ResponseReturnValue:
    """The page of a block."""
    return answer(
        block.plan_id,
        lambda: block_notice(block, now),
        lambda session, typed: appeals.appeal_block(session, block=block, typed=typed, now=now),
    )


def block_notice(block: ParticipantBlock, now: datetime) -> Notice:
    """A block in words."""
    plan = db.session.get_one(Plan, block.plan_id)
    words = {
        "title": _("Your contributions are stopped"),
        "what": _(
            "You cannot write or vote at present, and what you wrote is hidden. Your votes still count."
        ),
        "why": sentence(block_label(block.reason)),
        "note": block.note or "",
        "until": block.until,
        "back": url_for("consultation.plan", slug=plan.slug),
        "back_label": pick(plan.title, web.language()),
    }
    found = appeals.appeal_of(db.session, block_id=block.id)
    return words | appeal_lines(found, since=block.created_at, now=now)


@bp.route("/plans/<slug>/set-aside/<int:decision_id>", methods=["GET", "POST"])
@few
def set_aside(slug: str, decision_id: int) -> ResponseReturnValue:
    """Why one's votes do not count at present, and the appeal."""
    plan, _city = find_plan(db.session, slug=slug, drafts=web.sees_draft)
    found = asides.find_decision(db.session, plan_id=plan.id, decision_id=decision_id)
    person = me()
    votes = asides.own_votes(db.session, decision_id=found.id, participant_id=person.id) if person else []
    if person is None or not votes:
        raise NotFound
    now, who = datetime.now(UTC), person.id
    return answer(
        plan.id,
        lambda: aside_notice(found, plan, [row.code for row in votes], who, now),
        lambda session, typed: appeals.appeal_aside(
            session, decision=found, participant_id=who, typed=typed, now=now
        ),
    )


def aside_notice(aside: SetAside, plan: Plan, codes: list[str], participant_id: int, now: datetime) -> Notice:
    """Votes set aside in words."""
    words = {
        "title": _("Your votes are set aside"),
        "what": _("They are kept, but they do not count at present: %(codes)s.", codes=", ".join(codes[:40])),
        "why": sentence(aside_label(aside.reason)),
        "note": aside.note or "",
        "back": url_for("consultation.plan", slug=plan.slug),
        "back_label": pick(plan.title, web.language()),
    }
    found = appeals.appeal_of(db.session, set_aside_id=aside.id, participant_id=participant_id)
    return words | appeal_lines(found, since=aside.created_at, now=now)
