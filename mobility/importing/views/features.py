"""What the map of an import draws: the layer under a guess of its coordinate system, and the lines."""

from __future__ import annotations

import json

from flask import request
from flask.typing import ResponseReturnValue
from shapely.geometry import mapping

from mobility import web
from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.importing import queries, services
from mobility.importing.jobs import fetched
from mobility.importing.preparing import box_of
from mobility.importing.reading import sketch as draw
from mobility.importing.views.blueprint import bp, find
from mobility.plans.words import _

GEOJSON = "application/geo+json"


@bp.get("/plans/<slug>/desk/imports/<int:import_id>/sketch.json")
@limiter.limit("30 per minute", key_func=web.participant_key)
@staff_only
def sketch(frame: Frame, import_id: int) -> ResponseReturnValue:
    """A layer as it lies if its numbers are in the coordinate system asked for."""
    job = find(frame, import_id)
    layer = queries.layer_of(job, request.args.get("layer", ""))
    crs = request.args.get("crs", "")
    if layer is None or crs not in services.known_systems(layer):
        raise Invalid("crs", _("Choose one of the coordinate systems."))
    x, y, wkt = (request.args.get(name) or None for name in ("x", "y", "wkt"))
    place = box_of(db.session, frame.plan.id)
    with fetched(job.key) as path:
        shapes = draw(
            path, job.name, layer["name"], crs=crs, place=place, x_field=x, y_field=y, wkt_field=wkt
        )
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
