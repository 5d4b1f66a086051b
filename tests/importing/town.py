"""Files as the reading would give them, and the steps of an import without pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.importing.models import FileImport, ImportFeature
from mobility.importing.preparing import lines_of, place_of, recipe_of, summarise, write_lines
from mobility.importing.reading import Feature, Reading
from mobility.plans.models import Plan, Segment

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def silent(_fraction: float, _note: str) -> None:
    """Nobody listens."""


def features(rows: Iterable[tuple[Mapping[str, Any], BaseGeometry | None]]) -> Reading:
    """A layer with these properties and shapes."""
    return Reading(
        [Feature(n, str(n), dict(properties), shape) for n, (properties, shape) in enumerate(rows, 1)], None
    )


def the_plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


def segment(session: Session, code: str) -> Segment:
    session.expire_all()
    return session.scalars(select(Segment).where(Segment.code == code)).one()


def compared(
    session: Session,
    reading: Reading,
    kind: str,
    mapping: Mapping[str, str],
    *,
    defaults: Mapping[str, str] | None = None,
    **options: Any,
) -> FileImport:
    """An import that was compared with the plan and waits to be checked."""
    plan = the_plan(session)
    job = FileImport(
        plan_id=plan.id, key=None, name="planner.gpkg", size=1, state="preview", kind=kind,
        mapping=dict(mapping), defaults=dict(defaults or {}), options=options, layer="streets",
    )  # fmt: skip
    session.add(job)
    session.flush()
    place = place_of(session, plan.id)
    lines = lines_of(session, reading, recipe_of(job, place.languages), place, options, silent)
    write_lines(session, job, place, lines)
    job.summary = summarise(lines) | {"revision": plan.revision}
    session.flush()
    return job


def lines(session: Session, job: FileImport) -> dict[str, ImportFeature]:
    """The lines of the preview by code."""
    found = session.scalars(select(ImportFeature).where(ImportFeature.import_id == job.id))
    return {line.code: line for line in found}


def faults(line: ImportFeature) -> list[str]:
    return [fault["code"] for fault in line.faults]
