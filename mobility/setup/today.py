"""What needs somebody today, what is stuck, and how much came in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Phase
from mobility.db import I18n
from mobility.moderation.queries import waiting
from mobility.plans.models import Plan
from mobility.screening.queries import unscreened_measures
from mobility.setup.texts import missing_by_kind

SQL = Path(__file__).parent / "sql"
TODAY, DAYS_SQL, QUARTERS = (
    text((SQL / f"{name}.sql").read_text("utf-8")) for name in ("today", "activity_days", "activity_quarters")
)
DAYS = 30
SOON = timedelta(days=7)
ACTIONS = {
    "overdue": "answer",
    "unassigned": "manage_offices",
    "failed_tasks": "manage_plan",
    "slow_tasks": "manage_plan",
    "appeals": "decide_appeal",
    "unstaffed": "manage_offices",
    "due_soon": "answer",
    "unanswered": "answer",
    "approvals": "answer",
    "pending": "moderate",
    "reported": "moderate",
    "registrations": "recognise_groups",
    "unscreened": "screen_heritage",
    "missing_texts": "manage_plan",
    "opens": "see_desk",
    "closes": "see_desk",
}
"""What waits → what one must be allowed to do about it."""


@dataclass(frozen=True)
class Need:
    """Something that waits: `key` names it, `urgent` when it is late or blocks others."""

    key: str
    count: int
    urgent: bool = False
    moment: datetime | None = None


@dataclass(frozen=True)
class Activity:
    """How much came in: by day of the city, by channel and language of comments, by quarter."""

    days: list[tuple[date, int, int]]
    """Day, comments, votes of people."""
    group_votes: int
    """Votes of groups in these days, never added to those of people."""
    channels: list[tuple[str, int]]
    languages: list[tuple[str, int]]
    quarters: list[tuple[I18n, int]]
    """The last line, with an empty name, holds what lies in no quarter."""


def needs(
    session: Session,
    *,
    plan: Plan,
    phases: Sequence[Phase],
    may: Callable[[str], bool],
    offices: Collection[int] | None,
    now: datetime,
) -> list[Need]:
    """What waits for somebody who `may` do some things and answers for these offices (None: for all).

    The urgent first; lines with nothing, and lines for others, are left out.
    """
    mine = None if offices is None else sorted(offices)
    row = session.execute(TODAY, {"plan": plan.id, "now": now, "offices": mine}).one()
    look = waiting(session, plan_id=plan.id)
    found = [
        Need("overdue", row.overdue, urgent=True, moment=row.oldest_due if row.overdue else None),
        Need("unassigned", row.unassigned, urgent=True),
        Need("failed_tasks", row.failed_tasks, urgent=True),
        Need("slow_tasks", row.slow_tasks, urgent=True),
        Need("appeals", look.appeals, urgent=True),
        Need("unstaffed", row.unstaffed, urgent=True),
        Need("due_soon", row.due_soon),
        Need("unanswered", row.unanswered),
        Need("approvals", row.approvals),
        Need("pending", look.pending),
        Need("reported", look.reported),
        Need("registrations", row.registrations),
        *_needs_of_the_plan(session, plan, phases, may, now),
    ]
    there = [need for need in found if need.count and may(ACTIONS[need.key])]
    return sorted(there, key=lambda need: not need.urgent)


def _needs_of_the_plan(
    session: Session, plan: Plan, phases: Sequence[Phase], may: Callable[[str], bool], now: datetime
) -> Iterator[Need]:
    if may(ACTIONS["unscreened"]):
        yield Need("unscreened", len(unscreened_measures(session, plan_id=plan.id)))
    if may(ACTIONS["missing_texts"]):
        yield Need("missing_texts", sum(missing_by_kind(session, plan=plan).values()))
    for each in phases:
        if now < each.opens_at < now + SOON:
            yield Need("opens", 1, moment=each.opens_at)
        if each.opens_at <= now < each.closes_at < now + SOON:
            yield Need("closes", 1, moment=each.closes_at)


def activity(session: Session, *, plan: Plan, zone: ZoneInfo, now: datetime) -> Activity:
    """The last 30 days, and all comments by channel, language and quarter."""
    last = now.astimezone(zone).date()
    first = last - timedelta(days=DAYS - 1)
    values = {
        "plan": plan.id,
        "zone": zone.key,
        "first": first,
        "last": last,
        "since": datetime.combine(first, time.min, zone),
    }
    days = session.execute(DAYS_SQL, values).all()
    quarters = session.execute(QUARTERS, {"plan": plan.id, "city": plan.city_id})
    return Activity(
        days=[(row.day, row.comments, row.votes) for row in days],
        group_votes=sum(row.group_votes for row in days),
        channels=_by(session, plan, Comment.channel),
        languages=_by(session, plan, Comment.language),
        quarters=sorted(
            ((row.name or {}, int(row.n)) for row in quarters), key=lambda each: (not each[0], -each[1])
        ),
    )


def _by(session: Session, plan: Plan, column: Any) -> list[tuple[str, int]]:
    counted = (
        select(column, func.count())
        .where(Comment.plan_id == plan.id, Comment.status == "published")
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return [(name, n) for name, n in session.execute(counted.limit(20))]
