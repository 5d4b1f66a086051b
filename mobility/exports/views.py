"""Pages and files of this feature."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from threading import BoundedSemaphore

from flask import Blueprint, Response, current_app, render_template, request

from mobility.consultation.filters import read_filter
from mobility.errors import NotFound, TooMany
from mobility.exports import dictionary
from mobility.exports.forms import FilterForm
from mobility.exports.orders import WHAT, Order, read_zoom
from mobility.exports.queries import choices
from mobility.exports.services import (
    count_features,
    database_dsn,
    file_name,
    stream_geojson,
)
from mobility.extensions import db, limiter
from mobility.plans.queries import find_plan
from mobility.web import language, may, sees_draft

bp = Blueprint("exports", __name__)

AT_ONCE = 3
"""Files one process writes at the same time: a slow reader holds a thread and a connection."""
_places = BoundedSemaphore(AT_ONCE)


@bp.get("/plans/<slug>/exports/")
@limiter.limit("120 per minute")
def index(slug: str) -> str:
    """What each file holds, how much of it, under which licence; a filter for all of them."""
    order = _order("comments", slug)
    plan, city = find_plan(db.session, slug=slug, drafts=order.staff)
    form = FilterForm.of(order, choices(db.session, plan.id))
    return render_template(
        "exports/index.html",
        plan=plan,
        city=city,
        form=form,
        files=dictionary.FILES,
        counts=count_features(database_dsn(), order),
        arguments=order.arguments(),
        staff=order.staff,
    )


@bp.get("/plans/<slug>/exports/<what>.geojson")
@limiter.limit("30 per minute; 300 per hour")
def download(slug: str, what: str) -> Response:
    """One file, streamed: its first block is there before the answer begins."""
    if what not in WHAT:
        raise NotFound
    order, dsn = _order(what, slug), database_dsn()
    name = file_name(dsn, order)
    parts = _in_turn(stream_geojson(dsn, order))
    response = Response(_after(next(parts), parts), mimetype="application/geo+json")
    response.call_on_close(parts.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/data-dictionary")
def data_dictionary() -> str:
    """What every property means."""
    return render_template(
        "exports/dictionary.html",
        tables=dictionary.TABLES,
        introduction=dictionary.INTRODUCTION,
        kinds=dictionary.KINDS,
    )


def _order(what: str, slug: str) -> Order:
    plan, _city = find_plan(db.session, slug=slug, drafts=sees_draft)
    staff = may("see_results", plan.id)
    return Order(
        what=what,
        slug=slug,
        wanted=replace(read_filter(request.args, staff=staff), status="published"),
        language=language(),
        zoom=read_zoom(request.args.get("z", "")),
        base_url=current_app.config["BASE_URL"],
        staff=staff,
        now=datetime.now(UTC),
    )


def _in_turn(parts: Generator[bytes]) -> Generator[bytes]:
    """`parts` while one of the places is held. Raises TooMany when all are taken."""
    if not _places.acquire(timeout=2):
        raise TooMany
    try:
        yield from parts
    finally:
        parts.close()
        _places.release()


def _after(first: bytes, rest: Generator[bytes]) -> Generator[bytes]:
    yield first
    yield from rest
