"""One person, two participants: whatever they voted in whatever order, one live vote is left per subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import ANONYMOUS, EMAIL, VERIFIED, AuditEntry, Participant, ParticipantToken
from mobility.consultation import votes
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote, VoteHistory
from mobility.consultation.votes import Ballot, Who
from mobility.errors import MobilityError
from mobility.identity.merging import merge_participants
from mobility.identity.raising import Proof, raise_participant
from mobility.plans.models import Measure, Segment

SLUG, CODES = "palermo-centro", ("P1-01", "P1")
ANA, BEA = "token-of-ana", "token-of-bea"

MERGE = ("merge", ANA, "", 0)
votes_most = [
    st.tuples(st.just("vote"), st.sampled_from((ANA, BEA)), st.sampled_from(CODES), st.integers(-2, 2))
] * 4
acts = st.one_of(
    *votes_most,
    st.tuples(st.just("withdraw"), st.sampled_from((ANA, BEA)), st.sampled_from(CODES), st.just(0)),
    st.just(MERGE),
)


def person(session: Session, token: str) -> Participant:
    found = accounts.token_participant(session, token=token, create=True)
    assert found is not None
    return found


def act(session: Session, kind: str, token: str, code: str, position: int, now: datetime) -> None:
    who: dict[str, Any] = {"slug": SLUG, "kind": "segment" if "-" in code else "measure", "code": code}
    if kind == "vote":
        votes.cast_vote(session, **who, who=Who(None, token), ballot=Ballot(position), now=now)
    else:
        votes.withdraw_vote(session, **who, who=Who(None, token), voice="", now=now)


def live(session: Session, participant_id: int) -> dict[str, int]:
    """Code → position of somebody's live votes."""
    session.expire_all()
    stretches = {row.id: row.code for row in session.execute(select(Segment.id, Segment.code))}
    wholes = {row.id: row.code for row in session.execute(select(Measure.id, Measure.code))}
    rows = session.scalars(select(Vote).where(Vote.participant_id == participant_id)).all()
    codes = [stretches[row.segment_id] if row.segment_id else wholes[row.measure_id or 0] for row in rows]
    assert len(set(codes)) == len(codes)
    return dict(zip(codes, (row.position for row in rows), strict=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=5, max_size=16).map(lambda steps: [*steps, MERGE]))
@example([("vote", ANA, "P1", 1), ("vote", BEA, "P1", 2), ("vote", ANA, "P1", -1), MERGE])
def test_any_votes_and_a_merge_leave_one_live_vote_each(session: Session, steps: list[Any]) -> None:
    """The last word counts; every earlier one is in the history; the tallies equal a recount."""
    with session.begin_nested() as trial:
        ana, bea = person(session, ANA), person(session, BEA)
        ids = (ana.id, bea.id)
        state: dict[str, dict[str, tuple[int, int]]] = {ANA: {}, BEA: {}}
        merged, ended, start = False, 0, datetime.now(UTC)
        for clock, (kind, token, code, position) in enumerate(steps):
            now = start + timedelta(seconds=clock)
            if kind == "merge":
                merge_participants(session, kept_id=ids[0], gone_id=ids[1], now=now)
                for subject, mine in state[BEA].items():
                    ended += subject in state[ANA]
                    state[ANA][subject] = max(mine, state[ANA].get(subject, mine), key=lambda vote: vote[1])
                state[BEA], merged = {}, True
                continue
            speaker = ANA if merged else token
            before = state[speaker].get(code)
            act(session, kind, speaker, code, position, now)
            if kind == "vote" and (before is None or before[0] != position):
                state[speaker][code] = (position, clock)
                ended += before is not None
            elif kind == "withdraw" and before is not None:
                del state[speaker][code]
                ended += 1
        assert live(session, ids[0]) == {code: vote[0] for code, vote in state[ANA].items()}
        assert live(session, ids[1]) == {code: vote[0] for code, vote in state[BEA].items()}
        history = select(func.count()).where(VoteHistory.participant_id.in_(ids))
        assert session.scalar(history) == ended
        assert recount(session) == []
        trial.rollback()


def test_merging_twice_changes_nothing(session: Session) -> None:
    now = datetime.now(UTC)
    act(session, "vote", ANA, "P1-01", 2, now)
    act(session, "vote", BEA, "P1-01", -2, now + timedelta(seconds=1))
    ids = {"kept_id": person(session, ANA).id, "gone_id": person(session, BEA).id}
    for _time in range(2):
        merge_participants(session, **ids, now=now)
        assert live(session, ids["kept_id"]) == {"P1-01": -2}
    (ended,) = session.scalars(select(VoteHistory).where(VoteHistory.participant_id == ids["kept_id"]))
    assert (ended.position, ended.ending) == (2, "merged")
    told = AuditEntry.action == "participant.merge", AuditEntry.subject_id == ids["gone_id"]
    lines = session.scalars(select(AuditEntry).where(*told)).all()
    assert len(lines) == 1


