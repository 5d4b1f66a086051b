"""Instants, days and intervals as clients write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.errors import Invalid


class NoTime(Invalid):
    """A time that cannot be read."""

    def __init__(self, name: str = "datetime") -> None:
        super().__init__(
            name,
            _l("Write a time as 2026-11-20T10:00:00Z, a day as 2026-11-20, an interval as start/end."),
        )


@dataclass(frozen=True)
class Span:
    """From `low` to `high`, both included unless `open_end`, as the end of a day is; None: without end."""

    low: datetime | None
    high: datetime | None
    open_end: bool = False
    interval: bool = False


def read_instant(given: Any) -> Span:
    """An instant or a day of a filter: its literal, or a text. Raises NoTime."""
    if isinstance(given, dict) and len(given) == 1:
        given = given.get("timestamp") or given.get("date")
    if not isinstance(given, str):
        raise NoTime("filter")
    return _point(given, "filter")


def read_span(given: Any) -> Span:
    """An instant, a day or an interval of a filter. Raises NoTime."""
    if not isinstance(given, dict) or "interval" not in given:
        return read_instant(given)
    ends = given["interval"]
    if not isinstance(ends, list) or len(ends) != 2:
        raise NoTime("filter")
    texts = [next(iter(each.values()), "") if isinstance(each, dict) else each for each in ends]
    if not all(isinstance(text, str) for text in texts):
        raise NoTime("filter")
    return _between(str(texts[0]), str(texts[1]), "filter")


def read_datetime(typed: str) -> Span:
    """The parameter ``datetime``. Raises NoTime."""
    start, slash, end = typed.partition("/")
    return _between(start, end, "datetime") if slash else _point(start, "datetime")


def _between(start: str, end: str, name: str) -> Span:
    low = None if start in ("", "..") else _point(start, name)
    high = None if end in ("", "..") else _point(end, name)
    first, last = low.low if low else None, high.high if high else None
    span = Span(first, last, bool(high and high.open_end), interval=True)
    if span.low and span.high and span.low > span.high:
        raise NoTime(name)
    return span


def _point(typed: str, name: str) -> Span:
    typed = typed.strip()
    try:
        if len(typed) == 10:
            low = datetime.combine(date.fromisoformat(typed), time(), UTC)
            return Span(low, low + timedelta(days=1), open_end=True)
        found = datetime.fromisoformat(typed.upper().replace(" ", "+") if "T" in typed.upper() else typed)
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoTime(name) from None
    return Span(found, found)
