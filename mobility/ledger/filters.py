"""Which lines of the ledger are meant, read from a URL in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mobility.consultation.filters import CommentFilter, read_filter

STATES = ("received", "with_office", "answered", "closed", "overdue")


@dataclass(frozen=True)
class LedgerFilter:
    """Slugs and codes as in the URL; empty means all. `office` may be ``none``: with no office yet."""

    measure: str = ""
    office: str = ""
    status: str = ""
    topic: str = ""
    q: str = ""

    @property
    def empty(self) -> bool:
        return self == LedgerFilter()

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """As URL arguments, without empty ones; `changes` replace some."""
        pairs = {each.name: getattr(self, each.name) for each in fields(self)} | changes
        return {name: str(value) for name, value in pairs.items() if value}

    def comments(self) -> CommentFilter:
        """The part that the filter of comments knows."""
        return CommentFilter(topic=self.topic, measure=self.measure, q=self.q, status="all")


def read_ledger_filter(args: Mapping[str, str]) -> LedgerFilter:
    """The filter of a URL query; what cannot be meant is passed over, since links may be old."""
    clean = read_filter({name: args.get(name, "") for name in ("topic", "measure", "q")})
    office = "".join(ch for ch in args.get("office", "") if ch.isprintable())[:80]
    status = args.get("status", "")
    return LedgerFilter(
        measure=clean.measure,
        office=office,
        status=status if status in STATES else "",
        topic=clean.topic,
        q=clean.q,
    )
