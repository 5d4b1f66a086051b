"""Writing the lines of a preview into the tables of their kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from mobility.importing.kinds import Kind, geometry_column
from mobility.importing.known import REFERENCES, Place, reference_ids
from mobility.importing.models import ImportFeature
from mobility.plans.bundles.load_measures import measured
from mobility.plans.bundles.writing import identities, table
from mobility.plans.lineage import Carried, apply_lineage
from mobility.plans.models import Plan
from mobility.spatial.crs import metric
from mobility.spatial.geometry import multi_polygon

_NEW: dict[str, dict[str, Any]] = {
    "segments": {"span": {}, "side": "both", "direction": "both", "accuracy_m": None, "source": None},
    "measures": {
        "summary": {}, "before": {}, "after": {}, "hours": {}, "hours_osm": None, "vehicle_classes": [],
        "exemptions": {}, "sources": [], "uvar_block": None, "accuracy_m": None, "status": "proposed",
        "package_id": None, "office_id": None,
    },
    "zones": {"place_id": None, "accuracy_m": None, "source": None, "status": "approximate"},
    "context": {"name": {}, "props": {}, "accuracy_m": None, "source": None},
    "census": {"name": "", "population": None, "households": None, "source": None},
}  # fmt: skip
"""What a new row has where the file says nothing."""
_RETIRE = ("segments", "measures")


def write_boundary(session: Session, place: Place, lines: Sequence[ImportFeature], now: datetime) -> None:
    """The plan's boundary; the first view takes all of it in."""
    for line in lines:
        shape = multi_polygon(to_shape(line.geom))
        plan = session.get_one(Plan, place.plan_id)
        west, south, east, north = plan.view
        left, low, right, high = shape.bounds
        plan.boundary, plan.updated_at = from_shape(shape, srid=4326), now
        if left < west or low < south or right > east or high > north:
            plan.view = [round(edge, 6) for edge in shape.bounds]
    session.flush()


def write_lines(
    session: Session, kind: Kind, place: Place, lines: Sequence[ImportFeature], now: datetime, source: str
) -> Carried:
    """New rows, changed rows, and what goes; for segments votes and comments find their way."""
    writer = _Writer(session, kind, place, now, source)
    added, changed = _of(lines, "added"), _of(lines, "changed")
    fresh = [line for line in added if line.code not in writer.ids]
    writer.insert(fresh)
    for line in [*changed, *(line for line in added if line not in fresh)]:
        writer.change(line)
    carried = writer.trace(lines) if kind.name == "segments" else Carried()
    writer.drop(_of(lines, "removed"))
    return carried


def _of(lines: Sequence[ImportFeature], change: str) -> list[ImportFeature]:
    return [line for line in lines if line.change == change]


class _Writer:
    def __init__(self, session: Session, kind: Kind, place: Place, now: datetime, source: str) -> None:
        self.session, self.kind, self.place, self.now, self.source = session, kind, place, now, source
        self.target = table(kind.table)
        self.column, self.owner = place.owner(kind)
        self.ids = identities(session, kind.table, "code", self.column, self.owner)
        self.references = {
            field: (column, reference_ids(session, name, place))
            for field, (column, name) in REFERENCES.get(kind.name, {}).items()
        }
        self.ruler = metric(place.srid)

    def insert(self, lines: Sequence[ImportFeature]) -> None:
        rows = []
        start = self._last_position() if "position" in self.target.c else 0
        for position, line in enumerate(lines, start + 1):
            row = {**_NEW[self.kind.name], self.column: self.owner, "code": line.code}
            row |= {name: value for name, value in self._columns(line).items() if value is not None}
            if "source" in self.target.c:
                row["source"] = row.get("source") or self.source
            if "position" in self.target.c:
                row["position"] = position
            rows.append(row | self._shape(line))
        if rows:
            self.session.execute(insert(self.target), rows)
            self.ids = identities(self.session, self.kind.table, "code", self.column, self.owner)

    def change(self, line: ImportFeature) -> None:
        row = self._columns(line) | (self._shape(line) if "geom" in line.differs else {})
        if self.kind.name in _RETIRE:
            row["retired_at"] = None
        if "updated_at" in self.target.c:
            row["updated_at"] = self.now
        if row:
            self.session.execute(
                update(self.target).where(self.target.c.id == self.ids[line.code]).values(row)
            )

    def drop(self, lines: Sequence[ImportFeature]) -> None:
        """Stretches and measures are retired, other things deleted."""
        gone = self.target.c.id.in_([self.ids[line.code] for line in lines])
        if not lines:
            return
        if self.kind.name in _RETIRE:
            self.session.execute(update(self.target).where(gone).values(retired_at=self.now))
        else:
            self.session.execute(self.target.delete().where(gone))

    def trace(self, lines: Sequence[ImportFeature]) -> Carried:
        """Writes down what became of each stretch and takes votes and comments along."""
        carried, parts = Carried(), defaultdict[str, list[int]](list)
        for line in sorted(lines, key=lambda line: line.position):
            new = self.ids.get(line.code, 0)
            if line.lineage == "split":
                parts[line.former[0]].append(new)
            elif line.lineage == "merged":
                for former in line.former:
                    carried += self._follow(former, [new], "merged", None)
            elif line.lineage == "moved":
                self._follow(line.code, [new], "moved", line.moved_m)
        for former, new_ids in parts.items():
            carried += self._follow(former, new_ids, "split" if len(new_ids) > 1 else "replaced", None)
        return carried

    def _follow(self, former: str, new_ids: list[int], kind: str, moved_m: float | None) -> Carried:
        return apply_lineage(
            self.session,
            plan_id=self.place.plan_id,
            old_id=self.ids[former],
            new_ids=new_ids,
            kind=kind,
            now=self.now,
            moved_m=moved_m,
        )

    def _columns(self, line: ImportFeature) -> dict[str, Any]:
        row = {name: value for name, value in line.row.items() if name != "code"}
        for field, (column, ids) in self.references.items():
            if field in row:
                value = row.pop(field)
                row[column] = ids.get(value) if value else None
        return row

    def _shape(self, line: ImportFeature) -> dict[str, Any]:
        geometry = geometry_column(self.kind)
        if not geometry:
            return {}
        shape = to_shape(line.geom)
        lengths = measured(shape, self.ruler) if self.kind.name == "segments" else {}
        return {geometry: from_shape(shape, srid=4326), **lengths}

    def _last_position(self) -> int:
        query = select(func.coalesce(func.max(self.target.c.position), 0))
        return int(self.session.execute(query.where(self.target.c[self.column] == self.owner)).scalar_one())
