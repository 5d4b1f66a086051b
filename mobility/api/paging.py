"""Pages by key: each begins after the last item of the one before, however the list has grown meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from mobility.errors import Invalid

BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """The columns that order a list, together unique, and whether it is read from its end."""

    columns: tuple[Any, ...]
    kinds: tuple[type, ...]
    backwards: bool = False


@dataclass(frozen=True)
class Found:
    """The rows of one page; `after` is the cursor of the next one, None on the last."""

    rows: Sequence[Any]
    after: str | None


def read_page(session: Session, query: Select[Any], *, order: Order, limit: int, after: str | None) -> Found:
    """One page; one query. The columns of the order are its last. Raises Invalid for a foreign cursor."""
    if after is not None:
        key = tuple_(*order.columns)
        last = tuple(read_cursor(after, order.kinds))
        query = query.where(key < last if order.backwards else key > last)
    columns = [column.desc() if order.backwards else column for column in order.columns]
    query = query.add_columns(*order.columns).order_by(*columns).limit(limit + 1)
    rows = list(session.execute(query))
    if len(rows) <= limit:
        return Found(rows, None)
    return Found(rows[:limit], write_cursor(rows[limit - 1][-len(order.columns) :]))


def write_cursor(values: Sequence[Any]) -> str:
    """The key of a row as a word that only we need to understand."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(word: str, kinds: Sequence[type]) -> list[Any]:
    """The key in a cursor. Raises Invalid for anything that is not one of this list."""
    try:
        values = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError
        return [_as(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, RecursionError, binascii.Error):
        raise Invalid(
            "after", _l("This is not the place of a page of this list. Take it from `next`.")
        ) from None


def _as(value: Any, kind: type) -> Any:
    if kind is datetime and isinstance(value, str):
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise ValueError
        return found
    fits = type(value) is kind and not (isinstance(value, int) and abs(value) > BIGGEST)
    if not fits or (kind is str and "\x00" in value):
        raise ValueError
    return value
