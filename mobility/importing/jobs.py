"""The long steps of an import, as tasks: reading the file, comparing it with the plan, loading it."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.db import unit_of_work
from mobility.errors import Conflict, MobilityError
from mobility.extensions import files
from mobility.importing.loading import load_import
from mobility.importing.models import FileImport, ImportFeature
from mobility.importing.preparing import box_of, prepare
from mobility.importing.reading import Inspection, inspect_file
from mobility.importing.services import forget_file
from mobility.jobs import Site
from mobility.media.storage import StorageDown
from mobility.plans.models import Plan
from mobility.tasks.models import Task
from mobility.tasks.running import Progress

KEPT_FOR = timedelta(days=30)
_GONE = _l("The file is no longer kept. Bring it again.")
_OVER = _l("This import is at another step already.")


def read_file(progress: Progress, task: Task) -> dict[str, Any]:
    """Looks into the file: its layers, their coordinate systems and fields."""
    with unit_of_work() as session:
        job = _job(session, task, "reading")
        place, key, name = box_of(session, job.plan_id), job.key, job.name
    with fetched(key) as path:
        found = inspect_file(path, name, place=place, tell=progress.tell)
    with unit_of_work() as session:
        job = _job(session, task, "reading")
        job.inspection, job.state, job.updated_at = as_json(found), "layer", datetime.now(UTC)
        only = found.layers[0] if len(found.layers) == 1 else None
        if only is not None and (only.crs is None or (only.crs.source == "file" and only.crs.plausible)):
            job.layer = only.name
    return {"layers": len(found.layers)}


def prepare_import(progress: Progress, task: Task) -> dict[str, Any]:
    """Reads the layer and compares it with the plan. Nothing of the plan is changed."""
    with unit_of_work() as session:
        job = _job(session, task, "preparing")
        with fetched(job.key) as path:
            prepare(session, job, path, progress.tell)
        revision = session.scalar(select(Plan.revision).where(Plan.id == job.plan_id))
        job.summary = {**job.summary, "revision": revision}
        job.state, job.updated_at = "preview", datetime.now(UTC)
        return {"lines": job.summary["lines"]}


def run_load(progress: Progress, task: Task) -> dict[str, Any]:
    """Loads in one transaction: all of it or nothing."""
    with unit_of_work() as session:
        job = _job(session, task, "loading")
        now = datetime.now(UTC)
        done = load_import(session, job, account_id=task.account_id, now=now, tell=progress.tell)
        return {"rows": done["rows"]}


def tidy(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Throws away files of imports that nobody touched for a month, and previews that came to nothing."""
    old = select(FileImport).where(FileImport.updated_at < now - KEPT_FOR, FileImport.key.is_not(None))
    for job in session.scalars(old.order_by(FileImport.id).limit(500)):
        forget_file(session, job=job, now=now)
        if job.state not in ("loaded", "undone"):
            session.execute(delete(ImportFeature).where(ImportFeature.import_id == job.id))
            job.state = "dropped"


def as_json(found: Inspection) -> dict[str, Any]:
    """The inspection as it is kept: plain values, without numbers that are none."""
    plain: dict[str, Any] = _plain(asdict(found))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value).replace("\x00", "")


@contextmanager
def fetched(key: str | None) -> Iterator[Path]:
    """The kept file on this machine's disk, for as long as it is read. Raises Conflict when it is gone."""
    try:
        blocks = files.stream(key) if key else None
    except (StorageDown, OSError) as error:
        raise MobilityError(_l("The file store does not answer just now. Try again in a minute.")) from error
    if blocks is None:
        raise Conflict(_GONE)
    handle, name = tempfile.mkstemp(prefix="import-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            for block in blocks:
                target.write(block)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _job(session: Session, task: Task, state: str) -> FileImport:
    """The import of this task, held until the end of the transaction. Raises Conflict when it moved on."""
    query = select(FileImport).where(FileImport.id == task.params["import_id"]).with_for_update()
    job = session.scalar(query)
    if job is None or job.state != state or job.task_id != task.id:
        raise Conflict(_OVER)
    return job
