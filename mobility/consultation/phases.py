"""Which step of the consultation is open, what it allows, who sees results. Pure: the instant comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

State = Literal["past", "current", "future"]
Why = Literal["before", "after", "between", "never", "level"]
WRITING = frozenset({"comment", "vote"})


@dataclass(frozen=True)
class Step:
    """One dated phase, open from `opens_at` inclusive to `closes_at` exclusive."""

    id: int
    slug: str
    actions: frozenset[str]
    opens_at: datetime
    closes_at: datetime
    comment_level: int = 0
    vote_level: int = 0
    results: str = "always"
    moderation: str = "post"

    def level_for(self, action: str) -> int:
        """The least identity level that may do this in the step."""
        return {"comment": self.comment_level, "vote": self.vote_level}.get(action, 0)

    def state(self, now: datetime) -> State:
        if now < self.opens_at:
            return "future"
        return "current" if now < self.closes_at else "past"


@dataclass(frozen=True)
class Refusal:
    """Why an action is not possible now; `next` is the step that opens it again, if one is planned."""

    why: Why
    next: Step | None = None
    min_level: int = 0


def current(steps: Sequence[Step], now: datetime) -> Step | None:
    """The step that is open now."""
    return next((step for step in steps if step.state(now) == "current"), None)


def ended(steps: Sequence[Step], at: datetime | None) -> list[Step]:
    """The steps of a consultation that was concluded at this instant: nothing more is written in them.

    A step that was running ends then; later ones keep what is only for reading, and show results to all.
    """
    if at is None:
        return list(steps)
    found = []
    for step in steps:
        if step.opens_at < at < step.closes_at:
            found.append(replace(step, closes_at=at))
        elif step.opens_at >= at:
            found.append(replace(step, actions=step.actions - WRITING, results="always"))
        else:
            found.append(step)
    return found


def next_opening(steps: Sequence[Step], action: str, now: datetime) -> Step | None:
    """The earliest step still to come that allows the action."""
    coming = [step for step in steps if step.opens_at > now and action in step.actions]
    return min(coming, key=lambda step: step.opens_at, default=None)


def next_step(steps: Sequence[Step], now: datetime) -> Step | None:
    """The earliest step still to come, whatever it allows."""
    coming = [step for step in steps if step.opens_at > now]
    return min(coming, key=lambda step: step.opens_at, default=None)


def last_closing(steps: Sequence[Step], action: str, now: datetime) -> Step | None:
    """The latest step already closed that allowed the action."""
    gone = [step for step in steps if step.closes_at <= now and action in step.actions]
    return max(gone, key=lambda step: step.closes_at, default=None)


def refusal(steps: Sequence[Step], action: str, now: datetime, level: int | None = None) -> Refusal | None:
    """None when the action is open now to people of this identity level, else why not.

    With `level` None the level is not asked for: is the action open to anybody?
    """
    here = current(steps, now)
    if here and action in here.actions:
        if level is not None and level < here.level_for(action):
            return Refusal("level", None, here.level_for(action))
        return None
    coming, gone = next_opening(steps, action, now), last_closing(steps, action, now)
    if coming:
        return Refusal("between" if gone else "before", coming)
    return Refusal("after" if gone else "never", None)


def days_left(step: Step, now: datetime, zone: ZoneInfo) -> int:
    """Full calendar days in the city after today before the step closes; 0 on its last day.

    Days are those of the city's calendar, so a change of clocks counts as one day like any other. A step that
    closes at midnight has its last day before it.
    """
    last = (step.closes_at - timedelta(microseconds=1)).astimezone(zone).date()
    return max(0, (last - now.astimezone(zone).date()).days)


def last_day(step: Step, zone: ZoneInfo) -> datetime:
    """The last moment of the step, in the city's time."""
    return (step.closes_at - timedelta(microseconds=1)).astimezone(zone)


def results_visible(steps: Sequence[Step], now: datetime, *, voted: bool, staff: bool = False) -> bool:
    """Whether results may be shown: staff always; while a step runs as its rule says; afterwards everybody.

    Between steps results are public once a step with votes has closed.
    """
    if staff:
        return True
    here = current(steps, now)
    if here is None:
        return last_closing(steps, "vote", now) is not None
    if here.results == "after_phase" and "vote" not in here.actions:
        return last_closing(steps, "vote", now) is not None
    return here.results == "always" or (here.results == "after_vote" and voted)
