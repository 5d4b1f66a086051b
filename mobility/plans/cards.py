"""Measures, segments and heritage as pages show them: codes become words in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask_babel import format_decimal, ngettext

from mobility.offices.models import Office
from mobility.plans.models import Measure
from mobility.plans.queries import Touch
from mobility.plans.words import (
    _,
    bearing_label,
    direction_label,
    heritage_label,
    kind_label,
    side_label,
    status_label,
    uvar_label,
    vehicle_label,
    zone_label,
    zone_status_label,
)
from mobility.text import pick

Card = dict[str, Any]
HECTARE = 10_000


def measure_card(
    measure: Measure, office: Office | None, *, language: str, url: str = "", heritage_url: str = ""
) -> Card:
    """A measure for the template: every text in `language`."""
    return {
        "code": measure.code,
        "title": pick(measure.title, language),
        "kind": measure.kind,
        "kind_label": kind_label(measure.kind),
        "status": measure.status,
        "status_label": status_label(measure.status),
        "uvar_label": uvar_label(measure.uvar_block),
        "summary": pick(measure.summary, language),
        "before": pick(measure.before, language),
        "after": pick(measure.after, language),
        "hours": pick(measure.hours, language),
        "vehicles": [vehicle_label(name) for name in measure.vehicle_classes],
        "exemptions": list(pick(measure.exemptions, language) or []),
        "office": {"name": pick(office.name, language), "url": ""} if office else None,
        "sources": [source_card(source) for source in measure.sources],
        "accuracy_m": measure.accuracy_m,
        "retired": measure.retired_at is not None,
        "version": measure.version,
        "url": url,
        "heritage_url": heritage_url,
    }


def source_card(source: dict[str, Any]) -> Card:
    """Where a statement comes from; an example written for the consultation says so."""
    title = str(source.get("title", ""))
    if source.get("illustrative"):
        title = _("%(title)s (example written for this consultation)", title=title)
    return {"title": title, "url": source.get("url") or "", "date": source.get("date") or ""}


def segment_card(segment: Any, *, language: str, url: str = "", tally: Any = None) -> Card:
    """A segment for the template; `tally` adds n, mean and contested."""
    card = {
        "code": segment.code,
        "street": segment.street,
        "span": pick(segment.span, language),
        "length_label": size_label(segment),
        "side_label": side_label(segment.side, segment.bearing_deg) if is_line(segment) else "",
        "direction_label": direction_label(segment.direction, segment.bearing_deg)
        if is_line(segment)
        else "",
        "bearing_label": course_label(segment),
        "accuracy_m": segment.accuracy_m,
        "source": segment.source or "",
        "retired": segment.retired_at is not None,
        "url": url,
    }
    return card | tally_figures(tally)


def tally_figures(tally: Any) -> Card:
    """n, mean and contested of a tally for lists; nothing without one."""
    if tally is None or (not tally.n and not tally.n_groups):
        return {"n": 0, "mean": None, "contested": False}
    support = tally.support
    return {"n": tally.n, "mean": support.mean if support else None, "contested": tally.contest.contested}


def is_line(segment: Any) -> bool:
    return str(segment.shape).endswith("LINESTRING")


def size_label(segment: Any) -> str:
    """How long the stretch, or how large the area is."""
    if segment.area_m2:
        if segment.area_m2 >= HECTARE:
            return _("%(size)s ha", size=format_decimal(round(segment.area_m2 / HECTARE, 1)))
        return _("%(size)s m²", size=format_decimal(round(segment.area_m2)))
    if segment.length_m:
        return _("%(length)s m", length=format_decimal(round(segment.length_m)))
    return ""


def course_label(segment: Any) -> str:
    """How the stretch runs: "from north-west to south-east"; empty for areas and points."""
    if not is_line(segment) or segment.bearing_deg is None:
        return ""
    return _(
        "from %(start)s to %(end)s",
        start=bearing_label(segment.bearing_deg, back=True),
        end=bearing_label(segment.bearing_deg),
    )


def heritage_cards(touches: Iterable[Touch], *, language: str, url: str = "") -> list[Card]:
    """One line a World Heritage zone, the closest protection first; planning zones are left out."""
    order = {"property": 0, "buffer": 1, "setting": 2}
    chosen = sorted((touch for touch in touches if touch.kind in order), key=lambda touch: order[touch.kind])
    return [
        {
            "label": sentence(heritage_label(touch.kind, touch.status, zone_name(touch, language))),
            "kind": touch.kind,
            "share_label": share_label(touch.share),
            "illustrative": touch.status == "illustrative",
            "url": f"{url}#{touch.place}" if url and touch.place else url,
        }
        for touch in chosen
    ]


def sentence(words: str) -> str:
    """The words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def planning_names(touches: Iterable[Touch], *, language: str) -> list[str]:
    """Names of the local planning zones, which are no part of the World Heritage."""
    return [zone_name(touch, language) for touch in touches if touch.kind == "planning"]


