"""What comments and votes do when they hear of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility import signals
from mobility.consultation.erasing import erase_words


def _erase(session: Session, *, participant_id: int, now: datetime) -> None:
    erase_words(session, participant_id=participant_id, now=now)


signals.participant_erased.connect(_erase, weak=False)
