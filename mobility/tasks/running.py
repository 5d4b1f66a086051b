"""Runs one task: says how far it is, notices that it shall stop, keeps what came of it.

A task's function is called as `work(progress, task)` with `task` a detached copy of its row; it opens its own
units of work with `mobility.db.unit_of_work` and returns a mapping that becomes `Task.result`. It may be
begun again after a worker was killed, so it must be safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import structlog
from flask_babel import force_locale
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from mobility.errors import MobilityError
from mobility.jobs import LONG, Site
from mobility.tasks.models import Task
from mobility.tasks.services import enqueue

log = structlog.get_logger()
SILENCE = timedelta(minutes=3)
"""A running task that has not said anything for so long has lost its worker."""
ATTEMPTS = 2
BEAT = timedelta(seconds=1)

Work = Callable[["Progress", Task], Mapping[str, Any] | None]


class Cancelled(Exception):
    """Somebody asked the task to stop."""


class Progress:
    """Tells how far a task is, in a transaction of its own; raises Cancelled when it shall stop."""

    def __init__(self, engine: Engine, task_id: int) -> None:
        self._engine, self._id = engine, task_id
        self._last = datetime.min.replace(tzinfo=UTC)

    def tell(self, fraction: float, note: str = "") -> None:
        """`fraction` from 0 to 1; `note` is a code. Written once a second at most. Raises Cancelled."""
        now = datetime.now(UTC)
        if now - self._last < BEAT:
            return
        self._last = now
        values: dict[str, Any] = {"progress": min(max(fraction, 0.0), 1.0), "beat_at": now}
        if note:
            values["note"] = note
        statement = update(Task).where(Task.id == self._id).values(values).returning(Task.cancel_asked_at)
        with self._engine.begin() as connection:
            asked = connection.execute(statement).scalar()
        if asked:
            raise Cancelled


def run_task(engine: Engine, task_id: int) -> str:
    """Runs a waiting task to its end and returns its state; one that runs or is over is left alone."""
    task = _take(engine, task_id)
    if task is None:
        return ""
    module, _, name = LONG[task.kind].partition(":")
    work: Work = getattr(import_module(module), name)
    try:
        with force_locale(task.language):
            result = dict(work(Progress(engine, task_id), task) or {})
    except Cancelled:
        return _end(engine, task_id, "cancelled")
    except MobilityError as error:
        with force_locale(task.language):
            return _end(engine, task_id, "failed", fault=str(error.message))
    except Exception:
        log.exception("task failed", task=task_id, kind=task.kind)
        return _end(engine, task_id, "failed", fault="")
    return _end(engine, task_id, "done", result=result, progress=1.0)


def revive(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Begins tasks again whose worker died; gives up after two attempts."""
    silent = (Task.state == "running", Task.beat_at < now - SILENCE)
    gone = update(Task).where(*silent, Task.attempts >= ATTEMPTS)
    session.execute(gone.values(state="failed", finished_at=now))
    again = update(Task).where(*silent).values(state="waiting").returning(Task.id)
    lost = select(Task.id).where(Task.state == "waiting", Task.created_at < now - SILENCE, Task.attempts == 0)
    for task_id in {*session.scalars(lost), *session.scalars(again)}:
        enqueue(session, task_id)


def _take(engine: Engine, task_id: int) -> Task | None:
    now = datetime.now(UTC)
    statement = (
        update(Task)
        .where(Task.id == task_id, Task.state == "waiting")
        .values(state="running", started_at=now, beat_at=now, attempts=Task.attempts + 1)
        .returning(Task.id)
    )
    with Session(engine, expire_on_commit=False) as session, session.begin():
        if session.scalar(statement) is None:
            return None
        task = session.get_one(Task, task_id)
        session.expunge(task)
        return task


def _end(engine: Engine, task_id: int, state: str, **values: Any) -> str:
    ended = update(Task).where(Task.id == task_id)
    with engine.begin() as connection:
        connection.execute(ended.values(state=state, finished_at=datetime.now(UTC), **values))
    return state
