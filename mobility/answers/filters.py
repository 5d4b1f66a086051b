"""Which cases of the inbox are meant, read from a URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, select

from mobility.answers.deadlines import due_moment
from mobility.answers.models import Answer, AnswerComment, Case
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.errors import Invalid
from mobility.offices.models import Office

STATES = ("open", "waiting", "answered", "closed", "all")
"""`open` is received and in progress; `waiting` has an answer that waits for approval."""
DUE = ("overdue", "today", "week")
OPEN = ("received", "in_progress")
NOBODY = "none"
"""The office of cases that a planner must assign."""


@dataclass(frozen=True)
class InboxFilter:
    """`office` is an office's address in the URL, or `none`; `mine` are the offices the reader may see."""

    state: str = "open"
    office: str = ""
    due: str = ""
    words: CommentFilter = field(default_factory=lambda: CommentFilter(status="all"))
    mine: frozenset[int] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing but the state is asked for."""
        return not self.arguments(state="")

    def arguments(self, **changes: str) -> dict[str, Any]:
        """As URL arguments, without empty ones; `changes` replace some."""
        own = {"state": "" if self.state == "open" else self.state, "office": self.office, "due": self.due}
        pairs = self.words.arguments(status="") | own | changes
        return {name: value for name, value in pairs.items() if value}

    def apply(self, query: Select[Any], plan_id: int, *, now: datetime) -> Select[Any]:
        """`query` over cases and their comments, narrowed to what is meant."""
        return query.where(and_(*self.conditions(plan_id, now=now)))

    def conditions(self, plan_id: int, *, now: datetime) -> list[ColumnElement[bool]]:
        """SQL conditions on `Case` and `Comment`."""
        found = [Case.plan_id == plan_id, *self.words.conditions(plan_id)]
        if self.mine is not None:
            found.append(Case.office_id.in_(self.mine))
        if self.office == NOBODY:
            found.append(Case.office_id.is_(None))
        elif self.office:
            found.append(Case.office_id.in_(select(Office.id).where(Office.slug == self.office)))
        if self.state == "open":
            found.append(Case.state.in_(OPEN))
        elif self.state == "waiting":
            found.append(
                Case.comment_id.in_(
                    select(AnswerComment.comment_id)
                    .join(Answer, Answer.id == AnswerComment.answer_id)
                    .where(Answer.plan_id == plan_id, Answer.state == "waiting")
                )
            )
        elif self.state != "all":
            found.append(Case.state == self.state)
        return found + self._due(now)

    def _due(self, now: datetime) -> list[ColumnElement[bool]]:
        zone = ZoneInfo(self.words.timezone)
        if self.due == "overdue":
            return [Case.due_at < now, Case.state.in_(OPEN)]
        if self.due:
            last = due_moment(now, 0 if self.due == "today" else 7, zone)
            return [Case.due_at >= now, Case.due_at <= last, Case.state.in_(OPEN)]
        return []


def read_inbox(args: Mapping[str, str], *, timezone: str, mine: frozenset[int] | None) -> InboxFilter:
    """The filter of a URL query. Raises Invalid, naming the argument, for a value that cannot be meant."""
    state, due = args.get("state", "") or "open", args.get("due", "")
    if state not in STATES:
        raise Invalid("state", _l("Unknown state."))
    if due and due not in DUE:
        raise Invalid("due", _l("Choose from the list."))
    office = "".join(ch for ch in args.get("office", "")[:80] if ch.isalnum() or ch in "-_")
    words = read_filter({**args, "status": "all"}, staff=True, timezone=timezone)
    return InboxFilter(state, office, due, words, mine)
