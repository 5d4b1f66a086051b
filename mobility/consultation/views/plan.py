"""The plan beside its map: measures, heritage, one measure, one segment."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation import opinions, tallies
from mobility.consultation.views import subjects
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import open_frame, render_panel
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans.cards import by_package, measure_row, place_cards


@bp.get("/plans/<slug>")
def plan(slug: str) -> ResponseReturnValue:
    """The measures of the plan by package, beside the map."""
    frame = open_frame(slug)
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    counts = plans.segment_counts(db.session, plan_id=frame.plan.id)
    shows = frame.shows_results()
    found = tallies.measure_tallies(db.session, measure_ids=[m.id for m in measures]) if shows else {}
    rows = {
        measure.id: measure_row(
            measure,
            language=frame.language,
            url=url_for("consultation.measure", slug=slug, code=measure.code),
            segments=counts.get(measure.id, 0),
            tally=found.get(measure.id),
        )
        for measure in measures
    }
    packages = plans.packages_of(db.session, plan_id=frame.plan.id)
    groups = by_package(packages, measures, rows, language=frame.language)
    return render_panel(frame, "plans/measures.html", tab="measures", groups=groups)


@bp.get("/plans/<slug>/heritage")
def heritage(slug: str) -> ResponseReturnValue:
    """The component parts, the zones that protect them, and the measures that touch each."""
    frame = open_frame(slug)
    places = plans.heritage_places(db.session, city_id=frame.city.id)
    zones = plans.heritage_zones(db.session, city_id=frame.city.id)
    touching = plans.measures_by_zone(db.session, plan_id=frame.plan.id)
    cards, loose = place_cards(
        places,
        zones,
        touching,
        language=frame.language,
        measure_url=lambda code: url_for("consultation.measure", slug=slug, code=code),
    )
    found = opinions.perceived_effects(db.session, plan_id=frame.plan.id)
    effects = {place.code: found[place.id] for place in places if place.id in found}
    return render_panel(
        frame, "plans/heritage.html", tab="heritage", places=cards, loose_zones=loose, effects=effects
    )


@bp.get("/plans/<slug>/measures/<code>")
def measure(slug: str, code: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    return subjects.measure_page(frame, code, page=request.args.get("page", 1, type=int))


@bp.get("/plans/<slug>/segments/<code>")
def segment(slug: str, code: str) -> ResponseReturnValue:
    return subjects.segment_page(open_frame(slug), code)
