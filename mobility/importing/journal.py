"""Rows as they were before and after a load, and putting them back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from mobility.importing.kinds import Kind, geometry_column
from mobility.importing.known import Place
from mobility.importing.models import ImportRow
from mobility.plans.bundles.writing import table

Rows = dict[int, dict[str, Any]]
ONLY = {
    "plan": ("boundary", "view"),
    "vote": ("segment_id", "set_aside_id"),
    "comment": ("segment_id", "measure_id"),
}
"""Columns of tables of which a load changes little."""
ABOUT = {("comment", "segment_id"): "coalesce(t.exact_segment_id, t.segment_id)"}
"""What a comment is about, also where only its author and staff read it."""
PASSED_OVER = {"measure": ("version", "updated_at")}
"""Columns that run their own course: an undone measure gets a new version, not its old number."""
SPOKEN = ("vote", "comment")


def take(session: Session, kind: Kind, place: Place) -> Rows:
    """The rows of the plan or city in the table of a kind."""
    column, owner = place.owner(kind)
    return _take(session, kind.table, geometry_column(kind), column, [owner])


def take_spoken(session: Session, name: str, segment_ids: Collection[int]) -> Rows:
    """Where the votes or comments about some segments are now."""
    return _take(session, name, "", "segment_id", segment_ids)


def again(session: Session, name: str, geometry: str, ids: Collection[int]) -> Rows:
    """The rows with these ids as they are now."""
    return _take(session, name, geometry, "id", ids)


def keep(session: Session, import_id: int, name: str, before: Rows, after: Rows) -> int:
    """Writes down the rows that differ; returns how many."""
    rows = [
        {
            "import_id": import_id,
            "place": name,
            "row_id": key,
            "before": before.get(key),
            "after": after.get(key),
        }
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    if rows:
        session.execute(insert(ImportRow), rows)
    return len(rows)


def kept(session: Session, import_id: int, name: str) -> list[ImportRow]:
    """What a load wrote in a table."""
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.place == name)
    return list(session.scalars(query.order_by(ImportRow.row_id)))


def put_back(session: Session, name: str, row: ImportRow) -> None:
    """Makes a changed row what it was, and a removed one be there again."""
    assert row.before is not None
    columns = [column for column in row.before if column != "id"]
    names = ", ".join(f'"{column}"' for column in [*columns, "id"])
    record = f'jsonb_populate_record(NULL::"{name}", CAST(:before AS jsonb)) r'
    values = {"before": _json(row.before), "id": row.row_id}
    if row.after is None:
        listed = ", ".join(f'r."{column}"' for column in columns)
        session.execute(
            text(f'INSERT INTO "{name}" ({names}) SELECT {listed}, :id FROM {record}'),  # noqa: S608 (own names)
            values,
        )
        return
    sets = ", ".join(f'"{column}" = r."{column}"' for column in columns)
    session.execute(
        text(f'UPDATE "{name}" t SET {sets} FROM {record} WHERE t.id = :id'),  # noqa: S608 (own names)
        values,
    )


def remove(session: Session, name: str, ids: Collection[int]) -> None:
    """Deletes rows that a load made."""
    if ids:
        session.execute(delete(table(name)).where(table(name).c.id.in_(ids)))


def _take(session: Session, name: str, geometry: str, column: str, values: Collection[int]) -> Rows:
    if not values:
        return {}
    chosen = ONLY.get(name)
    if chosen:
        told = ((each, ABOUT.get((name, each), f"t.{each}")) for each in ("id", *chosen) if each != geometry)
        pairs = ", ".join(f"'{each}', {value}" for each, value in told)
        row = f"jsonb_build_object({pairs})"
    else:
        passed = ", ".join(f"'{each}'" for each in (*PASSED_OVER.get(name, ()), geometry) if each)
        row = f"to_jsonb(t) - ARRAY[{passed}]::text[]"
    if geometry:
        row = f"({row}) || jsonb_build_object('{geometry}', ST_AsHEXEWKB(t.{geometry}))"
    asked = [column, "exact_segment_id"] if (name, column) in ABOUT else [column]
    where = " OR ".join(f"t.{each} = ANY(:values)" for each in asked)
    query = text(f'SELECT t.id, {row} FROM "{name}" t WHERE {where}')  # noqa: S608 (own names)
    return {key: found for key, found in session.execute(query, {"values": list(values)})}  # noqa: C416


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value)
