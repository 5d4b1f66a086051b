"""The page of the files, the files, what their properties mean."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path
from tempfile import mkdtemp
from threading import BoundedSemaphore

from flask import Response, redirect, render_template
from flask.typing import ResponseReturnValue

from mobility.errors import TooMany
from mobility.exports import dictionary
from mobility.exports.forms import FilterForm
from mobility.exports.licences import licence_page
from mobility.exports.orders import FORMATS, Order
from mobility.exports.preparing import DIRECT
from mobility.exports.queries import choices
from mobility.exports.services import (
    STREAMS,
    check_form,
    count_features,
    database_dsn,
    file_name,
    size_of,
    write_export,
)
from mobility.exports.sizes import about_size
from mobility.exports.views.asking import asked_order, may_have_all, note_full, prepare_url
from mobility.exports.views.blueprint import bp
from mobility.exports.words import size_words
from mobility.extensions import db, limiter
from mobility.plans.queries import find_plan
from mobility.web import sees_draft

AT_ONCE = 3
"""Files one process writes at the same time: a slow reader holds a thread and a connection."""
_places = BoundedSemaphore(AT_ONCE)
BLOCK = 1 << 18


@bp.get("/plans/<slug>/exports/")
@limiter.limit("120 per minute")
def index(slug: str) -> str:
    """What each file holds, how much of it, under which licence; a filter for all of them."""
    order = asked_order("comments", slug)
    plan, city = find_plan(db.session, slug=slug, drafts=order.staff)
    counts = count_features(database_dsn(), order)
    return render_template(
        "exports/index.html",
        plan=plan,
        city=city,
        form=FilterForm.of(order, choices(db.session, plan.id)),
        files=dictionary.FILES,
        formats=FORMATS.values(),
        counts=counts,
        everything=sum(counts.values()),
        direct=DIRECT,
        about_size=about_size,
        size_words=size_words,
        licence_page=licence_page,
        arguments=order.arguments(),
        order=order,
        staff=order.staff,
        planner=may_have_all(plan.id),
    )


@bp.get("/plans/<slug>/exports/<what>.geojson", defaults={"form": "geojson"})
@bp.get("/plans/<slug>/exports/<what>.<form>")
@limiter.limit("30 per minute; 300 per hour")
def download(slug: str, what: str, form: str) -> ResponseReturnValue:
    """One file, streamed; a large one that cannot be streamed is asked for on a page of its own."""
    check_form(what, form)
    order, dsn = asked_order(what, slug), database_dsn()
    plan, _city = find_plan(db.session, slug=slug, drafts=sees_draft)
    if form not in STREAMS and size_of(count_features(dsn, order), what) > DIRECT:
        return redirect(prepare_url(order, form))
    note_full(order, form, plan.id)
    name = file_name(dsn, order, form)
    parts = _in_turn(STREAMS[form](dsn, order) if form in STREAMS else _made(dsn, order, form))
    return sent(next(parts), parts, name, FORMATS[form].media_type, plan.licence)


@bp.get("/data-dictionary")
def data_dictionary() -> str:
    """What every property means."""
    return render_template(
        "exports/dictionary.html",
        tables=dictionary.TABLES,
        introduction=dictionary.INTRODUCTION,
        kinds=dictionary.KINDS,
    )


def sent(first: bytes, parts: Generator[bytes], name: str, media_type: str, licence: str = "") -> Response:
    """A file as an answer that is never kept by caches."""
    response = Response(_after(first, parts), mimetype=media_type)
    response.call_on_close(parts.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.add("Link", '</data-dictionary>; rel="describedby"')
    if page := licence_page(licence):
        response.headers.add("Link", f'<{page}>; rel="license"')
    return response


def _made(dsn: str, order: Order, form: str) -> Generator[bytes]:
    """A small file, written whole before its first byte is sent, removed when the last one was."""
    folder = Path(mkdtemp(prefix="mobility-export-"))
    try:
        path = folder / f"export.{form}"
        write_export(dsn, order, form=form, path=path)
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
