"""The people and letters of the accounts' tests, and an administrator at work."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.plans.models import Plan
from tests.accounts.conftest import Make, Person, acts, letters, make

__all__ = ["acts", "letters", "make"]


@pytest.fixture
def boss(make: Make) -> Person:
    """An administrator with a second factor, signed in with it."""
    person = make("administrator", name="Olga Greco", factor=True)
    person.sign_in()
    person.send("/sign-in/code", "/sign-in/code", code=person.code())
    return person


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()
