"""People round a group: who registers it, delegates, a planner; and small PDFs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, PlanGroup, StakeholderGroup
from mobility.mail.models import MailMessage
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser

PASSWORD = "four quiet garden tables"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GOOD = {
    "name_en": "Friends of the Cala",
    "name_it": "Amici della Cala",
    "kind": "residents",
    "area": "The old harbour",
    "members": "120",
    "website": "cala.example",
    "about": "We look after the old harbour since 1998.",
    "email": "contact@cala.example",
}


@pytest.fixture
def resident(client: FlaskClient) -> Browser:
    return Browser(client)


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


@pytest.fixture
def group(session: Session, plan: Plan) -> StakeholderGroup:
    """The first group of the plan."""
    query = select(StakeholderGroup).join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
    return session.scalars(query.where(PlanGroup.plan_id == plan.id).order_by(StakeholderGroup.slug)).first()  # type: ignore[return-value]


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[[Account], Browser]:
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


@pytest.fixture
def person(
    session: Session, group: StakeholderGroup, sign_in: Callable[[Account], Browser]
) -> Callable[[str], Browser]:
    """`person("Ada")`: a delegate of the group with this name, signed in."""

    def come(name: str) -> Browser:
        account = accounts.save_account(
            session, email=f"{name.lower()}@example.org", name=name, password=PASSWORD, language="en"
        )
        accounts.delegate(session, account=account, group=group)
        session.commit()
        return sign_in(account)

    return come


@pytest.fixture
def ada(person: Callable[[str], Browser]) -> Browser:
    return person("Ada")


@pytest.fixture
def ben(person: Callable[[str], Browser]) -> Browser:
    return person("Ben")


@pytest.fixture
def stranger(app: Flask, session: Session, sign_in: Callable[[Account], Browser]) -> Browser:
    """Somebody with an account who speaks for nobody."""
    account = accounts.save_account(session, email="zoe@example.org", name="Zoe", password=PASSWORD)
    session.commit()
    return sign_in(account)


def link_to(session: Session, recipient: str) -> str:
    """The path of the link in the newest message to this address."""
    query = select(MailMessage.body).where(MailMessage.recipient == recipient)
    body = session.scalars(query.order_by(MailMessage.id.desc())).first() or ""
    found = re.search(r"https?://[^/\s]+(/\S+)", body)
    assert found, f"no link for {recipient}"
    return found.group(1)


def post_files(
    browser: Browser, address: str, fields: dict[str, str], **files: list[tuple[str, bytes]]
) -> object:
    """A form with documents, sent as a browser does."""
    page = browser.get(address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data: dict[str, object] = {**fields, "csrf_token": token.group(1)}
    for name, sent in files.items():
        data[name] = [(io.BytesIO(content), filename) for filename, content in sent]
    return browser.client.post(
        address, data=data, headers=browser.headers, content_type="multipart/form-data"
    )


def register(browser: Browser, **typed: str) -> object:
    form = browser.form(f"{PLAN}/groups/new", "/groups/new")
    return browser.send(form, **(GOOD | typed))
