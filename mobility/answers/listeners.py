"""What cases do when they hear of comments and people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility import signals
from mobility.answers.cards import route_card
from mobility.answers.cases import choose_office, close_cases, open_case, route_anew
from mobility.answers.reopening import restore_cases
from mobility.answers.routes import route_comment, route_subject
from mobility.consultation.models import Topic
from mobility.text import pick

FORGET = (
    "UPDATE comment_case SET reopen_reason = NULL WHERE comment_id IN ({mine})",
    """UPDATE comment_case SET state = 'closed', closing = 'withdrawn', updated_at = :now
       WHERE state IN ('received', 'in_progress') AND comment_id IN ({mine})""",
    "DELETE FROM internal_note WHERE comment_id IN ({mine})",
    """UPDATE answer SET state = 'withdrawn', text = '', updated_at = :now
       WHERE state IN ('draft', 'waiting') AND id IN (
         SELECT answer_id FROM answer_comment GROUP BY answer_id HAVING bool_and(comment_id IN ({mine})))""",
)
"""What people of the offices wrote about somebody who is forgotten goes; published answers stay, as acts."""
MINE = "SELECT id FROM comment WHERE participant_id = :participant"


def _sent(session: Session, *, comment: Any, now: datetime) -> None:
    open_case(session, comment=comment, route=route_comment(session, comment=comment), now=now)


def _chosen(session: Session, *, comment: Any, office_id: int, now: datetime) -> None:
    choose_office(
        session, comment=comment, route=route_comment(session, comment=comment, chosen=office_id), now=now
    )


def _asked(
    session: Session, *, plan: Any, city: Any, topic_id: int, subject: Any, language: str
) -> dict[str, Any]:
    found, book = route_subject(session, plan=plan, city=city, topic_id=topic_id, subject=subject)
    measure = subject.measure_code or ""
    topic = session.get_one(Topic, topic_id)
    return route_card(found, book, topic=pick(topic.label, language), measure=measure, language=language)


def _edited(session: Session, *, comment: Any, now: datetime) -> None:
    route_anew(session, comment=comment, route=route_comment(session, comment=comment), now=now)


def _withdrawn(session: Session, *, comment: Any, now: datetime) -> None:
    close_cases(session, comment_ids=[comment.id], closing="withdrawn", now=now)


def _decided(session: Session, *, comments: Sequence[Any], action: str, now: datetime, **_who: Any) -> None:
    ids = [comment.id for comment in comments]
    if action == "hide":
        close_cases(session, comment_ids=ids, closing="hidden", now=now)
    else:
        restore_cases(session, comment_ids=ids, now=now)


def _erased(session: Session, *, participant_id: int, now: datetime) -> None:
    values = {"participant": participant_id, "now": now}
    for statement in FORGET:
        session.execute(text(statement.format(mine=MINE)), values)


signals.comment_sent.connect(_sent, weak=False)
signals.office_chosen.connect(_chosen, weak=False)
signals.route_asked.connect(_asked, weak=False)
signals.comment_edited.connect(_edited, weak=False)
signals.comment_withdrawn.connect(_withdrawn, weak=False)
signals.comments_decided.connect(_decided, weak=False)
signals.participant_erased.connect(_erased, weak=False)
