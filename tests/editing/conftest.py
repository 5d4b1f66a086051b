"""A draft of Palermo's P1 and the people who edit it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.cities.models import City
from mobility.editing import drafts
from mobility.editing.models import MeasureDraft
from mobility.plans.models import Measure, Plan, Segment
from mobility.screening.models import HeritageStatement
from mobility.spatial.crs import Metric, metric
from tests.insight.conftest import (  # noqa: F401 (fixtures)
    cast,
    groups,
    make_account,
    phase,
    plan,
    planner,
    say,
    visit,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def city(session: Session, plan: Plan) -> City:  # noqa: F811
    return session.get_one(City, plan.city_id)


@pytest.fixture
def ruler(city: City) -> Metric:
    return metric(city.srid)


@pytest.fixture
def measure(session: Session, plan: Plan) -> Measure:  # noqa: F811
    return session.scalars(select(Measure).where(Measure.plan_id == plan.id, Measure.code == "P1")).one()


@pytest.fixture(autouse=True)
def screened(session: Session, plan: Plan) -> list[HeritageStatement]:  # noqa: F811
    """Experts have signed that neither P1 nor P9 interacts with an attribute."""
    values = {"why": "No.", "body": "Office", "language": "en", "measure_version": 1, "signed_at": NOW}
    signed = [HeritageStatement(plan_id=plan.id, measure_code=code, **values) for code in ("P1", "P9")]
    session.add_all(signed)
    session.commit()
    return signed


@pytest.fixture
def account(session: Session) -> Account:
    return make_account(session, "planner")


@pytest.fixture
def draft(session: Session, plan: Plan, measure: Measure, account: Account) -> MeasureDraft:  # noqa: F811
    """A draft of P1 that says what is published."""
    made, _lost = drafts.begin_draft(session, plan=plan, measure=measure, account_id=account.id, now=NOW)
    session.commit()
    return made


@pytest.fixture
def segment(session: Session, plan: Plan) -> Callable[[str], Segment | None]:  # noqa: F811
    """The segment with a code."""

    def find(code: str) -> Segment | None:
        query = select(Segment).where(Segment.plan_id == plan.id, Segment.code == code)
        return session.scalars(query.execution_options(populate_existing=True)).one_or_none()

    return find


@pytest.fixture
def change(session: Session, draft: MeasureDraft, account: Account) -> Callable[..., None]:
    """Gives the draft another content, as an act would."""

    def keep(content: dict[str, Any], act: str = "words") -> None:
        drafts.keep(session, draft, content, act=act, account_id=account.id, now=NOW)

    return keep
