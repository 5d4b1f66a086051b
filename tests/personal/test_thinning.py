"""At the end of their retention only the counts of votes are left, and no result changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry, Participant, StakeholderGroup
from mobility.cli import retention
from mobility.consultation import moderation, voices
from mobility.consultation.counting import recount
from mobility.consultation.models import Phase, SetAside, Vote, VoteHistory
from mobility.consultation.models_counts import VoteCount
from mobility.consultation.tallies import plan_tallies
from mobility.editing.queries import said_by_version
from mobility.errors import Conflict, NotFound
from mobility.moderation import asides
from mobility.personal.thinning import Thinned, look_at, thin_votes
from mobility.plans.models import Measure, Plan, Segment
from mobility.setup.publishing import reopen_plan

SLUG = "palermo-centro"
NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)
DAYS = 365

Said = tuple[int, int, int, int, bool]
"""Which segment, position, level, version, and whether it is set aside."""
SAID = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(0, 3), st.integers(1, 2), st.booleans()),
    max_size=25,
)


@pytest.fixture
def plan(session: Session) -> Plan:
    """A plan concluded long enough ago."""
    found = session.scalars(select(Plan).where(Plan.slug == SLUG)).one()
    found.concluded_at = NOW - timedelta(days=DAYS, minutes=1)
    session.flush()
    return found


@pytest.fixture
def vote(session: Session, plan: Plan) -> Callable[..., Vote]:
    """`vote(segment=0, position=1)`: somebody new votes."""
    segments = session.scalars(select(Segment).order_by(Segment.id).limit(4)).all()
    phase = session.scalars(select(Phase.id).where(Phase.plan_id == plan.id)).first()

    def cast(segment: int = 0, position: int = 1, level: int = 0, **values: Any) -> Vote:
        person = Participant(identity_level=level)
        session.add(person)
        session.flush()
        made = Vote(
            **{
                "plan_id": plan.id, "segment_id": segments[segment].id, "participant_id": person.id,
                "phase_id": phase, "position": position, "identity_level": level,
            }
            | values
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made

    return cast


@pytest.fixture
def aside(session: Session, plan: Plan) -> SetAside:
    made = SetAside(plan_id=plan.id, reason="burst")
    session.add(made)
    session.flush()
    return made


def results(session: Session, plan: Plan) -> Any:
    """All that anybody is told about votes."""
    segments, measures = plan_tallies(session, plan_id=plan.id)
    versions = [said_by_version(session, measure_id=each) for each in session.scalars(select(Measure.id))]
    return (
        {key: tally.rows for key, tally in segments.items()},
        {key: tally.rows for key, tally in measures.items()},
        versions,
        voices.count_aside(session, plan_id=plan.id),
        moderation.set_aside_counts(session, plan_id=plan.id),
        [moderation.set_aside_on(session, segment_id=each) for each in session.scalars(select(Segment.id))],
        [row.held for row in asides.decisions_of(session, plan_id=plan.id)],
    )


def own(session: Session, table: Any, plan: Plan) -> int:
    query = select(func.count()).where(table.plan_id == plan.id, table.group_id.is_(None))
    return session.scalar(query) or 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=SAID, changed=st.integers(0, 5), groups=st.integers(0, 2))
def test_no_result_changes_and_no_single_vote_is_left(
    said: list[Said], changed: int, groups: int, session: Session, plan: Plan, vote: Any, aside: SetAside
) -> None:
    with session.begin_nested() as example:
        made = [
            vote(segment, position, level, measure_version=version,
                 set_aside_id=aside.id if out else None, condition="if the benches stay")
            for segment, position, level, version, out in said
        ]  # fmt: skip
        for each in made[:changed]:
            each.position = -each.position or 2
        slugs = session.scalars(select(StakeholderGroup.id).order_by(StakeholderGroup.id).limit(groups))
        for group in slugs:
            vote(0, 2, 2, group_id=group)
        session.flush()
        before, spoken = results(session, plan), own(session, Vote, plan)
        done = thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
        assert results(session, plan) == before
        assert recount(session, plan=SLUG) == []
        assert (own(session, Vote, plan), own(session, VoteHistory, plan)) == (0, 0)
        assert session.scalar(select(func.count()).where(Vote.group_id.is_not(None))) == groups
        assert done.votes == spoken
        assert session.scalar(select(func.coalesce(func.sum(VoteCount.n), 0))) == spoken
        example.rollback()
    session.expire_all()


def test_counts_know_no_person_and_no_time() -> None:
    assert set(VoteCount.__table__.columns.keys()) == {
        "id", "plan_id", "segment_id", "measure_id", "identity_level", "position", "measure_version",
        "channel", "set_aside_id", "n",
    }  # fmt: skip


def test_what_forbids_it_is_said(session: Session, plan: Plan, vote: Any) -> None:
    vote()
    with pytest.raises(NotFound):
        look_at(session, slug="nowhere", days=DAYS, now=NOW)
    with pytest.raises(Conflict, match="time for objections runs until"):
        thin_votes(session, slug=SLUG, days=DAYS + 1, now=NOW)
    plan.concluded_at = None
    with pytest.raises(Conflict, match="neither concluded nor archived"):
        thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    plan.archived_at = NOW - timedelta(days=DAYS)
    assert look_at(session, slug=SLUG, days=DAYS, now=NOW)[1] == Thinned(votes=1, earlier=0)
    assert own(session, Vote, plan) == 1


def test_an_appeal_about_votes_set_aside_is_decided_first(
    session: Session, plan: Plan, vote: Any, aside: SetAside
) -> None:
    from mobility.moderation.models import Appeal

    made = vote(set_aside_id=aside.id)
    session.add(
        Appeal(plan_id=plan.id, participant_id=made.participant_id, set_aside_id=aside.id, text="Why?")
    )
    session.flush()
    with pytest.raises(Conflict, match="appealed"):
        thin_votes(session, slug=SLUG, days=DAYS, now=NOW)


def test_counts_that_are_wrong_already_are_mended_first(session: Session, plan: Plan, vote: Any) -> None:
    vote()
    session.execute(text("UPDATE vote_tally SET n = n + 1"))
    with pytest.raises(Conflict, match="not exact"):
        thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    assert own(session, Vote, plan) == 1


def test_a_fingerprint_goes_with_the_last_vote_it_belongs_to(session: Session, plan: Plan, vote: Any) -> None:
    here, elsewhere = (
        session.get_one(Participant, vote(level=3, position=each).participant_id) for each in (1, 2)
    )
    here.verified_key, elsewhere.verified_key = b"here", b"elsewhere"
    copied = {c.key: getattr(plan, c.key) for c in Plan.__mapper__.column_attrs}
    other = Plan(**(copied | {"id": None, "slug": "other", "concluded_at": None, "status": "open"}))
    session.add(other)
    session.flush()
    vote(participant_id=elsewhere.id, plan_id=other.id, segment=1)
    done = thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    session.expire_all()
    assert (here.verified_key, elsewhere.verified_key, done.identities) == (None, b"elsewhere", 1)


def test_afterwards_the_plan_stays_closed_and_decisions_stay(
    session: Session, plan: Plan, vote: Any, aside: SetAside
) -> None:
    vote(set_aside_id=aside.id)
    thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    with pytest.raises(Conflict, match="already"):
        thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    with pytest.raises(Conflict, match="destroyed"):
        asides.put_back(session, decision=aside, account_id=None, now=NOW)
    plan.status, plan.archived_at = "archived", NOW
    with pytest.raises(Conflict, match="cannot open again"):
        reopen_plan(session, plan=plan, account_id=1, now=NOW)


def test_the_record_holds_numbers_alone(session: Session, plan: Plan, vote: Any) -> None:
    vote()
    thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    line = session.scalars(select(AuditEntry).where(AuditEntry.action == "votes.thin")).one()
    assert line.details == {"votes": 1, "earlier": 0, "counts": 1, "identities": 0}


def test_the_results_say_on_which_day(client: FlaskClient, session: Session, plan: Plan, vote: Any) -> None:
    code = session.get_one(Segment, vote().segment_id).code
    pages = [f"/plans/{SLUG}/results", f"/plans/{SLUG}/segments/{code}"]
    said = "single votes of people were destroyed on"
    english = {"Accept-Language": "en"}
    assert not any(said in client.get(page, headers=english).text for page in pages)
    thin_votes(session, slug=SLUG, days=DAYS, now=NOW)
    session.commit()
    assert all(f"{said} 1 June 2027" in client.get(page, headers=english).text for page in pages)


def test_the_command_only_looks_unless_it_is_told(
    session: Session, plan: Plan, vote: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def here() -> Any:
        yield session

    monkeypatch.setattr(retention, "transaction", here)
    plan.concluded_at = datetime.now(UTC) - timedelta(days=DAYS + 1)
    vote()
    looked = CliRunner().invoke(retention.thin, [SLUG])
    assert (looked.exit_code, own(session, Vote, plan)) == (0, 1)
    assert "1 single votes and 0 earlier ones would be destroyed" in looked.output
    done = CliRunner().invoke(retention.thin, [SLUG, "--yes"])
    assert (done.exit_code, own(session, Vote, plan)) == (0, 0)
    assert "1 counts remain" in done.output
