"""What must be there before a plan opens to the public. Pure: what was found comes in, the list goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mobility.consultation.phases import Step
from mobility.db import I18n


@dataclass(frozen=True)
class Found:
    """What a look at the plan found."""

    measures: int
    empty_measures: Sequence[str]
    """Codes of measures without any segment."""
    outside: Sequence[str]
    """Codes of segments that lie outside the boundary."""
    steps: Sequence[Step]
    missing_texts: Mapping[str, int]
    contact: bool
    privacy: bool
    unscreened: Sequence[str]
    """Codes of measures that touch a heritage zone and have no screening."""
    uncovered: Sequence[I18n]
    """Topics that no office answers, everywhere or in a part of the plan."""
    documents: int


@dataclass(frozen=True)
class Check:
    """One line of the list. `blocking`: the plan cannot open while it is not `done`."""

    key: str
    done: bool
    blocking: bool = True
    names: list[str | I18n] = field(default_factory=list)
    count: int = 0


def checks(found: Found, now: datetime) -> list[Check]:
    """Every line in the order in which a planner goes through them."""
    taking_part = [step for step in found.steps if step.actions & {"comment", "vote"}]
    answering = [step for step in found.steps if "answer" in step.actions]
    last = max((step.closes_at for step in taking_part), default=None)
    return [
        Check("measures", found.measures > 0, count=found.measures),
        Check("segments", not found.empty_measures, names=list(found.empty_measures)),
        Check("inside", not found.outside, blocking=False, names=list(found.outside)),
        Check("phases", last is not None and last > now, count=len(found.steps)),
        Check(
            "answers",
            any(last is not None and step.closes_at >= last for step in answering),
            blocking=False,
        ),
        Check("texts", not found.missing_texts, count=sum(found.missing_texts.values())),
        Check("contact", found.contact),
        Check("privacy", found.privacy),
        Check("screening", not found.unscreened, names=list(found.unscreened)),
        Check("offices", not found.uncovered, names=list(found.uncovered)),
        Check("documents", found.documents > 0, blocking=False),
    ]


def may_open(lines: Sequence[Check]) -> bool:
    """Whether nothing that blocks is left."""
    return all(line.done or not line.blocking for line in lines)
