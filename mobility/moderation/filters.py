"""Which comments of the queue are meant, read from a URL, and in which order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from mobility.consultation.filters import CommentFilter, read_filter
from mobility.consultation.models import Comment
from mobility.errors import Invalid
from mobility.moderation.models import CommentReview

STATES = ("open", "pending", "signalled", "published", "hidden", "withdrawn", "all")
SIGNALS = ("words", "rate", "network", "same_text", "links", "shouting")
WAITING = ("open", "pending", "signalled")
"""Read from the most conspicuous down, oldest first; the others newest first."""


@dataclass(frozen=True)
class QueueFilter:
    """`state` is what waits; `author` is a comment whose author's items are meant, never a person."""

    state: str = "open"
    words: CommentFilter = field(default_factory=lambda: CommentFilter(status="all"))
    language: str = ""
    signal: str = ""
    author: int | None = None

    @property
    def by_score(self) -> bool:
        return self.state in WAITING

    @property
    def empty(self) -> bool:
        """Whether nothing but the state is asked for."""
        return not self.arguments(state="")

    def arguments(self, **changes: str) -> dict[str, Any]:
        """As URL arguments, without empty ones; `changes` replace some."""
        own = {
            "state": "" if self.state == "open" else self.state,
            "language": self.language,
            "signal": self.signal,
            "author": str(self.author or ""),
        }
        pairs = self.words.arguments(status="") | own | changes
        return {name: value for name, value in pairs.items() if value}

    def apply(self, query: Select[Any], plan_id: int) -> Select[Any]:
        """`query` over comments and their reviews, narrowed to what is meant."""
        query = self.words.apply(query, plan_id)
        for condition in self._conditions(plan_id):
            query = query.where(condition)
        return query

    def _conditions(self, plan_id: int) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state in STATE_IDS:
            found.append(Comment.id.in_(STATE_IDS[self.state](plan_id)))
        elif self.state != "all":
            found.append(Comment.status == self.state)
        if self.language:
            found.append(Comment.language == self.language)
        if self.signal:
            has = CommentReview.signals.contains(literal([{"code": self.signal}], JSONB))
            found.append(Comment.id.in_(select(CommentReview.comment_id).where(has, _of(plan_id))))
        if self.author:
            author = select(Comment.participant_id).where(Comment.id == self.author)
            found.append(Comment.participant_id == author.scalar_subquery())
        return found


def _of(plan_id: int) -> ColumnElement[bool]:
    return CommentReview.plan_id == plan_id


def pending_ids(plan_id: int) -> Select[Any]:
    """Comments that wait until somebody has read them."""
    return select(Comment.id).where(Comment.plan_id == plan_id, Comment.status == "pending")


def signalled_ids(plan_id: int) -> Select[Any]:
    """Comments about which something was noticed and at which nobody has looked yet."""
    return select(CommentReview.comment_id).where(
        _of(plan_id), CommentReview.looked_at.is_(None), CommentReview.score > 0
    )


def _open_ids(plan_id: int) -> Any:
    still = select(Comment.id).where(
        Comment.id.in_(signalled_ids(plan_id)), Comment.status.in_(("published", "pending"))
    )
    return union_all(pending_ids(plan_id), still)


STATE_IDS = {"open": _open_ids, "pending": pending_ids, "signalled": signalled_ids}


def score_of() -> Any:
    """The score by which waiting comments are sorted."""
    return func.coalesce(CommentReview.score, 0)


def read_queue(args: Mapping[str, str], *, timezone: str) -> QueueFilter:
    """The filter of a URL query. Raises Invalid, naming the argument, for a value that cannot be meant."""
    state = args.get("state", "") or args.get("status", "") or "open"
    if state not in STATES:
        raise Invalid("state", _l("Unknown state."))
    signal = args.get("signal", "")
    if signal and signal not in SIGNALS:
        raise Invalid("signal", _l("Unknown signal."))
    inner = {name: args[name] for name in args if name != "status"} | {"status": "all"}
    author = args.get("author", "")
    return QueueFilter(
        state=state,
        words=read_filter(inner, staff=True, timezone=timezone),
        language=args.get("language", "")[:8],
        signal=signal,
        author=int(author) if author.isdigit() and len(author) < 19 else None,
    )
