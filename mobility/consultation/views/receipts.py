"""Receipts: the author follows a comment, and takes it back."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.cities.models import City
from mobility.consultation import comments
from mobility.consultation.cards import receipt_card
from mobility.consultation.models import Topic
from mobility.consultation.retry import in_transaction
from mobility.consultation.views.blueprint import bp
from mobility.errors import NotFound
from mobility.extensions import db, limiter
from mobility.plans.models import Plan
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
    comment = comments.find_receipt(db.session, code=read_receipt(code))
    plan = db.session.get_one(Plan, comment.plan_id)
    city = db.session.get_one(City, plan.city_id)
    g.timezone = city.timezone
    language = web.language()
    html = render_template(
        "consultation/receipt.html",
        plan=plan,
        brand_name=pick(city.contact.get("name") or city.name, language),
        comment=receipt_card(comment, db.session.get_one(Topic, comment.topic_id), language=language),
        comment_url=url_for("consultation.comment", slug=plan.slug, comment_id=comment.id),
        note=comment.hidden_note or "",
        code=comment.receipt,
    )
    return private(make_response(html))


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
