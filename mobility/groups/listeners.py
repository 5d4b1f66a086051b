"""What groups do when a person is erased: the person speaks for nobody, and no address or draft word is kept.

What counted for a group stays the group's. A merge needs nothing here: delegates are accounts, which stay.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts.models import Account, Delegation, Participant
from mobility.consultation import proposals
from mobility.consultation.models_proposals import VoteProposal
from mobility.groups.delegates import end_delegation
from mobility.groups.models import GroupInvitation, GroupRegistration
from mobility.groups.registration import drop_registration


def _erase(session: Session, *, participant_id: int, now: datetime) -> None:
    person = session.get(Participant, participant_id)
    if person is None:
        return
    account = session.get(Account, person.account_id) if person.account_id else None
    addresses = {each.lower() for each in (person.email, account.email if account else None) if each}
    if account:
        _forget_delegate(session, account_id=account.id, now=now)
    if addresses:
        _forget_addresses(session, addresses, now)


def _forget_delegate(session: Session, *, account_id: int, now: datetime) -> None:
    """The delegations end; what was proposed and never counted loses its words."""
    held = select(Delegation.group_id).where(
        Delegation.account_id == account_id, Delegation.until.is_(None) | (Delegation.until > now)
    )
    for group_id in session.scalars(held.order_by(Delegation.group_id)).all():
        current = {each.id for each in proposals.delegates_of(session, group_id=group_id, now=now)}
        if account_id in current:
            end_delegation(
                session, group_id=group_id, person_id=account_id, account_id=account_id, plan_id=None, now=now
            )
    session.execute(
        update(VoteProposal)
        .where(VoteProposal.proposed_by == account_id, VoteProposal.outcome != "counted")
        .values(condition=None, reason=None)
    )
    session.execute(update(VoteProposal).where(VoteProposal.ended_by == account_id).values(word=None))


def _forget_addresses(session: Session, addresses: set[str], now: datetime) -> None:
    """Open invitations are taken back; registrations nobody has decided about go, with their statutes."""
    session.execute(
        update(GroupInvitation)
        .where(func.lower(GroupInvitation.email).in_(addresses))
        .values(email=None, ended_at=now)
    )
    mine = select(GroupRegistration).where(func.lower(GroupRegistration.email).in_(addresses))
    for asked in session.scalars(mine).all():
        drop_registration(session, asked=asked, now=now)


signals.participant_erased.connect(_erase, weak=False)
