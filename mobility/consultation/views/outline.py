"""What the page of one comment adds to its card: its line or area for the map, and its translation."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, url_for
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.consultation import places
from mobility.consultation.translation import Translator
from mobility.consultation.views.blueprint import bp
from mobility.extensions import db
from mobility.plans.queries import find_plan
from mobility.spatial import geojson

WITH_OUTLINE = ("drawing", "area")


def outline_url(slug: str, row: Any) -> str | None:
    """Where the map finds the outline of a comment; None when it is about a point, a stretch or the plan.

    Of a place that is shown roughly the outline is the area in which it lies.
    """
    if (row.scope not in WITH_OUTLINE and row.place) or row.status != "published":
        return None
    return url_for("consultation.outline", slug=slug, comment_id=row.id)


def shown_on_map(slug: str, row: Any) -> dict[str, Any]:
    """What the map shows beside the page of one comment."""
    return {
        "comment": row.id,
        "lon": row.lon,
        "lat": row.lat,
        "segment": row.segment_code,
        "outline": outline_url(slug, row),
    }


def translated(row: Any, language: str) -> str:
    """The text of a public comment in the language of the page; empty unless a translator is set up."""
    if row.status != "published" or row.language == language or not row.text:
        return ""
    translator: Translator = current_app.extensions["translator"]
    return translator.translate(row.text, source=row.language, target=language) or ""


@bp.get("/plans/<slug>/comments/<int:comment_id>/outline.json")
def outline(slug: str, comment_id: int) -> ResponseReturnValue:
    """What a public comment is about as GeoJSON, when that is more than a point."""
    plan, _city = find_plan(db.session, slug=slug, drafts=web.sees_draft)
    shape = places.outline_of(db.session, plan_id=plan.id, comment_id=min(comment_id, 2**63 - 1))
    if shape is None:
        abort(404)
    feature = {"type": "Feature", "id": comment_id, "geometry": shape, "properties": {}}
    body = geojson.dumps(feature)
    response = web.json_answer(body, content_type="application/geo+json")
    return web.conditional(response, etag=body, public=False)
