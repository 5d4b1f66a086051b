"""Where a position is: on which segment, in which words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.db import I18n
from mobility.errors import Invalid
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.text import pick

SNAP_M = 30.0
"""A position nearer than this to a segment is about that segment."""
STREET_M = 40.0
NEAR_M = 300.0
SQL = Path(__file__).parent / "sql"
WHERE = (SQL / "where_is.sql").read_text("utf-8")
CHOSEN = (SQL / "chosen_place.sql").read_text("utf-8")


@dataclass(frozen=True)
class Place:
    """A position in degrees, in words, with the segment and measure it belongs to, if any."""

    lon: float
    lat: float
    inside: bool
    words: I18n
    segment_id: int | None = None
    segment_code: str | None = None
    measure_id: int | None = None
    measure_code: str | None = None
    distance_m: float | None = None
    snapped: tuple[float, float] | None = None


def read_position(lon: str | None, lat: str | None) -> tuple[float, float] | None:
    """The typed longitude and latitude; None when both are empty. Raises Invalid for anything but numbers."""
    typed = [(value or "").strip().replace(",", ".") for value in (lon, lat)]
    if not any(typed):
        return None
    try:
        x, y = float(typed[0]), float(typed[1])
    except ValueError:
        raise Invalid("place", _l("The position could not be read. Choose the place again.")) from None
    if not (math.isfinite(x) and math.isfinite(y)) or abs(x) > 180 or abs(y) > 90:
        raise Invalid("place", _l("This is not a position on Earth. Choose the place again."))
    return x, y


def describe_place(session: Session, *, plan: Plan, city: City, lon: float, lat: float) -> Place:
    """The place at a position in degrees, with words in every language of the plan; also outside the plan."""
    row = session.execute(
        text(WHERE),
        {
            "plan": plan.id, "city": city.id, "srid": city.srid, "lon": lon, "lat": lat,
            "snap": SNAP_M, "street": STREET_M, "near": NEAR_M,
        },
    ).one()  # fmt: skip
    words = {tag: in_words(row, tag) for tag in plan.languages}
    return Place(
        lon=lon,
        lat=lat,
        inside=bool(row.inside),
        words=words,
        segment_id=row.segment_id,
        segment_code=row.segment_code,
        measure_id=row.measure_id,
        measure_code=row.measure_code,
        distance_m=row.distance_m,
        snapped=(row.snap_lon, row.snap_lat) if row.segment_id and row.distance_m > 1 else None,
    )


def check_inside(session: Session, *, plan: Plan, city: City, lon: float, lat: float) -> Place:
    """`describe_place` for positions that may be commented on.

    Raises Invalid outside the plan's boundary, and says so when longitude and latitude look exchanged.
    """
    place = describe_place(session, plan=plan, city=city, lon=lon, lat=lat)
    if place.inside:
        return place
    if abs(lon) <= 90 and describe_place(session, plan=plan, city=city, lon=lat, lat=lon).inside:
        raise Invalid(
            "place", _l("Longitude and latitude look exchanged: this position is far from the plan's area.")
        )
    raise Invalid(
        "place",
        _l("This place lies outside the area of the plan. Choose a place inside the outline on the map."),
    )


def chosen_place(session: Session, *, plan: Plan, city: City, choice: str) -> Place:
    """The place of an entry of the list: ``segment:P1-03``, ``measure:P1``, ``context:via-roma``.

    A line is placed at its middle, an area inside it, a measure on its longest segment. Raises Invalid for
    entries that do not exist.
    """
    kind, _colon, code = choice.partition(":")
    row = None
    if kind in ("segment", "measure", "context", "heritage") and 0 < len(code) <= 80 and "\x00" not in code:
        values = {"plan": plan.id, "city": city.id, "kind": kind, "code": code}
        row = session.execute(text(CHOSEN), values).one_or_none()
    if row is None:
        raise Invalid("place", _l("This place is not in the list. Choose another one."))
    place = check_inside(session, plan=plan, city=city, lon=row.lon, lat=row.lat)
    if kind == "segment":
        return _on(place, row, segment=True, words=segment_words(row, plan.languages))
    if kind == "measure":
        return _on(place, row, segment=False, words=measure_words(row, plan.languages))
    return place


def _on(place: Place, row: Any, *, segment: bool, words: I18n) -> Place:
    return Place(
        lon=place.lon,
        lat=place.lat,
        inside=True,
        words=words,
        segment_id=row.segment_id if segment else None,
        segment_code=row.segment_code if segment else None,
        measure_id=row.measure_id,
        measure_code=row.measure_code,
        distance_m=0.0 if segment else None,
    )


def segment_words(row: Any, languages: Sequence[str]) -> I18n:
    """Street, span and measure in each language."""
    return {
        tag: _street(row.segment_street, pick(row.segment_span, tag), row.measure_code, tag)
        for tag in languages
    }


def measure_words(row: Any, languages: Sequence[str]) -> I18n:
    """The measure as a whole in each language."""
    words = {}
    for tag in languages:
        with force_locale(tag):
            words[tag] = _("Measure %(code)s as a whole", code=row.measure_code)
    return words


def _street(street: str, span: str, measure: str | None, tag: str) -> str:
    with force_locale(tag):
        parts = [street, span, _("on measure %(code)s", code=measure) if measure else ""]
    return ", ".join(part for part in parts if part)


def in_words(row: Any, tag: str) -> str:
    """The most exact words there are: segment, else street, with a landmark near by and the quarter."""
    if row.segment_code:
        return _street(row.segment_street, pick(row.segment_span, tag), row.measure_code, tag)
    street, near, quarter = (pick(value, tag) for value in (row.street_name, row.near_name, row.quarter_name))
    with force_locale(tag):
        parts = [
            street,
            _("near %(place)s", place=near) if near and near != street else "",
            _("%(name)s quarter", name=quarter) if quarter else "",
        ]
        words = ", ".join(part for part in parts if part)
        if not words:
            words = _("In the area of the plan") if row.inside else _("Outside the area of the plan")
    return words[:1].upper() + words[1:]
