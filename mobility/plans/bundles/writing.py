"""Writing rows by their natural keys, so that loading twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Boolean, Integer, Table, delete, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.db import Base

_CHUNK = 500
"""Rows a statement: below PostgreSQL's limit of 65,535 parameters."""

Row = dict[str, Any]


@dataclass
class Change:
    """How many rows of one table a load made, changed and removed."""

    created: int = 0
    updated: int = 0
    removed: int = 0

    def __str__(self) -> str:
        return f"{self.created} new, {self.updated} changed, {self.removed} removed"

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.removed)


@dataclass
class Changes:
    """What a load did, by table."""

    by_table: dict[str, Change] = field(default_factory=dict)

    def of(self, table: str) -> Change:
        return self.by_table.setdefault(table, Change())

    def __bool__(self) -> bool:
        return any(self.by_table.values())


def table(name: str) -> Table:
    """A table by its name. A bundle fills tables of every feature; by name, plans imports none of them."""
    return Base.metadata.tables[name]


def stored(shape: BaseGeometry) -> WKBElement:
    """A lon, lat shape as the database takes it."""
    return from_shape(shape, srid=4326)


def upsert(
    session: Session,
    name: str,
    rows: Sequence[Row],
    keys: Sequence[str],
    changes: Changes,
    *,
    on_change: Mapping[str, Any] | None = None,
) -> None:
    """Inserts rows, or updates those whose keys exist and whose values differ.

    `on_change` are further values set only when a row really changes.
    """
    target = table(name)
    for start in range(0, len(rows), _CHUNK):
        statement = insert(target).values(rows[start : start + _CHUNK])
        values = {key: statement.excluded[key] for key in rows[0] if key not in keys}
        differs = or_(*(target.c[key].is_distinct_from(value) for key, value in values.items()))
        written = session.execute(
            statement.on_conflict_do_update(
                index_elements=list(keys), set_={**values, **(on_change or {})}, where=differs
            ).returning(literal_column("xmax = 0", Boolean))
        )
        fresh = [is_new for (is_new,) in written]
        changes.of(name).created += sum(fresh)
        changes.of(name).updated += len(fresh) - sum(fresh)


def remove(session: Session, name: str, changes: Changes, *conditions: Any) -> None:
    """Deletes rows and counts them."""
    gone = session.execute(
        delete(table(name)).where(*conditions).returning(literal_column("1", Integer))
    ).all()
    changes.of(name).removed += len(gone)


def identities(session: Session, name: str, key: str, parent: str, parent_id: int) -> dict[str, int]:
    """The ids of the rows of one city or plan, by slug or code."""
    target = table(name)
    found = session.execute(select(target.c[key], target.c.id).where(target.c[parent] == parent_id))
    return {str(code): int(identity) for code, identity in found}


def without_none(values: Mapping[str, Any]) -> Row:
    """The values that are given."""
    return {key: value for key, value in values.items() if value is not None}


def columns(source: object, names: Iterable[str]) -> Row:
    """Attributes of a record as a row."""
    return {name: getattr(source, name) for name in names}
