"""What comments and votes do when they hear of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility import signals
from mobility.consultation import merging
from mobility.consultation.levels import asked_levels


def _merge(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:  # noqa: ARG001
    merging.merge_contributions(session, kept_id=kept_id, gone_id=gone_id)


def _raise(session: Session, *, participant_id: int, level: int, now: datetime) -> None:  # noqa: ARG001
    merging.raise_votes(session, participant_id=participant_id, level=level)


def _count(session: Session, *, participant_id: int) -> dict[str, int]:
    return merging.count_contributions(session, participant_id=participant_id)


def _levels(session: Session, *, language: str, now: datetime) -> list[dict[str, Any]]:
    return asked_levels(session, language=language, now=now)


signals.participants_merged.connect(_merge, weak=False)
signals.participant_raised.connect(_raise, weak=False)
signals.contributions_asked.connect(_count, weak=False)
signals.levels_asked.connect(_levels, weak=False)
