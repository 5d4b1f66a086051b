from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.accounts.api_tokens import issue_api_token
from mobility.accounts.models import Account, StaffRole
from mobility.extensions import db
from mobility.insight.sampling import make_samples
from tests.e2e.server import serving
from tests.pristine import Pristine

SLUG = "palermo-centro"
ROOT = f"/plans/{SLUG}/ogc"
COMMENTS = 160
MIXED = """
WITH numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM comment)
UPDATE comment SET
  status = CASE WHEN n % 10 = 0 THEN 'hidden' WHEN n % 10 = 1 THEN 'pending' WHEN n % 10 = 2 THEN 'withdrawn'
    ELSE status END,
  hidden_reason = CASE WHEN n % 10 = 0 THEN 'spam' END,
  text = CASE WHEN n % 10 < 3 THEN 'SECRET ' || text ELSE text END,
  drawing = CASE WHEN n % 7 = 0 AND geom IS NOT NULL
    THEN ST_MakeLine(geom, ST_Translate(geom, 0.001, 0.002)) END
FROM numbered WHERE numbered.id = comment.id
"""
"""Every status, and what people drew."""


def speak(session: Session) -> None:
    """Sample comments and votes in Palermo: of every status, some drawn, one topic sensitive."""
    make_samples(session, slug=SLUG, comments=COMMENTS, votes=300, seed=5)
    session.execute(text(MIXED))
    session.execute(
        text(
            "UPDATE topic SET sensitive = true WHERE id = (SELECT topic_id FROM comment"
            " WHERE status = 'published' GROUP BY topic_id ORDER BY count(*) DESC LIMIT 1)"
        )
    )
    session.flush()


@pytest.fixture
def voices(session: Session) -> Session:
    speak(session)
    session.commit()
    return session


@pytest.fixture
def read(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """A document below the root: ``read("collections/comments/items", bbox="…")``."""

    def get(path: str = "", *, status: int = 200, token: str = "", **arguments: Any) -> dict[str, Any]:
        headers = {"Accept": "application/geo+json, application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        named = {name.replace("_", "-") if name.startswith(("bbox", "filter")) else name: value
                 for name, value in arguments.items()}  # fmt: skip
        answer = client.get(f"{ROOT}/{path}", query_string={"lang": "en", **named}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)[:500]
        return dict(json.loads(answer.get_data(as_text=True)))

    return get


@pytest.fixture
def items(read: Callable[..., dict[str, Any]]) -> Callable[..., list[dict[str, Any]]]:
    """All features of a collection that an address gives in one page."""

    def get(collection: str, **arguments: Any) -> list[dict[str, Any]]:
        return list(read(f"collections/{collection}/items", limit=10_000, **arguments)["features"])

    return get


def make_token(session: Session, *, role: str = "planner", scopes: tuple[str, ...] = ("read_full",)) -> str:
    """The secret of a token of somebody with this role in every plan."""
    account = Account(email=f"{role or 'nobody'}@example.org", name="Rosa Messina", password_hash="x")
    session.add(account)
    session.flush()
    if role:
        session.add(StaffRole(account_id=account.id, role=role))
    _token, secret = issue_api_token(
        session, account=account, name="QGIS", scopes=scopes, plan_id=None, expires_at=None
    )
    session.commit()
    return secret


@pytest.fixture(scope="module")
def live(
    app: Flask, database_url: str, pristine: Pristine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The service in a process of its own, over committed comments; the address of its root."""
    with app.app_context():
        speak(db.session)
        db.session.commit()
    with serving(database_url, tmp_path_factory.mktemp("live")) as origin:
        yield f"{origin}{ROOT}/"
    pristine.restore()
