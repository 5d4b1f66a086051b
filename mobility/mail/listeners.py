"""When people are merged, their messages follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.mail.models import MailMessage


def _merge(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:  # noqa: ARG001
    mine = update(MailMessage).where(MailMessage.participant_id == gone_id)
    session.execute(mine.values(participant_id=kept_id))


signals.participants_merged.connect(_merge, weak=False)
