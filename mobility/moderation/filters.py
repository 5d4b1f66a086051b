"""Which comments of the queue are meant, read from a URL, and in which order they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, literal, select, union, union_all
from sqlalchemy.dialects.postgresql import JSONB

from mobility.consultation.conversation.models import AbuseReport
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.consultation.models import Comment
from mobility.errors import Invalid
from mobility.moderation.models import CommentReview

STATES = ("open", "pending", "reported", "signalled", "published", "hidden", "withdrawn", "all")
REPORT_POINTS = 10
SIGNALS = ("words", "rate", "network", "same_text", "links", "shouting")
WAITING = ("open", "pending", "reported", "signalled")
"""Read from the most conspicuous down, oldest first; the others newest first."""


@dataclass(frozen=True)
class QueueFilter:
    """`state` is what waits; `author` and `like` are comments: others by its author, or with its text."""

    state: str = "open"
    words: CommentFilter = field(default_factory=lambda: CommentFilter(status="all"))
    language: str = ""
    signal: str = ""
    author: int | None = None
    like: int | None = None

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
            "like": str(self.like or ""),
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
        if self.like:
            key = select(CommentReview.text_key).where(CommentReview.comment_id == self.like)
            same = (_of(plan_id), CommentReview.text_key == key.scalar_subquery())
            found.append(Comment.id.in_(select(CommentReview.comment_id).where(*same)))
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


def reported_ids(plan_id: int) -> Select[Any]:
    """Comments that somebody has reported and about which nobody has decided yet."""
    return select(AbuseReport.comment_id).where(
        AbuseReport.plan_id == plan_id, AbuseReport.settled_at.is_(None), AbuseReport.comment_id.is_not(None)
    )


def _open_ids(plan_id: int) -> Any:
    noticed = union(signalled_ids(plan_id), reported_ids(plan_id))
    still = select(Comment.id).where(Comment.id.in_(noticed), Comment.status == "published")
    return union_all(pending_ids(plan_id), still)


STATE_IDS = {
    "open": _open_ids,
    "pending": pending_ids,
    "reported": reported_ids,
    "signalled": signalled_ids,
}


def score_of() -> Any:
    """The score by which waiting comments are sorted: what was noticed, and ten for each open report."""
    reports = (
        select(func.count())
        .where(AbuseReport.comment_id == Comment.id, AbuseReport.settled_at.is_(None))
        .correlate(Comment)
        .scalar_subquery()
    )
    return func.coalesce(CommentReview.score, 0) + REPORT_POINTS * reports


def read_queue(args: Mapping[str, str], *, timezone: str) -> QueueFilter:
    """The filter of a URL query. Raises Invalid, naming the argument, for a value that cannot be meant."""
    state = args.get("state", "") or args.get("status", "") or "open"
    if state not in STATES:
        raise Invalid("state", _l("Unknown state."))
    signal = args.get("signal", "")
    if signal and signal not in SIGNALS:
        raise Invalid("signal", _l("Unknown signal."))
    inner = {name: args[name] for name in args if name != "status"} | {"status": "all"}
    return QueueFilter(
        state=state,
        words=read_filter(inner, staff=True, timezone=timezone),
        language=args.get("language", "")[:8],
        signal=signal,
        author=_number(args.get("author", "")),
        like=_number(args.get("like", "")),
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isdigit() and len(typed) < 19 else None
