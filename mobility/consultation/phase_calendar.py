"""The steps of a consultation on a calendar: months with their days, each day with its step. Pure."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mobility.consultation.phases import Step, last_day

NOON = 12
MOST = 30
"""So many months are drawn; a plan that lasts longer is drawn from its first day."""


@dataclass(frozen=True)
class Day:
    """One day: `step` is the number of the step that is open on it, counted from 1; 0 for none."""

    day: date
    step: int
    first: bool
    """Whether the step opens on it."""
    today: bool


@dataclass(frozen=True)
class Month:
    """Weeks of seven days from Monday; None stands for days of other months."""

    first: date
    weeks: list[list[Day | None]]

    @property
    def weekdays(self) -> list[date]:
        """Seven days from a Monday on, for the names of the columns."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(days=n) for n in range(7)]


def months(steps: Sequence[Step], zone: ZoneInfo, now: datetime) -> list[Month]:
    """The months from the first step to the last, in the city's days.

    A day on which one step closes and the next opens belongs to the one that is open at noon.
    """
    if not steps:
        return []
    ordered = sorted(steps, key=lambda step: step.opens_at)
    spans = [(_first_day(step, zone), last_day(step, zone).date()) for step in ordered]
    today = now.astimezone(zone).date()
    first, last = spans[0][0].replace(day=1), max(end for _begin, end in spans)
    found: list[Month] = []
    while first <= last and len(found) < MOST:
        found.append(Month(first, _weeks(first, spans, today)))
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return found


def _first_day(step: Step, zone: ZoneInfo) -> date:
    """The day on which the step is open at noon for the first time; its only day if it is shorter."""
    opens = step.opens_at.astimezone(zone)
    begins = opens.date() + timedelta(days=1 if opens.hour >= NOON else 0)
    return min(begins, last_day(step, zone).date())


def _weeks(first: date, spans: Sequence[tuple[date, date]], today: date) -> list[list[Day | None]]:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return [[_day(day, spans, today) if day.month == first.month else None for day in week] for week in weeks]


def _day(day: date, spans: Sequence[tuple[date, date]], today: date) -> Day:
    open_on = [number for number, (begin, end) in enumerate(spans, 1) if begin <= day <= end]
    step = open_on[-1] if open_on else 0
    return Day(day, step, first=bool(step) and spans[step - 1][0] == day, today=day == today)