def test_the_one_who_goes_keeps_a_number_and_nothing_else(session: Session) -> None:
    now = datetime.now(UTC)
    ana, bea = person(session, ANA), person(session, BEA)
    bea.email, bea.verified_key, bea.identity_level, bea.blocked_at = "b@example.org", b"key", VERIFIED, now
    session.flush()
    merge_participants(session, kept_id=ana.id, gone_id=bea.id, now=now)
    session.flush()
    assert (ana.email, ana.verified_key, ana.identity_level) == ("b@example.org", b"key", VERIFIED)
    assert ana.blocked_at is not None
    assert (bea.email, bea.verified_key, bea.merged_into) == (None, None, ana.id)
    later = now + timedelta(seconds=1)
    assert accounts.token_participant(session, token=BEA, create=False, now=later) is None
    assert accounts.token_participant(session, token=BEA, create=True, now=later) is None


def test_a_rise_reaches_the_live_votes_and_not_the_history(session: Session) -> None:
    now = datetime.now(UTC)
    act(session, "vote", ANA, "P1-01", 1, now)
    act(session, "vote", ANA, "P1-01", 2, now + timedelta(seconds=1))
    ana = person(session, ANA)
    proof = Proof(EMAIL, email="ana@example.org")
    same = raise_participant(session, device=ana, proof=proof, include_device=True, now=now)
    assert same.id == ana.id
    assert session.scalars(select(Vote.identity_level).where(Vote.participant_id == ana.id)).all() == [EMAIL]
    past = session.scalars(select(VoteHistory.identity_level).where(VoteHistory.participant_id == ana.id))
    assert past.all() == [ANONYMOUS]
    assert recount(session) == []


def test_what_was_said_in_this_browser_stays_apart_when_asked(session: Session) -> None:
    now = datetime.now(UTC)
    act(session, "vote", ANA, "P1-01", 1, now)
    ana, proof = person(session, ANA), Proof(EMAIL, email="somebody@example.org")
    known = raise_participant(session, device=ana, proof=proof, include_device=False, now=now)
    assert known.id != ana.id
    assert live(session, ana.id) == {"P1-01": 1}
    assert live(session, known.id) == {}
    assert ana.identity_level == ANONYMOUS


def test_another_address_is_another_person(session: Session) -> None:
    """A second person who confirms in a shared browser never gets what the first one said."""
    now = datetime.now(UTC)
    first = raise_participant(
        session,
        device=person(session, ANA),
        proof=Proof(EMAIL, email="mother@example.org"),
        include_device=True,
        now=now,
    )
    second = raise_participant(
        session, device=first, proof=Proof(EMAIL, email="son@example.org"), include_device=True, now=now
    )
    assert second.id != first.id
    assert (first.email, second.email) == ("mother@example.org", "son@example.org")


def test_a_verified_person_is_one_whatever_the_address(session: Session) -> None:
    now, key = datetime.now(UTC), b"k" * 32
    act(session, "vote", ANA, "P1-01", 1, now)
    act(session, "vote", BEA, "P1-01", -1, now + timedelta(seconds=1))
    ana, bea = person(session, ANA), person(session, BEA)
    ids = ana.id, bea.id
    for device in (ana, bea):
        raise_participant(
            session, device=device, proof=Proof(VERIFIED, verified_key=key), include_device=True, now=now
        )
    assert live(session, ids[0]) == {"P1-01": -1}
    assert bea.merged_into == ids[0]
    levels = session.scalars(select(Vote.identity_level).where(Vote.participant_id == ids[0])).all()
    assert levels == [VERIFIED]
    assert recount(session) == []


def test_two_accounts_are_never_one(session: Session) -> None:
    now, key = datetime.now(UTC), b"a" * 32
    people = []
    for name in ("one", "two"):
        account = accounts.save_account(
            session, email=f"{name}@example.org", name=name, password="long enough password"
        )
        person_of = accounts.account_participant(session, account=account, create=True)
        assert person_of is not None
        people.append(person_of)
    proof = Proof(VERIFIED, verified_key=key)
    for each in people:
        raise_participant(session, device=each, proof=proof, include_device=True, now=now)
    session.flush()
    assert [each.merged_into for each in people] == [None, None]
    assert people[1].verified_key is None


def test_a_level_never_falls(session: Session) -> None:
    now = datetime.now(UTC)
    ana = person(session, ANA)
    raise_participant(
        session, device=ana, proof=Proof(VERIFIED, verified_key=b"v"), include_device=True, now=now
    )
    raise_participant(
        session, device=ana, proof=Proof(EMAIL, email="v@example.org"), include_device=True, now=now
    )
    assert (ana.identity_level, ana.email) == (VERIFIED, "v@example.org")


def test_an_ended_browser_makes_nobody_new(session: Session) -> None:
    ana = person(session, ANA)
    session.get_one(ParticipantToken, accounts.token_hash(ANA)).expires_at = datetime(2020, 1, 1, tzinfo=UTC)
    session.flush()
    before = session.scalar(select(func.count()).select_from(Participant))
    assert accounts.token_participant(session, token=ANA, create=True) is None
    assert session.scalar(select(func.count()).select_from(Participant)) == before
    with pytest.raises(MobilityError):
        votes.cast_vote(
            session,
            slug=SLUG,
            kind="segment",
            code="P1-01",
            who=Who(None, ANA),
            ballot=Ballot(1),
            now=datetime.now(UTC),
        )
    assert live(session, ana.id) == {}
