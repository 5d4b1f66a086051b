"""A receiver, an address of it, and comments that make events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Account
from mobility.consultation.models import Comment, Phase, Topic
from mobility.jobs import Site
from mobility.plans.models import Plan
from mobility.webhooks.models import EVENTS, Webhook
from mobility.webhooks.services import add_webhook
from tests.webhooks.receiver import Receiver, receiving

SECRET = "the secret of the installation"
BEGIN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SITE = Site("https://consult.city.example", SECRET, frozenset({"127.0.0.1"}))


class Clock:
    """Stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


def administrator(session: Session) -> Account:
    account = Account(
        email="admin@city.example", name="Admin", password_hash="none", role="administrator", language="en"
    )
    session.add(account)
    session.flush()
    return account


def watch(
    session: Session,
    url: str,
    *,
    events: tuple[str, ...] = EVENTS,
    plan_id: int | None = None,
    account: Account | None = None,
) -> tuple[Webhook, str]:
    """An address that is told of these events, and its secret."""
    account = account or administrator(session)
    return add_webhook(
        session, name="Case system", url=url, events=events, plan_id=plan_id, account_id=account.id,
        key=SECRET, hosts=SITE.outgoing_hosts, now=BEGIN,
    )  # fmt: skip


def say(session: Session, plan: Plan, *, status: str = "published", now: datetime = BEGIN) -> Comment:
    """A comment that became public at this moment, as the services tell it."""
    phase = session.scalars(select(Phase).where(Phase.plan_id == plan.id).order_by(Phase.id)).first()
    topic = session.scalars(select(Topic).where(Topic.plan_id == plan.id).order_by(Topic.id)).first()
    assert phase
    assert topic
    comment = Comment(
        plan_id=plan.id, phase_id=phase.id, topic_id=topic.id, stance="for", text="Call Rosa, 333 1234567.",
        geom="SRID=4326;POINT(13.3615 38.1157)", place={"en": "Quattro Canti"}, language="en", status=status,
        receipt=uuid.uuid4().hex[:12].upper(), idempotency_key=uuid.uuid4(), created_at=now,
    )  # fmt: skip
    session.add(comment)
    session.flush()
    if status == "published":
        signals.comment_published.send(session, comment=comment, now=now)
    return comment
