"""What the worker does for files: makes large ones, tells who asked, throws old ones away."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.db import unit_of_work
from mobility.exports.orders import FORMATS, Order
from mobility.exports.preparing import Ready, forget_expired, order_of, page_url
from mobility.exports.services import count_features, database_dsn, file_name, size_of, write_export
from mobility.extensions import files
from mobility.jobs import Site
from mobility.mail.services import queue_mail
from mobility.tasks.models import Task
from mobility.tasks.running import Progress

WRITING = 0.95
"""Part of the work that is writing; the rest is keeping the file."""


def prepare(progress: Progress, task: Task) -> dict[str, Any]:
    """Makes the file, keeps it, writes to whoever asked for it with an account."""
    order, form = order_of(task, datetime.now(UTC)), str(task.params["form"])
    dsn = database_dsn()
    name = file_name(dsn, order, form)
    with TemporaryDirectory(prefix="mobility-export-") as folder:
        path = Path(folder) / f"export.{form}"
        features = _write(progress, dsn, order, form, path)
        made = Ready(
            file=f"{task.params['key']}.bin",
            name=name,
            size=path.stat().st_size,
            features=features,
            media_type=FORMATS[form].media_type,
        )
        progress.tell(WRITING, "keeping")
        files.put_file(made.file, path, made.media_type)
    if task.account_id is not None:
        with unit_of_work() as session:
            _tell(session, task, made)
    return asdict(made)


def tidy(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Safe to repeat: what is gone stays gone."""
    forget_expired(session, now=now)


def _write(progress: Progress, dsn: str, order: Order, form: str, path: Path) -> int:
    expected = max(size_of(count_features(dsn, order), order.what), 1)
    progress.tell(0.0, "writing")
    return write_export(dsn, order, form=form, path=path, progress=partial(_count, progress, expected))


def _count(progress: Progress, expected: int, number: int) -> None:
    progress.tell(min(number / expected, 1.0) * WRITING, "writing")


def _tell(session: Session, task: Task, made: Ready) -> None:
    account = session.get(Account, task.account_id)
    if account is None or not account.active:
        return
    until = format_datetime(task.expires_at, "long")
    lines = [
        _("The file you asked for is ready: %(name)s.", name=made.name),
        _("Download it from this page:"),
        page_url(task),
        _("The page and the file go away on %(until)s.", until=until),
    ]
    queue_mail(
        session,
        key=f"export:{task.id}",
        recipient=account.email,
        subject=_("Your file is ready: %(name)s", name=made.name),
        body="\n\n".join(lines),
        language=task.language,
    )
