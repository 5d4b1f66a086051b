"""A delegate or contact who wants to be erased: no address and no draft word stays, the group's votes do."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Account, Delegation, Participant, StakeholderGroup
from mobility.consultation.models import Vote
from mobility.consultation.models_proposals import VoteProposal
from mobility.groups.models import GroupDocument, GroupInvitation, GroupRegistration
from mobility.media.models import FileRemoval
from tests.consultation.browser import PLAN, Browser
from tests.groups.conftest import GOOD, PDF, post_files
from tests.groups.test_delegates import invite


def erase(session: Session, person: Participant) -> None:
    signals.participant_erased.send(session, participant_id=person.id, now=datetime.now(UTC))
    session.flush()
    session.expire_all()


def test_a_delegate_is_erased(ada: Browser, ben: Browser, session: Session, group: StakeholderGroup) -> None:
    ada.vote("P1-03", 2, voice=group.slug, reason="Ours.")
    group.rule = "two"
    session.commit()
    ada.vote("P1-02", -1, voice=group.slug, reason="Never agreed.")
    account = session.scalars(select(Account).where(Account.name == "Ada")).one()
    person = session.scalars(select(Participant).where(Participant.account_id == account.id)).one()
    erase(session, person)
    assert session.get_one(Delegation, (group.id, account.id)).until is not None
    (vote,) = session.scalars(select(Vote))
    assert (vote.group_id, vote.reason) == (group.id, "Ours.")
    waited = session.scalars(select(VoteProposal)).one()
    assert (waited.outcome, waited.reason) == ("withdrawn", None)


def test_a_contact_is_erased(
    resident: Browser, ada: Browser, session: Session, group: StakeholderGroup
) -> None:
    person = Participant(email=GOOD["email"], identity_level=1)
    session.add(person)
    session.commit()
    post_files(resident, f"{PLAN}/groups/new", GOOD, statute=[("statute.pdf", PDF)])
    invite(ada, group, GOOD["email"].upper())
    erase(session, person)
    assert session.scalars(select(GroupRegistration)).first() is None
    assert session.scalars(select(GroupDocument)).first() is None
    assert session.scalars(select(FileRemoval)).first() is not None
    assert session.scalars(select(GroupInvitation)).one().email is None
