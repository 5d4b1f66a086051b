"""What moderation does when it hears of comments and people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility import signals
from mobility.moderation.notes import forget_person, merge_people
from mobility.moderation.noticing import notice_comment


def _sent(session: Session, *, comment: Any, now: datetime) -> None:
    notice_comment(session, comment=comment, now=now)


def _merged(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:
    merge_people(session, kept_id=kept_id, gone_id=gone_id, now=now)


def _erased(session: Session, *, participant_id: int, now: datetime) -> None:
    forget_person(session, participant_id=participant_id, now=now)


signals.comment_sent.connect(_sent, weak=False)
signals.participants_merged.connect(_merged, weak=False)
signals.participant_erased.connect(_erased, weak=False)
