"""What identity does when a person is erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, or_, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import tokens
from mobility.accounts.models import Participant
from mobility.identity import events
from mobility.identity.models import IdentityLink, InvitationCode


def _erase(session: Session, *, participant_id: int, now: datetime) -> None:
    """Links go, codes and events no longer lead to the person, no browser speaks for it."""
    person = session.get(Participant, participant_id)
    address = person.email if person else None
    theirs = [IdentityLink.participant_id == participant_id]
    if address:
        theirs.append(func.lower(IdentityLink.address) == address.lower())
    session.execute(delete(IdentityLink).where(or_(*theirs)))
    session.execute(
        update(InvitationCode)
        .where(InvitationCode.participant_id == participant_id)
        .values(participant_id=None)
    )
    events.forget_person(session, participant_id=participant_id)
    tokens.end_tokens(session, participant_id=participant_id, now=now)


signals.participant_erased.connect(_erase, weak=False)
