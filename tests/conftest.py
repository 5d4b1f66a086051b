"""The database of the tests is real PostGIS: one database a worker, one rolled-back transaction a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis
from sqlalchemy import event
from sqlalchemy.orm import Session

from mobility import embedded
from mobility.app import create_app
from mobility.db import unit_of_work
from mobility.extensions import alembic, db, limiter
from mobility.plans.bundles import load_bundle, read_bundle
from mobility.settings import ROOT, Settings
from tests.pristine import Pristine

hypothesis.register_profile("free", deadline=None)
hypothesis.register_profile("steady", deadline=None, derandomize=True)
hypothesis.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "free"))
"""No test asserts a time. `make test` takes the same examples each time; by hand they are new ones."""

PALERMO = ROOT / "data" / "palermo"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""Inside the phase of Palermo in which people comment and vote."""


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """An empty database for this worker, dropped at the end."""
    given = os.environ.get("MOBILITY_TEST_DATABASE_URL")
    if given:
        yield given
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"mobility_test_{worker}_{os.getpid()}"
    embedded.start()
    yield embedded.create_database(name)
    embedded.drop_database(name)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the tests: limits off (their own tests turn them on), no address leaves the machine."""
    return Settings(
        secret_key="test-secret-test-secret-test-secret",  # type: ignore[arg-type]
        rate_limits=False,
        second_factor="optional",
        var_dir=tmp_path_factory.mktemp("var"),
        log_level="error",
    )


@pytest.fixture(scope="session")
def app(database_url: str, settings: Settings) -> Iterator[Flask]:
    """The application over a migrated database that holds Palermo, its voting phase open today."""
    application = create_app(settings, database_url=database_url)
    application.test_client_class = FreshClient
    application.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    with application.app_context():
        alembic.upgrade()
        with unit_of_work() as session:
            load_bundle(session, read_bundle(PALERMO), now=datetime.now(UTC), open_now=True)
        db.engine.dispose()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session whose commits are savepoints of one transaction that is rolled back at the end."""
    with app.app_context():
        connection = db.engine.connect()
        transaction = connection.begin()
        maker = db.sessionmaker
        before = dict(maker.kw)
        maker.configure(bind=connection, binds=None, join_transaction_mode="create_savepoint")
        try:
            yield db.session
        finally:
            db.session.rollback()
            db.session.close()
            transaction.rollback()
            connection.close()
            maker.kw.clear()
            maker.kw.update(before)


@pytest.fixture(autouse=True)
def one_limiter() -> Iterator[None]:
    """Applications made by a test leave the limiter, which all of them share, as it was."""
    before = dict(vars(limiter))
    yield
    vars(limiter).clear()
    vars(limiter).update(before)


class FreshClient(FlaskClient):
    """Forgets between requests what belongs to one request, since the test's own context stays open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without JavaScript, inside the test's transaction. English unless the test says otherwise."""
    return app.test_client()


@pytest.fixture(scope="session")
def pristine(app: Flask, database_url: str) -> Pristine:
    """The database as every test finds it; `restore()` after real commits."""
    return Pristine.take(database_url)


@pytest.fixture
def committed(app: Flask, pristine: Pristine) -> Iterator[Flask]:
    """The application for tests that need real commits; the database is put back as it was afterwards."""
    yield app
    with app.app_context():
        db.session.rollback()
        db.session.close()
    pristine.restore()


class QueryCount:
    """The SQL statements sent inside the `with` block."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.statements: list[str] = []

    def _note(self, _c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.statements.append(statement)

    def __enter__(self) -> QueryCount:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_exc: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def __len__(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(session: Session) -> QueryCount:
    """`with count_queries as seen:` then `len(seen)`."""
    return QueryCount(db.engine)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
