"""Offices with people, comments with cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant
from mobility.answers.models import Case
from mobility.consultation.models import Comment, Topic
from mobility.offices.models import Competence, Office, OfficeMember
from mobility.plans.models import Plan
from tests.consultation.browser import Browser
from tests.insight.conftest import CENTRE, make_account, phase, plan, say, visit

__all__ = ["CENTRE", "make_account", "phase", "plan", "say", "visit"]
PASSWORD = "a long enough password"


@pytest.fixture
def office(session: Session) -> Callable[..., Office]:
    """`office("mobilita-urbana", four_eyes=True)`: an office of Palermo, changed."""

    def find(slug: str = "mobilita-urbana", **values: object) -> Office:
        found = session.scalars(select(Office).where(Office.slug == slug)).one()
        for name, value in values.items():
            setattr(found, name, value)
        session.commit()
        return found

    return find


@pytest.fixture
def compete(session: Session, plan: Plan) -> Callable[..., Competence]:
    """`compete(office, topic="walking", area=wkt)`: a competence in force."""

    def make(
        office: Office, *, topic: str = "", area: str = "", name: str = "Kalsa", **values: object
    ) -> Competence:
        topic_id = None
        if topic:
            topic_id = session.scalar(select(Topic.id).where(Topic.plan_id == plan.id, Topic.slug == topic))
        made = Competence(
            plan_id=plan.id,
            office_id=office.id,
            topic_id=topic_id,
            area=f"SRID=4326;{area}" if area else None,
            area_name={"it": name, "en": name} if area else {},
            **values,
        )
        session.add(made)
        session.commit()
        return made

    return make


@pytest.fixture
def person(session: Session, plan: Plan) -> Callable[..., Account]:
    """`person("bea", office)`: a clerk who answers for these offices."""

    def make(name: str, *offices: Office, role: str = "clerk") -> Account:
        account = accounts.save_account(
            session, email=f"{name}@example.org", name=name.capitalize(), password=PASSWORD, role=role
        )
        for each in offices:
            session.merge(OfficeMember(office_id=each.id, account_id=account.id))
        session.commit()
        return account

    return make


@pytest.fixture
def enter(app: Flask) -> Callable[[Account], Browser]:
    """A browser in which this person is signed in."""

    def start(account: Account) -> Browser:
        visitor = Browser(app.test_client())
        with visitor.client.session_transaction() as kept:
            kept["_user_id"] = account.get_id()
            kept["_fresh"] = True
        return visitor

    return start


@pytest.fixture
def ask(session: Session, say: Callable[..., Comment]) -> Callable[..., Comment]:
    """A comment that was sent, so that it has a case; `email` is its author's address."""

    def send(text: str = "The kerb is too high", *, email: str = "", **values: object) -> Comment:
        author = Participant(identity_level=1 if email else 0, email=email or None)
        session.add(author)
        session.flush()
        comment = say(text=text, participant_id=author.id, **values)
        signals.comment_sent.send(session, comment=comment, now=datetime.now(UTC))
        session.commit()
        return comment

    return send


@pytest.fixture
def case(session: Session) -> Callable[[Comment], Case]:
    """The case of a comment, read anew."""
    return lambda comment: session.get_one(Case, comment.id, populate_existing=True)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
