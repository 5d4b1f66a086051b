"""Large files: asked for, made in the background, kept for two days, removed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.errors import NotFound, TooMany
from mobility.exports.orders import Order, read_order
from mobility.extensions import files
from mobility.media.storage import new_key
from mobility.tasks.models import OVER, Task
from mobility.tasks.services import begin_task, find_task

KIND = "exports.prepare"
DIRECT = 20_000
"""Up to so many features a file is made while one waits."""
AT_ONCE = 4
"""Files that wait or are being made, of all people together."""
KEPT = timedelta(hours=48)
AT_A_TIME = 100


@dataclass(frozen=True)
class Ready:
    """A file that was made: its name in the storage, its name for people, its size in bytes, its features."""

    file: str
    name: str
    size: int
    features: int
    media_type: str


def begin_export(
    session: Session, *, order: Order, form: str, plan_id: int, account_id: int | None, now: datetime
) -> Task:
    """The task, queued with the caller's transaction. Raises TooMany while others wait."""
    busy = select(func.count()).where(Task.kind == KIND, Task.state.not_in(OVER))
    if session.execute(busy).scalar_one() >= AT_ONCE:
        raise TooMany(_l("Several large files are being made. Please try again in some minutes."))
    params = {
        "key": new_key(),
        "form": form,
        "what": order.what,
        "slug": order.slug,
        "arguments": order.arguments(),
        "base_url": order.base_url,
        "staff": order.staff,
    }
    return begin_task(
        session,
        kind=KIND,
        plan_id=plan_id,
        account_id=account_id,
        params=params,
        language=order.language,
        expires_at=now + KEPT,
    )


def find_export(session: Session, *, number: int, key: str, plan_id: int, now: datetime) -> Task:
    """The task whose address holds the key. Raises NotFound, also when it has expired."""
    task = find_task(session, task_id=number, plan_id=plan_id, kind=KIND)
    if not secrets.compare_digest(str(task.params["key"]).encode(), key.encode()):
        raise NotFound
    if task.expires_at is None or task.expires_at <= now:
        raise NotFound(_l("This file was kept for two days and has been removed. Ask for it again."))
    return task


def order_of(task: Task, now: datetime) -> Order:
    """What a task was asked for."""
    given: Mapping[str, Any] = task.params
    return read_order(
        given["arguments"],
        what=given["what"],
        slug=given["slug"],
        language=task.language,
        base_url=given["base_url"],
        staff=given["staff"],
        full=is_full(task),
        now=now,
    )


def is_full(task: Task) -> bool:
    """Whether the file is for planners."""
    return bool(task.params["arguments"].get("profile") == "full")


def ready(task: Task) -> Ready | None:
    """The file that came of a task; None while there is none."""
    return Ready(**task.result) if task.state == "done" else None


def page_url(task: Task) -> str:
    """The address of a task's page, for a message."""
    given = task.params
    return f"{given['base_url']}/plans/{given['slug']}/exports/prepared/{task.id}/{given['key']}"


def forget_expired(session: Session, *, now: datetime) -> int:
    """Removes files that were kept long enough, then what is known of them; how many."""
    gone = select(Task).where(Task.kind == KIND, Task.expires_at <= now).limit(AT_A_TIME)
    tasks = list(session.scalars(gone))
    for task in tasks:
        files.remove(f"{task.params['key']}.bin")
        session.delete(task)
    session.flush()
    return len(tasks)
