"""What a file is made from, read through one snapshot: the plan, the head, features or records."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

import psycopg
import shapely

from mobility.consultation.phases import Step, results_visible
from mobility.errors import NotFound
from mobility.exports import comments_sql, queries
from mobility.exports.orders import Order, Subject
from mobility.exports.parts import fill
from mobility.exports.privacy import COARSE, LEAST
from mobility.exports.results import Group, read_tally, result_properties, withheld_properties
from mobility.exports.streaming import Rows, Snapshot, copied
from mobility.exports.tables import Column, Record, columns_of, value_of
from mobility.insight.cells import stored_level
from mobility.spatial.grid import FINEST
from mobility.text import pick

BATCH = 5_000
"""Records read at a time."""


def read_subject(connection: Snapshot, order: Order) -> Subject:
    """The plan of an order. Raises NotFound."""
    found = connection.execute(queries.PLAN.encode(), {"slug": order.slug, "staff": order.staff}).fetchone()
    if found is None:
        raise NotFound
    key, slug, title, licence, attribution, timezone = found
    phases = connection.execute(queries.PHASES.encode(), {"plan": key}).fetchall()
    steps = [Step(row[0], row[1], frozenset(row[2]), *row[3:]) for row in phases]
    topics = connection.execute(queries.SENSITIVE_TOPICS.encode(), {"plan": key}).fetchall()
    return Subject(
        id=key,
        slug=slug,
        title=pick(title, order.language),
        licence=licence,
        attribution=pick(attribution, order.language),
        timezone=timezone,
        results_shown=results_visible(steps, order.now, voted=False, staff=order.staff),
        sensitive=tuple(topic for (topic,) in topics),
    )


def conditions(order: Order, subject: Subject) -> tuple[str, dict[str, Any]]:
    """The filter as SQL, and the values of all statements.

    What is not published is never meant, except in the profile for planners, and what its author withdrew
    not even there.
    """
    wanted = replace(order.wanted, timezone=subject.timezone)
    full = order.full and order.what == "comments"
    if not full:
        wanted = replace(wanted, status="published")
    where, values = queries.conditions(wanted, subject.id, full=full)
    if full:
        where += " AND comment.status <> 'withdrawn'"
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
        "comment_link": f"{page}/comments/",
        "segment_url": f"{page}/segments/",
        "measure_url": f"{page}/measures/",
    }


def read_counts(connection: Snapshot, order: Order, subject: Subject) -> dict[str, int]:
    """How many features each file would hold."""
    where, values = conditions(replace(order, full=False), subject)
    total = queries.COUNT_STORED if _kept(order) else queries.COUNT_COMMENTS
    statements = {
        "comments": fill(total, where=where),
        "segments": fill(queries.COUNT_SEGMENTS, only=_only(order, "segments")),
        "measures": fill(queries.COUNT_MEASURES, only=_only(order, "measures")),
        "cells": fill(queries.COUNT_CELLS, counted=_counted(order), where=where),
        "zones": queries.COUNT_ZONES,
    }
    counts = {what: _number(connection, statement, values) for what, statement in statements.items()}
    if order.full:
        where, values = conditions(replace(order, what="comments"), subject)
        counts["comments"] = _number(connection, fill(queries.COUNT_COMMENTS, where=where), values)
    return counts


def read_head(connection: Snapshot, order: Order, subject: Subject) -> dict[str, Any]:
    """What a file says of itself."""
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
    if order.full and order.what == "comments":
        members["profile"] = "full"
    elif order.what != "zones":
        members["sensitive_topics"] = {
            "topics": list(subject.sensitive),
            "place_zoom": COARSE,
            "least_counted": LEAST,
        }
    if order.what == "cells":
        filters["z"] = order.zoom
    elif order.what == "comments":
        members["not_included"] = _not_included(connection, order, subject)
    elif order.what != "zones":
        members["results_shown"] = subject.results_shown
    return members


def features(connection: Snapshot, order: Order, subject: Subject) -> Rows:
    """The features as lines of GeoJSON, each beginning with a comma."""
    where, values = conditions(order, subject)
    if order.what == "comments":
        return copied(connection, comments_sql.features(where, full=order.full), values)
    if order.what == "cells":
        return copied(connection, fill(queries.CELLS, counted=_counted(order), where=where), values)
    if order.what == "zones":
        return copied(connection, queries.ZONES, values)
    statement = queries.SEGMENTS if order.what == "segments" else queries.MEASURES
    shown = subject.results_shown
    return _voted(
        connection, fill(statement, where=where, only=_only(order, order.what)), values, shown=shown
    )


def records(connection: Snapshot, order: Order, subject: Subject) -> Iterator[Record]:
    """The same features as an id, a place (WKB) and a value for each column of `columns_of`."""
    if order.what == "comments":
        where, values = conditions(order, subject)
        return _comments(connection, comments_sql.rows(where, full=order.full), values)
    columns = columns_of(order.what)
    return (_record(bytes(line), columns) for line in features(connection, order, subject))


def comment_table(connection: Snapshot, order: Order, subject: Subject) -> Rows:
    """Comments as lines of CSV, the names of the columns first."""
    where, values = conditions(order, subject)
    statement = comments_sql.table(where, full=order.full, place=order.place)
    return copied(connection, statement, values, form="FORMAT csv, HEADER")


def _comments(connection: Snapshot, statement: str, values: Mapping[str, Any]) -> Iterator[Record]:
    connection.execute(f"DECLARE export NO SCROLL CURSOR FOR {statement}".encode(), values)
    cursor = psycopg.Cursor(connection)
    while found := cursor.execute(f"FETCH {BATCH} FROM export".encode(), binary=True).fetchall():
        for row in found:
            yield row[0], row[1], row[2:]
    connection.execute("CLOSE export")


def _record(line: bytes, columns: tuple[Column, ...]) -> Record:
    feature = json.loads(line[1:])
    given = feature["properties"]
    drawn = feature["geometry"]
    shape = shapely.geometry.shape(drawn).wkb if drawn else None
    return feature["id"], shape, tuple(value_of(given[column.name], column) for column in columns)


def _number(connection: Snapshot, statement: str, values: Mapping[str, Any]) -> int:
    row = connection.execute(statement.encode(), values).fetchone()
    return int(row[0]) if row else 0


def _only(order: Order, what: str) -> str:
    """Which segments and measures are meant: the filter's other fields choose among the comments counted."""
    parts = ["AND m.code = %(measure)s"] if order.wanted.measure else []
    if order.wanted.segment and what == "segments":
        parts.append("AND s.code = %(segment)s")
    return " ".join(parts)


