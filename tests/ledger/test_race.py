"""Concluding and writing at the same moment: no comment slips in behind the end."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.consultation import drafts, places, queries
from mobility.consultation.comments import CommentingClosed, open_step, submit_comment
from mobility.consultation.models import Comment
from mobility.errors import MobilityError
from mobility.extensions import db
from mobility.ledger import services
from mobility.ledger.services import NotAnswered
from mobility.plans.models import Plan
from tests.insight.conftest import make_account

OUTCOMES = """
INSERT INTO measure_outcome (plan_id, measure_id, outcome, why, decided_at)
SELECT plan_id, id, 'kept', '{"en": "So."}', now() FROM measure
"""


@pytest.fixture
def ready(committed: Flask) -> Flask:
    """A plan in which nothing is missing."""
    with committed.app_context(), db.engine.begin() as connection:
        connection.execute(text(OUTCOMES))
    return committed


def the_plan(session: Session) -> Plan:
    return session.scalars(select(Plan).where(Plan.slug == "palermo-centro")).one()


def write(session: Session) -> Comment:
    """A comment on the whole plan, by somebody new; not committed."""
    plan, now = the_plan(session), datetime.now(UTC)
    person = Participant(identity_level=0)
    session.add(person)
    session.flush()
    steps = [queries.step_of(phase) for phase in queries.phases_of(session, plan_id=plan.id)]
    return submit_comment(
        session,
        plan=plan,
        step=open_step(steps, level=0, now=now),
        participant=person,
        draft=drafts.Draft(
            place=places.Subject(scope="plan", words={"en": "The whole plan", "it": "Tutto il piano"}),
            topic=drafts.find_topic(session, plan_id=plan.id, slug="walking"),
            stance="idea",
            text="At the last moment.",
            language="en",
        ),
        idempotency_key=uuid.uuid4(),
        now=now,
    )


def end(session: Session, account_id: int) -> None:
    services.conclude(
        session,
        plan=the_plan(session),
        statement={},
        account_id=account_id,
        language="en",
        now=datetime.now(UTC),
    )


def in_another_thread(app: Flask, work: Any) -> tuple[threading.Thread, list[Any]]:
    """Runs `work(session)` and commits; the list holds what was raised, or None."""
    outcome: list[Any] = []

    def run() -> None:
        with app.test_request_context():
            try:
                work(db.session)
                db.session.commit()
                outcome.append(None)
            except MobilityError as error:
                db.session.rollback()
                outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_a_comment_under_way_is_waited_for(ready: Flask) -> None:
    with ready.test_request_context():
        account_id = make_account(db.session, "planner").id
        write(db.session)
        thread, outcome = in_another_thread(ready, lambda session: end(session, account_id))
        thread.join(timeout=1)
        assert thread.is_alive()
        db.session.commit()
        thread.join(timeout=30)
    assert isinstance(outcome[0], NotAnswered)
    assert [(each.kind, each.n) for each in outcome[0].missing] == [("answers", 1)]


def test_a_comment_behind_the_end_is_refused(ready: Flask) -> None:
    with ready.test_request_context():
        account_id = make_account(db.session, "planner").id
        end(db.session, account_id)
        thread, outcome = in_another_thread(ready, write)
        thread.join(timeout=1)
        assert thread.is_alive()
        db.session.commit()
        thread.join(timeout=30)
        assert isinstance(outcome[0], CommentingClosed)
        assert db.session.scalars(select(Comment.id)).all() == []
        db.session.rollback()
