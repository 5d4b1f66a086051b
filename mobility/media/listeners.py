"""What photos do when they hear of people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility import signals
from mobility.media.services import erase_photos, give_photos


def _erase(session: Session, *, participant_id: int, now: datetime) -> None:
    erase_photos(session, participant_id=participant_id, now=now)


def _merge(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:  # noqa: ARG001
    give_photos(session, kept_id=kept_id, gone_id=gone_id)


signals.participant_erased.connect(_erase, weak=False)
signals.participants_merged.connect(_merge, weak=False)
