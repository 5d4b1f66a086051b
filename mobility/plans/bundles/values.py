"""Checks of single values: each returns the clean value, or BAD after reporting what is wrong."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from mobility.plans.bundles.faults import Spot
from mobility.plans.bundles.messages import KINDS_OF_VALUE


class Bad:
    """The mark of a value that was reported."""


BAD: Final = Bad()
Check = Callable[[Any, Spot], Any]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EMAIL = re.compile(r"[^@\s<>\"',;]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
URL = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[^\s<>\"]*)?")
_TAG = re.compile(r"<\s*[A-Za-z/!?]")
_ACCURACY_LIMIT_M = 5000
_YEARS = (1990, 2200)


@dataclass(frozen=True)
class Field:
    """One named value of a record."""

    check: Check
    required: bool = True
    default: Any = None


Fields = Mapping[str, Field]


def optional(check: Check, default: Any = None) -> Field:
    """A value that may be absent; then it is `default`."""
    return Field(check, required=False, default=default)


def record(source: Any, fields: Fields, spot: Spot) -> dict[str, Any]:
    """The clean values of a table or object. Names whose values are bad or missing are left out."""
    if not isinstance(source, dict):
        wrong_type(source, "table", spot)
        return {}
    for key in source:
        if key not in fields:
            _unknown_key(str(key), list(fields), spot)
    clean: dict[str, Any] = {}
    for key, wanted in fields.items():
        if key not in source:
            if wanted.required:
                spot.report("missing-key", name=key)
            else:
                clean[key] = wanted.default
            continue
        value = wanted.check(source[key], spot.at(key))
        if value is not BAD:
            clean[key] = value
    return clean


def text(limit: int = 300) -> Check:
    """A plain text of one line."""

    def check(value: Any, spot: Spot) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, "string", spot)
        return _plain(value, limit, spot)

    return check


def pattern(form: re.Pattern[str], example: str, limit: int = 64) -> Check:
    """A text of a fixed form, such as a code. Its length is checked before its form."""

    def check(value: Any, spot: Spot) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, "string", spot)
        if len(value) > limit:
            spot.report("too-long", count=len(value), limit=limit)
            return BAD
        if not form.fullmatch(value):
            spot.report("bad-pattern", value=shown(value), example=example)
            return BAD
        return value

    return check


slug = pattern(SLUG, "via-maqueda")
email = pattern(EMAIL, "ufficio@comune.example.it", 254)
url = pattern(URL, "https://www.comune.palermo.it/", 1000)


def choice(allowed: Sequence[str]) -> Check:
    """One of some words."""

    def check(value: Any, spot: Spot) -> Any:
        if not isinstance(value, str):
            return wrong_type(value, "string", spot)
        if value not in allowed:
            spot.report("not-allowed", value=shown(value), allowed=list(allowed))
            return BAD
        return value

    return check


def listing(item: Check, *, least: int = 1, distinct: bool = True) -> Check:
    """A list of values, each checked by `item`."""

    def check(value: Any, spot: Spot) -> Any:
        if not isinstance(value, list):
            return wrong_type(value, "list", spot)
        if len(value) < least:
            spot.report("too-few")
            return BAD
        items = [item(each, spot.at(i + 1)) for i, each in enumerate(value)]
        if any(each is BAD for each in items):
            return BAD
        twice = next((each for i, each in enumerate(items) if each in items[:i]), None) if distinct else None
        if twice is not None:
            spot.report("repeated-value", value=shown(str(twice)))
            return BAD
        return items

    return check


def integer(low: int, high: int) -> Check:
    """A whole number within limits."""

    def check(value: Any, spot: Spot) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            return wrong_type(value, "integer", spot)
        if not low <= value <= high:
            spot.report("number-range", value=shown(str(value)), low=low, high=high)
            return BAD
        return value

    return check


def boolean(value: Any, spot: Spot) -> Any:
    """True or false."""
    return value if isinstance(value, bool) else wrong_type(value, "boolean", spot)


def number(value: Any, spot: Spot) -> Any:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return wrong_type(value, "number", spot)
    if (isinstance(value, int) and abs(value) > 10**15) or not math.isfinite(value):
        spot.report("not-finite")
        return BAD
    return value


def accuracy(value: Any, spot: Spot) -> Any:
    """Metres within which the true position lies."""
    found = number(value, spot)
    if found is BAD:
        return BAD
    if not 0 < found <= _ACCURACY_LIMIT_M:
        spot.report("accuracy", value=found)
        return BAD
    return float(found)


def local_time(value: Any, spot: Spot) -> Any:
    """A date and time without offset."""
    if not isinstance(value, datetime):
        return wrong_type(value, "local-time", spot)
    if value.tzinfo is not None:
        spot.report("time-offset")
        return BAD
    if not _YEARS[0] <= value.year <= _YEARS[1]:
        spot.report("time-range", value=str(value.year), low=_YEARS[0], high=_YEARS[1])
        return BAD
    return value


def wrong_type(value: Any, wanted: str, spot: Spot) -> Bad:
    """Reports that a value is of another kind."""
    spot.report("wrong-type", found=_kind_of(value), wanted=KINDS_OF_VALUE[wanted])
    return BAD


def reference(value: str, known: Sequence[str], spot: Spot) -> None:
    """Reports a name that nothing has, with the nearest one that exists."""
    if value in known:
        return
    near = get_close_matches(value, known, 1, 0.6)
    if near:
        spot.report("unknown-reference-near", value=shown(value), near=near[0])
    else:
        spot.report("unknown-reference", value=shown(value), known=list(known)[:12] or "–")


def shown(value: str, limit: int = 60) -> str:
    """A value as it may be repeated in a message: short, and without control characters."""
    plain = "".join(ch if ch.isprintable() else "·" for ch in value)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _plain(value: str, limit: int, spot: Spot) -> str | Bad:
    clean = unicodedata.normalize("NFC", value).strip()
    if not clean:
        spot.report("blank")
        return BAD
    if len(clean) > limit:
        spot.report("too-long", count=len(clean), limit=limit)
        return BAD
    if _TAG.search(clean) or any(unicodedata.category(ch) in {"Cc", "Cs"} for ch in clean):
        spot.report("markup")
        return BAD
    return clean


def _unknown_key(key: str, known: list[str], spot: Spot) -> None:
    near = get_close_matches(key, known, 1, 0.7)
    if near:
        spot.report("unknown-key-near", name=shown(key), near=near[0])
    else:
        spot.report("unknown-key", name=shown(key), known=known)


def _kind_of(value: Any) -> Any:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "list"),
        (dict, "table"),
        (type(None), "nothing"),
    )
    return next(
        (KINDS_OF_VALUE[name] for kind, name in kinds if isinstance(value, kind)), KINDS_OF_VALUE["date"]
    )
