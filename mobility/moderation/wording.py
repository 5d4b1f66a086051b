"""What signals, reports, states, blocks and outcomes are called on screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import format_datetime, format_timedelta, ngettext

from mobility.consultation.moderation import appeal_until
from mobility.consultation.wording import day
from mobility.moderation.models import Appeal
from mobility.moderation.scoring import WINDOW_MINUTES
from mobility.plans.words import _


def signal_text(signal: Mapping[str, Any]) -> str:
    """One signal explained: what was noticed, with its figure or words."""
    code, detail = signal["code"], signal["detail"]
    if code == "words":
        return _("words of the list: %(words)s", words=", ".join(detail))
    if code == "same_text":
        return str(ngettext("the same text as %(num)d other", "the same text as %(num)d others", detail))
    if code == "links":
        return str(ngettext("%(num)d link", "%(num)d links", detail))
    if code == "shouting":
        return _("%(share)d %% capital letters", share=detail)
    minutes: dict[str, Any] = {"n": detail, "minutes": WINDOW_MINUTES}
    if code == "rate":
        return _("%(n)d by one participant within %(minutes)d minutes", **minutes)
    return _("%(n)d from one network within %(minutes)d minutes", **minutes)


def signal_label(code: str) -> str:
    """A signal as a choice of the filter."""
    words = {
        "words": _("Words of the list"),
        "rate": _("Many by one participant"),
        "network": _("Many from one network"),
        "same_text": _("Same text again"),
        "links": _("Links"),
        "shouting": _("Capital letters"),
    }
    return words[code]


def state_label(state: str) -> str:
    """A state of the queue."""
    words = {
        "open": _("Needs a look"),
        "pending": _("Waiting for approval"),
        "reported": _("Reported"),
        "signalled": _("Noticed"),
        "published": _("Public"),
        "hidden": _("Hidden"),
        "withdrawn": _("Withdrawn"),
        "all": _("All"),
    }
    return words[state]


def report_label(code: str) -> str:
    """Why somebody reported it."""
    words = {
        "abuse": _("insults or threatens"),
        "personal_data": _("personal data"),
        "spam": _("advertising"),
        "unlawful": _("against the law"),
        "off_topic": _("not about this plan"),
        "other": _("other"),
    }
    return words.get(code, code)


def block_label(code: str) -> str:
    """Why a participant is blocked."""
    words = {
        "abuse": _("repeated insults or threats"),
        "spam": _("repeated advertising"),
        "unlawful": _("repeated content against the law"),
        "automatic": _("contributions made by a program"),
        "other": _("another reason, given in the note"),
    }
    return words.get(code, code)


def outcome_label(code: str) -> str:
    """What came out of an appeal."""
    words = {"upheld": _("The decision stands"), "overturned": _("The decision is changed")}
    return words.get(code, code)


def decision_label(action: str) -> str:
    """A decision as the history shows it."""
    words = {"hide": _("Hidden"), "restore": _("Shown again"), "approve": _("Approved")}
    return words.get(action, action)


def moment(when: datetime) -> str:
    """Day and time: "20 Nov 2026, 10:15"."""
    return str(format_datetime(when, "d MMM y, HH:mm"))


def age(since: datetime, now: datetime) -> str:
    """How long something has waited: "3 hours"."""
    return str(format_timedelta(now - since, granularity="minute"))


def appeal_lines(appeal: Appeal | None, *, since: datetime, now: datetime) -> dict[str, Any]:
    """Until when one may appeal, or what became of the appeal."""
    until = appeal_until(since)
    found = None
    if appeal is not None:
        found = {
            "text": appeal.text,
            "date_label": moment(appeal.created_at),
            "outcome": outcome_label(appeal.outcome) if appeal.outcome else "",
            "reason": appeal.reason or "",
            "decided": moment(appeal.decided_at) if appeal.decided_at else "",
        }
    return {
        "since": moment(since),
        "appeal_until": day(until),
        "may_appeal": appeal is None and now <= until,
        "appeal": found,
    }
