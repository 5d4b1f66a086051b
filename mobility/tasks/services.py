"""Begin long work, ask it to stop, see how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy.orm import Session

from mobility.errors import NotFound
from mobility.tasks.models import OVER, Task

QUEUE = "long"
NAME = "tasks.run"
_queue = App(connector=SyncPsycopgConnector())


def begin_task(
    session: Session,
    *,
    kind: str,
    plan_id: int | None = None,
    account_id: int | None = None,
    params: Mapping[str, Any] | None = None,
    language: str = "en",
    expires_at: datetime | None = None,
) -> Task:
    """The task, queued in the same transaction: it runs if and only if the caller commits.

    `kind` is one of `mobility.jobs.LONG`.
    """
    task = Task(
        kind=kind,
        plan_id=plan_id,
        account_id=account_id,
        params=dict(params or {}),
        language=language,
        expires_at=expires_at,
    )
    session.add(task)
    session.flush()
    enqueue(session, task.id)
    return task


def enqueue(session: Session, task_id: int) -> None:
    """Puts a task into the queue of the workers, in the transaction of the session."""
    connection = session.connection().connection.driver_connection
    _queue.configure_task(NAME, queue=QUEUE, connection=connection).defer(task_id=task_id)


def find_task(session: Session, *, task_id: int, plan_id: int | None = None, kind: str = "") -> Task:
    """The task. Raises NotFound, also for one of another plan or kind."""
    task = session.get(Task, task_id)
    if task is None or (plan_id is not None and task.plan_id != plan_id) or (kind and task.kind != kind):
        raise NotFound
    return task


def cancel_task(session: Session, *, task: Task, now: datetime) -> bool:
    """Asks the task to stop; one that has not begun stops at once. False when it is over already."""
    if task.state in OVER:
        return False
    task.cancel_asked_at = task.cancel_asked_at or now
    if task.state == "waiting":
        task.state, task.finished_at = "cancelled", now
    session.flush()
    return True
