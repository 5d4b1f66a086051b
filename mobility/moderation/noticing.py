"""Signals of a comment, weighed once when it is sent and kept beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, false, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment
from mobility.errors import Invalid
from mobility.moderation.models import CommentReview, SignalWord
from mobility.moderation.scoring import WINDOW_MINUTES, Facts, fold, text_key, total, weigh, words_of

WORDS_MOST = 500
"""Words of one list."""


def notice_comment(session: Session, *, comment: Comment, now: datetime) -> None:
    """Weigh a comment and keep what was noticed. It changes nothing about the comment itself."""
    key = text_key(comment.text)
    found = weigh(_facts(session, comment, key, now))
    values = {
        "comment_id": comment.id,
        "plan_id": comment.plan_id,
        "score": total(found),
        "signals": [signal.stored() for signal in found],
        "text_key": key,
    }
    statement = insert(CommentReview).values(values)
    session.execute(statement.on_conflict_do_nothing(index_elements=["comment_id"]))


def _facts(session: Session, comment: Comment, key: bytes | None, now: datetime) -> Facts:
    """The word list, and how many contributions like this one came in the last minutes; two queries."""
    since = now - timedelta(minutes=WINDOW_MINUTES)
    lately = [Comment.id != comment.id, Comment.created_at >= since]
    row = session.execute(
        select(
            _number(_same(Comment.participant_id, comment.participant_id), *lately),
            _number(_same(Comment.origin, comment.origin), *lately),
            _number(
                CommentReview.plan_id == comment.plan_id,
                _same(CommentReview.text_key, key),
                CommentReview.comment_id != comment.id,
            ),
        )
    ).one()
    return Facts(
        text=comment.text,
        words=words_for(session, plan_id=comment.plan_id, language=comment.language),
        by_author=int(row[0]),
        by_network=int(row[1]),
        same_text=int(row[2]),
    )


def _number(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).scalar_subquery()


def _same(column: Any, value: Any) -> Any:
    """Equal to a value that is known; what is unknown equals nothing."""
    return false() if value is None else column == value


def words_for(session: Session, *, plan_id: int, language: str) -> list[str]:
    """The list of one language, in order."""
    query = select(SignalWord.word).where(SignalWord.plan_id == plan_id, SignalWord.language == language)
    return list(session.scalars(query.order_by(SignalWord.word)))


def save_words(session: Session, *, plan_id: int, language: str, typed: str) -> int:
    """Replace the list of one language by the words typed, one or more a line; how many there are now.

    Raises Invalid for too many.
    """
    words = sorted(set(words_of(fold(typed))))
    if len(words) > WORDS_MOST:
        raise Invalid("words", _l("At most %(count)d words fit into one list.", count=WORDS_MOST))
    session.execute(delete(SignalWord).where(SignalWord.plan_id == plan_id, SignalWord.language == language))
    if words:
        rows = [{"plan_id": plan_id, "language": language, "word": word} for word in words]
        session.execute(insert(SignalWord).values(rows))
    return len(words)
