"""A simple reading of OpenStreetMap's opening_hours syntax: is it well formed? (pure)"""

from __future__ import annotations

import re

_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_NTH = r"(?:\[-?[1-5](?:[-,]-?[1-5])*\])?"
_DAYS = rf"{_DAY}{_NTH}(?:-{_DAY})?(?:,\s?{_DAY}{_NTH}(?:-{_DAY})?)*"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = rf"(?:\d{{4}} )?{_MONTH}(?: (?:0?[1-9]|[12]\d|3[01]))?"
_SPAN = rf"{_DATE}(?:\s?-\s?(?:{_DATE}|(?:0?[1-9]|[12]\d|3[01])))?"
_SPANS = rf"{_SPAN}(?:,\s?{_SPAN})*"
_WEEK = r"week \d{1,2}(?:-\d{1,2})?(?:,\d{1,2}(?:-\d{1,2})?)*"
_SUN = r"(?:sunrise|sunset|dawn|dusk)"
_CLOCK = rf"(?:(?:[01]\d|2\d|3\d|4[0-7]):[0-5]\d|48:00|{_SUN}|\({_SUN}[+-]\d\d:\d\d\))"
_TIME = rf"{_CLOCK}(?:-{_CLOCK}\+?|\+)"
_TIMES = rf"{_TIME}(?:,\s?{_TIME})*"
_STATE = r"(?:off|closed|open|unknown)"
_NOTE = r'"[^"]{1,200}"'

_RULE = re.compile(
    rf"(?:24/7|(?:(?:{_SPANS}|{_WEEK}):?)?\s?(?:{_DAYS})?\s?(?:{_TIMES})?)(?:\s?{_STATE})?(?:\s?{_NOTE})?"
)
_BREAK = re.compile(r"\s*(?:;|\|\||,(?=\s(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|[A-Z][a-z][a-z]\b)))\s*")


def unreadable_part(hours: str) -> str | None:
    """The first rule of some opening hours that cannot be read, or None when all can.

    Reads years and months, weeks, weekdays with nth, public and school holidays, times past midnight,
    sunrise and sunset, open-ended times, states and notes; not every corner of the specification.
    """
    for rule in _BREAK.split(hours.strip()):
        if not rule or not _RULE.fullmatch(rule.strip()):
            return rule or hours
    return None
