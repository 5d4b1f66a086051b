"""Large files: the page that asks for one, the page on which it is waited for, the file."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility.cities.models import City
from mobility.db import unit_of_work
from mobility.errors import Forbidden, NotFound
from mobility.exports import preparing
from mobility.exports.orders import FORMATS
from mobility.exports.services import check_form, count_features, database_dsn, size_of
from mobility.exports.sizes import about_size
from mobility.exports.views.asking import asked_order, may_have_all, note_full
from mobility.exports.views.blueprint import bp
from mobility.exports.views.downloads import sent
from mobility.exports.words import size_words, state_words, title_of
from mobility.extensions import db, files, limiter
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from mobility.tasks.models import OVER, Task
from mobility.tasks.services import cancel_task
from mobility.web import sees_draft


@bp.get("/plans/<slug>/exports/prepare")
@limiter.limit("60 per minute")
def prepare(slug: str) -> str:
    """What is asked for and how large it is, with a button that begins."""
    what, form = request.args.get("what", ""), request.args.get("form", "")
    check_form(what, form)
    order = asked_order(what, slug)
    plan, city = find_plan(db.session, slug=slug, drafts=sees_draft)
    counts = count_features(database_dsn(), order)
    return render_template(
        "exports/prepare.html",
        plan=plan,
        city=city,
        size_words=size_words,
        order=order,
        form=FORMATS[form],
        title=title_of(what),
        features=size_of(counts, what),
        size=about_size(form, what, counts),
        hours=int(preparing.KEPT.total_seconds() // 3600),
        action=request.full_path,
    )


@bp.post("/plans/<slug>/exports/prepare")
@limiter.limit("6 per minute; 30 per hour")
def begin(slug: str) -> ResponseReturnValue:
    what, form = request.args.get("what", ""), request.args.get("form", "")
    check_form(what, form)
    order, now = asked_order(what, slug), datetime.now(UTC)
    plan, _city = find_plan(db.session, slug=slug, drafts=sees_draft)
    note_full(order, form, plan.id)
    account_id = current_user.id if current_user.is_authenticated else None
    with unit_of_work() as session:
        task = preparing.begin_export(
            session, order=order, form=form, plan_id=plan.id, account_id=account_id, now=now
        )
        address = url_for("exports.prepared", slug=slug, number=task.id, token=task.params["key"])
    return redirect(address, 303)


@bp.get("/plans/<slug>/exports/prepared/<int:number>/<token>")
@limiter.limit("120 per minute")
def prepared(slug: str, number: int, token: str) -> Response:
    """How far the file is; when it is ready, where it is."""
    plan, city, task = _task(slug, number, token)
    html = render_template(
        "exports/prepared.html",
        plan=plan,
        city=city,
        task=task,
        token=token,
        over=task.state in OVER,
        words=state_words(task),
        made=preparing.ready(task),
        order=preparing.order_of(task, task.created_at),
        form=FORMATS[task.params["form"]],
        title=title_of(task.params["what"]),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post("/plans/<slug>/exports/prepared/<int:number>/<token>/cancel")
@limiter.limit("30 per minute")
def cancel(slug: str, number: int, token: str) -> ResponseReturnValue:
    _plan, _city, task = _task(slug, number, token)
    with unit_of_work() as session:
        cancel_task(session, task=task, now=datetime.now(UTC))
    return redirect(url_for("exports.prepared", slug=slug, number=number, token=token), 303)


@bp.get("/plans/<slug>/exports/prepared/<int:number>/<token>/file")
@limiter.limit("30 per minute; 300 per hour")
def prepared_file(slug: str, number: int, token: str) -> Response:
    plan, _city, task = _task(slug, number, token)
    made = preparing.ready(task)
    blocks = files.stream(made.file) if made else None
    if made is None or blocks is None:
        raise NotFound
    parts = (block for block in blocks)
    response = sent(next(parts), parts, made.name, made.media_type, plan.licence)
    response.content_length = made.size
    return response


def _task(slug: str, number: int, token: str) -> tuple[Plan, City, Task]:
    """The task behind the address; one for planners is theirs alone."""
    plan, city = find_plan(db.session, slug=slug, drafts=sees_draft)
    task = preparing.find_export(db.session, number=number, key=token, plan_id=plan.id, now=datetime.now(UTC))
    if preparing.is_full(task) and not may_have_all(plan.id):
        raise Forbidden
    return plan, city, task
