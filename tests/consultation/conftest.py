"""People of the consultation: residents with their own browsers, delegates, phases moved in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, PlanGroup, StakeholderGroup
from mobility.consultation.models import Comment, Phase, Vote
from mobility.plans.models import Plan
from tests.consultation.browser import Browser

PASSWORD = "a long enough password"
DAY = timedelta(days=1)


@pytest.fixture
def resident(client: FlaskClient) -> Browser:
    """Somebody without an account."""
    return Browser(client)


@pytest.fixture
def neighbour(app: Flask, session: Session) -> Browser:
    """Somebody else, with another browser."""
    return Browser(app.test_client())


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


@pytest.fixture
def groups(session: Session, plan: Plan) -> list[StakeholderGroup]:
    """The groups invited to the plan, by slug."""
    query = select(StakeholderGroup).join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
    return list(session.scalars(query.where(PlanGroup.plan_id == plan.id).order_by(StakeholderGroup.slug)))


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[[Account], Browser]:
    """A browser in which the account is signed in."""

    def browser(account: Account) -> Browser:
        signed = Browser(app.test_client())
        with signed.client.session_transaction() as kept:
            kept["_user_id"] = str(account.id)
            kept["_fresh"] = True
        return signed

    return browser


@pytest.fixture
def delegate(
    session: Session, groups: list[StakeholderGroup], sign_in: Callable[[Account], Browser]
) -> Browser:
    """The delegate of the first group, signed in."""
    account = accounts.save_account(session, email="delegate@example.org", name="Dora", password=PASSWORD)
    accounts.delegate(session, account=account, group=groups[0])
    session.commit()
    return sign_in(account)


@pytest.fixture
def set_phases(session: Session, plan: Plan) -> Callable[..., None]:
    """Replaces the phases of the plan by one that opens and closes so many days from now."""

    def change(opens: float, closes: float, **values: object) -> None:
        session.execute(delete(Vote))
        session.execute(delete(Comment))
        first = session.scalars(select(Phase.id).where(Phase.plan_id == plan.id)).first()
        session.execute(delete(Phase).where(Phase.plan_id == plan.id, Phase.id != first))
        now = datetime.now(UTC)
        session.execute(
            update(Phase)
            .where(Phase.id == first)
            .values(
                opens_at=now + opens * DAY,
                closes_at=now + closes * DAY,
                **(
                    {"actions": ["comment", "vote"], "results": "always", "comment_level": 0, "vote_level": 0}
                    | values
                ),
            )
        )
        session.commit()
        session.expire_all()

    return change


@pytest.fixture
def people(committed: Flask) -> Callable[[], Browser]:
    """Browsers for tests with real commits; each is a new person."""
    return lambda: Browser(committed.test_client())
