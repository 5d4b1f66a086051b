"""People who prove who they are: their browsers, the messages they get, the votes they had cast."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account
from mobility.consultation.models import Phase
from mobility.mail.models import MailMessage
from mobility.plans.models import Plan
from tests.consultation.browser import Browser

PASSWORD = "a long enough password"
LINK = re.compile(r"https?://[^/\s]+(/identity/link/\S+)")


@pytest.fixture
def resident(client: FlaskClient) -> Browser:
    return Browser(client)


@pytest.fixture
def other_device(app: Flask, session: Session) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


@pytest.fixture
def ask_for(session: Session, plan: Plan) -> Callable[..., None]:
    """Sets the identity levels that the open step asks for."""

    def change(**levels: int) -> None:
        now = datetime.now(UTC)
        session.execute(
            update(Phase)
            .where(Phase.plan_id == plan.id, Phase.opens_at <= now, Phase.closes_at > now)
            .values(**levels)
        )
        session.commit()

    return change


@pytest.fixture
def read_link(session: Session) -> Callable[[str], str]:
    """The path of the newest link that was sent to an address; the message is taken away."""

    def read(address: str) -> str:
        query = select(MailMessage).where(MailMessage.recipient == address).order_by(MailMessage.id.desc())
        message = session.scalars(query.limit(1)).one()
        found = LINK.search(message.body)
        assert found, message.body
        session.execute(delete(MailMessage).where(MailMessage.id == message.id))
        session.commit()
        return found[1]

    return read


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[[Account], Browser]:
    """A browser in which the account is signed in."""

    def browser(account: Account) -> Browser:
        signed = Browser(app.test_client())
        with signed.client.session_transaction() as kept:
            kept["_user_id"] = account.get_id()
            kept["_fresh"] = True
        return signed

    return browser


@pytest.fixture
def planner(session: Session, sign_in: Callable[[Account], Browser]) -> Browser:
    account = accounts.save_account(
        session, email="planner@example.org", name="Pia", password=PASSWORD, role="planner"
    )
    session.commit()
    return sign_in(account)
