"""What pages call the files and their states."""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from mobility.exports import dictionary
from mobility.exports.orders import EVERYTHING
from mobility.tasks.models import Task


def title_of(what: str) -> Any:
    """What a file holds, in a word or two."""
    if what == EVERYTHING:
        return _("Everything")
    return next(table.title for table in dictionary.FILES if table.name == what)


def state_words(task: Task) -> str:
    """How far the making of a file is, in a sentence."""
    if task.state == "failed":
        return task.fault or str(_("The file could not be made. The fault is ours and has been recorded."))
    found: dict[str, str] = {
        "waiting": _("The file waits for its turn."),
        "running": _("The file is being written."),
        "done": _("The file is ready."),
        "cancelled": _("The making of this file was stopped."),
    }
    if task.state == "running" and task.note == "keeping":
        return str(_("The file is being stored."))
    return found[task.state]


def size_words(size: int) -> str:
    """A size that is only known roughly: without digits after the point."""
    if size < 1_000_000:
        return f"{format_decimal(max(size // 1_000, 1))} kB"
    return f"{format_decimal(size // 1_000_000)} MB"
