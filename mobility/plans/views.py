"""Finding streets, measures and places of a plan, and saying in words where a position is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.cities.models import City
from mobility.errors import Invalid, wants_json
from mobility.extensions import db
from mobility.plans import search as finding
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from mobility.plans.search import PAGE, Findings
from mobility.plans.services import describe_place, read_position
from mobility.plans.words import _
from mobility.text import pick

bp = Blueprint("plans", __name__)
SUGGESTIONS = 5


def _plan(slug: str) -> tuple[Plan, City]:
    return find_plan(db.session, slug=slug, drafts=web.sees_draft)


@bp.get("/plans/<slug>/search")
def search(slug: str) -> ResponseReturnValue:
    """What holds the typed words: a page, or a short JSON list for the search box."""
    plan, city = _plan(slug)
    words, page = finding.read_words(request.args.get("q", "")), request.args.get("page", 1, type=int)
    short = wants_json()
    found = finding.search(
        db.session,
        plan=plan,
        city=city,
        words=words,
        language=web.language(),
        page=1 if short else min(max(page, 1), 1000),
        take=SUGGESTIONS if short else PAGE,
    )
    return suggestions(slug, found) if short else results(plan, city, found, page)


def suggestions(slug: str, found: Findings) -> Response:
    """The best of each kind for the search box."""
    rows = [
        {
            "kind": thing.kind,
            "label": thing.label,
            "note": thing.note,
            "url": address(slug, thing.kind, thing.code),
            "lon": thing.lon,
            "lat": thing.lat,
            **({thing.kind: thing.code} if thing.kind != "place" else {}),
        }
        for kind in finding.KINDS
        for thing in found.by_kind[kind]
    ]
    response = web.json_answer({"q": found.words, "results": rows})
    response.vary.add("Accept")
    return response


def results(plan: Plan, city: City, found: Findings, page: int) -> Response:
    """The page with everything that was found; without words, everything there is."""
    html = render_template(
        "plans/search.html",
        plan=plan,
        brand_name=pick(city.contact.get("name") or city.name, web.language()),
        found=found,
        kinds=[("measure", _("Measures")), ("segment", _("Stretches")), ("place", _("Streets and places"))],
        address=lambda kind, code: address(plan.slug, kind, code),
        page=page,
        pages=-(-max(found.totals.values()) // PAGE) if page == 1 else page + _more(found),
        root=plan_url(plan.slug),
    )
    response = make_response(html)
    response.vary.add("Accept")
    return response


def _more(found: Findings) -> int:
    """1 when any kind fills its page, else 0."""
    return int(any(len(rows) == PAGE for rows in found.by_kind.values()))


@bp.get("/plans/<slug>/place")
def place(slug: str) -> ResponseReturnValue:
    """Where a position is: in words, inside or not, on which stretch, and where the stretch is nearest."""
    plan, city = _plan(slug)
    position = read_position(request.args.get("lon"), request.args.get("lat"))
    if position is None:
        raise Invalid("lon", _("Give a longitude and a latitude in degrees."))
    found = describe_place(db.session, plan=plan, city=city, lon=position[0], lat=position[1])
    outside = _("This place lies outside the area of the plan.")
    words = pick(found.words, web.language()) if found.inside else outside
    answer: dict[str, Any] = {
        "inside": found.inside,
        "words": words,
        "segment": found.segment_code if found.inside else None,
        "measure": found.measure_code if found.inside else None,
        "distance_m": round(found.distance_m, 1) if found.distance_m is not None else None,
        "snapped": None,
    }
    if found.inside and found.snapped:
        answer["snapped"] = {"lon": found.snapped[0], "lat": found.snapped[1], "words": words}
    return web.json_answer(answer)


def plan_url(slug: str) -> str:
    """The plan's page."""
    return f"{request.script_root}/plans/{slug}"


def address(slug: str, kind: str, code: str) -> str:
    """Where a thing that was found leads: its card, or the comment form at that place."""
    if kind == "place":
        return f"{plan_url(slug)}/comments/new?place={code}"
    return f"{plan_url(slug)}/{kind}s/{code}"
