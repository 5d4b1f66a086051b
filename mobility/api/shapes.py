"""Rows as the API gives them. Pure: what is read comes in, plain values go out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mobility.api.schemas.base import iso
from mobility.cities.models import City
from mobility.consultation.models import STANCES, Phase
from mobility.consultation.tallies import Tally
from mobility.exports.results import Group, result_properties, withheld_properties
from mobility.plans.models import Measure, MeasureVersion, Plan
from mobility.spatial.grid import cell_bounds
from mobility.text import pick

Shown = dict[str, Any]


def copied(row: Any, *names: str) -> Shown:
    """Attributes of a row under their own names."""
    return {name: getattr(row, name) for name in names}


def shape(text: str | None) -> Any:
    """A geometry read from its text."""
    return json.loads(text) if text else None


def rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


def plan(row: Plan, city: City, base: str) -> Shown:
    return {
        **copied(row, "slug", "title", "summary"),
        "city": city.slug,
        "city_name": city.name,
        "country": city.country,
        "timezone": city.timezone,
        **copied(row, "languages", "status"),
        "concluded_at": iso(row.concluded_at),
        "licence": row.licence,
        "attribution": city.attribution,
        "view": row.view,
        "url": f"{base}/plans/{row.slug}",
    }


def phase(row: Phase, now: datetime) -> Shown:
    state = "future" if now < row.opens_at else "current" if now < row.closes_at else "past"
    return {
        **copied(row, "slug", "title", "summary", "actions"),
        "opens_at": iso(row.opens_at),
        "closes_at": iso(row.closes_at),
        "state": state,
        **copied(row, "comment_level", "vote_level", "results", "moderation"),
    }


def group(row: Any, page: str) -> Shown:
    return {
        **copied(row, "slug", "name", "kind", "about", "area", "members", "website"),
        "url": f"{page}/groups/{row.slug}",
    }


def position(row: Any) -> Shown:
    return {
        **copied(row, "segment", "measure", "position", "condition", "reason"),
        "changed_at": iso(row.changed_at),
    }


def statement(row: Any, measure_code: str, slug: str) -> Shown:
    return {
        "group": slug,
        "measure": measure_code,
        **copied(row, "measure_version", "version", "text"),
        "published_at": iso(row.published_at),
    }


def voices(counts: Sequence[int] | None) -> Shown:
    """Comments by stance; none at all for None."""
    by = dict(zip(STANCES, counts or (0,) * len(STANCES), strict=True))
    return {"total": sum(by.values()), **by}


def results_with(
    names: Mapping[int, tuple[str, dict[str, str], str]], *, language: str, shown: bool
) -> Callable[[Tally], Shown]:
    """How a tally is given: in full, or all null while the phase does not show it."""
    groups = {key: Group(slug, pick(name, language), kind) for key, (slug, name, kind) in names.items()}
    return lambda tally: result_properties(tally, groups) if shown else withheld_properties()


def measure(row: Measure, package: str | None, office: str | None, page: str) -> Shown:
    """A measure without what people said about it."""
    return {
        **copied(row, "code", "title", "summary"),
        "package": package,
        **copied(row, "kind", "status", "uvar_block", "before", "after", "hours"),
        "opening_hours": row.hours_osm,
        "vehicle_classes": row.vehicle_classes,
        "exemptions": row.exemptions,
        "office": office,
        "sources": [
            {name: _text(source.get(name)) for name in ("title", "url", "date")} for source in row.sources
        ],
        **copied(row, "accuracy_m", "version"),
        "updated_at": iso(row.updated_at),
        "retired": row.retired_at is not None,
        "url": f"{page}/measures/{row.code}",
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def version(row: MeasureVersion) -> Shown:
    return {
        "version": row.version,
        "note": row.note,
        "published_at": iso(row.published_at),
        "content": row.snapshot,
    }


def segment(row: Any, zones: Iterable[Any], page: str) -> Shown:
    """A segment without what people said about it."""
    return {
        **copied(row, "code", "measure", "street", "span", "side", "direction"),
        **{name: rounded(getattr(row, name)) for name in ("length_m", "area_m2", "bearing_deg")},
        **copied(row, "accuracy_m", "source"),
        "geometry": shape(row.geometry),
        "heritage": [{"zone": each.zone, "kind": each.kind, "share": round(each.share, 3)} for each in zones],
        "retired": row.retired_at is not None,
        "url": f"{page}/segments/{row.code}",
    }


def answer(row: Any, comments: Sequence[int]) -> Shown:
    return {
        **copied(row, "id", "office"),
        "comments": list(comments),
        **copied(row, "language", "text"),
        "published_at": iso(row.published_at),
        "replaces": row.replaces_id,
    }


def comment(row: Any, answered: Shown | None, page: str) -> Shown:
    return {
        **copied(row, "id", "text", "scope", "stance", "topic", "phase", "measure", "segment"),
        **copied(row, "measure_version", "place"),
        "geometry": shape(row.geometry),
        **copied(row, "coarse_place", "perceived_effect", "heritage_place", "channel", "language"),
        "created_at": iso(row.created_at),
        "edited_at": iso(row.edited_at),
        **copied(row, "endorsements", "replies", "office"),
        "case": row.state,
        "due_at": iso(row.due_at),
        "answered_at": iso(row.answered_at),
        "answer": answered,
        "url": f"{page}/comments/{row.id}",
    }


def reply(row: Any) -> Shown:
    return {
        **copied(row, "id", "side", "voice", "group", "text", "language"),
        "created_at": iso(row.created_at),
    }


def place(row: Any, geometry: str) -> Shown:
    names = ("code", "name", "about", "built", "property_code", "website", "source", "accuracy_m")
    return {**copied(row, *names), "geometry": shape(geometry)}


def zone(row: Any, of: str | None, geometry: str) -> Shown:
    return {
        **copied(row, "code", "name", "kind", "status"),
        "place": of,
        **copied(row, "source", "accuracy_m"),
        "geometry": shape(geometry),
    }


def cell(row: Any, zoom: int) -> Shown:
    counts = dict(zip(STANCES, (int(n) for n in row[2:6]), strict=True))
    west, south, east, north = (round(edge, 7) for edge in cell_bounds((row.x, row.y), zoom))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "z": zoom, "x": row.x, "y": row.y, "comments": sum(counts.values()), **counts,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


def outcome(row: Any, measure_code: str) -> Shown:
    return {
        "measure": measure_code,
        **copied(row, "outcome", "why", "version"),
        "decided_at": iso(row.decided_at),
    }
