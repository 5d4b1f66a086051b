"""What a request for requests asks for, read from its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext as _l

from mobility.errors import Invalid
from mobility.open311.queries import Wanted

LONGEST = timedelta(days=90)
MOST_IDS = 200
PAGE_SIZE, MOST_SIZE, MOST_PAGES = 50, 200, 500
NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def read_ids(typed: str) -> tuple[int, ...]:
    """Numbers divided by commas; what is none finds nothing. Raises Invalid for too many."""
    parts = [part.strip() for part in typed.split(",") if part.strip()]
    if len(parts) > MOST_IDS:
        raise Invalid("service_request_id", _l("At most %(count)d numbers at once.", count=MOST_IDS))
    return tuple(int(part) for part in parts if NUMBER.fullmatch(part))


def read_wanted(args: Mapping[str, str], *, now: datetime) -> Wanted:
    """The filters of the specification. Raises Invalid, naming the parameter.

    One date alone spans the 90 days after, or before it; none means the last 90 days.
    """
    if args.get("service_request_id", "").strip():
        return Wanted(ids=read_ids(args["service_request_id"]))
    start, end = read_moment(args, "start_date"), read_moment(args, "end_date")
    end = end or (min(now, start + LONGEST) if start else now)
    start = start or end - LONGEST
    if start > end:
        raise Invalid("end_date", _l("It lies before start_date."))
    if end - start > LONGEST:
        raise Invalid("end_date", _l("At most 90 days lie between start_date and end_date."))
    statuses = _listed(args, "status")
    if not statuses <= {"open", "closed"}:
        raise Invalid("status", _l("A status is open or closed."))
    return Wanted(
        codes=tuple(sorted(code for code in _listed(args, "service_code") if "\x00" not in code))[:MOST_IDS],
        start=start,
        end=end,
        statuses=frozenset(statuses),
        page=_number(args, "page", 1, MOST_PAGES),
        page_size=_number(args, "page_size", PAGE_SIZE, MOST_SIZE),
    )


def read_moment(args: Mapping[str, str], name: str) -> datetime | None:
    """A date with time and zone, such as 2026-11-20T00:00:00Z; None without one. Raises Invalid."""
    typed = args.get(name, "").strip().replace(" ", "+")
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(name, _l("Write it as 2026-11-20T00:00:00Z.")) from None


def _listed(args: Mapping[str, str], name: str) -> set[str]:
    return {part.strip() for part in args.get(name, "").split(",") if part.strip()}


def _number(args: Mapping[str, str], name: str, usual: int, most: int) -> int:
    typed = args.get(name, "").strip()
    if not typed:
        return usual
    if not NUMBER.fullmatch(typed) or not 1 <= int(typed) <= most:
        raise Invalid(name, _l("A whole number from 1 to %(most)d.", most=most))
    return int(typed)
