"""Two versions of a measure beside each other: on the map, in words, and how much was said about each."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.consultation.cards import day_label
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.editing import comparing, queries
from mobility.editing.publishing import published_document
from mobility.editing.views.blueprint import bp, editors_only
from mobility.editing.views.draft import open_draft, private
from mobility.extensions import db
from mobility.plans import versions
from mobility.plans.models import MeasureVersion
from mobility.plans.queries import find_measure
from mobility.text import pick

GEOJSON = "application/geo+json"


@bp.get("/plans/<slug>/measures/<code>/compare")
def compare(slug: str, code: str) -> ResponseReturnValue:
    """Any two versions; without a choice the latest and the one before it."""
    frame = open_frame(slug)
    measure, _office = find_measure(db.session, plan_id=frame.plan.id, code=code)
    kept = versions.versions_of(db.session, measure_id=measure.id)
    old, new = chosen_versions(kept)
    said = queries.said_by_version(db.session, measure_id=measure.id)
    html = render_template(
        "editing/compare.html",
        frame=frame,
        plan=frame.plan,
        city=frame.city,
        brand_name=brand(frame),
        code=measure.code,
        title=pick(measure.title, frame.language),
        old=version_side(old, slug, code, said, frame.language),
        new=version_side(new, slug, code, said, frame.language),
        current=measure.version,
        differences=versions.differences(old.snapshot, new.snapshot, frame.language),
        versions=[version_side(each, slug, code, said, frame.language) for each in kept],
        scene_url=f"{request.script_root}/maps/{slug}/compare.{frame.language}.js",
    )
    return make_response(html)


def chosen_versions(kept: list[MeasureVersion]) -> tuple[MeasureVersion, MeasureVersion]:
    """The two versions of the address, the older one first. Raises NotFound."""
    newest = kept[0].version if kept else 1
    wanted = [
        request.args.get("from", max(newest - 1, 1), type=int),
        request.args.get("to", newest, type=int),
    ]
    old, new = (versions.find_version(kept, number) for number in sorted(wanted))
    return old, new


def version_side(
    each: MeasureVersion, slug: str, code: str, said: dict[int, tuple[int, int]], language: str
) -> dict[str, Any]:
    """One of the two versions for the template."""
    address: dict[str, Any] = {"slug": slug, "code": code, "version": each.version}
    votes, comments = said.get(each.version, (0, 0))
    return {
        "version": each.version,
        "date_label": day_label(each.published_at),
        "note": pick(each.note, language),
        "votes": votes,
        "comments": comments,
        "drawn": bool((each.snapshot.get("drawn") or {}).get("segments")),
        "shapes_url": url_for("editing.version_shapes", **address),
        "map_url": url_for("maps.version_map", **address),
    }


@bp.get("/plans/<slug>/measures/<code>/versions/<int:version>/shapes.json")
def version_shapes(slug: str, code: str, version: int) -> ResponseReturnValue:
    """The outlines of a version."""
    frame = open_frame(slug)
    measure, _office = find_measure(db.session, plan_id=frame.plan.id, code=code)
    kept = versions.versions_of(db.session, measure_id=measure.id)
    found = versions.find_version(kept, version)
    answer = web.json_answer(comparing.outlines(found.snapshot, frame.language), content_type=GEOJSON)
    return web.conditional(answer, etag=answer.get_data(as_text=True), public=False)


@bp.get("/plans/<slug>/desk/drafts/<int:draft_id>/published.json")
@editors_only
def published_shapes(frame: Frame, draft_id: int) -> ResponseReturnValue:
    """What is published now of the measure of a draft, for the map of the preview."""
    today = published_document(db.session, open_draft(frame, draft_id))
    snapshot = comparing.snapshot_of(db.session, today, frame.city) if today else {}
    answer = web.json_answer(comparing.outlines(snapshot, frame.language), content_type=GEOJSON)
    return private(answer)
