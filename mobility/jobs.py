"""What runs in the background: a list of jobs, each with its hours, run by `mobility work`.

A room adds a line to `PERIODIC`. Its function is called as `work(session, now=…, site=…)` inside one unit
of work; what it does is committed at its end, or not at all. Several workers may run at once, and a worker
may be killed at any moment: a job must be safe to repeat, and two of the same may meet. It needs no rights to
change tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Site:
    """What a job knows of the installation: its public address, the key that signs links, and the hosts
    inside the network that may be asked."""

    base_url: str
    secret: str
    outgoing_hosts: frozenset[str] = frozenset()
    answers_to: str = ""
    """The address at which offices answer by mail; empty: they cannot."""


Work = Callable[..., Any]


@dataclass(frozen=True)
class Job:
    """`hours` in the manner of cron, in UTC; `work` is ``module:function``."""

    name: str
    hours: str
    work: str

    def function(self) -> Work:
        module, _, name = self.work.partition(":")
        found: Work = getattr(import_module(module), name)
        return found


PERIODIC: list[Job] = [
    Job("notices.tell", "* * * * *", "mobility.notices.jobs:tell"),
    Job("notices.digest", "*/5 * * * *", "mobility.notices.jobs:digest"),
    Job("notices.tidy", "27 2 * * *", "mobility.notices.jobs:tidy"),
    Job("mail.tidy", "17 2 * * *", "mobility.mail.jobs:tidy"),
    Job("media.tidy", "7 * * * *", "mobility.media.jobs:tidy"),
    Job("identity.tidy", "27 2 * * *", "mobility.identity.jobs:tidy"),
    Job("groups.tidy", "37 2 * * *", "mobility.groups.jobs:tidy"),
    Job("moderation.tidy", "*/10 * * * *", "mobility.moderation.jobs:tidy"),
    Job("answers.tell", "* * * * *", "mobility.answers.jobs:tell"),
    Job("answers.keep", "*/5 * * * *", "mobility.answers.jobs:keep"),
    Job("answers.remind", "10 6 * * *", "mobility.answers.jobs:remind"),
    Job("webhooks.phases", "* * * * *", "mobility.webhooks.jobs:phases"),
    Job("webhooks.tidy", "47 2 * * *", "mobility.webhooks.jobs:tidy"),
    Job("open311.forward", "* * * * *", "mobility.open311.jobs:forward"),
    Job("tasks.revive", "* * * * *", "mobility.tasks.running:revive"),
    Job("importing.tidy", "47 2 * * *", "mobility.importing.jobs:tidy"),
    Job("exports.tidy", "37 * * * *", "mobility.exports.jobs:tidy"),
    Job("jobs.tidy", "*/10 * * * *", "mobility.jobs:tidy"),
]

LONG: dict[str, str] = {
    "exports.prepare": "mobility.exports.jobs:prepare",
    "importing.read": "mobility.importing.jobs:read_file",
    "importing.prepare": "mobility.importing.jobs:prepare_import",
    "importing.load": "mobility.importing.jobs:run_load",
    "ledger.list": "mobility.ledger.jobs:make_list",
    "ledger.letters": "mobility.ledger.jobs:send_letters",
}
"""Long work that somebody waits for: kind → ``module:function``, called as `mobility.tasks.running` says."""


def tidy(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Removes the remains of jobs whose worker has died; what they did not finish, the next one does."""
    session.execute(
        text(
            "DELETE FROM procrastinate_jobs j WHERE status IN ('failed', 'cancelled', 'aborted') "
            "OR (status = 'doing' AND worker_id IS NULL)"
        )
    )
