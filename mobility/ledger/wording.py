"""What states, outcomes and figures of the ledger are called."""

from __future__ import annotations

from flask_babel import format_decimal, ngettext

from mobility.ledger.conclusion import Missing
from mobility.ledger.figures import Figures
from mobility.plans.words import _


def state_label(state: str) -> str:
    """The status of a comment in words."""
    return {
        "received": _("Received"),
        "with_office": _("With the office"),
        "answered": _("Answered"),
        "closed": _("Closed"),
        "overdue": _("Overdue"),
    }.get(state, state)


def closing_label(closing: str | None) -> str:
    """Why a comment is closed without an answer."""
    return {
        "withdrawn": _("its author has withdrawn it"),
        "hidden": _("it was hidden because it broke the rules"),
        "erased": _("its author had the text removed"),
        "duplicate": _("it says the same as another comment"),
        "answered_elsewhere": _("it was answered in another way"),
        "no_answer_needed": _("it needs no answer"),
    }.get(closing or "", _("it needs no answer"))


def outcome_label(outcome: str) -> str:
    """What the city decided about a measure."""
    return {
        "kept": _("Kept as it was"),
        "changed": _("Changed"),
        "dropped": _("Dropped"),
    }.get(outcome, outcome)


def missing_text(missing: Missing) -> str:
    """What stands in the way of concluding."""
    n = missing.n
    words = {
        "unread": ngettext("%(n)s comment waits to be read", "%(n)s comments wait to be read", n, n=_n(n)),
        "appeals": ngettext("%(n)s appeal is not decided", "%(n)s appeals are not decided", n, n=_n(n)),
        "answers": ngettext("%(n)s comment has no answer", "%(n)s comments have no answer", n, n=_n(n)),
        "clusters": ngettext(
            "%(n)s group of similar comments has no answer",
            "%(n)s groups of similar comments have no answer",
            n,
            n=_n(n),
        ),
        "outcomes": ngettext("%(n)s measure has no outcome", "%(n)s measures have no outcome", n, n=_n(n)),
    }
    return str(words[missing.kind])


def rate_text(found: Figures) -> str:
    """The answer rate in a sentence that says of how many."""
    needs = found.answered + found.waiting
    if found.rate is None:
        return _("No comment needs an answer yet.")
    return str(
        ngettext(
            "%(answered)s of %(num)s comment that needs an answer has one.",
            "%(answered)s of %(all)s comments that need an answer have one (%(rate)s %%).",
            needs,
            answered=_n(found.answered),
            all=_n(needs),
            rate=found.rate,
        )
    )


def time_text(found: Figures) -> str:
    """How fast answers came; honest about small numbers."""
    if not found.answered:
        return ""
    if found.median_days is None:
        return _("There are too few answers to say how fast they come.")
    return str(
        ngettext(
            "Half of the answers came within %(num)d day.",
            "Half of the answers came within %(num)d days.",
            found.median_days,
        )
    )


def waiting_text(found: Figures) -> str:
    """What still waits, and since when; empty when nothing does."""
    if not found.waiting or found.oldest_days is None:
        return ""
    words = ngettext(
        "%(n)s comment still waits, for %(time)s.",
        "%(n)s comments still wait; the oldest for %(time)s.",
        found.waiting,
        n=_n(found.waiting),
        time=ngettext("%(num)d day", "%(num)d days", found.oldest_days),
    )
    if found.overdue:
        words += " " + ngettext(
            "%(n)s is past its day.", "%(n)s are past their day.", found.overdue, n=_n(found.overdue)
        )
    return str(words)


def _n(number: int) -> str:
    return str(format_decimal(number))
