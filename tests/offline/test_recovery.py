"""When the database went away: counters go on over a new connection, and answers say "try again"."""

from __future__ import annotations

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mobility.app import create_app
from mobility.extensions import db
from mobility.limits_store import PostgresStorage
from mobility.offline import views
from mobility.settings import Settings

PLAN = "/plans/palermo-centro"
END_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE %s
"""


def test_counter_goes_on_after_its_connections_were_lost(app: object, database_url: str) -> None:
    dsn = database_url.replace("postgresql+psycopg://", "postgresql://")
    store = PostgresStorage(dsn=dsn)
    assert store.incr("somebody", 60, 7) == 7
    with psycopg.connect(dsn, autocommit=True) as connection:
        ended = connection.execute(END_OTHERS, ["%rate_limit%"]).fetchone()
    assert ended is not None
    assert ended[0] >= 1
    assert store.incr("somebody", 60, 7) == 14
    store.clear("somebody")


@pytest.mark.parametrize(
    "fault", [psycopg.OperationalError("gone"), psycopg.errors.CrashShutdown("gone"), PoolTimeout("full")]
)
def test_lost_database_is_a_passing_fault(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise fault

    monkeypatch.setattr(views, "plan_addresses", fail)
    answer = client.get(f"{PLAN}/offline.json")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"


def test_answer_stands_when_the_database_goes_away_after_it(settings: Settings, database_url: str) -> None:
    dsn = database_url.replace("postgresql+psycopg://", "postgresql://")
    app = create_app(settings, database_url=database_url)

    @app.get("/test/last-statement")
    def last_statement() -> str:
        backend = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", [backend])
        return "kept"

    answer = app.test_client().get("/test/last-statement")
    assert answer.text == "kept"
    assert app.test_client().get("/readyz").status_code == 200
