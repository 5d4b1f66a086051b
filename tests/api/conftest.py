"""What the API has to tell: sample voices, an answered comment, an outcome, and tokens of programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.api_tokens import issue_api_token
from mobility.accounts.models import Account, StakeholderGroup
from mobility.answers.models import Answer, AnswerComment, Case
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import Comment
from mobility.groups.models import GroupPosition
from mobility.insight.sampling import make_samples
from mobility.ledger.models import MeasureOutcome
from mobility.offices.models import Office
from mobility.plans.models import Measure, Plan

SLUG = "palermo-centro"
API = f"/api/v1/plans/{SLUG}"
GROUP = "palermo-in-bici"
Token = Callable[..., dict[str, str]]


def speak(session: Session) -> Comment:
    """A plan with something of everything; the comment that is answered."""
    now = datetime.now(UTC)
    make_samples(session, slug=SLUG, comments=30, votes=80, seed=3, now=now)
    plan = session.scalars(select(Plan).where(Plan.slug == SLUG)).one()
    comment = session.scalars(
        select(Comment)
        .where(Comment.status == "published", Comment.measure_id.is_not(None))
        .order_by(Comment.id)
    ).first()
    office = session.scalars(select(Office).order_by(Office.id)).first()
    group = session.scalars(select(StakeholderGroup).where(StakeholderGroup.slug == GROUP)).one()
    assert comment
    assert office
    comment.drawing = "SRID=4326;LINESTRING(13.36 38.11, 13.361 38.112)"
    answer = Answer(
        plan_id=plan.id, office_id=office.id, language="it", text="Provvediamo in primavera.", state="draft"
    )
    session.add(answer)
    session.flush()
    session.add(AnswerComment(answer_id=answer.id, comment_id=comment.id))
    session.flush()
    answer.state, answer.published_at = "published", now
    session.flush()
    case = session.get(Case, comment.id)
    if case is None:
        case = Case(comment_id=comment.id, plan_id=plan.id, received_at=now)
        session.add(case)
    case.office_id, case.state, case.answer_id, case.answered_at = office.id, "answered", answer.id, now
    measure = session.get_one(Measure, comment.measure_id)
    session.add_all([
        Reply(plan_id=plan.id, comment_id=comment.id, phase_id=comment.phase_id, side="for", text="So do I.",
              language="en", idempotency_key=comment.idempotency_key),
        MeasureOutcome(plan_id=plan.id, measure_id=measure.id, outcome="changed", why={"it": "Per voi."},
                       version=2, decided_at=now),
        GroupPosition(group_id=group.id, measure_id=measure.id, text={"it": "Sì."}, measure_version=1,
                      state="published", version=1, published_at=now),
    ])  # fmt: skip
    session.flush()
    return comment


def give_token(session: Session, *scopes: str, plan_id: int | None = None, email: str = "") -> dict[str, str]:
    """The header with which a program of a new account shows its token."""
    account = Account(
        email=email or f"program-{len(scopes)}-{'-'.join(scopes)}@city.example",
        name="Program",
        password_hash="none",
    )
    session.add(account)
    session.flush()
    _row, secret = issue_api_token(
        session, account=account, name="Test", scopes=scopes, plan_id=plan_id, expires_at=None
    )
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def answered(session: Session) -> Comment:
    """A comment that an office answered, in a plan with something of everything."""
    return speak(session)


@pytest.fixture
def token(session: Session) -> Token:
    """Makes a token with these scopes; gives the header that shows it."""
    return lambda *scopes, plan_id=None: give_token(session, *scopes, plan_id=plan_id)
