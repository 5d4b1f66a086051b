"""What a browser keeps of a plan, so that it can be read without a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from mobility.consultation.queries import newest_comments
from mobility.plans import queries
from mobility.plans.models import Plan

SEGMENTS = 200
"""Cards of segments that are kept; those of a longer plan come with being opened."""
COMMENTS = 30
"""The newest comments are kept with their replies; others come with being opened."""
BESIDE = 0.5
"""Degrees round a plan's first view in which its comments are looked for."""
FINEST = 17
"""Zoom of the squares in which comments are counted, out of which the worker makes larger ones."""


def plan_addresses(session: Session, *, plan: Plan, language: str, root: str = "") -> dict[str, Any]:
    """Addresses of the public pages, panels and map data of a plan.

    `whole` are full pages; `panels` stand inside the plan's own page and are asked for alone; `data` is what
    the map draws. All are answered to strangers: none depends on who asks. `root` is where the site stands.
    """
    measures = queries.measures_of(session, plan_id=plan.id)
    segments = queries.segments_of(session, plan_id=plan.id, limit=SEGMENTS)
    comments = newest_comments(session, plan_id=plan.id, limit=COMMENTS)
    home, here = url_for("consultation.plan", slug=plan.slug), _addresses(plan.slug)
    fixed: dict[str, Any] = {"lang": language, "v": plan.revision}
    return {
        "plan": home,
        "revision": plan.revision,
        "whole": [home, *(url_for(f"pages.{name}") for name in ("home", "help", "privacy"))],
        "panels": [
            home,
            *(here(f"consultation.{name}") for name in ("comments", "write", "results", "heritage")),
            *(here("consultation.measure", code=measure.code) for measure in measures),
            *(here("consultation.segment", code=segment.code) for segment in segments),
            *(here("consultation.comment", comment_id=comment) for comment in comments),
        ],
        "data": [
            f"{root}/maps/{plan.slug}/plan.{language}.js",
            here("maps.context", **fixed),
            here("maps.heritage", **fixed),
            here("maps.segments", lang=language),
            here("maps.comments", bbox=_surroundings(plan), lang=language),
            here("maps.cells", bbox=_surroundings(plan), z=FINEST, lang=language),
        ],
    }


def _surroundings(plan: Plan) -> str:
    west, south, east, north = plan.view
    return ",".join(f"{edge:.4f}" for edge in (west - BESIDE, south - BESIDE, east + BESIDE, north + BESIDE))


def _addresses(slug: str) -> Callable[..., str]:
    """What names addresses of one plan."""
    return lambda endpoint, **values: url_for(endpoint, slug=slug, **values)
