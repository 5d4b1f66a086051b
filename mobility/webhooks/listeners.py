"""What is written down for other systems when contributions, measures and consultations change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility import signals
from mobility.webhooks import writing

DECIDED = {"hide": "comment.hidden", "restore": "comment.restored"}
"""Decision of the staff → event. An approved comment is told as a published one."""


def _published(session: Session, *, comment: Any, now: datetime) -> None:
    writing.comments_happened(session, kind="comment.published", comment_ids=[comment.id], now=now)


def _withdrawn(session: Session, *, comment: Any, now: datetime) -> None:
    writing.comments_happened(
        session, kind="comment.withdrawn", comment_ids=[comment.id], now=now, any_status=True
    )


def _decided(session: Session, *, comments: Any, action: str, now: datetime, **_who: Any) -> None:
    if action in DECIDED:
        ids = [comment.id for comment in comments]
        kind = DECIDED[action]
        writing.comments_happened(session, kind=kind, comment_ids=ids, now=now, any_status=True)


def _answered(session: Session, *, answer: Any, comment_ids: Sequence[int], now: datetime) -> None:
    writing.comments_happened(
        session, kind="comment.answered", comment_ids=comment_ids, answer_id=answer.id, now=now
    )


def _assigned(
    session: Session, *, comment_ids: Sequence[int], office_id: int | None, now: datetime, **_how: Any
) -> None:
    writing.comments_happened(
        session, kind="case.assigned", comment_ids=comment_ids, office_id=office_id, now=now
    )


def _version(session: Session, *, measure: Any, version: int, now: datetime) -> None:
    writing.version_happened(session, measure_id=measure.id, version=version, now=now)


def _concluded(session: Session, *, plan: Any, now: datetime, **_what: Any) -> None:
    writing.conclusion_happened(session, plan_id=plan.id, now=now)


signals.comment_published.connect(_published, weak=False)
signals.comment_withdrawn.connect(_withdrawn, weak=False)
signals.comments_decided.connect(_decided, weak=False)
signals.answer_published.connect(_answered, weak=False)
signals.case_assigned.connect(_assigned, weak=False)
signals.version_published.connect(_version, weak=False)
signals.plan_concluded.connect(_concluded, weak=False)
