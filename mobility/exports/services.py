"""Writing what people said and voted as GeoJSON (RFC 7946), without personal data."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from mobility.consultation.filters import CommentFilter
from mobility.consultation.phases import Step, results_visible
from mobility.errors import Invalid, NotFound
from mobility.exports import queries
from mobility.exports.results import Group, read_tally, result_properties, withheld_properties
from mobility.exports.streaming import Counter, Rows, Snapshot, blocks, copied, snapshot
from mobility.extensions import db
from mobility.insight.cells import stored_level
from mobility.spatial.grid import FINEST, LEVELS
from mobility.text import pick

WHAT = ("comments", "segments", "measures", "cells")
COARSEST = min(LEVELS)
MEDIA_TYPE = "application/geo+json"


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

    def arguments(self) -> dict[str, str]:
        """The order as arguments of a URL, without what goes without saying."""
        zoom = {} if self.zoom == FINEST else {"z": str(self.zoom)}
        return self.wanted.arguments() | zoom


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


def read_zoom(typed: str) -> int:
    """The zoom of cells in a URL; the finest when it is empty. Raises Invalid."""
    if not typed:
        return FINEST
    if not typed.isdecimal() or len(typed) > 2 or not COARSEST <= int(typed) <= FINEST:
        raise Invalid("z", _l("Cells are counted at a zoom from 12 to 18."))
    return int(typed)


def database_dsn() -> str:
    """The address of the application's database, as psycopg reads it."""
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def stream_geojson(dsn: str, order: Order, counter: Counter | None = None) -> Generator[bytes]:
    """The file in blocks of about 64 kB, from one snapshot of the database, in constant memory.

    The first block comes when the database has answered: whatever is wrong with an order is raised before it.
    Raises NotFound for an unknown plan.
    """
    with snapshot(dsn) as connection:
        subject = _subject(connection, order)
        where, values = _conditions(order, subject)
        head = _head(connection, order, subject)
        rows = _features(connection, order, subject, where, values)
        yield from blocks(head, rows, counter or Counter())


def file_name(dsn: str, order: Order) -> str:
    """Such as ``palermo-centro-comments-2026-11-23.geojson``, dated in the city's time zone."""
    with snapshot(dsn) as connection:
        subject = _subject(connection, order)
    day = order.now.astimezone(ZoneInfo(subject.timezone)).date()
    return f"{subject.slug}-{order.what}-{day.isoformat()}.geojson"


def count_features(dsn: str, order: Order) -> dict[str, int]:
    """How many features each file would hold."""
    with snapshot(dsn) as connection:
        subject = _subject(connection, order)
        where, values = _conditions(order, subject)
        total = queries.COUNT_STORED if _kept(order) else queries.COUNT_COMMENTS
        statements = {
            "comments": queries.fill(total, where=where),
            "segments": queries.fill(queries.COUNT_SEGMENTS, only=_only(order, "segments")),
            "measures": queries.fill(queries.COUNT_MEASURES, only=_only(order, "measures")),
            "cells": queries.fill(queries.COUNT_CELLS, counted=_counted(order), where=where),
        }
        return {what: _number(connection, statement, values) for what, statement in statements.items()}


def write_geojson(
    dsn: str, order: Order, out: BinaryIO, *, progress: Callable[[int], object] | None = None
) -> int:
    """Writes the file to `out` and returns its number of features; `progress` is told the number so far."""
    counter = Counter()
    for block in stream_geojson(dsn, order, counter):
        out.write(block)
        if progress:
            progress(counter.n)
    return counter.n


def write_export(
    dsn: str, order: Order, *, form: str, path: Path, progress: Callable[[int], object] | None = None
) -> int:
    """Writes the file at `path`, whole or not at all, and returns its number of features."""
    if form != "geojson":
        raise ValueError(f"unknown format {form}")
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as out:
            size = write_geojson(dsn, order, out, progress=progress)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return size


def _number(connection: Snapshot, statement: str, values: Mapping[str, Any]) -> int:
    row = connection.execute(statement.encode(), values).fetchone()
    return int(row[0]) if row else 0


def _subject(connection: Snapshot, order: Order) -> Subject:
    found = connection.execute(queries.PLAN.encode(), {"slug": order.slug, "staff": order.staff}).fetchone()
    if found is None:
        raise NotFound
    key, slug, title, licence, attribution, timezone = found
    phases = connection.execute(queries.PHASES.encode(), {"plan": key}).fetchall()
    steps = [Step(row[0], row[1], frozenset(row[2]), *row[3:]) for row in phases]
    return Subject(
        id=key,
        slug=slug,
        title=pick(title, order.language),
        licence=licence,
        attribution=pick(attribution, order.language),
        timezone=timezone,
        results_shown=results_visible(steps, order.now, voted=False, staff=order.staff),
    )


