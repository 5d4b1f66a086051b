"""People of the desk: planner and member, comments and votes pinned where the tests want them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant, PlanGroup, StakeholderGroup
from mobility.consultation.models import Comment, Phase, Topic, Vote
from mobility.plans.models import Measure, Plan, Segment
from tests.consultation.browser import Browser

PASSWORD = "a long enough password"
CENTRE = (13.3615, 38.1157)
"""Near Quattro Canti."""


@pytest.fixture
def plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


@pytest.fixture
def groups(session: Session, plan: Plan) -> list[StakeholderGroup]:
    """The groups invited to the plan, by slug."""
    query = select(StakeholderGroup).join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
    return list(session.scalars(query.where(PlanGroup.plan_id == plan.id).order_by(StakeholderGroup.slug)))


@pytest.fixture
def phase(session: Session, plan: Plan) -> Phase:
    """The phase in which people comment and vote."""
    query = select(Phase).where(Phase.plan_id == plan.id, Phase.actions.contains(["vote"]))
    return session.scalars(query.order_by(Phase.opens_at)).first() or pytest.fail("no phase with votes")


@pytest.fixture
def say(session: Session, plan: Plan, phase: Phase) -> Callable[..., Comment]:
    """Pins a comment: `say(lon, lat, stance="against", topic="safety")`."""
    topics = {
        topic.slug: topic.id for topic in session.scalars(select(Topic).where(Topic.plan_id == plan.id))
    }
    numbers = itertools.count(1)

    def pin(
        lon: float = CENTRE[0], lat: float = CENTRE[1], *, topic: str = "walking", **values: Any
    ) -> Comment:
        number = next(numbers)
        comment = Comment(
            **(
                {
                    "plan_id": plan.id,
                    "phase_id": phase.id,
                    "topic_id": topics[topic],
                    "stance": "for",
                    "text": f"Comment number {number}",
                    "geom": f"SRID=4326;POINT({lon} {lat})",
                    "place": {"it": "Quattro Canti", "en": "Quattro Canti"},
                    "language": "en",
                    "receipt": f"DESKTEST{number:04d}".replace("0", "Z").replace("1", "Y"),
                    "idempotency_key": uuid.uuid4(),
                }
                | values
            )
        )
        session.add(comment)
        session.commit()
        return comment

    return pin


@pytest.fixture
def cast(session: Session, plan: Plan, phase: Phase) -> Callable[..., Vote]:
    """Casts one vote on a segment (P1-03) or measure (P1); each call is another participant."""
    segments = dict(session.execute(select(Segment.code, Segment.id).where(Segment.plan_id == plan.id)).all())
    measures = dict(session.execute(select(Measure.code, Measure.id).where(Measure.plan_id == plan.id)).all())

    def vote(code: str, position: int, *, level: int = 0, **values: Any) -> Vote:
        participant = Participant(identity_level=level)
        session.add(participant)
        session.flush()
        row = Vote(
            plan_id=plan.id,
            segment_id=segments.get(code),
            measure_id=None if code in segments else measures[code],
            participant_id=participant.id,
            position=position,
            phase_id=phase.id,
            identity_level=level,
            **values,
        )
        session.add(row)
        session.flush()
        return row

    return vote


@pytest.fixture
def visit(app: Flask, session: Session) -> Callable[..., Browser]:
    """`visit("planner")`: somebody with this role, signed in; `visit(None)`: a visitor."""

    def start(role: str | None) -> Browser:
        visitor = Browser(app.test_client())
        if role:
            account = make_account(session, role)
            with visitor.client.session_transaction() as kept:
                kept["_user_id"] = str(account.id)
                kept["_fresh"] = True
        return visitor

    return start


def make_account(session: Session, role: str) -> Account:
    """An account with a role, found again by its address."""
    account = accounts.save_account(
        session, email=f"{role}@example.org", name=f"Ada {role}", password=PASSWORD, role=role
    )
    session.commit()
    return account


@pytest.fixture
def planner(visit: Callable[..., Browser]) -> Browser:
    return visit("planner")


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
