"""What grades and states of a screening are called on screens."""

from __future__ import annotations

from mobility.plans.words import _
from mobility.screening.rule import EXTENTS

SIGNS = {"positive": "+", "negative": "−"}
EFFECTS = (
    "major_positive",
    "moderate_positive",
    "minor_positive",
    "neutral",
    "minor_negative",
    "moderate_negative",
    "major_negative",
)
"""Every answer to "what does the measure do to the attribute", from best to worst."""


def split(effect: str) -> tuple[str, str | None]:
    """Extent and direction of an answer such as "major_negative"."""
    extent, _line, direction = effect.partition("_")
    return extent, direction or None


def joined(extent: str, direction: str | None) -> str:
    return f"{extent}_{direction}" if direction else extent


def effect_label(extent: str, direction: str | None) -> str:
    """The grade in words."""
    return {
        "neutral": _("Neutral"),
        "minor_positive": _("Minor, positive"),
        "moderate_positive": _("Moderate, positive"),
        "major_positive": _("Major, positive"),
        "minor_negative": _("Minor, negative"),
        "moderate_negative": _("Moderate, negative"),
        "major_negative": _("Major, negative"),
    }[joined(extent, direction)]


def effect_mark(extent: str, direction: str | None) -> str:
    """The grade as signs, one to three: read aloud it is always beside its words."""
    return SIGNS.get(direction or "", "0") * max(EXTENTS.index(extent), 1)


def state_label(state: str, missing: int = 0) -> str:
    """Where the screening of a measure stands."""
    return {
        "not_needed": _("Touches no protected zone"),
        "complete": _("Complete"),
        "waived": _("No interaction, signed"),
        "missing": _("%(count)s still to grade", count=missing) if missing else _("Not begun"),
    }[state]


def perceived_label(effect: str) -> str:
    """What residents say, in the plural."""
    return {
        "helps": _("It helps"),
        "harms": _("It harms"),
        "neither": _("Neither"),
    }[effect]
