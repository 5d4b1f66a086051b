"""What the plan or the city has of a kind now, and what people said about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mobility.importing.kinds import Kind, geometry_column
from mobility.importing.models import ImportKey
from mobility.plans.bundles.writing import identities, table
from mobility.plans.models import Measure, Plan


@dataclass
class Thing:
    """A row that can be changed by an import. `row` has its fields as an import names them."""

    id: int
    code: str
    row: dict[str, Any]
    shape: BaseGeometry | None
    retired: bool = False


@dataclass(frozen=True)
class Place:
    """Where an import goes: the plan, its city, and the metric coordinate system."""

    plan_id: int
    city_id: int
    srid: int
    languages: list[str]

    def owner(self, kind: Kind) -> tuple[str, int]:
        """The column that says to whom rows of this kind belong, and its value."""
        if kind.name == "boundary":
            return "id", self.plan_id
        return ("plan_id", self.plan_id) if kind.owner == "plan" else ("city_id", self.city_id)


def things_of(session: Session, kind: Kind, place: Place) -> list[Thing]:
    """Everything of this kind in the plan or the city, retired things too."""
    target = table(kind.table)
    column, owner = place.owner(kind)
    geometry = geometry_column(kind)
    code = "slug" if kind.name == "boundary" else "code"
    found = session.execute(select(target).where(target.c[column] == owner).order_by(target.c.id)).mappings()
    names = _references(session, kind, place)
    things = []
    for row in found:
        fields = {field.name: row[field.name] for field in kind.fields if field.name in row}
        for field, (reference, by_id) in names.items():
            fields[field] = by_id.get(row[reference])
        shape = to_shape(row[geometry]) if geometry else None
        retired = row.get("retired_at") is not None
        things.append(Thing(row["id"], row[code], fields, shape, retired))
    return things


REFERENCES: dict[str, dict[str, tuple[str, str]]] = {
    "segments": {"measure": ("measure_id", "measure")},
    "measures": {"package": ("package_id", "measure_package"), "office": ("office_id", "office")},
    "zones": {"place": ("place_id", "heritage_place")},
}
"""Kind → field → column that refers to another table, and that table."""
_KEYS = {
    "measure": ("code", "plan_id"),
    "measure_package": ("code", "plan_id"),
    "office": ("slug", "city_id"),
    "heritage_place": ("code", "city_id"),
}


def reference_ids(session: Session, name: str, place: Place) -> dict[str, int]:
    """Code → id of what the fields of an import refer to."""
    key, parent = _KEYS[name]
    return identities(session, name, key, parent, place.plan_id if parent == "plan_id" else place.city_id)


def _references(session: Session, kind: Kind, place: Place) -> dict[str, tuple[str, dict[int, str]]]:
    return {
        field: (column, {v: k for k, v in reference_ids(session, name, place).items()})
        for field, (column, name) in REFERENCES.get(kind.name, {}).items()
    }


def measure_titles(session: Session, place: Place) -> dict[str, dict[str, str]]:
    """Code → title of the measures in use."""
    query = select(Measure.code, Measure.title).where(
        Measure.plan_id == place.plan_id, Measure.retired_at.is_(None)
    )
    return {code: title for code, title in session.execute(query)}  # noqa: C416


def streets_of(session: Session, place: Place) -> list[BaseGeometry]:
    """The axes of the city's base map."""
    context = table("context_feature")
    query = select(context.c.geom).where(context.c.city_id == place.city_id, context.c.kind == "street")
    return [to_shape(geom) for geom in session.scalars(query)]


def boundary_of(session: Session, place: Place) -> BaseGeometry:
    return to_shape(session.get_one(Plan, place.plan_id).boundary)


def keys_of(session: Session, kind: Kind, place: Place) -> dict[str, str]:
    """Stable id → code, as earlier loads of this kind left it."""
    query = select(ImportKey.source_key, ImportKey.code).where(
        ImportKey.plan_id == place.plan_id, ImportKey.kind == kind.name
    )
    return {key: code for key, code in session.execute(query)}  # noqa: C416 (rows are no pairs for mypy)


def said_about(session: Session, kind: Kind, ids: Collection[int]) -> dict[int, dict[str, int]]:
    """votes and comments by id of a segment or measure; nothing for other kinds. Two queries."""
    if kind.name not in ("segments", "measures") or not ids:
        return {}
    column = f"{kind.table}_id"
    found: dict[int, dict[str, int]] = {}
    for name, words in (("vote", "votes"), ("comment", "comments")):
        target = table(name)
        about: ColumnElement[Any] = target.c[column]
        if (name, column) == ("comment", "segment_id"):
            about = func.coalesce(target.c.exact_segment_id, target.c.segment_id)
        query = select(about, func.count()).where(about.in_(ids))
        for identity, n in session.execute(query.group_by(about)):
            found.setdefault(identity, {})[words] = n
    return found