def zone_name(touch: Touch, language: str) -> str:
    """The place a zone protects, else the zone's own name."""
    return str(pick(touch.place_name or touch.zone_name, language))


def share_label(share: float) -> str:
    """The part inside in per cent; empty when all of it is."""
    percent = round(share * 100)
    return "" if percent >= 100 else _("%(percent)s %% of it", percent=max(1, percent))


def by_package(
    packages: Sequence[Any], measures: Sequence[Measure], rows: dict[int, Card], *, language: str
) -> list[Card]:
    """Packages with the rows of their measures; measures without a package come last."""
    groups = [
        {
            "code": package.code,
            "title": pick(package.title, language),
            "summary": pick(package.summary, language),
            "rows": [rows[measure.id] for measure in measures if measure.package_id == package.id],
        }
        for package in packages
    ]
    loose = [rows[measure.id] for measure in measures if measure.package_id is None]
    if loose:
        groups.append({"code": "", "title": _("Other measures"), "summary": "", "rows": loose})
    return [group for group in groups if group["rows"]]


def measure_row(measure: Measure, *, language: str, url: str, segments: int, tally: Any = None) -> Card:
    """One line of the list of measures."""
    return {
        "code": measure.code,
        "title": pick(measure.title, language),
        "kind": measure.kind,
        "kind_label": kind_label(measure.kind),
        "status": measure.status,
        "status_label": status_label(measure.status),
        "segments": segments,
        "summary": str(ngettext("%(num)s stretch", "%(num)s stretches", segments)),
        "url": url,
    } | tally_figures(tally)


def place_cards(
    places: Sequence[Any],
    zones: Sequence[Any],
    touching: dict[int, list[Any]],
    *,
    language: str,
    measure_url: Callable[[str], str],
) -> tuple[list[Card], list[Card]]:
    """Component parts with their zones and the measures that touch these; and the zones of no single part."""

    def zone_card(zone: Any) -> Card:
        return {
            "name": pick(zone.name, language),
            "kind_label": zone_label(zone.kind),
            "status": zone.status,
            "status_label": zone_status_label(zone.status),
            "source": zone.source or "",
            "measures": [
                {
                    "code": row.code,
                    "title": pick(row.title, language),
                    "url": measure_url(row.code),
                    "note": str(ngettext("%(num)s stretch", "%(num)s stretches", row.segments)),
                }
                for row in touching.get(zone.id, [])
            ],
        }

    cards = [
        {
            "code": place.code,
            "name": pick(place.name, language),
            "about": pick(place.about, language),
            "built": place.built or "",
            "property_code": place.property_code or "",
            "source": place.source or "",
            "website": place.website or "",
            "accuracy_m": place.accuracy_m,
            "zones": [zone_card(zone) for zone in zones if zone.place_id == place.id],
        }
        for place in places
    ]
    return cards, [zone_card(zone) for zone in zones if zone.place_id is None]