def _conditions(order: Order, subject: Subject) -> tuple[str, dict[str, Any]]:
    """The filter as SQL, and the values of all statements. What is not published is never meant."""
    wanted = replace(order.wanted, status="published", timezone=subject.timezone)
    where, values = queries.conditions(wanted, subject.id)
    level = stored_level(order.zoom)
    page = f"{order.base_url}/plans/{subject.slug}"
    return where, {
        **values,
        "plan": subject.id,
        "language": order.language,
        "measure": order.wanted.measure,
        "segment": order.wanted.segment,
        "z": order.zoom,
        "stored": level,
        "shift": level - order.zoom,
        "from_finest": FINEST - order.zoom,
        "comment_url": json.dumps(f"{page}/comments/")[:-1],
        "segment_url": f"{page}/segments/",
        "measure_url": f"{page}/measures/",
    }


def _only(order: Order, what: str) -> str:
    """Which segments and measures are meant: the filter's other fields choose among the comments counted."""
    parts = ["AND m.code = %(measure)s"] if order.wanted.measure else []
    if order.wanted.segment and what == "segments":
        parts.append("AND s.code = %(segment)s")
    return " ".join(parts)


def _kept(order: Order) -> bool:
    """Whether the counts that the database keeps answer the order."""
    return order.wanted.from_cells and not order.wanted.bbox


def _counted(order: Order) -> str:
    return queries.STORED_CELLS if _kept(order) else queries.LIVE_CELLS


def _head(connection: Snapshot, order: Order, subject: Subject) -> bytes:
    """The members of the collection before its features, up to the opening bracket."""
    filters: dict[str, object] = dict(order.wanted.arguments())
    members: dict[str, Any] = {
        "type": "FeatureCollection",
        "name": f"{subject.slug}-{order.what}",
        "plan": {
            "slug": subject.slug,
            "title": subject.title,
            "url": f"{order.base_url}/plans/{subject.slug}",
        },
        "licence": subject.licence,
        "attribution": subject.attribution,
        "exported_at": order.now.astimezone(UTC).isoformat(timespec="seconds"),
        "language": order.language,
        "filters": filters,
        "data_dictionary": f"{order.base_url}/data-dictionary",
    }
    if order.what == "cells":
        filters["z"] = order.zoom
    elif order.what == "comments":
        members["not_included"] = _not_included(connection, order, subject)
    else:
        members["results_shown"] = subject.results_shown
    return _dumps(members)[:-1].encode() + b',"features":['


def _not_included(connection: Snapshot, order: Order, subject: Subject) -> dict[str, int]:
    """How many comments the filter means that are hidden or withdrawn."""
    wanted = replace(order.wanted, status="all", timezone=subject.timezone)
    where, values = queries.conditions(wanted, subject.id)
    rows = connection.execute(queries.fill(queries.NOT_INCLUDED, where=where).encode(), values).fetchall()
    return {"hidden": 0, "withdrawn": 0, **dict(rows)}


def _features(
    connection: Snapshot, order: Order, subject: Subject, where: str, values: Mapping[str, Any]
) -> Rows:
    if order.what == "comments":
        return copied(connection, queries.fill(queries.COMMENTS, where=where), values)
    if order.what == "cells":
        return copied(connection, queries.fill(queries.CELLS, counted=_counted(order), where=where), values)
    statement = queries.SEGMENTS if order.what == "segments" else queries.MEASURES
    shown = subject.results_shown
    return _voted(
        connection, queries.fill(statement, where=where, only=_only(order, order.what)), values, shown=shown
    )


def _voted(
    connection: Snapshot, statement: str, values: Mapping[str, Any], *, shown: bool
) -> Generator[bytes]:
    """Features of what is voted on, one at a time: read, given their results, and passed on."""
    rows = connection.execute(queries.GROUPS.encode(), values).fetchall()
    groups = {key: Group(slug, name, kind) for key, slug, name, kind in rows}
    with connection.cursor() as cursor:
        for code, geometry, properties, tallies in cursor.stream(statement.encode(), values):
            results = result_properties(read_tally(tallies), groups) if shown else withheld_properties()
            described = f"{properties[:-1]},{_dumps(results)[1:]}"
            yield (
                f',{{"type":"Feature","id":{_dumps(code)},"geometry":{geometry or "null"},'
                f'"properties":{described}}}\n'
            ).encode()


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
