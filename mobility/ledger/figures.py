"""How much of what was said has an answer, and how fast answers came. Pure; `docs/answers.md` has examples.

Counted are public comments. Closed ones (withdrawn, hidden, erased, answered elsewhere, no answer needed)
need no answer and are in no rate. A comment that was opened again waits again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from typing import Any

FEW = 5
"""With fewer answers no median is given: it would say more about single cases than about the city."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Counts:
    """What was counted: comments by state, how many waiting ones are past their day, and times."""

    answered: int = 0
    waiting: int = 0
    closed: int = 0
    overdue: int = 0
    late: int = 0
    """Answered after the day on which the answer was due."""
    median: timedelta | None = None
    """Between receipt and first answer, over the answered ones."""
    oldest: timedelta | None = None
    """For how long the oldest unanswered comment has waited."""


@dataclass(frozen=True)
class Figures:
    """What the public reads. `rate` and `in_time` are whole percents, days are rounded up; None: not said."""

    received: int
    answered: int
    waiting: int
    closed: int
    overdue: int
    rate: int | None
    in_time: int | None
    median_days: int | None
    oldest_days: int | None

    def as_numbers(self) -> dict[str, Any]:
        return asdict(self)


def figures(counts: Counts) -> Figures:
    """The public figures of what was counted."""
    return Figures(
        received=counts.answered + counts.waiting + counts.closed,
        answered=counts.answered,
        waiting=counts.waiting,
        closed=counts.closed,
        overdue=counts.overdue,
        rate=percent(counts.answered, counts.answered + counts.waiting),
        in_time=percent(counts.answered - counts.late, counts.answered) if counts.answered >= FEW else None,
        median_days=_days(counts.median) if counts.answered >= FEW else None,
        oldest_days=_days(counts.oldest) if counts.waiting else None,
    )


def percent(part: int, whole: int) -> int | None:
    """The share in whole percents; 100 only when all are in it, 0 only when none is. None of nothing."""
    if whole == 0:
        return None
    if part in (0, whole):
        return 100 * part // whole
    return min(99, max(1, round(100 * part / whole)))


def middle(times: Sequence[timedelta]) -> timedelta | None:
    """The median as the figures mean it: of an even number the mean of the two in the middle."""
    return timedelta(seconds=median(each.total_seconds() for each in times)) if times else None


def _days(time: timedelta | None) -> int | None:
    """Days rounded up, so that "within so many days" is true; at least one."""
    return None if time is None else max(1, math.ceil(time / DAY))
