"""Origins that are forgotten, anomalies that only show, votes set aside and put back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.consultation.counting import recount
from mobility.consultation.models import Comment, SetAside, Vote, VoteHistory
from mobility.consultation.moderation import set_aside_counts, set_aside_on
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.moderation import asides
from mobility.moderation.anomalies import find_anomalies, votes_of
from mobility.moderation.models import Appeal
from mobility.origins import OriginSalt, forget_origins, network_of, origin_of
from mobility.plans.models import Plan
from tests.consultation.browser import PLAN, Browser
from tests.insight.conftest import make_account

NOW = datetime.now(UTC).replace(minute=30)
Cast = Callable[..., Vote]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("unix", None),
        (None, None),
    ],
)
def test_only_the_prefix_counts(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


def test_an_origin_changes_every_day_and_tells_no_address(session: Session) -> None:
    today = origin_of(db.engine, "192.0.2.77", now=NOW)
    assert today == origin_of(db.engine, "192.0.2.1", now=NOW)
    assert today != origin_of(db.engine, "192.0.3.1", now=NOW)
    assert today != origin_of(db.engine, "192.0.2.77", now=NOW + timedelta(days=1))
    assert len(today or b"") == 8


def test_origins_and_salts_are_forgotten(cast: Cast, session: Session) -> None:
    old = cast("P1-03", 1, origin=b"12345678", changed_at=NOW - timedelta(days=2, hours=1))
    new = cast("P1-03", 1, origin=b"12345678", changed_at=NOW - timedelta(days=1))
    session.add(OriginSalt(day=(NOW - timedelta(days=5)).date(), salt=b"x"))
    session.flush()
    assert forget_origins(session, now=NOW) == 1
    session.expire_all()
    assert (old.origin, new.origin) == (None, b"12345678")
    assert session.get(OriginSalt, (NOW - timedelta(days=5)).date()) is None
    assert session.scalars(select(VoteHistory.id)).all() == []


def burst(cast: Cast, number: int = 30) -> list[Vote]:
    return [
        cast("P1-03", 2, origin=b"networkA", changed_at=NOW - timedelta(minutes=n % 20))
        for n in range(number)
    ]


def test_a_burst_is_shown_from_its_threshold(cast: Cast, session: Session, plan: Plan) -> None:
    votes = burst(cast, 29)
    assert find_anomalies(session, plan_id=plan.id, now=NOW).bursts == []
    votes += burst(cast, 1)
    (found,) = find_anomalies(session, plan_id=plan.id, now=NOW).bursts
    assert (found["votes"], found["people"]) == (30, 30)
    assert sorted(votes_of(session, plan_id=plan.id, key=found["key"], now=NOW)) == [v.id for v in votes]
    assert recount(session) == []


def test_votes_faster_than_a_person(cast: Cast, session: Session, plan: Plan) -> None:
    codes = session.scalars(text("SELECT code FROM segment ORDER BY id LIMIT 12")).all()
    machine = cast(codes[0], 2, changed_at=NOW)
    for number, code in enumerate(codes[1:], 1):
        vote = cast(code, 2, changed_at=NOW + timedelta(seconds=number))
        vote.participant_id = machine.participant_id
    for number, code in enumerate(codes):
        cast(code, 1, changed_at=NOW + timedelta(seconds=number))
    session.flush()
    (found,) = find_anomalies(session, plan_id=plan.id, now=NOW).speeds
    assert found["votes"] == 12
    ids = votes_of(session, plan_id=plan.id, key=found["key"], now=NOW)
    people = set(session.scalars(select(Vote.participant_id).where(Vote.id.in_(ids))))
    assert people == {machine.participant_id}


def test_setting_aside_and_back(cast: Cast, session: Session, plan: Plan) -> None:
    votes, kept = burst(cast), cast("P1-03", -2)
    who = make_account(session, "planner").id
    ids = [vote.id for vote in votes]
    decision, moved = asides.set_aside(
        session, plan_id=plan.id, vote_ids=ids, account_id=who, reason="burst", now=NOW
    )
    assert moved == 30
    assert set_aside_counts(session, plan_id=plan.id) == {"burst": 30}
    assert set_aside_on(session, segment_id=kept.segment_id) == 30
    counted = session.scalars(
        text("SELECT sum(n) FROM vote_tally WHERE segment_id = :s"), {"s": kept.segment_id}
    )
    assert counted.one() == 1
    assert recount(session) == []
    with pytest.raises(Invalid):
        asides.set_aside(session, plan_id=plan.id, vote_ids=ids, account_id=who, reason="burst", now=NOW)
    assert asides.put_back(session, decision=decision, account_id=who, now=NOW) == 30
    assert decision.undone_at
    assert set_aside_counts(session, plan_id=plan.id) == {}
    assert recount(session) == []
    assert session.scalars(select(VoteHistory.id)).all() == []


def test_from_the_anomaly_to_the_voter_and_back(
    resident: Browser, planner: Browser, second: Browser, cast: Cast, session: Session
) -> None:
    resident.vote("P1-03", 2)
    mine = session.scalars(select(Vote)).one()
    mine.origin, mine.changed_at = b"networkA", NOW
    session.flush()
    burst(cast)
    page = planner.get(f"{PLAN}/desk/anomalies").text
    link = re.search(r'href="([^"]*set-aside\?key=[^"]+)"', page)
    assert link
    form = planner.form(link[1].replace("&amp;", "&"), "/set-aside")
    assert "31 votes are set aside." in planner.send(form, reason="burst", note="One café.").text
    card = resident.get(f"{PLAN}/segments/P1-03").text
    assert "Your vote is set aside" in card
    decision = session.scalars(select(SetAside)).one()
    own = f"{PLAN}/set-aside/{decision.id}"
    assert own in card
    assert "One café." in resident.get(own).text
    resident.send(resident.form(own, ""), to=own, text="I was in that café.")
    desk = f"{PLAN}/desk/appeals/{session.scalars(select(Appeal.id)).one()}"
    second.send(second.form(desk, desk), outcome="overturned", reason="Convincing.")
    assert set_aside_counts(session, plan_id=mine.plan_id) == {"burst": 30}
    assert recount(session) == []
    assert resident.get(own).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("moderator", 403), ("planner", 200)])
def test_who_may_set_aside(
    visit: Callable[..., Browser], cast: Cast, session: Session, plan: Plan, role: str, status: int
) -> None:
    burst(cast)
    session.commit()
    key = find_anomalies(session, plan_id=plan.id, now=datetime.now(UTC)).bursts[0]["key"]
    answer = visit(role).get(f"{PLAN}/desk/anomalies/set-aside?key={key}")
    assert answer.status_code == status


@pytest.mark.parametrize("key", ["", "burst.zz.1", "burst.zzzzzzzzzzzzzzzz.1", "speed.x", "other.1"])
def test_keys_that_cannot_be_meant(planner: Browser, key: str) -> None:
    assert planner.get(f"{PLAN}/desk/anomalies/set-aside?key={key}").status_code == 404


def test_a_vote_carries_its_origin_without_a_query(resident: Browser, session: Session) -> None:
    resident.vote("P1-03", 2)
    vote = session.scalars(select(Vote)).one()
    assert vote.origin == origin_of(db.engine, "127.0.0.1", now=datetime.now(UTC))


def test_the_public_account(
    resident: Browser, author: Callable[..., Comment], cast: Cast, session: Session, plan: Plan
) -> None:
    author("Secret words", status="hidden", hidden_reason="spam")
    who = make_account(session, "planner").id
    asides.set_aside(
        session,
        plan_id=plan.id,
        vote_ids=[v.id for v in burst(cast)],
        account_id=who,
        reason="burst",
        now=NOW,
    )
    session.commit()
    page = resident.get(f"{PLAN}/moderation").text
    assert "It is advertising" in page
    assert "Many votes came from one network in a short time" in page
    assert re.search(r"<td>30</td>", page)
    assert "Secret words" not in page
