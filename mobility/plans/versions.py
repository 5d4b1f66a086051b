"""Versions of a measure: what each said, and what differs between two of them, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask_babel import format_decimal
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.errors import NotFound
from mobility.plans.models import MeasureVersion
from mobility.plans.words import (
    _,
    direction_label,
    kind_label,
    side_label,
    status_label,
    uvar_label,
    vehicle_label,
)
from mobility.text import pick

Snapshot = Mapping[str, Any]
Piece = tuple[str, bool]
"""Some words, and whether the other version does not have them."""


@dataclass(frozen=True)
class Difference:
    """One field of two versions: its name, and the words of each side."""

    name: str
    before: list[Piece]
    after: list[Piece]


def versions_of(session: Session, *, measure_id: int, limit: int = 100) -> list[MeasureVersion]:
    """The newest versions of a measure, the latest first."""
    query = select(MeasureVersion).where(MeasureVersion.measure_id == measure_id)
    return list(session.scalars(query.order_by(MeasureVersion.version.desc()).limit(limit)))


def find_version(versions: Sequence[MeasureVersion], version: int) -> MeasureVersion:
    """One of them. Raises NotFound."""
    for each in versions:
        if each.version == version:
            return each
    raise NotFound


def differences(before: Snapshot, after: Snapshot, language: str) -> list[Difference]:
    """The fields that differ as this language says them, in the order of the card."""
    found = []
    for name, say in _fields().items():
        old, new = (say(snapshot, language) for snapshot in (before, after))
        if say is _stretches and before:
            old, new = _without_common(old, new)
        if old != new:
            found.append(Difference(name, *marked(old, new)))
    codes = redrawn(before, after)
    if codes:
        found.append(Difference(_("On the map"), *marked(*(_sizes(each, codes) for each in (before, after)))))
    return found


def _without_common(old: str, new: str) -> tuple[str, str]:
    """The lines of each side that the other does not have: a street of forty stretches stays readable."""
    lines = [text.split("; ") for text in (old, new)]
    mine, theirs = ([line for line in one if line not in other] for one, other in (lines, lines[::-1]))
    return "; ".join(mine), "; ".join(theirs)


def redrawn(before: Snapshot, after: Snapshot) -> list[str]:
    """Codes of the segments that both versions have with another outline, where both kept outlines."""
    old, new = _drawn(before), _drawn(after)
    return [code for code in old if code in new and old[code]["geometry"] != new[code]["geometry"]]


def _drawn(snapshot: Snapshot) -> Mapping[str, Any]:
    """What was drawn of each segment, by code; nothing for versions from before outlines were kept."""
    found: Mapping[str, Any] = (snapshot.get("drawn") or {}).get("segments") or {}
    return found


def _sizes(snapshot: Snapshot, codes: Sequence[str]) -> str:
    drawn = _drawn(snapshot)
    return "; ".join(f"{code}: {_size(drawn[code])}" for code in codes)


def _size(drawn: Mapping[str, Any]) -> str:
    if drawn.get("area_m2"):
        return _("area of %(size)s m²", size=format_decimal(round(drawn["area_m2"])))
    if drawn.get("length_m"):
        return _("line of %(length)s m", length=format_decimal(round(drawn["length_m"], 1)))
    return _("a single place")


def contents(snapshot: Snapshot, language: str) -> list[tuple[str, str]]:
    """Every field that says something, with its words."""
    said = ((name, say(snapshot, language)) for name, say in _fields().items())
    return [(name, words) for name, words in said if words]


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, those marked that the other does not have; whole words are compared."""
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    matcher = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], False)
    for tag, a, b, c, d in matcher.get_opcodes():
        for side, words in ((sides[0], old[a:b]), (sides[1], new[c:d])):
            if words:
                side.append(("".join(words), tag != "equal"))
    return sides


def _fields() -> dict[str, Callable[[Snapshot, str], str]]:
    """The name of each field in the language of the page, and what it says."""

    def text(key: str) -> Callable[[Snapshot, str], str]:
        return lambda snapshot, language: str(pick(snapshot.get(key), language))

    return {
        _("Title"): text("title"),
        _("Summary"): text("summary"),
        _("Kind"): lambda snapshot, _language: kind_label(snapshot.get("kind", "")),
        _("Status"): lambda snapshot, _language: status_label(snapshot.get("status", "")),
        _("Access rule"): lambda snapshot, _language: uvar_label(snapshot.get("uvar_block")),
        _("Before"): text("before"),
        _("After"): text("after"),
        _("When"): text("hours"),
        _("Vehicles"): _vehicles,
        _("Except"): lambda snapshot, language: "; ".join(pick(snapshot.get("exemptions"), language) or ()),
        _("Office"): text("office"),
        _("Stretches"): _stretches,
        _("Sources"): _sources,
        _("Accuracy"): _accuracy,
    }


def _vehicles(snapshot: Snapshot, _language: str) -> str:
    return ", ".join(vehicle_label(name) for name in snapshot.get("vehicle_classes") or ())


def _stretches(snapshot: Snapshot, language: str) -> str:
    drawn = _drawn(snapshot)
    lines = []
    for each in snapshot.get("segments") or ():
        bearing = drawn.get(each["code"], {}).get("bearing_deg")
        side, way = each.get("side", "both"), each.get("direction", "both")
        words = [
            f"{each['code']} {each['street']}",
            pick(each["span"], language),
            side_label(side, bearing) if side != "both" else "",
            direction_label(way, bearing) if way != "both" else "",
        ]
        lines.append(", ".join(word for word in words if word))
    return "; ".join(lines)


def _sources(snapshot: Snapshot, _language: str) -> str:
    return "; ".join(str(source.get("title", "")) for source in snapshot.get("sources") or ())


def _accuracy(snapshot: Snapshot, _language: str) -> str:
    metres = snapshot.get("accuracy_m")
    return _("about %(metres)s m on the map", metres=format_decimal(round(metres))) if metres else ""
