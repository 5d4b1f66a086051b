"""How layers look: rules with a symbol each, made from the platform's own colours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.exports.results import LEVELS

POINT, LINE, AREA = "points", "lines", "areas"


@dataclass(frozen=True)
class Condition:
    """The first of `names` that is not null is `equal`, or lies from `low` to below `high`, or none is."""

    names: tuple[str, ...]
    equal: str | bool | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Symbol:
    """`shape` is that of a marker; `width` in millimetres, of a line or outline; `dashed` and `opacity`."""

    colour: str
    shape: str = "circle"
    width: float = 0.4
    stroke: str = "#FFFFFF"
    size: float = 3.0
    dashed: bool = False
    opacity: float = 1.0


@dataclass(frozen=True)
class Rule:
    label: Any
    conditions: tuple[Condition, ...]
    symbol: Symbol


@dataclass(frozen=True)
class Style:
    """A named way to draw a layer of points, lines or areas."""

    name: Any
    rules: tuple[Rule, ...]


STANCES = (
    ("for", _l("For"), "#1F5FA8", "circle"),
    ("against", _l("Against"), "#B5471B", "square"),
    ("idea", _l("Idea"), "#B7791F", "triangle"),
    ("question", _l("Question"), "#4A5468", "diamond"),
)
SUPPORT = (
    (_l("Strongly oppose"), "#B5471B", None, -1.2),
    (_l("Oppose"), "#E9A36B", -1.2, -0.4),
    (_l("Neutral"), "#D8D3C7", -0.4, 0.4),
    (_l("Support"), "#7FB0DE", 0.4, 1.2),
    (_l("Strongly support"), "#1F5FA8", 1.2, None),
)
LEVEL_NAMES = {
    "anonymous": _l("Support: anonymous votes"),
    "email": _l("Support: votes confirmed by e-mail"),
    "invitation": _l("Support: votes by invitation"),
    "verified": _l("Support: votes of verified people"),
}
COUNTS = (("1", 1, 2), ("2–4", 2, 5), ("5–9", 5, 10), ("10–24", 10, 25), ("25+", 25, None))
BLUES = ("#DCE6F5", "#B3CBE9", "#7FA3D6", "#4B6FB5", "#1F3A8A")
ZONES = (
    ("property", _l("Property"), "#8A5A14", 0.55),
    ("buffer", _l("Buffer zone"), "#C79A4B", 0.35),
    ("setting", _l("Setting"), "#E7C98A", 0.2),
    ("planning", _l("Planning zone"), "#8A94A6", 0.2),
)


def styles_of(what: str, shape: str) -> tuple[Style, ...]:
    """The styles of a layer; the first is the one shown at first. None for shapes of several kinds."""
    if shape not in (POINT, LINE, AREA):
        return ()
    if what == "comments":
        return (_stances(shape),)
    if what in ("segments", "measures"):
        best = _support(_l("Support: best known voters"), tuple(reversed(LEVELS)), shape)
        return (best, *(_support(LEVEL_NAMES[level], (level,), shape) for level in LEVELS))
    return (_cells(),) if what == "cells" else (_zones(),)


def _stances(shape: str) -> Style:
    rules = (
        Rule(
            label,
            (Condition(("stance",), equal=stance),),
            Symbol(
                colour,
                marker,
                width=0.3 if shape == POINT else 0.8,
                stroke="#FFFFFF" if shape == POINT else colour,
                opacity=0.35 if shape == AREA else 1.0,
            ),
        )
        for stance, label, colour, marker in STANCES
    )
    return Style(_l("Stance"), tuple(rules))


def _support(name: Any, levels: tuple[str, ...], shape: str) -> Style:
    """Five colours by the mean of the votes of one level; dashed without votes; contested beside it.

    With several levels it is the mean of the first that has votes: levels are never added up.
    """
    means = tuple(f"{level}_mean" for level in levels)
    width, opacity = (1.2, 0.6 if shape == AREA else 1.0)
    rules = [
        Rule(
            label,
            (Condition(means, low=low, high=high),),
            Symbol(colour, width=width, stroke=colour, opacity=opacity),
        )
        for label, colour, low, high in SUPPORT
    ]
    blank = Symbol("#4A5468", width=0.5, stroke="#4A5468", dashed=True, opacity=0.15 if shape == AREA else 1)
    contested = Symbol("#1D2433", width=0.5, stroke="#1D2433", dashed=True, opacity=0.1, size=2)
    return Style(
        name,
        (
            *rules,
            Rule(_l("No votes shown"), (Condition(means),), blank),
            Rule(_l("Contested"), (Condition(("contested",), equal=True),), contested),
        ),
    )


def _cells() -> Style:
    rules = (
        Rule(
            label,
            (Condition(("comments",), low=low, high=high),),
            Symbol(colour, width=0.1, stroke="#FFFFFF", opacity=0.75),
        )
        for (label, low, high), colour in zip(COUNTS, BLUES, strict=True)
    )
    return Style(_l("Number of comments"), tuple(rules))


def _zones() -> Style:
    rules = (
        Rule(
            label,
            (Condition(("kind",), equal=kind),),
            Symbol(colour, width=0.5, stroke="#8A5A14", opacity=opacity, dashed=kind == "setting"),
        )
        for kind, label, colour, opacity in ZONES
    )
    return Style(_l("Kind of zone"), tuple(rules))
