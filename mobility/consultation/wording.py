"""What phases, levels, channels and refusals are called on screens."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime, ngettext

from mobility.consultation.phases import Refusal, Step, days_left
from mobility.plans.words import _


def day(moment: datetime) -> str:
    """A day as people write it: "14 December 2026"."""
    return str(format_date(moment, "d MMMM y"))


def moment(at: datetime) -> str:
    """A day with its time in the city: "14 December 2026, 23:59"."""
    return str(format_datetime(at, "d MMMM y, HH:mm"))


def days_left_label(step: Step, now: datetime, zone: ZoneInfo) -> str:
    """How long a step is still open, in days of the city's calendar."""
    left = days_left(step, now, zone)
    return _("last day") if left == 0 else str(ngettext("%(num)d day left", "%(num)d days left", left))


def refusal_text(
    why: Refusal, action: str, closed: Step | None, next_title: str = "", next_step: Step | None = None
) -> str:
    """Why an action is not open, and when it is: `closed` is the last step that allowed it.

    `next_title` and `next_step` are the step that comes after, told when the action itself opens no more.
    """
    if why.why == "level":
        return _(
            "This step is open to people whom the city knows by %(level)s. Sign in to take part.",
            level=level_label(why.min_level),
        )
    if why.next:
        start = moment(why.next.opens_at)
        if action == "vote":
            return _("Voting opens on %(day)s. Until then you can read the measures.", day=start)
        return _("Comments open on %(day)s. Until then you can read what others wrote.", day=start)
    if closed:
        end = moment(closed.closes_at)
        words = (
            _("Voting closed on %(day)s. Thank you to everybody who took part.", day=end)
            if action == "vote"
            else _("Comments closed on %(day)s. Thank you to everybody who wrote.", day=end)
        )
        if next_step:
            after = _("Next step: %(title)s, from %(day)s.", title=next_title, day=moment(next_step.opens_at))
            return f"{words} {after}"
        return words
    if action == "vote":
        return _("This plan takes no votes.")
    return _("This plan takes no comments.")


def concluded_text(at: datetime) -> str:
    """Why nothing more can be written after the end."""
    return _(
        "The city concluded this consultation on %(day)s: every comment has its answer. You can read them "
        "under “You said, we did”.",
        day=day(at),
    )


def level_label(level: int) -> str:
    """How the city knows somebody: an identity level in words."""
    return {
        0: _("nothing but this device"),
        1: _("an e-mail address"),
        2: _("an invitation"),
        3: _("a verified identity"),
    }.get(level, "")


def voters_label(level: int) -> str:
    """Who voted, by identity level."""
    return {
        0: _("People without sign-in"),
        1: _("People with an e-mail address"),
        2: _("People with an invitation"),
        3: _("People with a verified identity"),
    }.get(level, "")


def channel_label(channel: str) -> str:
    """How a comment came in; empty for the web, which is nothing special."""
    return {
        "embed": _("On another site"),
        "qr": _("QR code"),
        "meeting": _("Meeting"),
        "paper": _("On paper"),
        "email": _("E-mail"),
        "social": _("Social network"),
        "api": _("Another app"),
        "sample": _("Sample"),
    }.get(channel, "")


def stance_label(stance: str) -> str:
    """The stance of a comment in words."""
    return {
        "for": _("For"),
        "against": _("Against"),
        "idea": _("Idea"),
        "question": _("Question"),
    }.get(stance, stance)


def position_label(position: int) -> str:
    """A position on the scale of votes in words."""
    return {
        2: _("Strongly support"),
        1: _("Support"),
        0: _("Neutral"),
        -1: _("Oppose"),
        -2: _("Strongly oppose"),
    }[position]
