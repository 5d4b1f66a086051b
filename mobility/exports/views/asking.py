"""What is asked for in a request, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_login import current_user

from mobility.accounts.audit import record
from mobility.db import unit_of_work
from mobility.errors import Forbidden
from mobility.exports.orders import Order, read_order
from mobility.extensions import db
from mobility.plans.queries import find_plan
from mobility.web import language, may, program, program_may, sees_draft

FULL = "full"


def asked_order(what: str, slug: str) -> Order:
    """The order of this request. Raises Forbidden for the profile of planners, when the reader is none."""
    plan, _city = find_plan(db.session, slug=slug, drafts=sees_draft)
    full = request.args.get("profile") == FULL
    if full and not may_have_all(plan.id):
        raise Forbidden
    return read_order(
        request.args,
        what=what,
        slug=slug,
        language=language(),
        base_url=current_app.config["BASE_URL"],
        staff=full or may("see_results", plan.id),
        full=full,
        now=datetime.now(UTC),
    )


def may_have_all(plan_id: int) -> bool:
    """Whether the reader, or the program that asks, may have the profile of planners."""
    return may("export_full", plan_id) or program_may("export_full", plan_id)


def note_full(order: Order, form: str, plan_id: int) -> None:
    """Records that somebody takes the profile of planners away."""
    if not order.full:
        return
    bearer = program()
    account_id = bearer[1].id if bearer else current_user.id
    with unit_of_work() as session:
        record(
            session,
            action="export.full",
            account_id=account_id,
            plan_id=plan_id,
            subject="plan",
            subject_id=plan_id,
            details={"what": order.what, "form": form},
        )


def prepare_url(order: Order, form: str) -> str:
    """The page on which a large file is asked for."""
    arguments = {"what": order.what, "form": form, "lang": order.language, **order.arguments()}
    return f"{url_for('exports.prepare', slug=order.slug)}?{urlencode(arguments)}"
