"""The plan as one SVG picture: drawn on the server, no script, no style sheet, every text escaped. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mobility.maps.styles import KINDS

WIDTH, HEIGHT = 1200, 900
INK, SOFT, BROWN = "#1D2433", "#4D4636", "#6B420A"
FONT = "Atkinson Hyperlegible, Verdana, sans-serif"
LONG_STREET = 260
"""Pixels a street must run before its name is written along it."""

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Longitude and latitude to pixels: Web Mercator, fitted to a box, centred."""

    west: float
    north: float
    scale: float

    @classmethod
    def of(cls, box: Box) -> Frame:
        west, south, east, north = box
        left, right = west, east
        top, bottom = _mercator(north), _mercator(south)
        scale = min(WIDTH / (right - left), HEIGHT / (top - bottom))
        return cls((left + right) / 2 - WIDTH / scale / 2, (top + bottom) / 2 + HEIGHT / scale / 2, scale)

    def point(self, lon: float, lat: float) -> Point:
        return round((lon - self.west) * self.scale, 1), round((self.north - _mercator(lat)) * self.scale, 1)


def _mercator(lat: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def draw_map(rows: Sequence[Any], *, view: Box, title: str, highlight: str = "") -> str:
    """The SVG text. Rows have layer, kind, name, geometry (GeoJSON text), code; `highlight` is a segment."""
    frame = Frame.of(view)
    shapes = [(row, list(_parts(json.loads(row.geometry), frame))) for row in rows]
    body = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#F4EEE2"/>',
        *_surfaces(shapes),
        *_streets(shapes),
        *_heritage(shapes),
        *_segments(shapes, highlight),
        *_names(shapes),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label={quoteattr(title)} font-family="{FONT}">'
    )
    return f"{head}<title>{escape(title)}</title>{''.join(body)}</svg>"


