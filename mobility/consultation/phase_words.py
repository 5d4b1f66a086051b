"""What steps of the consultation allow, for whom, and what a change to one means, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import format_date, format_datetime, get_locale

from mobility.consultation.consequences import Effect
from mobility.consultation.models import Phase
from mobility.consultation.phases import Step, current, last_day
from mobility.consultation.wording import day, days_left_label
from mobility.plans.words import _
from mobility.text import pick

Line = dict[str, Any]


def timeline(
    phases: Sequence[Phase],
    steps: Sequence[Step],
    now: datetime,
    zone: ZoneInfo,
    language: str,
    languages: Sequence[str] = (),
) -> list[Line]:
    """The steps for the top of a page: title, state, note, days, what is open for whom, and the rules.

    `languages` are those of the plan; a step held in fewer of them says so.
    """
    lines: list[Line] = []
    for phase, step in zip(phases, steps, strict=True):
        state = step.state(now)
        note = ""
        if state == "current":
            note = days_left_label(step, now, zone)
        elif state == "future":
            note = _("from %(day)s", day=format_date(step.opens_at, "d MMM"))
        lines.append(
            {
                "title": str(pick(phase.title, language)),
                "summary": str(pick(phase.summary, language)),
                "state": state,
                "note": note,
                "span": span_label(step, zone),
                "opened": opened_lines(phase),
                "rules": rule_lines(phase, languages),
            }
        )
    return lines


def now_line(
    phases: Sequence[Phase], steps: Sequence[Step], now: datetime, zone: ZoneInfo, language: str
) -> Line:
    """Where the consultation stands, in one line: what is open and how long, or what comes next and when."""
    titles = {
        step.opens_at: str(pick(phase.title, language)) for phase, step in zip(phases, steps, strict=True)
    }
    here = current(steps, now)
    if here:
        return {"title": titles[here.opens_at], "note": days_left_label(here, now, zone), "open": True}
    coming = min(
        (step for step in steps if step.opens_at > now), key=lambda step: step.opens_at, default=None
    )
    if coming:
        words = _("%(title)s from %(day)s", title=titles[coming.opens_at], day=day(coming.opens_at))
        return {"title": _("Closed now"), "note": words, "open": False}
    if not steps:
        return {"title": _("No step is planned yet"), "note": "", "open": False}
    ended = max(step.closes_at for step in steps)
    return {"title": _("Finished"), "note": day(ended), "open": False}


def who_label(level: int) -> str:
    """Who may act from this identity level on."""
    return {
        0: _("everybody, without signing in"),
        1: _("people with a confirmed e-mail address"),
        2: _("people with an invitation of the city"),
        3: _("people with a verified identity (SPID, CIE or eIDAS)"),
    }.get(level, "")


def action_label(action: str) -> str:
    """What a step opens."""
    return {
        "inform": _("Reading"),
        "comment": _("Comments"),
        "vote": _("Votes"),
        "answer": _("Answers of the city"),
    }.get(action, action)


def results_label(results: str) -> str:
    """When results are shown while a step runs."""
    return {
        "always": _("Results are shown at any time."),
        "after_vote": _("Results are shown to those who have voted."),
        "after_phase": _("Results are shown when the step has closed."),
    }.get(results, "")


def moderation_label(moderation: str) -> str:
    """When comments become public."""
    if moderation == "pre":
        return _("Comments appear after the city has read them.")
    return _("Comments appear at once.")


def opened_lines(phase: Phase) -> list[str]:
    """What a step opens and for whom, one line each; reading is open to everybody at any time."""
    lines = []
    for action, level in (("comment", phase.comment_level), ("vote", phase.vote_level)):
        if action in phase.actions:
            lines.append(_("%(action)s: %(who)s", action=action_label(action), who=who_label(level)))
    if "answer" in phase.actions:
        lines.append(_("The city answers."))
    if not lines:
        lines.append(_("The measures can be read."))
    return lines


def rule_lines(phase: Phase, plan_languages: Sequence[str]) -> list[str]:
    """When results and comments are seen, and the languages of a step held in fewer than the plan."""
    lines = [results_label(phase.results)] if "vote" in phase.actions else []
    if "comment" in phase.actions and phase.moderation == "pre":
        lines.append(moderation_label(phase.moderation))
    held = held_line(phase, plan_languages)
    return [*lines, held] if held else lines


def held_line(phase: Phase | None, plan_languages: Sequence[str]) -> str:
    """That a step is held in fewer languages than the plan; empty otherwise."""
    if phase is None or not phase.languages or not set(phase.languages) < set(plan_languages):
        return ""
    return _("This step is held in %(languages)s only.", languages=languages_label(phase.languages))


def languages_label(tags: Sequence[str]) -> str:
    """Languages by their names: "Italian", "Italian and English"."""
    locale = get_locale() or Locale("en")
    names = [str(Locale.parse(tag).get_display_name(locale) or tag) for tag in tags]
    return (
        names[0]
        if len(names) == 1
        else _("%(first)s and %(second)s", first=", ".join(names[:-1]), second=names[-1])
    )


def span_label(step: Step, zone: ZoneInfo) -> str:
    """The days of a step: "2 November 2026 – 15 December 2026"."""
    return _("%(first)s – %(last)s", first=day(step.opens_at), last=day(last_day(step, zone)))


def moment_label(moment: datetime) -> str:
    """A day with its time in the city: "15 Dec 2026, 23:59"."""
    return str(format_datetime(moment, "d MMM y, HH:mm"))


def effect_text(effect: Effect) -> str:
    """One consequence of a change, for the planner who is about to make it."""
    comment = effect.action == "comment"
    who = who_label(effect.level)
    if effect.code == "begins_now":
        return _("The step is open as soon as you save.")
    if effect.code == "ends_now":
        return _("The step is closed as soon as you save.")
    if effect.code == "stops":
        return (
            _("Nobody can comment any more. Comments that were sent stay.")
            if comment
            else _("Nobody can vote, change or withdraw a vote any more. Votes that were cast stay counted.")
        )
    if effect.code == "starts":
        return _("Comments open to %(who)s.", who=who) if comment else _("Votes open to %(who)s.", who=who)
    if effect.code == "harder":
        return (
            _("Only %(who)s can comment from now on. Comments of others stay.", who=who)
            if comment
            else _(
                "Only %(who)s can vote or change a vote from now on. Votes of others stay counted.", who=who
            )
        )
    if effect.code == "easier":
        return (
            _("From now on these can comment: %(who)s.", who=who)
            if comment
            else _("From now on these can vote: %(who)s.", who=who)
        )
    return _rule_text(effect)


def _rule_text(effect: Effect) -> str:
    if effect.code in ("closes_sooner", "closes_later") and effect.moment:
        moment = moment_label(effect.moment)
        if effect.code == "closes_sooner":
            return _(
                "People have less time than they were told: the step closes on %(moment)s.", moment=moment
            )
        return _("People have more time: the step closes on %(moment)s.", moment=moment)
    if effect.code == "results":
        return results_label(effect.word)
    return moderation_label(effect.word)
