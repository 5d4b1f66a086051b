"""Features as rows of a table: which columns a file has, of which type, in which order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mobility.exports import dictionary

Value = str | int | float | bool | None
Record = tuple[int | str, bytes | None, tuple[Value, ...]]
"""Id, place as WKB (little endian, EPSG:4326), one value a column."""

TYPES = ("text", "integer", "real", "boolean", "time", "json")


@dataclass(frozen=True)
class Column:
    """`type` is one of `TYPES`; a time is written as ISO 8601 in UTC, lists and objects as JSON text."""

    name: str
    type: str


def columns_of(what: str, *, full: bool = False) -> tuple[Column, ...]:
    """The columns of a file in the order of the data dictionary."""
    described = next(table for table in dictionary.FILES if table.name == what)
    more = dictionary.FULL.properties if full and what == "comments" else ()
    found = []
    for row in (*described.properties, *more):
        found += [Column(name, _type(row)) for name in row.names]
    return tuple(found)


def _type(row: dictionary.Property) -> str:
    if row.kind in ("object", "array"):
        return "json"
    if row.kind == "string":
        return "time" if row.unit == "ISO 8601" else "text"
    return {"number": "real"}.get(row.kind, row.kind)


def value_of(value: Any, column: Column) -> Value:
    """A property of a GeoJSON feature as it stands in a table."""
    if column.type == "json" and value is not None:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if column.type == "real" and isinstance(value, int):
        return float(value)
    found: Value = value
    return found
