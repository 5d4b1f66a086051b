"""What a change to a step of the consultation changes for people now. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mobility.consultation.phases import Step

TAKING_PART = ("comment", "vote")


@dataclass(frozen=True)
class Effect:
    """One consequence: a code that `phase_words` says in words, and what it is about."""

    code: str
    action: str = ""
    level: int = 0
    moment: datetime | None = None
    word: str = ""


def consequences(before: Step | None, after: Step | None, now: datetime) -> list[Effect]:
    """What changes for people when `before` becomes `after`, None for a step that is not there.

    Empty when the step is not open, neither before nor after the change: then nobody is taking part in it.
    """
    was = before is not None and before.state(now) == "current"
    will = after is not None and after.state(now) == "current"
    if not was and not will:
        return []
    found = [effect for action in TAKING_PART for effect in _taking_part(before, after, action, was, will)]
    if was and not will:
        found.insert(0, Effect("ends_now"))
    if will and not was:
        found.insert(0, Effect("begins_now"))
    if was and will and before is not None and after is not None:
        found += _rules(before, after)
    return found


def _taking_part(
    before: Step | None, after: Step | None, action: str, was: bool, will: bool
) -> Iterator[Effect]:
    had = was and before is not None and action in before.actions
    has = will and after is not None and action in after.actions
    if had and not has:
        yield Effect("stops", action)
    elif has and not had:
        yield Effect("starts", action, level=after.level_for(action) if after else 0)
    elif had and has and before is not None and after is not None:
        old, new = before.level_for(action), after.level_for(action)
        if new != old:
            yield Effect("harder" if new > old else "easier", action, level=new)


def _rules(before: Step, after: Step) -> Iterator[Effect]:
    if after.closes_at != before.closes_at:
        code = "closes_sooner" if after.closes_at < before.closes_at else "closes_later"
        yield Effect(code, moment=after.closes_at)
    if after.results != before.results:
        yield Effect("results", word=after.results)
    if after.moderation != before.moderation:
        yield Effect("moderation", word=after.moderation)
