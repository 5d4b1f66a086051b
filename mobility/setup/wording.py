"""The words of the pages of this room: lines of the checklist, what waits, names of kinds and fields."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import format_date, ngettext

from mobility.consultation.phase_words import languages_label, moment_label
from mobility.consultation.wording import channel_label
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.setup.checks import Check
from mobility.setup.texts import Entry
from mobility.setup.today import Activity, Need
from mobility.text import pick

NAMED = 12


def check_words(check: Check, slug: str) -> dict[str, Any]:
    """A line of the checklist: its title, what to do, where."""
    title, hint, endpoint = _checks()[check.key]
    return {
        "key": check.key,
        "done": check.done,
        "blocking": check.blocking,
        "title": title,
        "hint": "" if check.done else hint,
        "names": check.names[:NAMED],
        "more": max(0, len(check.names) - NAMED),
        "url": url_for(endpoint, slug=slug),
    }


def _checks() -> dict[str, tuple[str, str, str]]:
    return {
        "measures": (
            _("There are measures"),
            _("Draw them in the editor or load them from a file."),
            "editing.measures",
        ),
        "segments": (
            _("Every measure has a place on the map"),
            _("Without a stretch nobody can vote on where it happens."),
            "editing.measures",
        ),
        "inside": (
            _("Every stretch touches the outline of the plan"),
            _("Comments outside the outline are refused. Check the stretches or widen the outline."),
            "editing.measures",
        ),
        "phases": (
            _("A step for comments or votes is still to end"),
            _("Without one nobody can take part."),
            "consultation.phase_list",
        ),
        "answers": (
            _("A step for answers follows"),
            _("People expect to be answered. Plan the time for it."),
            "consultation.phase_list",
        ),
        "texts": (
            _("Every text is there in every language"),
            _("The list of missing texts leads to each."),
            "setup.texts",
        ),
        "contact": (
            _("There is somebody to ask"),
            _("A name, and an e-mail address or a telephone number."),
            "setup.details",
        ),
        "privacy": (
            _("The privacy notice of the plan is written"),
            _("Who is responsible, why, how long, and whom to write to; in every language."),
            "setup.texts",
        ),
        "screening": (
            _("Measures near heritage are screened"),
            _("A measure that touches a property or its buffer zone needs an expert’s screening."),
            "screening.matrix",
        ),
        "offices": (
            _("Every topic has an office that answers, everywhere in the plan"),
            _("Otherwise comments wait for somebody to assign them."),
            "answers.desk",
        ),
        "documents": (
            _("Documents explain the plan"),
            _("Studies, drawings and decisions help people to judge."),
            "setup.details",
        ),
    }


def need_words(need: Need, plan: Plan) -> dict[str, Any]:
    """What waits, as a sentence with its link."""
    words, endpoint = (_waiting_for_offices(need.count) | _waiting_for_planners(need.count))[need.key]
    return {
        "key": need.key,
        "words": words,
        "urgent": need.urgent,
        "moment": moment_label(need.moment) if need.moment else "",
        "url": url_for(endpoint, slug=plan.slug),
    }


def _waiting_for_offices(n: int) -> dict[str, tuple[str, str]]:
    return {
        "overdue": (
            ngettext(
                "%(num)s comment is overdue for an answer", "%(num)s comments are overdue for an answer", n
            ),
            "answers.inbox",
        ),
        "unassigned": (
            ngettext("%(num)s comment has no office", "%(num)s comments have no office", n),
            "answers.inbox",
        ),
        "unanswered": (
            ngettext("%(num)s comment waits for its answer", "%(num)s comments wait for their answers", n),
            "answers.inbox",
        ),
        "unstaffed": (
            ngettext(
                "%(num)s competent office has nobody who answers",
                "%(num)s competent offices have nobody who answers",
                n,
            ),
            "answers.desk",
        ),
        "due_soon": (
            ngettext("%(num)s answer is due within a week", "%(num)s answers are due within a week", n),
            "answers.inbox",
        ),
        "approvals": (
            ngettext("%(num)s answer waits for approval", "%(num)s answers wait for approval", n),
            "answers.inbox",
        ),
        "appeals": (
            ngettext(
                "%(num)s appeal waits for a second person", "%(num)s appeals wait for a second person", n
            ),
            "moderation.appeals",
        ),
        "pending": (
            ngettext("%(num)s comment waits to be read", "%(num)s comments wait to be read", n),
            "moderation.queue",
        ),
        "reported": (
            ngettext("%(num)s comment was reported", "%(num)s comments were reported", n),
            "moderation.queue",
        ),
    }


def _waiting_for_planners(n: int) -> dict[str, tuple[str, str]]:
    return {
        "registrations": (
            ngettext("%(num)s group asks to be recognised", "%(num)s groups ask to be recognised", n),
            "groups.desk",
        ),
        "unscreened": (
            ngettext(
                "%(num)s measure near heritage is not screened",
                "%(num)s measures near heritage are not screened",
                n,
            ),
            "screening.matrix",
        ),
        "missing_texts": (
            ngettext("%(num)s text is missing in a language", "%(num)s texts are missing in a language", n),
            "setup.texts",
        ),
        "failed_tasks": (
            ngettext("%(num)s piece of long work failed", "%(num)s pieces of long work failed", n),
            "setup.today",
        ),
        "slow_tasks": (
            ngettext("%(num)s piece of long work is stuck", "%(num)s pieces of long work are stuck", n),
            "setup.today",
        ),
        "opens": (_("A step opens"), "consultation.plan"),
        "closes": (_("A step closes"), "consultation.plan"),
    }


def activity_words(found: Activity, language: str) -> dict[str, Any]:
    """The tables of activity, with heights of the bars as parts of the highest of their kind."""
    said = max((comments for _day, comments, _votes in found.days), default=0) or 1
    cast = max((votes for _day, _comments, votes in found.days), default=0) or 1
    return {
        "days": [
            {
                "iso": day.isoformat(),
                "label": format_date(day, "d MMM"),
                "comments": comments,
                "votes": votes,
                "comment_height": _height(comments, said),
                "vote_height": _height(votes, cast),
            }
            for day, comments, votes in found.days
        ],
        "comments": sum(day[1] for day in found.days),
        "votes": sum(day[2] for day in found.days),
        "group_votes": found.group_votes,
        "channels": [(channel_label(name) or _("Web"), n) for name, n in found.channels],
        "languages": [(_language(tag), n) for tag, n in found.languages],
        "quarters": [(pick(name, language) or _("Outside the quarters"), n) for name, n in found.quarters],
    }


def _language(tag: str) -> str:
    try:
        return languages_label([tag])
    except ValueError:
        return tag


def _height(n: int, most: int) -> float:
    return round(n / most * 40, 1)


def kind_words() -> dict[str, str]:
    """What the kinds of texts are called."""
    return {
        "plan": _("The plan"),
        "phase": _("Phases"),
        "topic": _("Topics"),
        "package": _("Packages"),
        "measure": _("Measures"),
        "segment": _("Stretches"),
    }


def field_words() -> dict[str, str]:
    """What the texts are called."""
    return {
        "title": _("Title"),
        "summary": _("Summary"),
        "privacy": _("Privacy notice of this plan"),
        "label": _("Name"),
        "before": _("Before"),
        "after": _("After"),
        "hours": _("When"),
        "span": _("Between what and what"),
    }


def entry_words(entry: Entry, language: str) -> dict[str, Any]:
    """An entry with the names of its fields and languages."""
    names = field_words()
    first = next(iter(entry.values.values()))
    return {
        "kind": entry.kind,
        "code": entry.code,
        "title": pick(first, language) or entry.code,
        "fields": [
            {
                "name": name,
                "label": names[name],
                "long": name in ("summary", "before", "after", "privacy"),
                "texts": [
                    {
                        "tag": tag,
                        "language": _language(tag),
                        "words": words,
                        "missing": (name, tag) in entry.missing,
                    }
                    for tag, words in texts.items()
                ],
            }
            for name, texts in entry.values.items()
        ],
        "missing": len(entry.missing),
        "sensitive": entry.sensitive,
    }
