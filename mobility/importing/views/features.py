"""What the map of an import draws: the layer under a guess of its coordinate system, and the lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from shapely.geometry import mapping

from mobility import web
from mobility.consultation.views.desk import staff_only
from mobility.consultation.views.frame import Frame
from mobility.extensions import db, limiter
from mobility.importing import queries, wording
from mobility.importing.sketching import sketched
from mobility.importing.views.blueprint import bp, find
from mobility.text import pick

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
    """The lines of the preview with their shapes, and the stretches of the plan that they run along."""
    job = find(frame, import_id)
    rows = queries.map_lines(db.session, job)
    shared = {row.position: [] if row.excluded else shared_streets(row.faults) for row in rows}
    named = {code for faults in shared.values() for fault in faults for code in fault["values"]["codes"]}
    others = queries.beside(db.session, job, named - {row.code for row in rows})
    drawn = [_line(row, shared[row.position]) for row in rows]
    return _collection([*(_other(row, frame.language) for row in others), *drawn])


def shared_streets(faults: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the faults that tell of another stretch on the same street."""
    return [fault for fault in faults if fault["code"] == "overlap" and not fault.get("reading")]


def _line(row: Any, shared: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    properties = {
        "change": "excluded" if row.excluded else row.change,
        "label": " · ".join(filter(None, (row.code, row.label))),
        "flags": [wording.fault_text(fault) for fault in shared],
    }
    return {
        "type": "Feature",
        "id": row.position,
        "properties": properties,
        "geometry": json.loads(row.geometry),
    }


def _other(row: Any, language: str) -> dict[str, Any]:
    label = f"{row.code} · {row.street} · {row.measure} {pick(row.title, language)}"
    properties = {"change": "beside", "label": label, "flags": []}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(row.geometry)}


def _collection(features: object) -> ResponseReturnValue:
    body = {"type": "FeatureCollection", "features": list(features)}  # type: ignore[call-overload]
    response = web.json_answer(body, content_type=GEOJSON)
    response.headers["Cache-Control"] = "no-store"
    return response
