"""Receipts: the author follows a comment, and takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from mobility import web
from mobility.cities.models import City
from mobility.consultation import comments, drafts, languages, moderation
from mobility.consultation.cards import effect_text, receipt_card
from mobility.consultation.exact import place_words, told_roughly
from mobility.consultation.forms import COMMENT_CHARACTERS, EditForm, stance_icons
from mobility.consultation.models import Comment, Topic
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.staging import photo_cards
from mobility.consultation.views.write_parts import offer_for, plan_hints
from mobility.errors import Conflict, Invalid, NotFound
from mobility.extensions import db, limiter
from mobility.heritage.models import HeritagePlace
from mobility.media import services as media
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick, read_receipt, show_receipt


@bp.get("/receipts")
@limiter.limit("60 per minute")
def receipts() -> ResponseReturnValue:
    """The form that asks for a receipt number, and the way on to the receipt."""
    typed = request.args.get("code", "").strip()[:40]
    if not typed:
        return render_template("consultation/receipts.html", typed="", problem="")
    code = read_receipt(typed)
    try:
        comments.find_receipt(db.session, code=code)
    except NotFound as error:
        page = render_template("consultation/receipts.html", typed=typed, problem=error.message)
        return page, HTTPStatus.NOT_FOUND
    return redirect(url_for("consultation.receipt", code=show_receipt(code)))


@bp.get("/receipts/<code>")
@limiter.limit("60 per minute")
def receipt(code: str) -> ResponseReturnValue:
    """One's own comment: what became of it, and what one can still do."""
    mine = open_receipt(code)
    return mine.page("consultation/receipt.html", **receipt_parts(mine))


@dataclass(frozen=True)
class Receipt:
    """A comment as its author meets it."""

    comment: Comment
    plan: Plan
    city: City
    now: datetime
    language: str

    def page(self, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
        """A page that only the author should see."""
        html = render_template(
            template,
            plan=self.plan,
            brand_name=pick(self.city.contact.get("name") or self.city.name, self.language),
            code=self.comment.receipt,
            editable=comments.may_edit(db.session, comment=self.comment, now=self.now),
            **values,
        )
        return private(make_response(html, status))


def open_receipt(code: str) -> Receipt:
    """The comment of this receipt for the reader of this request. Raises NotFound."""
    comment = comments.find_receipt(db.session, code=read_receipt(code))
    plan = db.session.get_one(Plan, comment.plan_id)
    city = db.session.get_one(City, plan.city_id)
    g.timezone = city.timezone
    return Receipt(comment, plan, city, datetime.now(UTC), web.language())


def receipt_parts(mine: Receipt) -> dict[str, Any]:
    """The card, its photos, and what the page says beside them."""
    comment = mine.comment
    photos = media.photos_of(db.session, comment_ids=[comment.id]).get(comment.id, [])
    place = db.session.get(HeritagePlace, comment.heritage_place_id) if comment.heritage_place_id else None
    card = receipt_card(comment, db.session.get_one(Topic, comment.topic_id), language=mine.language)
    name = pick(place.name, mine.language) if place else ""
    return {
        "comment": card
        | {"photos": photo_cards(photos), "effect": effect_text(comment.perceived_effect, name)},
        "comment_url": url_for("consultation.comment", slug=mine.plan.slug, comment_id=comment.id),
        "note": comment.hidden_note or "",
        "was_hidden": moderation.last_hiding(db.session, comment_id=comment.id) is not None,
        "edit_until": format_time(comment.created_at + comments.EDITABLE, "short"),
    }


@bp.get("/receipts/<code>/edit")
@limiter.limit("60 per minute")
def edit_receipt(code: str) -> ResponseReturnValue:
    """The form to change words, topic or stance, while that is possible."""
    mine = open_receipt(code)
    if not comments.may_edit(db.session, comment=mine.comment, now=mine.now):
        return redirect(url_for("consultation.receipt", code=show_receipt(mine.comment.receipt)), 303)
    topic = db.session.get_one(Topic, mine.comment.topic_id)
    form = EditForm(
        formdata=None,
        topic=topic.slug,
        stance=mine.comment.stance,
        text=mine.comment.text,
        language=mine.comment.language,
    )
    return show_edit(mine, form)


def show_edit(mine: Receipt, form: EditForm, *, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    offer_for(mine.plan, mine.language, form)
    return mine.page(
        "consultation/edit.html",
        status=status,
        form=form,
        icons=stance_icons(),
        limit=COMMENT_CHARACTERS,
        until=format_time(mine.comment.created_at + comments.EDITABLE, "short"),
    )


@bp.post("/receipts/<code>/edit")
@limiter.limit("30 per minute")
def save_edit(code: str) -> ResponseReturnValue:
    """What others will see of the changed comment; when it was looked at, the comment changed."""
    mine, form = open_receipt(code), EditForm()
    offer_for(mine.plan, mine.language, form)
    if request.form.get("step") == "edit":
        return show_edit(mine, form)
    try:
        wanted = read_edit(mine, form)
        if request.form.get("step") != "save":
            return show_edit_preview(mine, form, wanted)
        in_transaction(lambda session: comments.edit_comment(session, comment=mine.comment, **wanted))
    except Invalid as error:
        form.validate()
        form[error.field].errors = [str(error.message)]
        return show_edit(mine, form, status=error.status)
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("consultation.receipt", code=show_receipt(mine.comment.receipt)), 303)
    flash(_("Your comment is changed."), "success")
    return redirect(url_for("consultation.receipt", code=show_receipt(mine.comment.receipt)), 303)


def read_edit(mine: Receipt, form: EditForm) -> dict[str, Any]:
    """The changed comment, checked. Raises Invalid."""
    text = drafts.check_text(form.text.data)
    guess = languages.detect(text, page=mine.language, plan=mine.plan.languages)
    return {
        "text": text,
        "topic": drafts.find_topic(db.session, plan_id=mine.plan.id, slug=form.topic.data),
        "stance": drafts.check_stance(form.stance.data),
        "language": languages.choose(form.language.data, guess=guess, plan=mine.plan.languages),
        "now": mine.now,
    }


def show_edit_preview(mine: Receipt, form: EditForm, wanted: dict[str, Any]) -> ResponseReturnValue:
    """The changed comment as others will see it, with hints on personal data."""
    parts = receipt_parts(mine)
    changed = {
        "text": wanted["text"],
        "stance": wanted["stance"],
        "topic_label": pick(wanted["topic"].label, mine.language),
        "language": wanted["language"],
        "language_note": languages.language_note(wanted["language"], mine.language),
        "status": "published",
        "edited": True,
        "coarse": told_roughly(wanted["topic"], mine.comment),
    }
    exact_words = parts["comment"]["place"]
    if changed["coarse"]:
        changed["place"] = place_words({}, mine.language)
    return mine.page(
        "consultation/edit_preview.html",
        form=form,
        comment=parts["comment"] | changed,
        hints=plan_hints(mine.plan, mine.city, wanted["text"]),
        exact_words=exact_words,
    )


@bp.post("/receipts/<code>/withdraw")
@limiter.limit("20 per minute")
def withdraw_receipt(code: str) -> ResponseReturnValue:
    now = datetime.now(UTC)
    comment = in_transaction(
        lambda session: comments.withdraw_comment(session, code=read_receipt(code), now=now)
    )
    flash(_("Your comment is withdrawn. Its text is no longer public."), "success")
    return redirect(url_for("consultation.receipt", code=show_receipt(comment.receipt)), 303)


def private(response: Response) -> Response:
    """A page that only its owner should see: not kept, not indexed, its address not told to other sites."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
