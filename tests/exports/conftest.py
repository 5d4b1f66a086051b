from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter
from mobility.exports.services import Order, database_dsn, stream_geojson
from mobility.extensions import db
from tests.exports import town as towns
from tests.exports.town import Town


@pytest.fixture
def town(committed: Flask) -> Iterator[Town]:
    """A town that stands in the database for the length of a test."""
    with committed.app_context():
        made = towns.build(db.session)
        db.session.commit()
        yield made
        db.session.close()


@pytest.fixture
def people(town: Town) -> Session:
    """The session through which people speak; commit before exporting."""
    return db.session


@pytest.fixture
def raw(town: Town) -> Callable[..., bytes]:
    """The bytes of one file of the town: `raw("comments", stance="for")`."""

    def export(
        what: str, *, language: str = "en", staff: bool = False, zoom: int = 18, **wanted: Any
    ) -> bytes:
        db.session.commit()
        order = Order(
            what, towns.SLUG, CommentFilter(**wanted), language, zoom, "https://town.example", staff,
            datetime.now(UTC),
        )  # fmt: skip
        return b"".join(stream_geojson(database_dsn(), order))

    return export


@pytest.fixture
def read(raw: Callable[..., bytes]) -> Callable[..., dict[str, Any]]:
    """One file of the town as the object that it holds."""

    def export(what: str, **wanted: Any) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(raw(what, **wanted))
        return found

    return export


@pytest.fixture
def visitor(town: Town, committed: Flask) -> FlaskClient:
    """A browser without an account."""
    return committed.test_client()
