"""Offices, cases and answers of the ledger, made as the desk makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, Participant
from mobility.answers.models import Answer, AnswerComment, Case
from mobility.consultation.models import Comment
from mobility.ledger import services
from mobility.ledger.models import Conclusion, MeasureOutcome
from mobility.offices.models import Office
from mobility.plans.models import Measure, Plan
from tests.insight.conftest import (
    CENTRE,
    groups,
    make_account,
    phase,
    plan,
    planner,
    say,
    visit,
)  # fmt: skip

__all__ = ["CENTRE", "groups", "make_account", "phase", "plan", "planner", "say", "visit"]
DAY = timedelta(days=1)


@pytest.fixture
def office(session: Session, plan: Plan) -> Office:
    query = select(Office).where(Office.city_id == plan.city_id).order_by(Office.slug)
    return session.scalars(query).first() or pytest.fail("no office")


@pytest.fixture
def account(session: Session) -> Account:
    return make_account(session, "planner")


@pytest.fixture
def measure(session: Session, plan: Plan) -> Measure:
    return session.scalars(select(Measure).where(Measure.plan_id == plan.id, Measure.code == "P1")).one()


@pytest.fixture
def person(session: Session) -> Callable[..., Participant]:
    """`person("ada@example.org")`: a participant with an address."""

    def make(email: str | None = None, **values: Any) -> Participant:
        made = Participant(identity_level=1 if email else 0, email=email, **values)
        session.add(made)
        session.commit()
        return made

    return make


@pytest.fixture
def case(session: Session, plan: Plan, office: Office) -> Callable[..., Case]:
    """`case(comment, days=-3)`: the comment is with the office; `days`: until it is due."""

    def make(comment: Comment, *, days: int = 20, **values: Any) -> Case:
        kept = session.get(Case, comment.id)
        if kept is not None:
            session.delete(kept)
            session.flush()
        given = {"office_id": office.id, "state": "in_progress"} | values
        made = Case(
            comment_id=comment.id,
            plan_id=plan.id,
            received_at=comment.created_at,
            due_at=comment.created_at + days * DAY,
            **given,
        )
        session.add(made)
        session.commit()
        return made

    return make


@pytest.fixture
def answer(session: Session, plan: Plan, office: Office, case: Callable[..., Case]) -> Callable[..., Answer]:
    """`answer(one, two, text="…", after=2)`: published so many days after the comments came."""

    def publish(*comments: Comment, text: str = "We widen the pavement.", after: float = 2) -> Answer:
        at = comments[0].created_at + after * DAY
        made = Answer(
            plan_id=plan.id, office_id=office.id, state="published", language="en", text=text, published_at=at
        )
        session.add(made)
        session.flush()
        for comment in comments:
            session.add(AnswerComment(answer_id=made.id, comment_id=comment.id))
            kept = session.get(Case, comment.id) or case(comment)
            kept.state, kept.answer_id, kept.answered_at = "answered", made.id, at
        session.commit()
        return made

    return publish


@pytest.fixture
def decide(session: Session, plan: Plan, account: Account) -> Callable[..., list[MeasureOutcome]]:
    """Records an outcome for every measure, or for the one with this code."""

    def all_of(outcome: str = "kept", *, code: str = "", version: int | None = None) -> list[MeasureOutcome]:
        query = select(Measure).where(Measure.plan_id == plan.id, Measure.retired_at.is_(None))
        measures = session.scalars(query.where(Measure.code == code) if code else query).all()
        made = [
            services.record_outcome(
                session,
                plan=plan,
                measure=each,
                outcome=outcome,
                why=dict.fromkeys(plan.languages, f"Because of what you said about {each.code}."),
                version=version,
                account_id=account.id,
                now=datetime.now(UTC),
            )
            for each in measures
        ]
        session.commit()
        return made

    return all_of


@pytest.fixture
def conclude(session: Session, plan: Plan, account: Account) -> Callable[..., Conclusion]:
    """Concludes the plan, whatever is missing is refused."""

    def end(**words: str) -> Conclusion:
        made = services.conclude(
            session, plan=plan, statement=words, account_id=account.id, language="en", now=datetime.now(UTC)
        )
        session.commit()
        return made

    return end
