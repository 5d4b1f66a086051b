"""Whether a measure's effect on heritage has been looked at. Pure.

Heritage impact screening follows the first step of the "Guidance and Toolkit for Impact Assessments in a
World Heritage Context" (UNESCO, ICCROM, ICOMOS, IUCN, 2022): every attribute that carries the site's
outstanding universal value is set beside the measure, and an expert grades the effect.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

PROTECTED = ("property", "buffer")
"""The kinds of zone in which a measure needs a screening."""
EXTENTS = ("neutral", "minor", "moderate", "major")
DIRECTIONS = ("positive", "negative")
NEEDS_MITIGATION = (("moderate", "negative"), ("major", "negative"))

State = Literal["not_needed", "complete", "waived", "missing"]


@dataclass(frozen=True)
class Attribute:
    """An attribute by its code; `place_id` when it belongs to one component part, None for all of them."""

    code: str
    place_id: int | None = None


@dataclass(frozen=True)
class Touched:
    """A zone that a measure touches: its kind, and the component part it protects."""

    kind: str
    place_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """`missing` are the codes of the attributes not graded yet; `required` all that have to be."""

    state: State
    required: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether nothing stands against publishing the measure."""
        return self.state != "missing"


def protected(zones: Collection[Touched]) -> list[Touched]:
    """The zones that make a screening necessary."""
    return [zone for zone in zones if zone.kind in PROTECTED]


def required(attributes: Collection[Attribute], zones: Collection[Touched]) -> tuple[str, ...]:
    """The attributes to be graded: the general ones, and those of each component part that is touched."""
    places = {zone.place_id for zone in protected(zones) if zone.place_id is not None}
    return tuple(one.code for one in attributes if one.place_id is None or one.place_id in places)


def judge(
    attributes: Collection[Attribute],
    zones: Collection[Touched],
    graded: Collection[str],
    *,
    waived: bool,
) -> Verdict:
    """What is known about a measure that touches these zones.

    Without protected zones nothing is needed. A signed statement that there is no interaction stands for all
    grades. A city without attributes cannot have a complete screening: it names some first, or signs.
    """
    if not protected(zones):
        return Verdict("not_needed")
    wanted = required(attributes, zones)
    if waived:
        return Verdict("waived", wanted)
    missing = tuple(code for code in wanted if code not in graded)
    if missing or not wanted:
        return Verdict("missing", wanted, missing)
    return Verdict("complete", wanted)


def needs_mitigation(extent: str, direction: str | None) -> bool:
    """Whether the expert must say how the effect is lessened, or why it cannot be."""
    return (extent, direction) in NEEDS_MITIGATION


def worst(grades: Collection[tuple[str, str | None]]) -> tuple[str, str | None] | None:
    """The gravest of some grades: the worst negative, else the best positive, else neutral."""
    if not grades:
        return None
    bad = [one for one in grades if one[1] == "negative"]
    return max(bad or grades, key=lambda one: EXTENTS.index(one[0]))
