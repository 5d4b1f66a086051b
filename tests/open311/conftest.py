"""Programs with API keys, and comments as the ledger knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.accounts.api_tokens import issue_api_token
from mobility.open311.formats import read
from mobility.plans.models import Plan
from tests.ledger.conftest import (
    account,
    answer,
    case,
    groups,
    make_account,
    measure,
    office,
    person,
    phase,
    plan,
    planner,
    say,
    visit,
)  # fmt: skip

__all__ = [
    "account", "answer", "case", "groups", "make_account", "measure", "office", "person", "phase", "plan",
    "planner", "say", "visit",
]  # fmt: skip
V2 = "/open311/v2"
GOOD = {
    "service_code": "palermo-centro.walking",
    "lat": "38.1157",
    "long": "13.3615",
    "description": "The pavement is too narrow for a pram.",
    "attribute[stance]": "idea",
    "device_id": "phone-1",
}
"""A report as the specification writes one."""


@pytest.fixture
def key(session: Session) -> Callable[..., str]:
    """`key(scopes=["report"])`: an API key."""

    def issue(*scopes: str, plan: Plan | None = None) -> str:
        _token, secret = issue_api_token(
            session,
            account=make_account(session, "planner"),
            name="An app",
            scopes=scopes or ["report"],
            plan_id=plan.id if plan else None,
            expires_at=None,
        )
        session.commit()
        return secret

    return issue


@pytest.fixture
def ask(client: FlaskClient) -> Callable[..., TestResponse]:
    """`ask("services.json", language="it")`."""

    def get(path: str, *, language: str = "en", **query: Any) -> TestResponse:
        return client.get(f"{V2}/{path}", query_string=query, headers={"Accept-Language": language})

    return get


@pytest.fixture
def send(app: Flask, session: Session, key: Callable[..., str]) -> Callable[..., TestResponse]:
    """Sends a report with some fields changed; a field that is None is left out."""
    secret = key()

    def post(form: str = "json", *, headers: dict[str, str] | None = None, **changed: Any) -> TestResponse:
        fields = {
            name.replace("__", "[").replace("_end", "]"): value
            for name, value in ({**GOOD, "api_key": secret} | changed).items()
            if value is not None
        }
        return app.test_client().post(
            f"{V2}/requests.{form}", data=fields, headers={"Accept-Language": "en", **(headers or {})}
        )

    return post


def tree(answer: TestResponse) -> Any:
    """The answer, whichever form it has."""
    form = "json" if "json" in answer.content_type else "xml"
    return read(form, answer.data)