def _parts(geometry: dict[str, Any], frame: Frame) -> Iterable[tuple[str, list[list[Point]]]]:
    """(kind, rings or line) of each simple part: `area`, `line` or `spot`, in pixels."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind.startswith("Multi"):
        for part in coordinates:
            yield from _parts({"type": kind[5:], "coordinates": part}, frame)
    elif kind == "Polygon":
        yield "area", [[frame.point(*point[:2]) for point in ring] for ring in coordinates]
    elif kind == "LineString":
        yield "line", [[frame.point(*point[:2]) for point in coordinates]]
    elif kind == "Point":
        yield "spot", [[frame.point(*coordinates[:2])]]


def _path(parts: Iterable[tuple[str, list[list[Point]]]]) -> str:
    found = []
    for kind, rings in parts:
        for ring in rings:
            text = "M" + "L".join(f"{x:g} {y:g}" for x, y in ring)
            found.append(text + ("Z" if kind == "area" else ""))
    return "".join(found)


def _draw(parts: Any, **attributes: Any) -> str:
    names = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<path d="{_path(parts)}" {names}/>'


def _surfaces(shapes: Any) -> Iterable[str]:
    fills = {"sea": "#DCE8EE", "green": "#DDE7D3"}
    for row, parts in shapes:
        areas = [part for part in parts if part[0] == "area"]
        if row.layer != "context" or not areas:
            continue
        if row.kind in fills:
            yield _draw(areas, fill=fills[row.kind])
        elif row.kind == "quarter":
            yield _draw(areas, fill="#EFE7D5", stroke="#B9A98A", stroke_width=1, stroke_dasharray="3 4")


def _streets(shapes: Any) -> Iterable[str]:
    lines = [parts for row, parts in shapes if row.layer == "context" and row.kind == "street"]
    for width, colour in ((11, "#D9D0C0"), (8.5, "#FFFFFF")):
        for parts in lines:
            yield _draw(
                parts,
                fill="none",
                stroke=colour,
                stroke_width=width,
                stroke_linecap="round",
                stroke_linejoin="round",
            )


def _heritage(shapes: Any) -> Iterable[str]:
    for row, parts in shapes:
        if row.layer == "zone" and row.kind == "buffer":
            yield _draw(
                parts,
                fill="#E7C98A",
                fill_opacity=0.35,
                stroke="#8A5A14",
                stroke_width=1.2,
                stroke_dasharray="4 4",
            )


def _segments(shapes: Any, highlight: str) -> Iterable[str]:
    mine = [(row, parts) for row, parts in shapes if row.layer == "segment"]
    mine.sort(key=lambda pair: (pair[0].kind != "limited_traffic_zone", pair[0].code == highlight))
    for row, parts in mine:
        colour = KINDS.get(row.kind, INK)
        chosen = row.code == highlight
        lines = [part for part in parts if part[0] == "line"]
        areas = [part for part in parts if part[0] == "area"]
        if lines:
            yield _draw(
                lines, fill="none", stroke=INK if chosen else "#FFFFFF", stroke_width=13 if chosen else 8.5,
                stroke_linecap="round",
            )  # fmt: skip
            yield _draw(lines, fill="none", stroke=colour, stroke_width=6)
        if areas and row.kind == "limited_traffic_zone":
            yield _draw(areas, fill="none", stroke=colour, stroke_width=2, stroke_dasharray="10 4 2 4")
        elif areas:
            yield _draw(
                areas, fill=colour, fill_opacity=0.3, stroke=colour, stroke_width=2.5 if chosen else 1.5
            )
        for _kind, rings in (part for part in parts if part[0] == "spot"):
            x, y = rings[0][0]
            yield f'<circle cx="{x}" cy="{y}" r="7" fill="{colour}" stroke="#FFFFFF" stroke-width="2"/>'


def _names(shapes: Any) -> Iterable[str]:
    taken: list[Box] = []
    for row, parts in shapes:
        if not row.name or not parts:
            continue
        if row.layer == "context" and row.kind == "street":
            yield from _along(row, parts[0][1][0])
        elif row.layer == "context" and row.kind == "quarter":
            yield _label(
                _short(row.name).upper(),
                _middle(parts[0][1][0]),
                "#8A7443",
                15,
                anchor="middle",
                letter_spacing=4,
            )
        elif row.layer == "place":
            x, y = parts[0][1][0][0]
            yield f'<path d="M{x} {y - 9}l9 9l-9 9l-9-9z" fill="#8A5A14" stroke="#FFFFFF" stroke-width="2"/>'
            yield from _beside(row.name.split(" (")[0], (x, y), taken)


def _beside(name: str, at: Point, taken: list[Box]) -> Iterable[str]:
    """A place's name right of its sign, else left of it, else nowhere: names never lie on each other."""
    x, y = at
    width = 7.2 * len(name)
    for left, anchor, start in ((x + 14, "start", x + 14), (x - 14 - width, "end", x - 14)):
        box = (left, y - 9, left + width, y + 9)
        if all(box[2] < b[0] or box[0] > b[2] or box[3] < b[1] or box[1] > b[3] for b in taken):
            taken.append(box)
            yield _label(name, (start, y + 5), BROWN, 13, anchor=anchor, weight="700")
            return


def _along(row: Any, line: list[Point]) -> Iterable[str]:
    """A street's name along its line, from left to right; nothing when the street is short on the picture."""
    if line[0][0] > line[-1][0]:
        line = line[::-1]
    if math.dist(line[0], line[-1]) < LONG_STREET:
        return
    identifier = quoteattr(f"street-{row.code}")
    yield f'<path id={identifier} fill="none" d="{_path([("line", [line])])}"/>'
    yield (
        f'<text font-size="13" fill="{SOFT}" stroke="#FBF8F2" stroke-width="3" paint-order="stroke" dy="-8">'
        f'<textPath href={quoteattr("#street-" + row.code)} startOffset="12%">'
        f"{escape(row.name)}</textPath></text>"
    )


def _label(
    text: str,
    at: Point,
    colour: str,
    size: int,
    *,
    anchor: str = "start",
    weight: str = "400",
    letter_spacing: int = 0,
) -> str:
    return (
        f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'stroke="#FBF8F2" stroke-width="3" paint-order="stroke" text-anchor="{anchor}" '
        f'letter-spacing="{letter_spacing}">{escape(text)}</text>'
    )


def _middle(ring: list[Point]) -> Point:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def _short(name: str) -> str:
    for mark in (" o ", " or ", " ("):
        name = name.rsplit(mark, maxsplit=1)[-1] if mark != " (" else name.split(mark)[0]
    return name.strip(" )")
