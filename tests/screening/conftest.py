"""Attributes, experts and measures that touch heritage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.cities.models import City
from mobility.plans.models import Plan
from mobility.screening.defaults import add_usual
from mobility.screening.models import HeritageAttribute, HeritageGrade
from mobility.screening.queries import attributes_of
from mobility.screening.services import GradeDraft, grade
from tests.insight.conftest import groups, make_account, phase, plan, planner, say, visit

__all__ = ["groups", "make_account", "phase", "plan", "planner", "say", "visit"]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def city(session: Session, plan: Plan) -> City:
    return session.get_one(City, plan.city_id)


@pytest.fixture
def expert(session: Session) -> Account:
    return make_account(session, "planner")


@pytest.fixture
def attributes(session: Session, city: City) -> list[HeritageAttribute]:
    """The usual six."""
    add_usual(session, city=city, account_id=None)
    return attributes_of(session, city_id=city.id)


@pytest.fixture
def give(session: Session, plan: Plan, expert: Account) -> Callable[..., HeritageGrade]:
    """`give("P1", attribute, extent="major", direction="negative", …)`: an expert's grade."""

    def make(code: str, attribute: HeritageAttribute, *, now: datetime = NOW, **values: Any) -> HeritageGrade:
        said = {
            "extent": "minor",
            "direction": "positive",
            "reason": "Less traffic in front of the portal.",
            "mitigation": "",
            "body": "Monuments office",
            "language": "en",
        } | values
        return grade(
            session,
            plan=plan,
            code=code,
            attribute=attribute,
            draft=GradeDraft(**said),
            account_id=expert.id,
            now=now,
        )

    return make
