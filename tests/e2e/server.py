"""The real server over a database of its own: Palermo, sample feedback, a planner and delegates."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from sqlalchemy import make_url, text

from mobility import embedded
from mobility.accounts.demo import ADMINISTRATOR, DOMAIN, MODERATOR, PASSWORD, PLANNER
from mobility.accounts.models import StakeholderGroup
from mobility.accounts.services import delegate, save_account
from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.extensions import alembic, db
from mobility.insight.sampling import make_samples
from mobility.plans.bundles import load_bundle, read_bundle
from mobility.rights import grant_rights
from mobility.screening.sampling import sample_screenings
from mobility.settings import ROOT, Settings

SLUG = "palermo-centro"
PLAN = f"/plans/{SLUG}"
COMMENTS, VOTES = 400, 2000
DELEGATED = {"palermo-in-bici": "Giulia Ferro", "citta-senza-barriere": "Marco Lo Bue"}
PATIENCE = 180.0


@dataclass(frozen=True)
class Town:
    """Where the server answers, and what its database holds that journeys need by name."""

    origin: str
    measure: str
    segment: str
    quiet_segment: str
    street: str
    comment: int
    group: str
    password: str = PASSWORD
    planner: str = PLANNER
    administrator: str = ADMINISTRATOR
    moderator: str = MODERATOR
    delegate: str = f"palermo-in-bici@{DOMAIN}"


def fill(database_url: str, settings: Settings) -> dict[str, str | int]:
    """Tables, plan, feedback and accounts, committed; returns the names that journeys need."""
    app = create_app(settings, database_url=database_url)
    with app.app_context():
        alembic.upgrade()
        now = datetime.now(UTC)
        with unit_of_work() as session:
            load_bundle(session, read_bundle(ROOT / "data" / "palermo"), open_now=True, now=now)
        with unit_of_work() as session:
            make_samples(session, slug=SLUG, comments=COMMENTS, votes=VOTES, seed=7, now=now)
        with unit_of_work() as session:
            sample_screenings(session, slug=SLUG, now=now)
        with unit_of_work() as session:
            save_account(session, email=PLANNER, name="Rosa Messina", password=PASSWORD, role="planner")
            save_account(
                session, email=ADMINISTRATOR, name="Agata Riso", password=PASSWORD, role="administrator"
            )
            save_account(session, email=MODERATOR, name="Nino Sala", password=PASSWORD, role="moderator")
            for slug, person in DELEGATED.items():
                group = session.query(StakeholderGroup).filter_by(slug=slug).one()
                account = save_account(session, email=f"{slug}@{DOMAIN}", name=person, password=PASSWORD)
                delegate(session, account=account, group=group)
        names = dict(db.session.execute(text(NAMES)).mappings().one())
        db.session.close()
        db.engine.dispose()
    return names


NAMES = """
SELECT m.code AS measure, busy.code AS segment, quiet.code AS quiet_segment, quiet.street AS street,
       (SELECT max(id) FROM comment WHERE status = 'published') AS comment,
       (SELECT name ->> 'en' FROM stakeholder_group WHERE slug = 'palermo-in-bici') AS "group"
FROM (SELECT s.* FROM segment s JOIN vote v ON v.segment_id = s.id
      GROUP BY s.id ORDER BY count(*) DESC, s.id LIMIT 1) AS busy
JOIN measure m ON m.id = busy.measure_id
CROSS JOIN LATERAL (
  SELECT s.* FROM segment s
  WHERE s.id <> busy.id AND ST_GeometryType(s.geom) = 'ST_LineString'
    AND NOT EXISTS (SELECT FROM vote v JOIN stakeholder_group g ON g.id = v.group_id
                    WHERE v.segment_id = s.id AND g.slug = 'palermo-in-bici')
  ORDER BY s.id LIMIT 1) AS quiet
"""


def as_application(database_url: str) -> str:
    """The same database as the served application sees it, without rights over the tables themselves."""
    name = make_url(database_url).database or ""
    if database_url != embedded.database_url(name):
        return database_url
    grant_rights(database_url, [embedded.APPLICATION])
    return embedded.application_url(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    database_url: str, var_dir: Path, *, limits: bool = False, port: int = 0, **more: str
) -> Iterator[str]:
    """gunicorn with one process; its address. What it writes to its log is shown when it does not start.

    `more` are further settings by the names of their variables.
    """
    port = port or free_port()
    origin = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")},
        "MOBILITY_DATABASE_URL": database_url,
        "MOBILITY_SECRET_KEY": "browser-tests-browser-tests-browser-tests",
        "MOBILITY_RATE_LIMITS": str(limits).lower(),
        "MOBILITY_BASE_URL": origin,
        "MOBILITY_VAR_DIR": str(var_dir),
        "MOBILITY_LOG_LEVEL": "warning",
        "MOBILITY_DEMO": "true",
        "MOBILITY_SECOND_FACTOR": "optional",
        **more,
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:app",
        "--chdir",
        str(ROOT),
        "--bind",
        f"127.0.0.1:{port}",
    ]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--no-control-socket"]
    command += ["--graceful-timeout", "2", "--log-level", "warning"]
    log = var_dir / f"server-{port}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            _await(server, origin, log)
            yield origin
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await(server: subprocess.Popen[bytes], origin: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _ready(origin):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The server did not start:\n{log.read_text('utf-8', 'replace')}")
        time.sleep(0.1)


def _ready(origin: str) -> bool:
    try:
        with urlopen(f"{origin}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
