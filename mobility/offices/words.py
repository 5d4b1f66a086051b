"""Why an office answers, in words; and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext

from mobility.text import pick


def _(message: str, **values: Any) -> str:
    """The message in the language of the page, as a plain string."""
    return str(gettext(message, **values))


def reason_text(
    reason: Mapping[str, Any],
    *,
    topic: str,
    measure: str,
    language: str,
    names: Mapping[int, Mapping[str, str]],
) -> str:
    """The codes of a route as one or two sentences; a person's own words as they are.

    `topic` and `measure` are what the comment is about, `names` those of the offices.
    """
    if "note" in reason:
        return str(reason["note"])
    if reason.get("chosen"):
        return _("The place is near a border between offices; its author chose this one.")
    rule = reason.get("rule", "none")
    if rule == "none":
        return _("No office is responsible for this yet. The city assigns it by hand.")
    away = pick(names.get(reason.get("stands_in") or 0), language)
    if rule == "inactive":
        return _("%(office)s is not at work and nobody stands in. The city assigns it by hand.", office=away)
    if rule == "owner":
        said = _("It is responsible for measure %(measure)s.", measure=measure)
    else:
        said = competence_text(reason, topic=topic, measure=measure, language=language)
    if reason.get("stands_in"):
        said += " " + _("It stands in for %(office)s.", office=away)
    return said


def competence_text(reason: Mapping[str, Any], *, topic: str, measure: str, language: str) -> str:
    """What a competence names, as a sentence."""
    by = frozenset(reason.get("by", ()))
    area = pick(reason.get("area"), language) or _("this area")
    values = {"topic": topic, "measure": measure, "area": area}
    sentences = {
        frozenset(): _("It answers everything that no other office answers."),
        frozenset(("topic",)): _("It answers comments on “%(topic)s”.", **values),
        frozenset(("area",)): _("It answers comments in %(area)s.", **values),
        frozenset(("measure",)): _("It answers comments on measure %(measure)s.", **values),
        frozenset(("topic", "area")): _("It answers comments on “%(topic)s” in %(area)s.", **values),
        frozenset(("topic", "measure")): _(
            "It answers comments on “%(topic)s” about measure %(measure)s.", **values
        ),
        frozenset(("area", "measure")): _(
            "It answers comments on measure %(measure)s in %(area)s.", **values
        ),
        frozenset(("topic", "area", "measure")): _(
            "It answers comments on “%(topic)s” about measure %(measure)s in %(area)s.", **values
        ),
    }
    return sentences[by]


def won_text(reason: Mapping[str, Any]) -> str:
    """Why this rule and not another, for the desk; empty when there was no other."""
    return {
        "priority": _("Its rule has the highest priority of those that match."),
        "exact": _("Its rule is the most exact of those that match."),
        "before": _("Several rules match equally well; the smaller area, then the older rule comes first."),
    }.get(str(reason.get("won", "")), "")


def days_text(days: int) -> str:
    """Within how many days: "within 30 days"."""
    return str(ngettext("within %(num)d day", "within %(num)d days", days))
