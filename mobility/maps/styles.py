"""How a result and a kind of measure are drawn. Pure."""

from __future__ import annotations

from typing import Any

from mobility.consultation.tallies import Tally

SUPPORT = {-2: "#B5471B", -1: "#E9A36B", 0: "#D8D3C7", 1: "#7FB0DE", 2: "#1F5FA8"}
"""Votes from orange to blue, readable by people who see colours differently."""

RESULTS = ("n", "mean", "contested", "voices", "agreement", "conflict", "accord")
"""Properties of a segment that say what came out."""

KINDS = {
    "pedestrian_street": "#1F4F9C",
    "pedestrian_square": "#1F4F9C",
    "limited_traffic_zone": "#8A5A14",
    "cycle_lane": "#1D7A5F",
    "tram": "#7A3B86",
    "bus_lane": "#A8481F",
    "parking": "#566074",
    "coach_bay": "#566074",
    "crossing": "#566074",
    "speed_limit": "#9A2F55",
}
"""Colours of the static map; the interactive one has the same in its style sheet."""


def result_properties(tally: Tally | None) -> dict[str, Any]:
    """n and mean of the own votes, contested, and how far the voices agree; null when not shown."""
    if tally is None:
        return dict.fromkeys(RESULTS)
    found, accord = tally.support, tally.accord
    scores = (None if score is None else round(score, 2) for score in (accord.agreement, accord.conflict))
    values = (tally.n, round(found.mean, 2) if found else None, tally.contest.contested)
    return dict(zip(RESULTS, (*values, accord.voices, *scores, accord.kind), strict=True))


def group_properties(position: int | None) -> dict[str, Any]:
    """The vote of one group as the map draws results: always full and never contested; null without one."""
    values = (None if position is None else 1, position, False, 0, None, None, None)
    return dict(zip(RESULTS, values, strict=True)) | {"n": 0 if position is None else 1, "group": True}


def step(mean: float) -> int:
    """The nearest of the five steps of support; the same thresholds as in the map bundle."""
    reach = abs(mean)
    size = 0 if reach < 0.4 else 1 if reach < 1.2 else 2
    return size if mean >= 0 else -size
