"""Imports of a plan, the layers of a file, the lines of a preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.errors import Conflict, NotFound
from mobility.importing.models import FileImport, ImportFeature
from mobility.plans.models import Measure, Segment
from mobility.tasks.models import Task

BUSY = _l("This import is being worked on. Wait until that is done, or stop it.")
PAGE = 50
MAP_MOST = 3000
"""Lines that the map shows."""


def find_import(session: Session, *, plan_id: int, import_id: int, lock: bool = False) -> FileImport:
    """The import. Raises NotFound, also for one of another plan; with `lock` Conflict while a task has it."""
    query = select(FileImport).where(FileImport.id == import_id, FileImport.plan_id == plan_id)
    try:
        found = session.scalar(query.with_for_update(nowait=True) if lock else query)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        raise Conflict(BUSY) from error
    if found is None:
        raise NotFound
    return found


def imports_of(
    session: Session, *, plan_id: int, page: int, size: int = 20
) -> tuple[list[tuple[FileImport, str | None]], int]:
    """One page of the imports, the newest first, each with who brought it; and how many there are."""
    mine = (FileImport.plan_id == plan_id, FileImport.state != "dropped")
    query = (
        select(FileImport, Account.name)
        .outerjoin(Account, Account.id == FileImport.account_id)
        .where(*mine)
        .order_by(FileImport.id.desc())
    )
    total = session.scalar(select(func.count()).where(*mine)) or 0
    rows = session.execute(query.offset((page - 1) * size).limit(size))
    return [(job, name) for job, name in rows], total


def task_of(session: Session, job: FileImport) -> Task | None:
    """What works on the import now, or worked last."""
    return session.get(Task, job.task_id, populate_existing=True) if job.task_id else None


def layer_of(job: FileImport, name: str | None) -> Mapping[str, Any] | None:
    """A layer of the file as the inspection found it."""
    return next((layer for layer in job.inspection.get("layers", ()) if layer["name"] == name), None)


def column_names(job: FileImport) -> list[str]:
    """The columns of the chosen layer."""
    layer = layer_of(job, job.layer)
    return [field["name"] for field in layer["fields"]] if layer else []


def count_lines(session: Session, job: FileImport) -> dict[str, int]:
    """How many lines of each change will be loaded, how many are left out and how many have errors."""
    out = ImportFeature.excluded
    wrong = (ImportFeature.errors > 0) & ~out
    query = select(
        ImportFeature.change, func.count(), func.count(case((out, 1))), func.count(case((wrong, 1)))
    ).where(ImportFeature.import_id == job.id)
    counted = {"excluded": 0, "errors": 0}
    for change, n, excluded, errors in session.execute(query.group_by(ImportFeature.change)):
        counted[change] = n - excluded
        counted["excluded"] += excluded
        counted["errors"] += errors
    return counted


SHOWN = ("errors", "warnings", "added", "changed", "removed", "unchanged", "excluded")


def lines_of_preview(
    session: Session, job: FileImport, *, shown: str, page: int
) -> tuple[Sequence[ImportFeature], int]:
    """One page of the lines, all or those asked for, the wrong ones first; and how many there are."""
    mine = [ImportFeature.import_id == job.id]
    if shown == "errors":
        mine.append(ImportFeature.errors > 0)
    elif shown == "warnings":
        mine.append(ImportFeature.faults.contains([{"level": "warning"}]))
    elif shown == "excluded":
        mine.append(ImportFeature.excluded.is_(True))
    elif shown in SHOWN:
        mine += [ImportFeature.change == shown, ~ImportFeature.excluded]
    total = session.scalar(select(func.count()).where(*mine)) or 0
    query = select(ImportFeature).where(*mine).order_by(ImportFeature.errors == 0, ImportFeature.position)
    return session.scalars(query.offset((page - 1) * PAGE).limit(PAGE)).all(), total


def map_lines(session: Session, job: FileImport) -> list[Any]:
    """What the map needs of each line, geometry as GeoJSON text; what changes comes first."""
    order = case({"refused": 0, "removed": 1, "changed": 2, "added": 3}, value=ImportFeature.change, else_=4)
    query = (
        select(
            ImportFeature.position,
            ImportFeature.code,
            ImportFeature.label,
            ImportFeature.change,
            ImportFeature.excluded,
            ImportFeature.faults,
            func.ST_AsGeoJSON(ImportFeature.geom, 6).label("geometry"),
        )
        .where(ImportFeature.import_id == job.id, ImportFeature.geom.is_not(None))
        .order_by(order, ImportFeature.position)
        .limit(MAP_MOST)
    )
    return list(session.execute(query))


def beside(session: Session, job: FileImport, codes: Collection[str]) -> list[Any]:
    """Stretches of the plan by their codes, with measure, street and geometry as GeoJSON text."""
    query = (
        select(
            Segment.code,
            Measure.code.label("measure"),
            Measure.title,
            Segment.street,
            func.ST_AsGeoJSON(Segment.geom, 6).label("geometry"),
        )
        .join(Measure, Measure.id == Segment.measure_id)
        .where(Segment.plan_id == job.plan_id, Segment.code.in_(codes), Segment.retired_at.is_(None))
    )
    return list(session.execute(query.order_by(Segment.code).limit(MAP_MOST))) if codes else []
