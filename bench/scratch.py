"""A database of its own in the embedded cluster: migrated, with Palermo loaded and its voting phase open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from mobility import embedded
from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.extensions import alembic, db
from mobility.insight.sampling import make_samples
from mobility.plans.bundles import load_bundle, read_bundle
from mobility.settings import ROOT, Settings

PLAN = "palermo-centro"
BUNDLE = ROOT / "data" / "palermo"
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'comment' AND is_generated = 'NEVER'
  AND column_name NOT IN ('id', 'receipt', 'idempotency_key')
"""
COPIES = """
INSERT INTO comment (receipt, idempotency_key, {columns})
SELECT upper(substr(md5(concat(random(), n, id)), 1, 12)), gen_random_uuid(), {columns}
FROM comment, generate_series(1, %s) AS n
"""
SECRET = "benchmark-secret-benchmark-secret-benchmark"


@contextmanager
def scratch(name: str) -> Iterator[str]:
    """The address of a fresh database that is dropped at the end."""
    database = f"mobility_bench_{name}_{os.getpid()}"
    embedded.start()
    url = embedded.create_database(database)
    try:
        with application(url):
            alembic.upgrade()
            with unit_of_work() as session:
                load_bundle(session, read_bundle(BUNDLE), now=datetime.now(UTC), open_now=True)
        yield url
    finally:
        embedded.drop_database(database)


@contextmanager
def application(url: str) -> Iterator[object]:
    """The application over a database, its connections closed at the end."""
    app = create_app(Settings(secret_key=SECRET, rate_limits=False, log_level="error"), database_url=url)  # type: ignore[arg-type]
    with app.app_context():
        yield app
        db.engine.dispose()


def fill(url: str, *, comments: int, votes: int = 0, seed: int = 1) -> None:
    """Adds sample feedback to Palermo's plan."""
    with application(url), unit_of_work() as session:
        make_samples(session, slug=PLAN, comments=comments, votes=votes, seed=seed)


def multiply(url: str, times: int) -> None:
    """Makes the comments so many times as many: rows for reading, of which the kept counts hear nothing."""
    with psycopg.connect(plain(url)) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        row = connection.execute(COLUMNS).fetchone()
        assert row is not None
        connection.execute(COPIES.format(columns=row[0]).encode(), [times - 1])
        connection.execute("ANALYZE comment")


def plain(url: str) -> str:
    """The address as psycopg and ogr2ogr read it."""
    return url.replace("postgresql+psycopg://", "postgresql://")
