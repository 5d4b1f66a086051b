"""What states, urgencies, closings and ways of assigning are called on screens."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import ngettext

from mobility.answers.deadlines import days_to
from mobility.plans.words import _


def state_label(state: str) -> str:
    """The state of a case in words."""
    return {
        "received": _("Received"),
        "in_progress": _("In progress"),
        "answered": _("Answered"),
        "closed": _("Closed"),
    }.get(state, state)


def closing_label(closing: str | None) -> str:
    """Why a case was closed without an answer."""
    return {
        "withdrawn": _("taken back by its author"),
        "hidden": _("hidden by the city"),
        "duplicate": _("the same as another comment"),
        "answered_elsewhere": _("answered elsewhere"),
        "no_answer_needed": _("needs no answer"),
    }.get(closing or "", "")


def reopened_label(by_author: bool) -> str:
    """How a case came to be open again."""
    return _("Asked again") if by_author else _("Opened again")


def answer_state_label(state: str) -> str:
    """The state of an answer in words."""
    return {
        "draft": _("Draft"),
        "waiting": _("Waits for approval"),
        "published": _("Published"),
        "withdrawn": _("Discarded"),
    }.get(state, state)


def due_label(due: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """How much time is left, in days of the city's calendar."""
    if due is None:
        return ""
    left = days_to(due, now, zone)
    if left < 0:
        return str(ngettext("%(num)d day overdue", "%(num)d days overdue", -left))
    if left == 0:
        return _("due today")
    return str(ngettext("due in %(num)d day", "due in %(num)d days", left))


def how_label(how: str) -> str:
    """Who decided which office answers."""
    return {
        "rule": _("by the rule of competence"),
        "resident": _("chosen by the author"),
        "person": _("decided by the city"),
        "substitute": _("by substitution"),
        "escalation": _("because nobody answered in time"),
    }.get(how, how)
