"""One person before a browser, who has commented and voted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant
from mobility.accounts.services import token_participant
from mobility.consultation.models import Comment, Phase, Topic, Vote
from mobility.plans.models import Plan, Segment

TOKEN = "the-token-of-this-person"
WORDS = "The kerb near number 40 is too high for my chair."


@pytest.fixture
def me(session: Session) -> Participant:
    """A participant with an address, known by `TOKEN`."""
    person = token_participant(session, token=TOKEN, create=True)
    assert person is not None
    person.email = "ada@example.org"
    session.commit()
    return person


@pytest.fixture
def said(session: Session, me: Participant) -> Comment:
    """One published comment and one vote of that person, the vote changed once."""
    return speak(session, me)


def speak(session: Session, person: Participant, **values: object) -> Comment:
    """A comment on the first segment, and a vote with a condition that was cast and changed."""
    plan = session.scalars(select(Plan)).one()
    segment = session.scalars(select(Segment).order_by(Segment.id)).first()
    topic = session.scalars(select(Topic)).first()
    phase = session.scalars(select(Phase).where(Phase.actions.contains(["comment"]))).first()
    assert segment
    assert topic
    assert phase
    given = {
        "plan_id": plan.id, "participant_id": person.id, "phase_id": phase.id, "topic_id": topic.id,
        "segment_id": segment.id, "measure_id": segment.measure_id, "stance": "against", "text": WORDS,
        "geom": "SRID=4326;POINT(13.361424 38.115672)", "place": {"it": "In piazza", "en": "In the square"},
        "language": "en", "receipt": f"RCPT{person.id:08d}", "relation": ["lives"],
        "idempotency_key": f"00000000-0000-0000-0000-{person.id:012d}",
    }  # fmt: skip
    comment = Comment(**(given | values))
    vote = Vote(
        plan_id=plan.id, segment_id=segment.id, participant_id=person.id, phase_id=phase.id, position=1,
        identity_level=person.identity_level, condition="if the benches stay", cast_at=datetime.now(UTC),
    )  # fmt: skip
    session.add_all([comment, vote])
    session.flush()
    vote.position, vote.condition = 2, "if my benches stay"
    session.commit()
    return comment
