"""What the map of an import draws: the layer under a guess of its coordinate system, and the lines."""

from __future__ import annotations

import json

from flask import request
from flask.typing import ResponseReturnValue
from shapely.geometry import mapping

from mobility import web
from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db, limiter
from mobility.importing import queries
from mobility.importing.sketching import sketched
from mobility.importing.views.blueprint import bp, find

GEOJSON = "application/geo+json"


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/sketch.json")
@limiter.limit("30 per minute", key_func=web.participant_key)
@staff_only
def sketch(frame: Frame, import_id: int) -> ResponseReturnValue:
    """A layer as it lies if its numbers are in the coordinate system asked for."""
    job = find(frame, import_id)
    shapes = sketched(db.session, job, request.args)
    return _collection(
        {"type": "Feature", "properties": {"change": "sketch"}, "geometry": mapping(shape)}
        for shape in shapes
        if not shape.is_empty
    )


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/lines.json")
@staff_only
def lines(frame: Frame, import_id: int) -> ResponseReturnValue:
    """The lines of the preview with their shapes."""
    job = find(frame, import_id)
    return _collection(
        {
            "type": "Feature",
            "id": row.position,
            "properties": {
                "change": "excluded" if row.excluded else row.change,
                "label": " · ".join(filter(None, (row.code, row.label))),
            },
            "geometry": json.loads(row.geometry),
        }
        for row in queries.map_lines(db.session, job)
    )


def _collection(features: object) -> ResponseReturnValue:
    body = {"type": "FeatureCollection", "features": list(features)}  # type: ignore[call-overload]
    response = web.json_answer(body, content_type=GEOJSON)
    response.headers["Cache-Control"] = "no-store"
    return response
