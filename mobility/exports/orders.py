"""What somebody asks for, the formats there are, and the plan a file is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l

from mobility.consultation.filters import CommentFilter, read_filter
from mobility.errors import Invalid
from mobility.spatial.grid import FINEST, LEVELS

WHAT = ("comments", "segments", "measures", "cells", "zones")
EVERYTHING = "everything"
"""All of `WHAT` in one file, for the formats that can hold it."""
COARSEST = min(LEVELS)
PLACES = ("lonlat", "wkt")
"""How a table gives places; both unless one is asked for."""


@dataclass(frozen=True)
class Format:
    """A format of files. `streamed`: sent while it is written, whatever its size."""

    key: str
    title: str
    media_type: str
    streamed: bool = False
    everything: bool = False
    """Whether one file can hold several kinds of things."""


FORMATS = {
    form.key: form
    for form in (
        Format("geojson", "GeoJSON", "application/geo+json", streamed=True),
        Format("gpkg", "GeoPackage", "application/geopackage+sqlite3", everything=True),
        Format("fgb", "FlatGeobuf", "application/flatgeobuf"),
        Format("csv", "CSV", "text/csv", streamed=True),
        Format("kml", "KML", "application/vnd.google-earth.kml+xml"),
        Format(
            "xlsx",
            "Excel (XLSX)",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            everything=True,
        ),
    )
}


@dataclass(frozen=True)
class Order:
    """What somebody asks for. `staff` are given results which the phase does not show yet."""

    what: str
    slug: str
    wanted: CommentFilter = field(default_factory=CommentFilter)
    language: str = "en"
    zoom: int = FINEST
    """Zoom of the cells, 12 to 18."""
    base_url: str = ""
    staff: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    full: bool = False
    """The profile for planners: exact places, waiting and hidden comments, four properties more."""
    place: str = ""
    """One of `PLACES`, for tables."""
    bom: bool = False
    """A byte order mark before a CSV file, for spreadsheets that ask for it."""

    def arguments(self) -> dict[str, str]:
        """The order as arguments of a URL, without what goes without saying."""
        zoom = {} if self.zoom == FINEST else {"z": str(self.zoom)}
        place = {"place": self.place} if self.place else {}
        bom = {"bom": "1"} if self.bom else {}
        full = {"profile": "full"} if self.full else {}
        return self.wanted.arguments() | zoom | place | bom | full


@dataclass(frozen=True)
class Subject:
    """The plan an order is about, with what the head of a file says of it."""

    id: int
    slug: str
    title: str
    licence: str
    attribution: str
    timezone: str
    results_shown: bool
    sensitive: tuple[str, ...] = ()
    """Topics whose places are published coarsely."""


def read_order(
    args: Mapping[str, str],
    *,
    what: str,
    slug: str,
    language: str,
    base_url: str,
    staff: bool,
    full: bool,
    now: datetime,
) -> Order:
    """The order of a URL query. Raises Invalid.

    Only the profile for planners may ask for a status; it means all of them when none is asked for.
    """
    wanted = read_filter(args, staff=staff)
    if not full:
        wanted = replace(wanted, status="published")
    elif not args.get("status"):
        wanted = replace(wanted, status="all")
    return Order(
        what=what,
        slug=slug,
        wanted=wanted,
        language=language,
        zoom=read_zoom(args.get("z", "")),
        base_url=base_url,
        staff=staff,
        now=now,
        full=full,
        place=read_place(args.get("place", "")),
        bom=args.get("bom") == "1",
    )


def read_zoom(typed: str) -> int:
    """The zoom of cells in a URL; the finest when it is empty. Raises Invalid."""
    if not typed:
        return FINEST
    if not typed.isdecimal() or len(typed) > 2 or not COARSEST <= int(typed) <= FINEST:
        raise Invalid("z", _l("Cells are counted at a zoom from 12 to 18."))
    return int(typed)


def read_place(typed: str) -> str:
    """How a table gives places, from a URL. Raises Invalid."""
    if typed and typed not in PLACES:
        raise Invalid("place", _l("Places are given as lonlat or as wkt."))
    return typed
