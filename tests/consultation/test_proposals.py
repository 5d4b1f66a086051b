"""Groups in which two delegates must agree: proposed by one, confirmed by another, counted once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant, PlanGroup, StakeholderGroup
from mobility.consultation import votes
from mobility.consultation.counting import recount
from mobility.consultation.models import Vote, VoteHistory
from mobility.consultation.models_proposals import VoteProposal
from mobility.errors import Conflict, MobilityError
from mobility.extensions import db
from mobility.mail.models import MailMessage
from mobility.plans.models import Plan
from mobility.retry import in_transaction
from tests.consultation.browser import Browser, card_path, form_in

CODE, OTHER = "P1-03", "P1-02"
PASSWORD = "a long enough password"
SLUG = "palermo-centro"


@pytest.fixture
def group(session: Session, groups: list[StakeholderGroup]) -> StakeholderGroup:
    """The first group, which decides by two."""
    groups[0].rule = "two"
    session.commit()
    return groups[0]


@pytest.fixture
def person(
    session: Session, group: StakeholderGroup, sign_in: Callable[[Account], Browser]
) -> Callable[[str], Browser]:
    """`person("Ada")`: a delegate of the group with this name, signed in."""

    def come(name: str) -> Browser:
        account = accounts.save_account(
            session, email=f"{name.lower()}@example.org", name=name, password=PASSWORD, language="en"
        )
        accounts.delegate(session, account=account, group=group)
        session.commit()
        return sign_in(account)

    return come


@pytest.fixture
def ada(person: Callable[[str], Browser]) -> Browser:
    return person("Ada")


@pytest.fixture
def ben(person: Callable[[str], Browser]) -> Browser:
    return person("Ben")


def propose(
    browser: Browser, group: StakeholderGroup, position: int = 2, code: str = CODE, **typed: str
) -> str:
    """The card after the vote was sent."""
    return browser.vote(code, position, voice=group.slug, **typed).text


def confirm(browser: Browser, code: str = CODE) -> str:
    return browser.send(form_in(browser.get(card_path(code)).text, "/confirm")).text


def live(session: Session) -> list[tuple[int | None, int]]:
    session.expire_all()
    return [(vote.group_id, vote.position) for vote in session.scalars(select(Vote).order_by(Vote.id))]


def waiting(session: Session) -> list[VoteProposal]:
    session.expire_all()
    return list(session.scalars(select(VoteProposal).where(VoteProposal.outcome.is_(None))))


def test_a_second_delegate_makes_it_count(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    page = propose(ada, group, 2, condition="if buses stay", reason="Safer.")
    assert "Your proposal waits" in page
    assert live(session) == []
    seen = ben.get(card_path(CODE)).text
    assert "proposed by Ada" in seen
    assert "Yes, if if buses stay" in seen
    assert "Your vote is counted." in confirm(ben)
    assert live(session) == [(group.id, 2)]
    (vote,) = session.scalars(select(Vote))
    assert (vote.condition, vote.reason) == ("if buses stay", "Safer.")
    assert waiting(session) == []
    assert recount(session) == []


def test_nobody_else_sees_a_proposal(ada: Browser, resident: Browser, group: StakeholderGroup) -> None:
    propose(ada, group, reason="Between ourselves")
    assert "Between ourselves" not in resident.get(card_path(CODE)).text


def test_the_proposer_cannot_confirm(ada: Browser, session: Session, group: StakeholderGroup) -> None:
    page = propose(ada, group)
    with pytest.raises(AssertionError):
        form_in(page, "/confirm")
    (proposal,) = waiting(session)
    form = form_in(page, "/decline")
    answer = ada.send(form, to=form.action.split("#")[0].replace("decline", "confirm"), follow=False)
    assert answer.status_code == 403
    assert live(session) == []
    assert waiting(session) == [proposal]


def test_the_same_vote_by_another_delegate_confirms(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group, -1)
    assert "Your vote is counted." in propose(ben, group, -1)
    assert live(session) == [(group.id, -1)]


def test_another_vote_takes_the_place_of_the_proposal(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group, -1)
    old = form_in(ben.get(card_path(CODE)).text, "/confirm")
    propose(ada, group, 2)
    answer = ben.send(old)
    assert "This proposal waits no longer" in answer.text
    assert live(session) == []
    (proposal,) = waiting(session)
    assert proposal.position == 2
    confirm(ben)
    assert live(session) == [(group.id, 2)]


def test_confirming_twice_counts_once(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group)
    form = form_in(ben.get(card_path(CODE)).text, "/confirm")
    for _again in range(3):
        assert ben.send(form, follow=False).status_code == 303
    assert live(session) == [(group.id, 2)]
    assert list(session.scalars(select(VoteHistory))) == []


def test_the_proposer_takes_it_back(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    page = propose(ada, group)
    assert "Your proposal is taken back." in ada.send(form_in(page, "/decline")).text
    assert waiting(session) == []
    assert "proposed by Ada" not in ben.get(card_path(CODE)).text


def test_declined_with_a_word(ada: Browser, ben: Browser, session: Session, group: StakeholderGroup) -> None:
    propose(ada, group)
    form = form_in(ben.get(card_path(CODE)).text, "/decline")
    assert "The proposal is declined." in ben.send(form, word="The board has not met yet.").text
    (ended,) = session.scalars(select(VoteProposal))
    assert (ended.outcome, ended.word) == ("declined", "The board has not met yet.")
    mail = session.scalars(select(MailMessage).where(MailMessage.recipient == "ada@example.org")).one()
    assert "The board has not met yet." in mail.body


def test_the_other_delegates_are_told(
    ada: Browser, ben: Browser, person: Callable[[str], Browser], session: Session, group: StakeholderGroup
) -> None:
    person("Cleo")
    propose(ada, group)
    propose(ada, group)
    told = list(session.scalars(select(MailMessage.recipient).order_by(MailMessage.recipient)))
    assert told == ["ben@example.org", "cleo@example.org"]
    body = session.scalars(select(MailMessage.body)).first() or ""
    assert re.search(rf"http\S+{card_path(CODE)}\?voice={group.slug}", body)


def test_withdrawing_needs_two_as_well(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group)
    confirm(ben)
    page = ben.get(f"{card_path(CODE)}?voice={group.slug}").text
    assert "Your proposal waits" in ben.send(form_in(page, "/vote/withdraw")).text
    assert live(session) == [(group.id, 2)]
    assert "The vote of the group is withdrawn." in confirm(ada)
    assert live(session) == []
    assert session.scalars(select(VoteHistory)).one().ending == "withdrawn"


def test_a_lone_delegate_learns_that_a_second_one_is_needed(ada: Browser, group: StakeholderGroup) -> None:
    assert "a second one is needed" in ada.get(f"{card_path(CODE)}?voice={group.slug}").text


def test_who_no_longer_speaks_cannot_be_confirmed(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group)
    form = form_in(ben.get(card_path(CODE)).text, "/confirm")
    session.execute(update(Account).where(Account.name == "Ada").values(active=False))
    session.commit()
    assert "no longer speaks for the group" in ben.send(form).text
    assert live(session) == []


def test_strangers_may_neither_confirm_nor_decline(
    ada: Browser, ben: Browser, resident: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group)
    own = resident.form(card_path(CODE), "/vote")
    page = ben.get(card_path(CODE)).text
    for act in ("confirm", "decline"):
        form = form_in(page, f"/{act}")
        token = own.fields["csrf_token"]
        answer = resident.send(form, follow=False, csrf_token=token)
        assert answer.status_code == 403
    assert len(waiting(session)) == 1


def test_a_proposal_belongs_to_its_subject(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group)
    form = form_in(ben.get(card_path(CODE)).text, "/confirm")
    assert ben.send(form, to=form.action.replace(CODE, OTHER), follow=False).status_code == 404
    assert live(session) == []


def test_closed_voting_confirms_nothing(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup, set_phases: Callable[..., None]
) -> None:
    propose(ada, group)
    form = form_in(ben.get(card_path(CODE)).text, "/confirm")
    set_phases(-10, -1)
    assert ben.send(form, follow=False).status_code == 409
    assert live(session) == []
    assert "It was not confirmed while voting was open" in ben.get(card_path(CODE)).text


def test_one_delegate_decides_when_that_is_the_rule(
    ada: Browser, ben: Browser, session: Session, group: StakeholderGroup
) -> None:
    propose(ada, group, 1)
    group.rule = "one"
    session.commit()
    assert "Your vote is counted." in propose(ben, group, -2)
    assert live(session) == [(group.id, -2)]
    assert waiting(session) == []


def test_blocked_people_are_told(resident: Browser, session: Session) -> None:
    resident.vote(CODE, 1)
    session.execute(update(Participant).values(blocked_at=datetime.now(UTC)))
    session.commit()
    answer = resident.vote(OTHER, 2)
    assert answer.status_code == 403
    assert "The city has stopped contributions from here" in answer.text
    assert [vote.position for vote in session.scalars(select(Vote))] == [1]


@pytest.mark.concurrency
def test_many_confirmations_at_once(committed: Flask) -> None:
    people = 6
    with committed.app_context():
        in_transaction(lambda session: make_delegates(session, people))
    ids = account_ids(committed)
    with committed.app_context():
        proposed = in_transaction(lambda session: send_vote(session, ids[0], 2))
        assert proposed.what == "proposed"
    barrier, outcomes = Barrier(people - 1), []

    def work(number: int) -> str:
        with committed.app_context():
            barrier.wait()
            try:
                return in_transaction(lambda session: agree(session, ids[number], proposed.proposal_id)).what
            except Conflict:
                return "late"

    with ThreadPoolExecutor(people) as pool:
        outcomes = list(pool.map(work, range(1, people)))
    with committed.app_context():
        assert sorted(outcomes) == ["counted"] + ["late"] * (people - 2)
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 1
        assert recount(db.session) == []
        restore(db.session)


@pytest.mark.concurrency
def test_proposals_and_confirmations_crossing(committed: Flask) -> None:
    """Delegates propose different votes and confirm what they see: what counts was always agreed by two."""
    people = 4
    with committed.app_context():
        in_transaction(lambda session: make_delegates(session, people))
    ids = account_ids(committed)

    def work(number: int) -> None:
        with committed.app_context():
            for turn in range(12):
                try:
                    if (turn + number) % 2:
                        in_transaction(lambda session: send_vote(session, ids[number], number % 3))
                    else:
                        in_transaction(lambda session: agree(session, ids[number], newest(session)))
                except MobilityError:
                    db.session.rollback()

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(work, range(people)))
    with committed.app_context():
        assert recount(db.session) == []
        counted = list(db.session.scalars(select(VoteProposal).where(VoteProposal.outcome == "counted")))
        assert counted
        assert all(each.proposed_by != each.ended_by for each in counted)
        last = max(counted, key=lambda each: (each.ended_at, each.id))
        (vote,) = db.session.scalars(select(Vote))
        assert vote.position == last.position
        assert (
            db.session.scalar(
                select(func.count()).select_from(VoteProposal).where(VoteProposal.outcome.is_(None))
            )
            <= 1
        )
        restore(db.session)


def first_group(session: Session) -> StakeholderGroup:
    query = select(StakeholderGroup).join(PlanGroup).join(Plan).where(Plan.slug == SLUG)
    return session.scalars(query.order_by(StakeholderGroup.slug).limit(1)).one()


def make_delegates(session: Session, people: int) -> None:
    group = first_group(session)
    group.rule = "two"
    for number in range(people):
        account = accounts.save_account(
            session, email=f"d{number}@example.org", name=f"Delegate {number}", password=PASSWORD
        )
        accounts.delegate(session, account=account, group=group)


def account_ids(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(Account.id).order_by(Account.email)))


def who(session: Session, account_id: int) -> votes.Who:
    return votes.Who(session.get_one(Account, account_id), None)


def send_vote(session: Session, account_id: int, position: int) -> votes.Done:
    return votes.cast_vote(
        session,
        slug=SLUG,
        kind="segment",
        code=CODE,
        who=who(session, account_id),
        ballot=votes.Ballot(position, voice=first_group(session).slug),
        now=datetime.now(UTC),
    )


def newest(session: Session) -> int:
    return session.scalar(select(func.max(VoteProposal.id))) or 0


def agree(session: Session, account_id: int, proposal_id: int | None) -> votes.Done:
    return votes.confirm_vote(
        session,
        slug=SLUG,
        kind="segment",
        code=CODE,
        who=who(session, account_id),
        voice=first_group(session).slug,
        proposal_id=proposal_id or 0,
        now=datetime.now(UTC),
    )


def restore(session: Session) -> None:
    first_group(session).rule = "one"
    session.query(VoteProposal).delete()
    session.commit()
