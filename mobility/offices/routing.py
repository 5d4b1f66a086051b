"""Which office answers a comment, until when, and why. Pure: rules and the comment come in, a route goes out.

Every competence that matches is a rule; the owner of the measure is one more, of priority 0. Of the rules
that match the highest priority wins; of equal ones the more exact: naming the measure counts more than naming
an area, and an area more than a topic. Of equally exact ones a competence goes before the owner, the smaller
area before the larger, and the older before the newer. An office that is not active hands on to its
substitute. Coordinates and areas are metres in the city's metric CRS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

BORDER_M = 15.0
"""So near to a border of competence the resident is asked."""
MEASURE, AREA, TOPIC = 4, 2, 1
OWNER = 0
"""The id of the rule that the owner of the measure answers; competences have ids from 1."""


@dataclass(frozen=True)
class Rule:
    """A competence; None says "every"."""

    id: int
    office_id: int
    topic_id: int | None = None
    measure_id: int | None = None
    area: BaseGeometry | None = None
    area_name: Mapping[str, str] = field(default_factory=dict)
    priority: int = 0
    deadline_days: int | None = None

    @property
    def exactness(self) -> int:
        """0 to 7: how much of measure, area and topic it names."""
        return (
            MEASURE * (self.measure_id is not None)
            + AREA * (self.area is not None)
            + TOPIC * (self.topic_id is not None)
        )

    @property
    def rank(self) -> tuple[float, ...]:
        """Sorts the winner first."""
        size = self.area.area if self.area is not None else float("inf")
        return (-self.priority, -self.exactness, self.id == OWNER, size, self.id, self.office_id)


@dataclass(frozen=True)
class Desk:
    """An office as routing knows it."""

    id: int
    deadline_days: int
    active: bool = True
    substitute_id: int | None = None


@dataclass(frozen=True)
class Asked:
    """What a comment is about; `point` is None for the whole plan."""

    topic_id: int
    point: tuple[float, float] | None = None
    measure_id: int | None = None
    owner_id: int | None = None
    """The office that is responsible for the measure."""


@dataclass(frozen=True)
class Route:
    """The office, None when the planners must assign it, with the explanation as codes.

    `reason` holds: `rule` (competence, owner, none, inactive), `competence` (its id), `by` (what it names:
    measure, area, topic), `won` (only, priority, exact, before), `area` (its name), `stands_in` (the office
    that is not active).
    """

    office_id: int | None
    days: int | None
    how: str
    reason: dict[str, Any]
    candidates: tuple[int, ...] = ()
    """The offices that would answer within 15 m, best first; empty unless the resident is to be asked."""

    @property
    def needs_asking(self) -> bool:
        return len(self.candidates) > 1


def route(asked: Asked, rules: Sequence[Rule], desks: Mapping[int, Desk]) -> Route:
    """The office that answers. The same for the same rules in any order; never raises."""
    ranked = ranked_for(asked, rules)
    here = [rule for rule in ranked if covers(rule, asked.point)]
    found = decide(here, desks)
    return Route(found.office_id, found.days, found.how, found.reason, near_offices(asked, ranked, desks))


def route_chosen(asked: Asked, rules: Sequence[Rule], desks: Mapping[int, Desk], chosen: int | None) -> Route:
    """The route after the resident was asked: a candidate that was chosen wins, else the rule decides."""
    found = route(asked, rules, desks)
    if chosen is None or chosen not in found.candidates:
        return found
    best = next(
        rule
        for rule in ranked_for(asked, rules)
        if reaches(rule, asked.point) and standing_in(rule.office_id, desks) == chosen
    )
    own = decide([best], desks)
    reason = {**own.reason, "chosen": True, "among": list(found.candidates)}
    return Route(chosen, own.days, "resident", reason, found.candidates)


def ranked_for(asked: Asked, rules: Sequence[Rule]) -> list[Rule]:
    """The rules about the topic and measure wherever they hold, the winner first."""
    return sorted((rule for rule in with_owner(asked, rules) if concerns(rule, asked)), key=lambda r: r.rank)


def with_owner(asked: Asked, rules: Sequence[Rule]) -> list[Rule]:
    """The rules, with the one that the owner of the measure answers."""
    if asked.measure_id is None or asked.owner_id is None:
        return list(rules)
    return [*rules, Rule(OWNER, asked.owner_id, measure_id=asked.measure_id)]


def concerns(rule: Rule, asked: Asked) -> bool:
    """Whether a rule is about the topic and measure; its area is another question."""
    return rule.topic_id in (None, asked.topic_id) and rule.measure_id in (None, asked.measure_id)


def covers(rule: Rule, point: tuple[float, float] | None) -> bool:
    """Whether the place lies in the area of the rule, its border included."""
    if rule.area is None:
        return True
    return point is not None and bool(rule.area.covers(shapely.Point(point)))


def reaches(rule: Rule, point: tuple[float, float] | None) -> bool:
    """Whether the area of the rule begins within 15 m of the place."""
    if rule.area is None:
        return True
    return point is not None and bool(rule.area.distance(shapely.Point(point)) <= BORDER_M)


def decide(ranked: Sequence[Rule], desks: Mapping[int, Desk]) -> Route:
    """The route that the first of these rules gives."""
    if not ranked:
        return Route(None, None, "rule", {"rule": "none"})
    best = ranked[0]
    reason: dict[str, Any] = {
        "rule": "owner" if best.id == OWNER else "competence",
        "by": [
            name
            for name, value in (("measure", best.measure_id), ("area", best.area), ("topic", best.topic_id))
            if value is not None
        ],
        "won": why_won(ranked),
    }
    if best.id != OWNER:
        reason["competence"] = best.id
    if best.area is not None:
        reason["area"] = dict(best.area_name)
    office = standing_in(best.office_id, desks)
    if office is None:
        return Route(None, None, "rule", {**reason, "rule": "inactive", "stands_in": best.office_id})
    days = best.deadline_days or desks[office].deadline_days
    if office == best.office_id:
        return Route(office, days, "rule", reason)
    return Route(office, days, "substitute", {**reason, "stands_in": best.office_id})


def why_won(ranked: Sequence[Rule]) -> str:
    """What set the first rule apart from the second."""
    if len(ranked) == 1:
        return "only"
    best, second = ranked[0], ranked[1]
    if best.priority > second.priority:
        return "priority"
    return "exact" if best.exactness > second.exactness else "before"


def standing_in(office_id: int, desks: Mapping[int, Desk]) -> int | None:
    """The office itself when it is active, else the first active one of its substitutes; None without."""
    seen: set[int] = set()
    here: int | None = office_id
    while here is not None and here not in seen:
        seen.add(here)
        desk = desks.get(here)
        if desk is None:
            return None
        if desk.active:
            return here
        here = desk.substitute_id
    return None


def near_offices(asked: Asked, ranked: Sequence[Rule], desks: Mapping[int, Desk]) -> tuple[int, ...]:
    """The offices that win somewhere within 15 m of the place; empty when that is only one."""
    if asked.point is None or not any(rule.area is not None for rule in ranked):
        return ()
    point = shapely.Point(asked.point)
    close = [rule for rule in ranked if reaches(rule, asked.point)]
    left: BaseGeometry = point.buffer(BORDER_M)
    found: list[int] = []
    for rule in close:
        if rule.area is not None and not (
            left.intersects(rule.area) and left.intersection(rule.area).area > 0
        ):
            continue
        office = standing_in(rule.office_id, desks)
        if office is not None and office not in found:
            found.append(office)
        if rule.area is None:
            break
        left = left.difference(rule.area)
        if left.is_empty:
            break
    return tuple(found) if len(found) > 1 else ()
