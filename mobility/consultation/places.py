"""What a comment is about: a point, a stretch, an area of the list, something drawn, or the whole plan."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import shapely
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation import sql_places
from mobility.db import I18n
from mobility.errors import Invalid
from mobility.plans import services as plans
from mobility.plans.models import Plan
from mobility.plans.services import Place
from mobility.plans.words import _
from mobility.spatial import geojson
from mobility.spatial.geometry import clean, flaw

VERTICES = 200
DRAWING_BYTES = 20_000
SHORTEST_M, LONGEST_M = 3.0, 20_000.0
SMALLEST_M2, LARGEST_M2 = 10.0, 30_000_000.0
NEAR_HERITAGE_M = 150.0
AREA_KINDS = ("square", "quarter", "green")
WHOLE_PLAN = "plan:"
"""The entry of the list that means the whole plan."""


@dataclass(frozen=True)
class Subject:
    """What a comment is about. `lon` and `lat` say where it counts; None for the whole plan."""

    scope: str
    words: I18n
    lon: float | None = None
    lat: float | None = None
    segment_id: int | None = None
    segment_code: str | None = None
    measure_id: int | None = None
    measure_code: str | None = None
    distance_m: float | None = None
    context_id: int | None = None
    zone_id: int | None = None
    drawing: str | None = None
    """What was drawn, as the text of a GeoJSON geometry."""

    @property
    def geom(self) -> str | None:
        """The point as PostGIS reads it."""
        return None if self.lon is None else f"SRID=4326;POINT({self.lon!r} {self.lat!r})"

    @property
    def drawn(self) -> str | None:
        """The drawing as PostGIS reads it."""
        return f"SRID=4326;{shapely.geometry.shape(json.loads(self.drawing)).wkt}" if self.drawing else None


def at_place(place: Place, scope: str = "point") -> Subject:
    """A position as the plan knows it."""
    return Subject(
        scope=scope,
        words=place.words,
        lon=place.lon,
        lat=place.lat,
        segment_id=place.segment_id,
        segment_code=place.segment_code,
        measure_id=place.measure_id,
        measure_code=place.measure_code,
        distance_m=place.distance_m,
    )


def read_subject(
    session: Session,
    *,
    plan: Plan,
    city: City,
    choice: str = "",
    drawing: str = "",
    lon: str | None = None,
    lat: str | None = None,
) -> Subject:
    """What the form says: an entry of the list wins over a drawing, that over the pin. Raises Invalid."""
    if choice:
        return chosen_subject(session, plan=plan, city=city, choice=choice)
    if drawing:
        return drawn_subject(session, plan=plan, city=city, typed=drawing)
    position = plans.read_position(lon, lat)
    if position is None:
        raise Invalid("place", _l("Choose a place: move the map under the pin, or take one from the list."))
    return at_place(plans.check_inside(session, plan=plan, city=city, lon=position[0], lat=position[1]))


def chosen_subject(session: Session, *, plan: Plan, city: City, choice: str) -> Subject:
    """The subject of an entry of the list. Raises Invalid for one that is not there."""
    if choice == WHOLE_PLAN:
        return Subject(scope="plan", words=whole_plan_words(plan))
    kind, _colon, code = choice.partition(":")
    if kind in ("zone", "context") and "\x00" not in code:
        values = {"plan": plan.id, "city": city.id, "code": code, "zone": kind == "zone"}
        row = session.execute(text(sql_places.AREA), values).one_or_none()
        if row is not None:
            return area_subject(session, row, plan=plan, city=city)
    place = plans.chosen_place(session, plan=plan, city=city, choice=choice)
    return at_place(place, "segment" if kind == "segment" else "point")


def area_subject(session: Session, row: Any, *, plan: Plan, city: City) -> Subject:
    """A square, quarter, park or heritage zone; a square also belongs to the stretch that lies on it."""
    words = {tag: str(row.name.get(tag) or next(iter(row.name.values()), "")) for tag in plan.languages}
    if row.kind == "quarter":
        for tag in words:
            with force_locale(tag):
                quarter = _("%(name)s quarter", name=words[tag])
                words[tag] = quarter[:1].upper() + quarter[1:]
    found = Subject(scope="area", words=words, lon=row.lon, lat=row.lat)
    if row.kind == "square":
        here = plans.describe_place(session, plan=plan, city=city, lon=row.lon, lat=row.lat)
        found = replace(at_place(here, "area"), words=words)
    return replace(found, **{"zone_id" if row.zone else "context_id": row.id})


def whole_plan_words(plan: Plan) -> I18n:
    """ "The whole plan" in each language."""
    words = {}
    for tag in plan.languages:
        with force_locale(tag):
            words[tag] = _("The whole plan")
    return words


def read_drawing(typed: str) -> str:
    """A drawn line or area as clean GeoJSON. Raises Invalid("place") and says what is wrong with it."""
    limits = geojson.Limits(size=DRAWING_BYTES, depth=8)
    try:
        shape = geojson.read_geometry(geojson.parse(typed.encode(), limits)).geometry
    except (geojson.GeoJSONError, UnicodeEncodeError):
        raise Invalid("place", _l("The drawing could not be read. Draw it again.")) from None
    kind = shape.geom_type
    if kind not in ("LineString", "Polygon") or len(getattr(shape, "interiors", ())):
        raise Invalid("place", _l("A drawing is one line or one area. Draw it again."))
    if shapely.get_num_coordinates(shape) > VERTICES + (kind == "Polygon"):
        raise Invalid(
            "place", _l("A drawing has at most %(count)d points. Draw it with fewer.", count=VERTICES)
        )
    shape = clean(shape)
    found = flaw(shape)
    if found and found.code in ("crossing", "touching"):
        raise Invalid("place", _l("The outline of the area crosses itself. Draw it again."))
    if found:
        raise Invalid("place", _l("The drawing could not be read. Draw it again."))
    return geojson.dumps(geojson.encode_geometry(shape))


def drawn_subject(session: Session, *, plan: Plan, city: City, typed: str) -> Subject:
    """What was drawn, counted at a point on the line or in the area. Raises Invalid("place")."""
    drawing = read_drawing(typed)
    values = {"drawing": drawing, "plan": plan.id, "srid": city.srid}
    row = session.execute(text(sql_places.DRAWING), values).one()
    is_line = '"LineString"' in drawing
    if not row.near:
        raise Invalid("place", _l("The drawing reaches far beyond the area of the plan. Draw it again."))
    if (is_line and row.length_m < SHORTEST_M) or (not is_line and row.area_m2 < SMALLEST_M2):
        raise Invalid("place", _l("The drawing is too small to be seen. Draw it larger, or use the pin."))
    if (is_line and row.length_m > LONGEST_M) or (not is_line and row.area_m2 > LARGEST_M2):
        raise Invalid(
            "place", _l("The drawing is too large. Draw it smaller, or write about the whole plan.")
        )
    place = plans.check_inside(session, plan=plan, city=city, lon=row.lon, lat=row.lat)
    subject = at_place(place, "drawing")
    return Subject(
        **{**vars(subject), "words": drawn_words(place.words, is_line=is_line), "drawing": drawing}
    )


def drawn_words(words: I18n, *, is_line: bool) -> I18n:
    """That it was drawn, and where."""
    found = {}
    for tag, where in words.items():
        with force_locale(tag):
            found[tag] = _("Line: %(place)s", place=where) if is_line else _("Area: %(place)s", place=where)
    return found


def area_places(session: Session, *, plan: Plan, city: City, language: str) -> list[Any]:
    """kind (square, quarter, green, zone), code and name of the areas one can choose; at most 300."""
    values = {"plan": plan.id, "city": city.id, "language": language}
    return list(session.execute(text(sql_places.AREAS), values))


def heritage_near(session: Session, *, city: City, lon: float | None, lat: float | None) -> str:
    """The code of the heritage place that a position touches; empty when there is none."""
    if lon is None or lat is None:
        return ""
    values = {"city": city.id, "lon": lon, "lat": lat, "srid": city.srid, "near": NEAR_HERITAGE_M}
    row = session.execute(text(sql_places.HERITAGE), values).one_or_none()
    return str(row.code) if row else ""


def outline_of(session: Session, *, plan_id: int, comment_id: int) -> dict[str, Any] | None:
    """The GeoJSON geometry of what a public comment is about, when it is more than a point."""
    found = session.scalar(text(sql_places.OUTLINE), {"plan": plan_id, "comment": comment_id})
    shape: dict[str, Any] | None = json.loads(found) if found else None
    return shape
