"""Where people commented: hexagons on the map, and the same numbers as a table."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from geoalchemy2.shape import to_shape

from mobility.consultation.filters import CommentFilter
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.insight import cards, cells, queries
from mobility.insight.views.blueprint import bp
from mobility.insight.views.frame import (
    download_links,
    filter_choices,
    page_number,
    read_wanted,
    render_desk,
    staff_only,
)
from mobility.plans.words import _

PAGE = 15
SIZES = (15, 16, 17, 18)
MIDDLE = 17


@bp.get("/plans/<slug>/desk/feedback")
@staff_only
def feedback(frame: Frame) -> ResponseReturnValue:
    wanted, problem = read_wanted(frame)
    size = request.args.get("size", MIDDLE, type=int)
    return render_desk(
        frame,
        "insight/feedback.html",
        tab="feedback",
        status=422 if problem else 200,
        wanted=wanted,
        problem=problem,
        choices=filter_choices(frame) | {"size": sizes()},
        scene_url=f"{request.script_root}/maps/{frame.plan.slug}/feedback.{frame.language}.js",
        static_map_url=f"{request.script_root}/plans/{frame.plan.slug}/map.svg",
        downloads=download_links(frame, "comments", "cells", **wanted.arguments()),
        **read_hexagons(frame, wanted, size if size in SIZES else MIDDLE, page_number()),
    )


def sizes() -> list[tuple[str, str]]:
    """How large the hexagons of the table are."""
    words = (_("large"), _("medium"), _("small"), _("very small"))
    return [(str(zoom), word) for zoom, word in zip(SIZES, words, strict=True)]


def read_hexagons(frame: Frame, wanted: CommentFilter, size: int, page: int) -> dict[str, Any]:
    """One page of the hexagons, the fullest first, with their places in words."""
    plan, slug = frame.plan, frame.plan.slug
    west, south, east, north = to_shape(plan.boundary).bounds
    found = cells.counted_cells(
        db.session, plan=plan, wanted=wanted, zoom=size, bbox=(west, south, east, north), shape="hex"
    )
    ordered = sorted(found, key=lambda cell: (-cell.n, cell.id))
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages)
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    places = queries.place_words(
        db.session,
        plan=plan,
        city=frame.city,
        points=[cell.centre for cell in shown],
        language=frame.language,
    )
    asked = wanted.arguments(bbox="")

    def inside(cell: cells.Counted) -> str:
        return url_for(
            "moderation.queue", slug=slug, **(asked | {"bbox": cards.box_of(cell), "state": "published"})
        )

    return {
        "size": size,
        "rows": [
            cards.hexagon_card(cell, place, url=inside(cell))
            for cell, place in zip(shown, places, strict=True)
        ],
        "hexagons": len(ordered),
        "total": sum(cell.n for cell in ordered),
        "page": page,
        "pages": pages,
        "make_url": lambda number: url_for(
            "insight.feedback", slug=slug, **asked, size=size, page=number, _anchor="table"
        ),
    }
