"""A vote that waited on a device gives way to what the same person did since, however it was delayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.consultation import votes
from mobility.consultation.forms import VoteForm
from mobility.consultation.late_votes import Overtaken
from mobility.consultation.models import Vote, VoteHistory
from mobility.consultation.sql_votes import cast_statement
from mobility.consultation.votes import Ballot, Who
from tests.consultation.browser import Browser, card_path, form_in

CODE = "P1-03"
PLACE = {"slug": "palermo-centro", "kind": "segment", "code": CODE}
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def live(session: Session) -> list[int]:
    session.expire_all()
    return list(session.scalars(select(Vote.position).order_by(Vote.id)))


def age_live_vote(session: Session, seconds: int) -> None:
    session.execute(update(Vote).values(changed_at=func.now() - timedelta(seconds=seconds)))
    session.commit()


def test_older_vote_does_not_replace_a_newer_one(resident: Browser, session: Session) -> None:
    resident.vote(CODE, 2, condition="if the trees stay")
    form = resident.form(card_path(CODE), "/vote")
    answer = resident.send(form, position="-2", age="3600")
    assert answer.status_code == 409
    assert "What you did last counts" in answer.text
    assert live(session) == [2]
    assert session.scalar(select(func.count()).select_from(VoteHistory)) == 0


def test_vote_said_after_the_live_one_replaces_it(resident: Browser, session: Session) -> None:
    resident.vote(CODE, 2)
    age_live_vote(session, 7200)
    answer = resident.send(resident.form(card_path(CODE), "/vote"), position="-2", age="3600")
    assert "Your vote is counted." in answer.text
    assert live(session) == [-2]
    (old,) = session.scalars(select(VoteHistory))
    assert (old.position, old.ending) == (2, "changed")


def test_first_vote_of_somebody_counts_however_long_it_waited(resident: Browser, session: Session) -> None:
    resident.send(resident.form(card_path(CODE), "/vote"), position="1", age=str(40 * 86_400))
    assert live(session) == [1]


def test_vote_whose_answer_got_lost_is_counted_already(resident: Browser, session: Session) -> None:
    resident.vote(CODE, 1, condition="if it is lit")
    form = resident.form(card_path(CODE), "/vote")
    answer = resident.send(form, position="1", condition="if it is lit", age="3600")
    assert "Your vote is counted already." in answer.text
    assert live(session) == [1]


def test_vote_said_before_a_withdrawal_stays_withdrawn(resident: Browser, session: Session) -> None:
    page = resident.vote(CODE, 1)
    resident.send(form_in(page.text, "/withdraw"))
    answer = resident.send(resident.form(card_path(CODE), "/vote"), position="1", age="3600")
    assert answer.status_code == 409
    assert live(session) == []


def test_withdrawal_that_waited_spares_a_newer_vote(resident: Browser, session: Session) -> None:
    page = resident.vote(CODE, 1)
    withdrawal = form_in(page.text, "/withdraw")
    answer = resident.send(withdrawal, age="3600")
    assert answer.status_code == 409
    assert live(session) == [1]
    age_live_vote(session, 7200)
    assert "Your vote is withdrawn." in resident.send(withdrawal, age="3600").text
    assert live(session) == []


@pytest.mark.parametrize("age", ["unknown", "-5", "9" * 40, "1e3", "٣", "0x10", "12.5"])
def test_age_that_is_no_number_counts_as_long_ago(resident: Browser, session: Session, age: str) -> None:
    """A clock that was put back while the vote waited cannot make it newer than it is."""
    resident.vote(CODE, 2)
    age_live_vote(session, 400 * 86_400)
    answer = resident.send(resident.form(card_path(CODE), "/vote"), position="-2", age=age)
    assert answer.status_code == 409
    assert live(session) == [2]


@given(st.text(max_size=40))
def test_said_at_is_never_in_the_future(age: str) -> None:
    form = VoteForm()
    form.age.data = age
    said = form.said_at(NOW)
    assert said is None or NOW - timedelta(days=3651) <= said <= NOW
    assert (said is None) == (age == "")


ACTS = st.lists(
    st.tuples(st.sampled_from([-2, -1, 0, 1, 2, None]), st.integers(0, 50), st.integers(0, 50)),
    min_size=1,
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(ACTS)
def test_nothing_said_before_the_live_vote_arrived_replaces_it(
    app: object, session: Session, acts: list[tuple[int | None, int, int]]
) -> None:
    """Acts in the order of their arrival, each said up to 50 minutes before: None takes the vote back.

    The database says when a vote ended; it is told here, as the clock of the test stands still.
    """
    with session.begin_nested() as trial:
        who = Who(None, "somebody")
        arrived, expected, last = datetime.now(UTC) - timedelta(days=2), None, None
        for position, pause, waited in acts:
            arrived += timedelta(minutes=pause + 1)
            said = arrived - timedelta(minutes=waited)
            same = position is not None and position == expected
            late = (
                last is not None and last > said and not same and not (position is None and expected is None)
            )
            before = session.scalar(select(func.max(VoteHistory.id))) or 0
            try:
                if position is None:
                    votes.withdraw_vote(session, **PLACE, who=who, voice="", said_at=said, now=arrived)
                else:
                    votes.cast_vote(
                        session, **PLACE, who=who, ballot=Ballot(position, said_at=said), now=arrived
                    )
                assert not late
                if not same and not (position is None and expected is None):
                    expected, last = position, arrived
            except Overtaken:
                assert late
            session.execute(update(VoteHistory).where(VoteHistory.id > before).values(ended_at=arrived))
            person = accounts.token_participant(session, token="somebody", create=False)
            mine = Vote.participant_id == (person.id if person else None)
            assert session.scalar(select(Vote.position).where(mine)) == expected
        trial.rollback()


def test_statement_itself_gives_way(session: Session, resident: Browser) -> None:
    """Between looking and writing another tab may vote: the database decides."""
    resident.vote(CODE, 2)
    (vote,) = session.scalars(select(Vote))
    token = session.execute(text("SELECT token_hash FROM participant_token")).scalars().all()
    values = {
        "slug": "palermo-centro",
        "code": CODE,
        "group_id": None,
        "position": -2,
        "condition": None,
        "reason": None,
        "origin": None,
        "channel": "web",
        "now": datetime.now(UTC),
        "said_at": vote.changed_at - timedelta(seconds=1),
    }
    statement = cast_statement("segment", by_account=False, for_group=False, waited=True)
    rows = [session.execute(statement, values | {"speaker": key}).one() for key in token]
    assert [row.changed for row in rows if row.participant_id == vote.participant_id] == [0]
