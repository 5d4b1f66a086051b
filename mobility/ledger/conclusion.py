"""When a consultation may be concluded: nobody who spoke is left without an answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["answers", "clusters", "unread", "appeals", "outcomes"]


@dataclass(frozen=True)
class Standing:
    """Where the answers of a plan stand.

    `unanswered` counts public comments that need an answer and have none, by office (None: nobody's yet);
    `clusters` groups of comments in which at least one lacks an answer; `unread` comments that nobody has
    approved yet; `appeals` hidden comments that may come back; `undecided` codes of measures without outcome.
    """

    unanswered: Mapping[int | None, int] = field(default_factory=dict)
    clusters: int = 0
    unread: int = 0
    appeals: int = 0
    undecided: Sequence[str] = ()


@dataclass(frozen=True)
class Missing:
    """Something that stands in the way, and how much of it."""

    kind: Kind
    n: int


def missing(standing: Standing) -> list[Missing]:
    """What must be done first, in the order in which it is best done; empty when nothing is in the way."""
    found = [
        Missing("unread", standing.unread),
        Missing("appeals", standing.appeals),
        Missing("answers", sum(standing.unanswered.values())),
        Missing("clusters", standing.clusters),
        Missing("outcomes", len(standing.undecided)),
    ]
    return [each for each in found if each.n > 0]


def may_conclude(standing: Standing) -> bool:
    """Whether nothing stands in the way."""
    return not missing(standing)
