"""What a file says of itself, as pairs of a name and a text, for formats without a head of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobility.exports.sources import compact


def about(head: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The members of the head, in their order, without what only GeoJSON needs."""
    plan = head["plan"]
    found = {"plan": plan["title"], "plan_url": plan["url"]}
    for name, value in head.items():
        if name in ("type", "plan"):
            continue
        found[name] = value if isinstance(value, str) else compact(value)
    return list(found.items())


def sentence(head: Mapping[str, Any]) -> str:
    """The same as one text."""
    return "\n".join(f"{name}: {value}" for name, value in about(head))
