"""Erase a person: every word, file and way back to the person goes, what only counts stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import audit
from mobility.accounts.models import Participant, ParticipantToken
from mobility.consultation.erasing import erase_words
from mobility.mail.models import MailMessage


def erase_participant(session: Session, *, participant_id: int, now: datetime) -> None:
    """Make this participant a number that leads to nobody; also those who were merged into it.

    Rooms that hold texts or files of people take them away when they hear `participant_erased`; only then do
    comments lose their author, by whom those rooms find what is theirs. Erasing twice changes nothing more.
    """
    everyone = select(Participant.id).where(
        or_(Participant.id == participant_id, Participant.merged_into == participant_id)
    )
    for key in session.scalars(everyone.order_by(Participant.id).with_for_update()).all():
        signals.participant_erased.send(session, participant_id=key, now=now)
        erase_words(session, participant_id=key, now=now)
        session.execute(delete(ParticipantToken).where(ParticipantToken.participant_id == key))
        session.execute(
            delete(MailMessage).where(MailMessage.participant_id == key, MailMessage.state != "sent")
        )
        session.execute(
            update(MailMessage)
            .where(MailMessage.participant_id == key)
            .values(participant_id=None, recipient="", subject="", body="", stop_url=None)
        )
        session.execute(
            update(Participant)
            .where(Participant.id == key)
            .values(email=None, verified_key=None, account_id=None, language=None, erased_at=now)
        )
    audit.record(session, action="participant.erase", participant_id=participant_id)
