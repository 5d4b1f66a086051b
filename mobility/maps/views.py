"""Scenes as scripts, features as GeoJSON, and the static map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from geoalchemy2.shape import to_shape

from mobility import web
from mobility.assets import asset
from mobility.cities.models import City
from mobility.consultation import phases
from mobility.consultation import queries as consultation
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.editing.comparing import outlines, snapshot_of
from mobility.editing.drafts import find_draft
from mobility.editing.publishing import published_document
from mobility.editing.views.blueprint import editors_only
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.importing.sketching import sketched
from mobility.importing.views.blueprint import find as find_import
from mobility.insight.cells import cells_geojson
from mobility.maps import queries
from mobility.maps.scenes import SCENES, Facts, scene_script
from mobility.maps.sketch_map import draw_sketch
from mobility.maps.static_look import DARK, LIGHT, VIEWS
from mobility.maps.static_map import draw_map
from mobility.maps.texts import picture_legend, scene_texts
from mobility.maps.version_map import draw_version
from mobility.plans import versions
from mobility.plans.models import Plan
from mobility.plans.queries import find_measure, find_plan
from mobility.text import pick

bp = Blueprint("maps", __name__)
GEOJSON = "application/geo+json"
DAY = 86_400
HOUR = 3600
SHORT = 10
"""Seconds for which an anonymous answer about comments may be kept."""


def _plan(slug: str) -> tuple[Plan, City]:
    plan, city = find_plan(db.session, slug=slug, drafts=web.sees_draft)
    g.timezone = city.timezone
    return plan, city


@lru_cache(maxsize=64)
def _script(name: str, facts: Facts, words: tuple[tuple[str, str], ...]) -> str:
    return scene_script(name, facts, dict(words))


@bp.get("/maps/<slug>/<scene>.<language>.js")
def scene(slug: str, scene: str, language: str) -> ResponseReturnValue:
    """The module that draws a scene of a plan in one language."""
    if scene not in SCENES or language not in web.LANGUAGES:
        abort(404)
    plan, _city = _plan(slug)
    with force_locale(language):
        words = tuple(sorted(scene_texts().items()))
    facts = Facts(
        root=url_for("consultation.plan", slug=slug),
        view=(plan.view[0], plan.view[1], plan.view[2], plan.view[3]),
        revision=plan.revision,
        language=language,
        bundle=asset("map.js"),
        kinds=queries.measure_kinds(db.session, plan=plan),
        tiles=_Tiles(current_app.config["TILES"]),
        group=request.args.get("group", "")[:80] if scene == "group" else "",
    )
    body = _script(scene, facts, words)
    response = web.json_answer(body, content_type="text/javascript; charset=utf-8")
    return web.conditional(response, etag=body, vary=())


class _Tiles(dict[str, str]):
    """The city's tile settings as a value that can be a key of the cache."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


@bp.get("/plans/<slug>/features/context.json")
def context(slug: str) -> ResponseReturnValue:
    plan, city = _plan(slug)
    return _fixed(plan, queries.context_json(db.session, city=city, language=web.language()))


@bp.get("/plans/<slug>/features/heritage.json")
def heritage(slug: str) -> ResponseReturnValue:
    plan, city = _plan(slug)
    return _fixed(plan, queries.heritage_json(db.session, city=city, language=web.language()))


def _fixed(plan: Plan, body: str) -> Response:
    """An answer that changes only with the plan's revision, which its address names."""
    lasting = request.args.get("v") == str(plan.revision)
    response = web.json_answer(body, content_type=GEOJSON)
    return web.conditional(response, etag=body, max_age=DAY if lasting else 0, vary=())


@bp.get("/plans/<slug>/features/segments.json")
def segments(slug: str) -> ResponseReturnValue:
    """The segments, with results when this reader may see them; `group` asks for the votes of one group."""
    plan, _city = _plan(slug)
    body = queries.segments_json(
        db.session,
        plan=plan,
        language=web.language(),
        results=_shows_results(plan),
        group=request.args.get("group", "")[:80],
    )
    return web.conditional(web.json_answer(body, content_type=GEOJSON), etag=body, public=False)


def _shows_results(plan: Plan) -> bool:
    staff = web.may("see_results", plan.id)
    steps = consultation.steps_of(consultation.phases_of(db.session, plan_id=plan.id), plan)
    now = datetime.now(UTC)
    if phases.results_visible(steps, now, voted=False, staff=staff):
        return True
    if not phases.results_visible(steps, now, voted=True, staff=staff):
        return False
    who = web.current_participant(db.session)
    return consultation.has_voted(db.session, plan_id=plan.id, participant_id=who.id if who else None)


@bp.get("/plans/<slug>/features/comments.json")
def comments(slug: str) -> ResponseReturnValue:
    """Single comments in a box, capped."""
    plan, city = _plan(slug)
    wanted = _filter(plan, city)
    _box(wanted)
    body = queries.comments_json(db.session, plan=plan, wanted=wanted, language=web.language())
    return _moving(body)


