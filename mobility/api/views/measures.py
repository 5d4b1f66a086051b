"""Measures with versions and outcomes, and segments, with what people think of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response

from mobility import web
from mobility.api import queries, shapes, spoken
from mobility.api.document import described
from mobility.api.schemas import asked as params
from mobility.api.schemas import plans as types
from mobility.api.schemas.voices import OutcomePage
from mobility.api.views.blueprint import asked, bp, each, listed, now, one, page_address, public_plan
from mobility.cities.models import City
from mobility.consultation.models import Comment
from mobility.consultation.phases import results_visible
from mobility.consultation.queries import phases_of, step_of
from mobility.consultation.tallies import Tally, measure_tallies, segment_tallies
from mobility.extensions import db
from mobility.plans.models import Plan
from mobility.plans.queries import heritage_of

Results = Callable[[Tally], dict[str, Any]]


def results_of(plan: Plan, city: City) -> Results:
    """How results are given now: as everybody may see them, whoever asks."""
    steps = [step_of(phase) for phase in phases_of(db.session, plan_id=plan.id)]
    shown = results_visible(steps, now(), voted=False)
    names = queries.group_names(db.session, city_id=city.id) if shown else {}
    return shapes.results_with(names, language=web.language(), shown=shown)


def show_measures(plan: Plan, city: City) -> Callable[[Sequence[Any]], list[Any]]:
    """Measures with counts and results; the same number of queries for any page."""
    page, results = page_address(plan), results_of(plan, city)

    def show(rows: Sequence[Any]) -> list[Any]:
        ids = [row.Measure.id for row in rows]
        counts = spoken.stance_counts(db.session, column=Comment.measure_id, ids=ids)
        tallies = measure_tallies(db.session, measure_ids=ids)
        return [
            shapes.measure(row.Measure, row.package, row.office, page)
            | {
                "comments": shapes.voices(counts.get(row.Measure.id)),
                "results": results(tallies[row.Measure.id]),
            }
            for row in rows
        ]

    return show


def show_segments(plan: Plan, city: City) -> Callable[[Sequence[Any]], list[Any]]:
    """Segments with zones, counts and results; the same number of queries for any page."""
    page, results = page_address(plan), results_of(plan, city)

    def show(rows: Sequence[Any]) -> list[Any]:
        ids = [row.id for row in rows]
        zones: dict[int, list[Any]] = {}
        for touch in heritage_of(db.session, segment_ids=ids):
            zones.setdefault(touch.segment_id, []).append(touch)
        counts = spoken.stance_counts(db.session, column=Comment.segment_id, ids=ids)
        tallies = segment_tallies(db.session, segment_ids=ids)
        return [
            shapes.segment(row, zones.get(row.id, ()), page)
            | {"comments": shapes.voices(counts.get(row.id)), "results": results(tallies[row.id])}
            for row in rows
        ]

    return show


@bp.get("/plans/<slug>/measures")
@described(types.MeasurePage, tag="Measures", query=params.Measures)
def measures(slug: str) -> Response:
    """List measures

    In the order of the plan.
    """
    found, city = public_plan(slug)
    wanted = queries.measures(found.id, retired=asked().retired == "yes")
    return listed(*wanted, show_measures(found, city))


@bp.get("/plans/<slug>/measures/<code>")
@described(types.Measure, tag="Measures", query=params.Query)
def measure(slug: str, code: str) -> Response:
    """Read a measure

    Also one that is no longer in the plan.
    """
    found, city = public_plan(slug)
    row = queries.one_measure(db.session, plan_id=found.id, code=code)
    return one(show_measures(found, city)([row])[0])


@bp.get("/plans/<slug>/measures/<code>/versions")
@described(types.VersionPage, tag="Measures", query=params.Paged)
def versions(slug: str, code: str) -> Response:
    """List the versions of a measure

    The newest first: what it said when people spoke about it.
    """
    found, _city = public_plan(slug)
    row = queries.one_measure(db.session, plan_id=found.id, code=code)
    return listed(*queries.versions(row.Measure.id), each(lambda each_: shapes.version(each_.MeasureVersion)))


@bp.get("/plans/<slug>/segments")
@described(types.SegmentPage, tag="Measures", query=params.Segments)
def segments(slug: str) -> Response:
    """List segments

    The stretches, squares and bays that measures apply to, in the order of the plan.
    """
    found, city = public_plan(slug)
    wanted = queries.segments(found.id, measure=asked().measure, retired=asked().retired == "yes")
    return listed(*wanted, show_segments(found, city))


@bp.get("/plans/<slug>/segments/<segment>")
@described(types.Segment, tag="Measures", query=params.Query)
def segment(slug: str, segment: str) -> Response:
    """Read a segment

    Also one that is no longer in the plan.
    """
    found, city = public_plan(slug)
    row = queries.one_segment(db.session, plan_id=found.id, code=segment)
    return one(show_segments(found, city)([row])[0])


@bp.get("/plans/<slug>/outcomes")
@described(OutcomePage, tag="Measures", query=params.Paged)
def outcomes(slug: str) -> Response:
    """List outcomes

    What the city decided about measures after the consultation, and why: the decision in force.
    """
    found, _city = public_plan(slug)
    show = each(lambda row: shapes.outcome(row.MeasureOutcome, row.measure))
    return listed(*queries.outcomes(found.id), show)
