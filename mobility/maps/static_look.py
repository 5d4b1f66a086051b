"""Colours of the static map, light and dark, and how it draws results. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from mobility.maps.styles import KINDS, SUPPORT, step

VIEWS = ("support", "agreement")
FEW = 10
HATCH = "contested"


@dataclass(frozen=True)
class Look:
    """Colours by what they are for."""

    land: str = "#F4EEE2"
    ink: str = "#1D2433"
    halo: str = "#FBF8F2"
    name: str = "#4D4636"
    place: str = "#6B420A"
    quarter: str = "#EFE7D5"
    quarter_line: str = "#B9A98A"
    quarter_name: str = "#8A7443"
    sea: str = "#DCE8EE"
    green: str = "#DDE7D3"
    street: str = "#FFFFFF"
    casing: str = "#D9D0C0"
    heritage: str = "#8A5A14"
    heritage_fill: str = "#E7C98A"
    silent: str = "#B9B0A0"
    mixed: str = "#6A4C93"
    support: tuple[str, ...] = tuple(SUPPORT.values())
    kinds: tuple[tuple[str, str], ...] = tuple(KINDS.items())

    def kind(self, kind: str) -> str:
        return dict(self.kinds).get(kind, self.ink)

    def position(self, position: int) -> str:
        """The colour of one of the five positions."""
        return self.support[position + 2]


_DARK_KINDS = {
    "pedestrian_street": "#6F9BEA",
    "pedestrian_square": "#6F9BEA",
    "limited_traffic_zone": "#DBA850",
    "cycle_lane": "#4FBF9B",
    "tram": "#C78FD4",
    "bus_lane": "#EC8A5C",
    "parking": "#A3ADC2",
    "coach_bay": "#A3ADC2",
    "crossing": "#A3ADC2",
    "speed_limit": "#E8809F",
}
LIGHT = Look()
DARK = Look(
    land="#1B1F28", ink="#F3EFE6", halo="#161A22", name="#D6D0C2", place="#F0CF96", quarter="#222630",
    quarter_line="#5D5848", quarter_name="#B7A477", sea="#14222E", green="#21302A", street="#3A404D",
    casing="#12151C", heritage="#DBA850", heritage_fill="#7A5A22", silent="#6D6A62", mixed="#C3A6EA",
    support=("#E0662F", "#EEB283", "#8B8778", "#8FC0EE", "#3F8EE0"), kinds=tuple(_DARK_KINDS.items()),
)  # fmt: skip


@dataclass(frozen=True)
class Stroke:
    """How one segment is drawn."""

    colour: str
    width: float
    dashes: str = ""


def stroke(kind: str, result: Mapping[str, Any] | None, view: str, look: Look) -> Stroke:
    """By kind of measure without a result, else by support or by agreement; contested is hatched."""
    if result is None:
        return Stroke(look.kind(kind), 6)
    if view == "agreement":
        return _accord(str(result["accord"]), look)
    if result["contested"]:
        return Stroke(f"url(#{HATCH})", 8)
    if not result["n"]:
        return Stroke(look.silent, 3)
    few = result["n"] < FEW and not result.get("group")
    return Stroke(look.position(step(result["mean"])), 4 if few else 7, "7 4" if few else "")


def _accord(kind: str, look: Look) -> Stroke:
    return {
        "agreed_for": Stroke(look.position(2), 7),
        "agreed_against": Stroke(look.position(-2), 7),
        "contested": Stroke(f"url(#{HATCH})", 8),
        "mixed": Stroke(look.mixed, 6, "12 5"),
        "neutral": Stroke(look.position(0), 5),
        "few": Stroke(look.silent, 3, "2 4"),
    }[kind]


def sample(key: str, view: str, look: Look) -> Stroke:
    """The stroke that a line of the legend explains: a position, an outcome, contested or few votes."""
    if view == "agreement":
        return _accord(key, look)
    if key == "contested":
        return Stroke(f"url(#{HATCH})", 8)
    return Stroke(look.position(1), 4, "7 4") if key == "few" else Stroke(look.position(int(key)), 7)


def legend(lines: Sequence[tuple[str, str]], view: str, look: Look, *, corner: tuple[int, int]) -> str:
    """A box in the lower right corner: each line with its stroke and its words."""
    left, top = corner[0] - 266, corner[1] - 24 * len(lines) - 32
    box = f'x="{left}" y="{top}" width="250" height="{24 * len(lines) + 16}" rx="8"'
    parts = [f'<rect {box} fill="{look.halo}" stroke="{look.casing}"/>']
    for row, (key, words) in enumerate(lines):
        y, drawn = top + 20 + 24 * row, sample(key, view, look)
        dashes = f' stroke-dasharray="{drawn.dashes}"' if drawn.dashes else ""
        parts.append(
            # a hair off the level, or its box would have no height to fill with a pattern
            f'<path d="M{left + 14} {y}L{left + 58} {y}.1" stroke="{drawn.colour}" '
            f'stroke-width="{drawn.width}"{dashes}/>'
            f'<text x="{left + 70}" y="{y + 5}" font-size="14" fill="{look.ink}">{escape(words)}</text>'
        )
    return "".join(parts)


def hatch(look: Look) -> str:
    """The pattern of what is contested."""
    return (
        f'<defs><pattern id="{HATCH}" width="11" height="11" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(30)"><rect width="11" height="11" fill="{look.position(-1)}"/>'
        f'<rect width="5.5" height="11" fill="{look.position(2)}"/></pattern></defs>'
    )