@bp.get("/plans/<slug>/features/cells.json")
def cells(slug: str) -> ResponseReturnValue:
    """Comments counted per square or hexagon in a box."""
    plan, city = _plan(slug)
    wanted = _filter(plan, city)
    box = _box(wanted)
    shape = request.args.get("shape", "square")
    if shape not in ("square", "hex"):
        raise Invalid("shape", _("A shape is square or hex."))
    zoom = request.args.get("z", "15")
    if not (zoom.isascii() and zoom.isdigit()) or not 12 <= int(zoom) <= 18:
        raise Invalid("z", _("The zoom of cells is a number from 12 to 18."))
    body = cells_geojson(
        db.session,
        plan=plan,
        filter=wanted,
        zoom=int(zoom),
        bbox=box,
        shape="hex" if shape == "hex" else "square",
    )
    return _moving(body)


def _filter(plan: Plan, city: City) -> CommentFilter:
    staff = web.may("see_desk", plan.id)
    return read_filter(request.args, staff=staff, timezone=city.timezone)


def _box(wanted: CommentFilter) -> tuple[float, float, float, float]:
    if wanted.bbox is None:
        raise Invalid("bbox", _("Say which part of the map: bbox=west,south,east,north."))
    return wanted.bbox


def _moving(body: str) -> Response:
    """An answer that changes whenever somebody writes; staff's own are not shared."""
    response = web.json_answer(body, content_type=GEOJSON)
    if current_user.is_authenticated:
        return web.conditional(response, etag=body, public=False)
    return web.conditional(response, etag=body, max_age=SHORT)


@bp.get("/plans/<slug>/map.svg")
def static_map(slug: str) -> ResponseReturnValue:
    """The plan as a picture, for pages without scripts.

    `highlight` is the code of a segment; `results` is support or agreement, where the phase shows results;
    `group` draws the votes of one group instead; `theme` is dark for dark pages; `size` is small or
    medium where the picture is.
    """
    plan, city = _plan(slug)
    shown = request.args.get("results", "")
    results = None
    group = request.args.get("group", "")[:80]
    if group:
        shown = "support"
        results = queries.group_results(db.session, plan=plan, group=group) if _shows_results(plan) else {}
    elif shown in VIEWS and _shows_results(plan):
        results = queries.segment_results(db.session, plan=plan)
    rows = queries.ground_rows(db.session, city=city, plan=plan, language=web.language())
    view = (plan.view[0], plan.view[1], plan.view[2], plan.view[3])
    title = plan.title.get(web.language(), "")
    body = draw_map(
        rows,
        view=view,
        title=title,
        highlight=request.args.get("highlight", ""),
        results=results,
        shown=shown,
        lines=picture_legend("group" if group else shown) if results is not None else (),
        look=DARK if request.args.get("theme") == "dark" else LIGHT,
        size=request.args.get("size", ""),
    )
    response = web.json_answer(body, content_type="image/svg+xml; charset=utf-8")
    if shown in VIEWS:
        return web.conditional(response, etag=body, public=False)
    return web.conditional(response, etag=body, max_age=300)


@bp.get("/plans/<slug>/measures/<code>/versions/<int:version>/map.svg")
def version_map(slug: str, code: str, version: int) -> ResponseReturnValue:
    """What a version of a measure drew, as a picture."""
    plan, city = _plan(slug)
    measure, _office = find_measure(db.session, plan_id=plan.id, code=code)
    kept = versions.versions_of(db.session, measure_id=measure.id)
    snapshot = versions.find_version(kept, version).snapshot
    return _picture(plan, city, snapshot, _("%(code)s, version %(number)s", code=code, number=version))


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/map.svg")
@editors_only
def draft_map(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """A draft as a picture for planners; with `side=before` what is published instead."""
    draft = find_draft(db.session, plan_id=frame.plan.id, draft_id=draft_id)
    before = request.args.get("side") == "before"
    document = published_document(db.session, draft) if before else draft.content
    snapshot = snapshot_of(db.session, document, frame.city) if document else {}
    return _picture(frame.plan, frame.city, snapshot, _("%(code)s, draft", code=draft.code))


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/sketch.svg")
@limiter.limit("90 per minute", key_func=web.participant_key)
@staff_only
def sketch_map(frame: Frame, import_id: int) -> ResponseReturnValue:
    """A layer of a planner's file as it lies under one coordinate system, over the streets of the city."""
    job = find_import(frame, import_id)
    body = draw_sketch(
        queries.ground_rows(db.session, city=frame.city, plan=frame.plan, language=web.language()),
        sketched(db.session, job, request.args),
        boundary=to_shape(frame.plan.boundary),
        city=pick(frame.city.name, web.language()),
        title=_("The data under %(crs)s", crs=request.args.get("crs", "")),
        look=DARK if request.args.get("theme") == "dark" else LIGHT,
    )
    response = web.json_answer(body, content_type="image/svg+xml; charset=utf-8")
    return web.conditional(response, etag=body, public=False, max_age=HOUR)


def _picture(plan: Plan, city: City, snapshot: Mapping[str, Any], title: str) -> Response:
    body = draw_version(
        queries.ground_rows(db.session, city=city, plan=plan, language=web.language()),
        outlines(snapshot, web.language())["features"],
        kind=str(snapshot.get("kind", "")),
        view=(plan.view[0], plan.view[1], plan.view[2], plan.view[3]),
        title=title,
        look=DARK if request.args.get("theme") == "dark" else LIGHT,
    )
    response = web.json_answer(body, content_type="image/svg+xml; charset=utf-8")
    return web.conditional(response, etag=body, public=False)
