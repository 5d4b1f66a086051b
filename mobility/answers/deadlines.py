"""Until when an office answers, in days of the city's calendar. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SOON_DAYS = 3
"""So many days before the last day the office is reminded."""
REOPENABLE = timedelta(days=30)
"""How long after an answer its author may ask again."""


def due_moment(since: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The last second of the day that is `days` calendar days later in the city, in UTC.

    A day on which clocks change is a day like any other.
    """
    last = since.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59, 59), zone).astimezone(UTC)


def days_to(due: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Calendar days until the last day; 0 on it, negative afterwards."""
    return (due.astimezone(zone).date() - now.astimezone(zone).date()).days


def urgency(due: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """`overdue`, `today`, `soon` or empty."""
    if due is None:
        return ""
    left = days_to(due, now, zone)
    if left < 0:
        return "overdue"
    if left == 0:
        return "today"
    return "soon" if left <= SOON_DAYS else ""


def may_ask_again(*, state: str, published_at: datetime | None, asked_before: bool, now: datetime) -> bool:
    """Whether the author may reopen: an answered case, within 30 days of the answer, once."""
    return (
        state == "answered"
        and published_at is not None
        and not asked_before
        and now < published_at + REOPENABLE
    )
