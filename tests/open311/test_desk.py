"""An administrator sets up a system; nobody else may, and no key is ever shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.open311.models import Endpoint, EndpointRule
from tests.consultation.browser import PLAN, Browser

DESK = f"{PLAN}/desk/open311"
SYSTEM = {"name": "Segnala", "url": "https://segnala.example/open311/v2/", "key": "our-key", "active": "y"}


@pytest.fixture
def administrator(visit: Callable[..., Browser]) -> Browser:
    return visit("administrator")


def test_a_system_with_its_rules(session: Session, administrator: Browser) -> None:
    page = administrator.send(administrator.form(DESK, "/desk/open311"), **SYSTEM)
    assert "Now say which comments go there." in page.text
    made = session.scalars(select(Endpoint)).one()
    assert made.url == "https://segnala.example/open311/v2"
    assert b"our-key" not in (made.key_sealed or b"")
    assert "our-key" not in page.text
    path = f"{DESK}/{made.id}"
    for code in ("001", "002"):
        administrator.send(administrator.form(path, "/rules"), topic="safety", service_code=code)
    assert session.scalars(select(EndpointRule.service_code)).all() == ["002"]
    administrator.send(administrator.form(path, "/remove"))
    assert session.scalars(select(EndpointRule)).all() == []
    kept = made.key_sealed
    administrator.send(administrator.form(path, f"/{made.id}"), name="Segnala 2", key="")
    session.refresh(made)
    assert (made.name, made.key_sealed) == ("Segnala 2", kept)
    administrator.send(administrator.form(path, f"/{made.id}"), url="https://elsewhere.example/v2", key="")
    session.refresh(made)
    assert made.key_sealed is None


@pytest.mark.parametrize(
    "url",
    [
        "http://segnala.example/v2",
        "ftp://segnala.example",
        "https://user:pw@segnala.example",
        "https://169.254.169.254/open311",
        "https://127.0.0.1/v2",
        "segnala",
        "https://segnala.example/v2?x=1",
    ],
)
def test_other_addresses_are_refused(session: Session, administrator: Browser, url: str) -> None:
    got = administrator.send(administrator.form(DESK, "/desk/open311"), **SYSTEM | {"url": url})
    assert got.status_code == 422
    assert "url-error" in got.text
    assert session.scalars(select(Endpoint)).all() == []


def test_planners_may_not(planner: Browser) -> None:
    assert planner.get(DESK).status_code == 403
