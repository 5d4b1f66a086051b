"""Who may do what. Pure: the actor's role comes in, yes or no goes out."""

from __future__ import annotations

STAFF = frozenset({"administrator", "planner"})


def may_see_desk(role: str | None) -> bool:
    """Staff see results of every phase, hidden comments, and the filters of the desk."""
    return role in STAFF


def may_moderate(role: str | None) -> bool:
    """Staff hide a comment with a reason and show it again."""
    return role in STAFF
