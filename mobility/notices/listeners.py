"""What notices do when they hear of contributions and of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from mobility import signals
from mobility.notices import happenings
from mobility.notices.models import Follow, Notice

MERGE = (
    """
    DELETE FROM follow f WHERE participant_id = :gone AND EXISTS (
      SELECT FROM follow k WHERE k.participant_id = :kept AND k.kind = f.kind
        AND k.plan_id IS NOT DISTINCT FROM f.plan_id AND k.measure_id IS NOT DISTINCT FROM f.measure_id
        AND k.segment_id IS NOT DISTINCT FROM f.segment_id AND (f.area IS NULL OR ST_Equals(k.area, f.area)))
    """,
    "UPDATE follow SET participant_id = :kept WHERE participant_id = :gone",
    """
    DELETE FROM notice n WHERE participant_id = :gone AND EXISTS (
      SELECT FROM notice k WHERE k.participant_id = :kept AND k.happening_id = n.happening_id)
    """,
    "UPDATE notice SET participant_id = :kept WHERE participant_id = :gone",
    "UPDATE happening SET actor_id = :kept WHERE actor_id = :gone",
)


def _comment(session: Session, *, comment: Any, now: datetime) -> None:
    happenings.comment_happened(session, comment_id=comment.id, now=now)


def _reply(session: Session, *, reply: Any, comment: Any, now: datetime) -> None:
    happenings.reply_happened(
        session, comment_id=comment.id, reply_id=reply.id, actor_id=reply.participant_id, now=now
    )


def _decision(session: Session, *, comments: Any, action: str, now: datetime, **_who: Any) -> None:
    ids = [comment.id for comment in comments]
    happenings.decisions_happened(session, comment_ids=ids, action=action, now=now)


def _version(session: Session, *, measure: Any, version: int, now: datetime) -> None:
    happenings.version_happened(session, measure_id=measure.id, version=version, now=now)


def _merge(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> None:  # noqa: ARG001
    for statement in MERGE:
        session.execute(text(statement), {"kept": kept_id, "gone": gone_id})


def _erase(session: Session, *, participant_id: int, now: datetime) -> None:  # noqa: ARG001
    session.execute(delete(Notice).where(Notice.participant_id == participant_id))
    session.execute(delete(Follow).where(Follow.participant_id == participant_id))


signals.comment_published.connect(_comment, weak=False)
signals.reply_published.connect(_reply, weak=False)
signals.comments_decided.connect(_decision, weak=False)
signals.version_published.connect(_version, weak=False)
signals.participants_merged.connect(_merge, weak=False)
signals.participant_erased.connect(_erase, weak=False)
