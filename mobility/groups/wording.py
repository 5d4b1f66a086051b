"""What kinds and rules of groups are called on screens."""

from __future__ import annotations

from mobility.plans.words import _


def kind_label(kind: str) -> str:
    """The kind of a group in words."""
    return {
        "residents": _("Residents"),
        "traders": _("Trade and crafts"),
        "disability": _("People with disabilities"),
        "cycling": _("Cycling"),
        "heritage": _("Heritage"),
        "school": _("Schools and parents"),
        "transport": _("Transport operator"),
        "tourism": _("Tourism"),
        "other": _("Other kind of group"),
    }.get(kind, kind)


def rule_label(rule: str) -> str:
    """How the delegates of a group decide."""
    return {
        "one": _("One delegate decides"),
        "two": _("Two delegates must agree"),
    }.get(rule, rule)


def registration_label(state: str) -> str:
    """Where a registration stands."""
    return {
        "unconfirmed": _("Address not confirmed yet"),
        "requested": _("Waits for a decision"),
        "recognised": _("Recognised"),
        "declined": _("Declined"),
    }.get(state, state)
