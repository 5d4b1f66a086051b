"""Writing a published draft into the tables of the plan: the measure, its segments, what was said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import shape
from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.editing.document import Descent, Document, Part
from mobility.editing.shaping import Shape
from mobility.offices.models import Office
from mobility.plans.bundles.load import LOCK
from mobility.plans.bundles.load_measures import measured
from mobility.plans.bundles.writing import stored, table
from mobility.plans.lineage import Carried, apply_lineage
from mobility.plans.models import Measure, MeasurePackage, Plan, Segment
from mobility.spatial.crs import Metric

__all__ = ["LOCK", "carry_over", "measure_values", "write_measure", "write_segments"]
MOVED_M = 0.5
"""A line that moved less was only drawn more exactly."""
_COLUMNS = (
    "code",
    "title",
    "summary",
    "kind",
    "status",
    "before",
    "after",
    "hours",
    "vehicle_classes",
    "exemptions",
)
_SOURCE = {"date": None, "url": None, "illustrative": False}  # fmt: skip
_RENUMBER = text("""
    UPDATE segment s SET position = n.rank FROM (
      SELECT s.id, row_number() OVER (ORDER BY m.position, s.position, s.code) AS rank
      FROM segment s JOIN measure m ON m.id = s.measure_id
      WHERE s.plan_id = :plan AND s.retired_at IS NULL) n
    WHERE n.id = s.id AND s.position <> n.rank
""")


def measure_values(session: Session, plan: Plan, city: City, measure: Mapping[str, Any]) -> dict[str, Any]:
    """The checked measure of a document as columns."""
    package = select(MeasurePackage.id).where(MeasurePackage.plan_id == plan.id)
    office = select(Office.id).where(Office.city_id == city.id)
    return {
        **{name: measure[name] for name in _COLUMNS},
        "sources": [_SOURCE | source for source in measure["sources"]],
        "uvar_block": measure.get("uvar_block"),
        "hours_osm": measure.get("hours_osm"),
        "accuracy_m": float(measure["accuracy_m"]),
        "package_id": session.scalar(package.where(MeasurePackage.code == measure["package"])),
        "office_id": session.scalar(office.where(Office.slug == measure["office"])),
    }


def write_measure(
    session: Session, plan: Plan, measure_id: int | None, values: Mapping[str, Any], now: datetime
) -> Measure:
    """The measure with these values; a new one stands last."""
    if measure_id is None:
        last = session.scalar(select(func.max(Measure.position)).where(Measure.plan_id == plan.id)) or 0
        measure = Measure(plan_id=plan.id, position=last + 1, version=1, updated_at=now, **values)
        session.add(measure)
    else:
        measure = session.get_one(Measure, measure_id)
        for name, value in values.items():
            setattr(measure, name, value)
        measure.updated_at, measure.retired_at = now, None
    session.flush()
    return measure


def write_segments(
    session: Session, plan: Plan, measure: Measure, parts: Sequence[Part], ruler: Metric
) -> None:
    """The segments of the document: those there are changed, new ones beside the one they come from."""
    query = select(Segment).where(Segment.plan_id == plan.id, Segment.measure_id == measure.id)
    there = {segment.code: segment for segment in session.scalars(query)}
    last = max((segment.position for segment in there.values()), default=100_000)
    for part in parts:
        origin = next((there[code] for code in part["origins"] if code in there), None)
        values = _segment_values(part, ruler)
        segment = there.get(part["code"])
        if segment is None:
            position = origin.position if origin else last
            session.add(
                Segment(
                    plan_id=plan.id, measure_id=measure.id, code=part["code"], position=position, **values
                )
            )
        else:
            for name, value in values.items():
                setattr(segment, name, value)
    session.flush()


def _segment_values(part: Part, ruler: Metric) -> dict[str, Any]:
    outline = shape(part["geometry"])
    return {
        **{name: part[name] for name in ("street", "span", "side", "direction", "source")},
        **measured(outline, ruler),
        "accuracy_m": float(part["accuracy_m"]),
        "geom": stored(outline),
        "retired_at": None,
    }


def carry_over(
    session: Session,
    plan: Plan,
    line: Sequence[Descent],
    published: Mapping[str, Part],
    document: Document,
    ruler: Metric,
    now: datetime,
) -> Carried:
    """Votes and comments of segments that were divided, joined or replaced go where they belong."""
    codes = session.execute(select(Segment.code, Segment.id).where(Segment.plan_id == plan.id))
    ids = {row.code: row.id for row in codes}
    drawn = {part["code"]: part["geometry"] for part in document["segments"]}
    carried = Carried()
    for each in line:
        moved = None
        kind = each.fate
        if kind == "removed":
            _drop(session, ids[each.code], now)
            continue
        if kind == "kept":
            moved = _moved_m(published[each.code]["geometry"], drawn[each.code], ruler)
            if moved < MOVED_M:
                continue
        carried += apply_lineage(
            session,
            plan_id=plan.id,
            old_id=ids[each.code],
            new_ids=[ids[code] for code in each.heirs],
            kind="moved" if kind == "kept" else kind,
            now=now,
            moved_m=moved,
        )
    session.execute(_RENUMBER, {"plan": plan.id})
    return carried


def _moved_m(before: Shape, after: Shape, ruler: Metric) -> float:
    old, new = (ruler.project(shape(each)) for each in (before, after))
    return round(float(shapely.hausdorff_distance(old, new)), 2)


def _drop(session: Session, segment_id: int, now: datetime) -> None:
    """Deletes a segment nobody spoke about; retires any other with all that was said."""
    votes, history, comments = table("vote"), table("vote_history"), table("comment")
    spoken = select(
        exists().where(votes.c.segment_id == segment_id)
        | exists().where(history.c.segment_id == segment_id)
        | exists().where(table("vote_count").c.segment_id == segment_id)
        | exists().where(comments.c.segment_id == segment_id)
        | exists().where(comments.c.exact_segment_id == segment_id)
    )
    if session.scalar(spoken):
        session.execute(update(Segment).where(Segment.id == segment_id).values(retired_at=now))
    else:
        session.execute(delete(Segment).where(Segment.id == segment_id))
