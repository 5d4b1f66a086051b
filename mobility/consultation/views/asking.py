"""When a step asks for a higher identity level: what is missing, and a choice kept while it is got."""

from __future__ import annotations

from typing import Any

from flask import session

from mobility.consultation.forms import VoteForm
from mobility.consultation.views.frame import Frame

KEPT = "kept_choice"


def asks(frame: Frame, action: str, *, back: str) -> dict[str, Any]:
    """The level that is missing for an action (0 when none is), the reader's own, and the way back."""
    why = frame.refusal(action)
    needed = why.min_level if why and why.why == "level" else 0
    return {"needed": needed, "level": frame.level, "back": back}


def keep_choice(form: VoteForm, *, at: str) -> None:
    """Keep what was chosen on a card, in this browser, until it is sent."""
    session[KEPT] = {"at": at, "position": form.position.data, "condition": form.condition.data or ""}
    form.kept = True


def drop_choice() -> None:
    """A vote was counted: nothing waits any more."""
    session.pop(KEPT, None)


def kept_choice(*, at: str) -> VoteForm | None:
    """The form with what was chosen on this card before; None when nothing waits."""
    kept = session.get(KEPT) or {}
    if kept.get("at") != at:
        return None
    form = VoteForm(data={"position": kept.get("position"), "condition": kept.get("condition")})
    form.kept = True
    return form
