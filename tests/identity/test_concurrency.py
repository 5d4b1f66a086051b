"""Votes, rises and merges at the same moment: the counts stay exact and nobody votes twice."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import EMAIL, Participant
from mobility.consultation import votes
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote
from mobility.errors import Forbidden
from mobility.extensions import db
from mobility.identity.merging import merge_participants
from mobility.identity.raising import Proof, raise_participant
from mobility.plans.models import Segment
from mobility.retry import in_transaction

pytestmark = pytest.mark.concurrency

SLUG, PEOPLE, BROWSERS, TURNS = "palermo-centro", 4, 2, 17


def token_of(person: int, browser: int) -> str:
    return f"person-{person}-browser-{browser}"


def cast(session: Session, token: str, code: str, position: int) -> None:
    votes.cast_vote(
        session,
        slug=SLUG,
        kind="segment",
        code=code,
        who=votes.Who(None, token),
        ballot=votes.Ballot(position),
        now=datetime.now(UTC),
    )


def prove(session: Session, token: str, person: int) -> None:
    """The browser's participant proves the person's address, unless it has been merged already."""
    now = datetime.now(UTC)
    device = accounts.token_participant(session, token=token, create=False, now=now)
    proof = Proof(EMAIL, email=f"person{person}@example.org")
    raise_participant(session, device=device, proof=proof, include_device=True, now=now)


def test_votes_while_people_prove_who_they_are(committed: Flask) -> None:
    """Each person votes in two browsers and confirms one address in all of them meanwhile."""
    with committed.app_context():
        codes = list(db.session.scalars(select(Segment.code).order_by(Segment.position).limit(4)))
    start = Barrier(PEOPLE * BROWSERS)

    def work(number: int) -> None:
        person, browser = divmod(number, BROWSERS)
        dice, token = random.Random(number), token_of(person, browser)
        start.wait()
        with committed.app_context():
            for turn in range(TURNS):
                code, position = dice.choice(codes), dice.choice((-2, -1, 0, 1, 2))
                try:
                    in_transaction(lambda session, c=code, p=position: cast(session, token, c, p))
                except Forbidden:
                    return
                if turn % 8 == 7:
                    in_transaction(lambda session: prove(session, token, person))

    with ThreadPoolExecutor(PEOPLE * BROWSERS) as pool:
        list(pool.map(work, range(PEOPLE * BROWSERS)))
    with committed.app_context():
        merged = select(func.count(Vote.id)).join(Participant, Participant.id == Vote.participant_id)
        assert db.session.scalar(merged.where(Participant.merged_into.is_not(None))) == 0
        assert db.session.scalar(merged.where(Vote.identity_level < Participant.identity_level)) == 0
        known = select(func.count()).select_from(Participant).where(Participant.email.is_not(None))
        assert db.session.scalar(known) == PEOPLE
        assert recount(db.session) == []


def waiting() -> bool:
    """Whether some statement of this database waits for a lock."""
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect() as other:
        return bool(other.scalar(blocked))


def test_a_vote_under_way_while_its_person_is_merged(committed: Flask) -> None:
    """It waits for the merge and then belongs to nobody who is gone."""
    ana, bea = token_of(0, 0), token_of(0, 1)
    with committed.app_context():
        code = db.session.scalars(select(Segment.code).order_by(Segment.position).limit(1)).one()
        for token in (ana, bea):
            in_transaction(lambda session, t=token: cast(session, t, code, 1))
        people = {t: accounts.token_participant(db.session, token=t, create=False) for t in (ana, bea)}
        ids = {token: person.id for token, person in people.items() if person}
        db.session.rollback()

    def late() -> str:
        with committed.app_context():
            try:
                in_transaction(lambda session: cast(session, bea, code, -2))
            except Forbidden:
                return "nobody"
            return "counted"

    with ThreadPoolExecutor(1) as pool, committed.app_context():
        merge_participants(db.session, kept_id=ids[ana], gone_id=ids[bea], now=datetime.now(UTC))
        vote = pool.submit(late)
        while not waiting():
            assert not vote.done()
            time.sleep(0.02)
        db.session.commit()
        assert vote.result(timeout=20) == "nobody"
        rows = db.session.execute(select(Vote.participant_id, Vote.position)).all()
        assert [tuple(row) for row in rows] == [(ids[ana], 1)]
        assert recount(db.session) == []
