"""The map of gaps: where nobody answers, and the areas of an office."""

from __future__ import annotations

import json
from typing import Any

import shapely
from flask import request
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.answers.coverage import Coverage, coverage
from mobility.answers.views.blueprint import bp
from mobility.consultation import queries as reading
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.offices import queries
from mobility.plans.words import _
from mobility.spatial.crs import metric
from mobility.text import pick


def topic_names(frame: Frame) -> dict[int, str]:
    return {
        each.id: str(pick(each.label, frame.language))
        for each in reading.topics_of(db.session, plan_id=frame.plan.id)
    }


def gap_parts(frame: Frame, found: Coverage) -> dict[str, Any]:
    """The gaps in words."""
    names = topic_names(frame)
    return {
        "gaps": [
            {
                "topics": _("every topic")
                if len(gap.topic_ids) == found.topics
                else ", ".join(names[each] for each in gap.topic_ids),
                "share": max(1, round(gap.share * 100)),
            }
            for gap in found.gaps
        ],
        "without_place": ", ".join(names[each] for each in found.without_place),
        "complete": found.complete,
    }


@bp.get("/plans/<slug>/desk/offices.json")
@staff_only
def gaps_map(frame: Frame) -> ResponseReturnValue:
    """The gaps as GeoJSON, or the areas of one office (`office` in the address)."""
    must("manage_offices", frame)
    number = request.args.get("office", type=int)
    features = office_areas(frame, number) if number else gap_features(frame)
    response = web.json_answer(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def gap_features(frame: Frame) -> list[dict[str, Any]]:
    """Each gap with the topics that nobody answers there."""
    found, names = coverage(db.session, plan=frame.plan), topic_names(frame)
    system = metric(frame.city.srid)
    return [
        shape_feature(
            system.unproject(gap.shape),
            "gap",
            _("Nobody answers: %(topics)s", topics=", ".join(names[each] for each in gap.topic_ids)),
        )
        for gap in found.gaps
    ]


def office_areas(frame: Frame, office_id: int) -> list[dict[str, Any]]:
    """The areas of an office's competences."""
    system = metric(frame.city.srid)
    rules = queries.read_rules(db.session, plan_id=frame.plan.id, srid=frame.city.srid)
    return [
        shape_feature(system.unproject(rule.area), "area", str(pick(rule.area_name, frame.language)))
        for rule in rules
        if rule.area is not None and rule.office_id == office_id
    ]


def shape_feature(shape: Any, state: str, label: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(shape)),
        "properties": {"state": state, "label": label},
    }
