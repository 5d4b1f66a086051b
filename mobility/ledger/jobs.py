"""Long work of the ledger: the document of a long list, and the letters after a conclusion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.db import unit_of_work
from mobility.extensions import files
from mobility.ledger.documents import official_pdf
from mobility.ledger.filters import LedgerFilter
from mobility.ledger.letters import queue_letters
from mobility.ledger.models import Conclusion
from mobility.media.storage import new_key
from mobility.plans.models import Plan
from mobility.tasks.models import Task
from mobility.tasks.running import Progress

LIST = "ledger.list"
BATCH = 50
"""People written to in one transaction."""


def make_list(progress: Progress, task: Task) -> Mapping[str, Any]:
    """The document of the whole plan, kept in the storage of files."""
    progress.tell(0.1, "reading")
    with unit_of_work() as session:
        plan = session.get_one(Plan, task.plan_id)
        city = session.get_one(City, plan.city_id)
        made = official_pdf(
            session,
            plan=plan,
            city=city,
            wanted=LedgerFilter(),
            language=task.language,
            now=datetime.now(UTC),
        )
    key = f"{new_key()}.pdf"
    files.put(key, made, "application/pdf")
    return {"key": key, "size": len(made)}


def last_list(session: Session, *, plan_id: int, language: str) -> Task | None:
    """The task that made the newest document of a plan in this language."""
    query = select(Task).where(
        Task.plan_id == plan_id, Task.kind == LIST, Task.state == "done", Task.language == language
    )
    return session.scalar(query.order_by(Task.id.desc()).limit(1))


def send_letters(progress: Progress, task: Task) -> Mapping[str, Any]:
    """One letter to each author and follower who can be reached; safe to repeat, since each has its key.

    Stops when the consultation was opened again meanwhile.
    """
    after, queued, batch = 0, 0, 0
    while True:
        with unit_of_work() as session:
            conclusion = session.get_one(Conclusion, task.params["conclusion"])
            if conclusion.reopened_at is not None:
                break
            last, n = queue_letters(session, conclusion=conclusion, after=after, limit=BATCH)
            queued += n
        if last is None:
            break
        after, batch = last, batch + 1
        progress.tell(1 - 1 / (batch + 1), "writing")
    return {"letters": queued}