def _kept(order: Order) -> bool:
    """Whether the counts that the database keeps answer the order."""
    wanted = replace(order.wanted, status="published")
    return wanted.from_cells and not wanted.bbox


def _counted(order: Order) -> str:
    return queries.STORED_CELLS if _kept(order) else queries.LIVE_CELLS


def _not_included(connection: Snapshot, order: Order, subject: Subject) -> dict[str, int]:
    """How many comments the filter means that are hidden or withdrawn."""
    wanted = replace(order.wanted, status="all", timezone=subject.timezone)
    where, values = queries.conditions(wanted, subject.id)
    rows = connection.execute(fill(queries.NOT_INCLUDED, where=where).encode(), values).fetchall()
    return {"hidden": 0, "withdrawn": 0, **dict(rows)}


def _voted(
    connection: Snapshot, statement: str, values: Mapping[str, Any], *, shown: bool
) -> Generator[bytes]:
    """Features of what is voted on, one at a time: read, given their results, and passed on."""
    rows = connection.execute(queries.GROUPS.encode(), values).fetchall()
    groups = {key: Group(slug, name, kind) for key, slug, name, kind in rows}
    with connection.cursor() as cursor:
        for code, geometry, properties, tallies in cursor.stream(statement.encode(), values):
            results = result_properties(read_tally(tallies), groups) if shown else withheld_properties()
            described = f"{properties[:-1]},{compact(results)[1:]}"
            yield (
                f',{{"type":"Feature","id":{compact(code)},"geometry":{geometry or "null"},'
                f'"properties":{described}}}\n'
            ).encode()


def compact(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
