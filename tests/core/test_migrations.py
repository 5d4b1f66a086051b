"""The migrations make what the models say, can be taken back, and can be made again."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from mobility import embedded
from mobility.app import create_app
from mobility.extensions import alembic, db
from mobility.settings import Settings


@pytest.fixture(scope="module")
def empty(settings: Settings) -> Iterator[Flask]:
    """The application over a database without tables."""
    name = f"mobility_migrations_{os.getpid()}"
    embedded.start()
    application = create_app(settings, database_url=embedded.create_database(name))
    yield application
    with application.app_context():
        db.engine.dispose()
    embedded.drop_database(name)


def test_up_no_difference_down_up(empty: Flask) -> None:
    with empty.app_context():
        alembic.upgrade()
        assert alembic.compare_metadata() == []
        alembic.downgrade("base")
        left = set(inspect(db.engine).get_table_names()) - {"spatial_ref_sys", "alembic_version"}
        assert left == set()
        functions = text(
            "SELECT proname FROM pg_proc WHERE proname ~ '^(vote_tally|vote_history|comment_cell)_'"
        )
        assert db.session.execute(functions).all() == []
        db.session.rollback()
        alembic.upgrade()
        assert alembic.compare_metadata() == []


def test_not_ready_until_the_schema_is_newest(empty: Flask) -> None:
    with empty.app_context():
        alembic.upgrade()
    assert empty.test_client().get("/readyz").status_code == 200
    with empty.app_context():
        alembic.downgrade("0001")
    behind = empty.test_client().get("/readyz")
    assert behind.status_code == 503
    assert "migrations" in behind.json["reason"]
    assert empty.test_client().get("/healthz").status_code == 200
    with empty.app_context():
        alembic.upgrade()


def test_not_ready_without_a_database(settings: Settings) -> None:
    lost = create_app(settings, database_url="postgresql+psycopg://nobody@/nowhere?host=/nonexistent")
    answer = lost.test_client().get("/readyz")
    assert answer.status_code == 503
    assert lost.test_client().get("/healthz").status_code == 200
