"""The plan as one SVG picture: drawn on the server, no script, no style sheet, every text escaped. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mobility.maps.static_look import LIGHT, Look, Stroke, hatch, legend, stroke

WIDTH, HEIGHT = WIDE = (1200, 900)
SIZES = {"small": (480, 360), "medium": (720, 540)}
"""For narrow screens and cards: the same names and lines on fewer pixels, so that they can still be read."""
TALL = (480, 600)
"""The small one with room for a legend."""
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
    def of(cls, box: Box, size: tuple[int, int] = WIDE) -> Frame:
        width, height = size
        west, south, east, north = box
        left, right = west, east
        top, bottom = _mercator(north), _mercator(south)
        scale = min(width / (right - left), height / (top - bottom))
        return cls((left + right) / 2 - width / scale / 2, (top + bottom) / 2 + height / scale / 2, scale)

    def point(self, lon: float, lat: float) -> Point:
        return round((lon - self.west) * self.scale, 1), round((self.north - _mercator(lat)) * self.scale, 1)


@dataclass(frozen=True)
class Over:
    """A GeoJSON geometry and how its path is drawn; a place is a dot as wide as its round stroke."""

    geometry: dict[str, Any]
    attributes: Mapping[str, Any]


def _mercator(lat: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))


def draw_map(
    rows: Sequence[Any],
    *,
    view: Box,
    title: str,
    highlight: str = "",
    results: Mapping[str, Mapping[str, Any]] | None = None,
    shown: str = "support",
    lines: Sequence[tuple[str, str]] = (),
    over: Sequence[Over] = (),
    look: Look = LIGHT,
    size: str = "",
) -> str:
    """The SVG text. Rows have layer, kind, name, geometry (GeoJSON text), code; `highlight` is a segment.

    With `results` (properties of `styles.result_properties` by code) the segments are drawn by what came out:
    by support, or by agreement, as `shown` says, and `lines` are the legend. `over` lies above all of it.
    `size` is one of SIZES, or the wide picture.
    """
    width, height = TALL if lines and size == "small" else SIZES.get(size, WIDE)
    frame = Frame.of(view, (width, height))
    shapes = [(row, list(_parts(json.loads(row.geometry), frame))) for row in rows]
    body = [
        hatch(look) if results is not None else "",
        f'<rect width="{width}" height="{height}" fill="{look.land}"/>',
        *_surfaces(shapes, look),
        *_streets(shapes, look),
        *_heritage(shapes, look),
        *_segments(shapes, highlight, results, shown, look),
        *_names(shapes, look, width),
        *(_draw(_parts(each.geometry, frame), **each.attributes) for each in over),
        legend(lines, shown, look, corner=(width, height)) if results is not None else "",
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" '
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
            found.append(text + ("" if kind == "line" else "Z"))
    return "".join(found)


def _draw(parts: Any, **attributes: Any) -> str:
    names = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<path d="{_path(parts)}" {names}/>'


def _surfaces(shapes: Any, look: Look) -> Iterable[str]:
    fills = {"sea": look.sea, "green": look.green}
    for row, parts in shapes:
        areas = [part for part in parts if part[0] == "area"]
        if row.layer != "context" or not areas:
            continue
        if row.kind in fills:
            yield _draw(areas, fill=fills[row.kind])
        elif row.kind == "quarter":
            line = {"stroke": look.quarter_line, "stroke_width": 1, "stroke_dasharray": "3 4"}
            yield _draw(areas, fill=look.quarter, **line)


def _streets(shapes: Any, look: Look) -> Iterable[str]:
    lines = [parts for row, parts in shapes if row.layer == "context" and row.kind == "street"]
    for width, colour in ((11, look.casing), (8.5, look.street)):
        for parts in lines:
            yield _draw(
                parts,
                fill="none",
                stroke=colour,
                stroke_width=width,
                stroke_linecap="round",
                stroke_linejoin="round",
            )


def _heritage(shapes: Any, look: Look) -> Iterable[str]:
    for row, parts in shapes:
        if row.layer == "zone" and row.kind == "buffer":
            yield _draw(
                parts,
                fill=look.heritage_fill,
                fill_opacity=0.35,
                stroke=look.heritage,
                stroke_width=1.2,
                stroke_dasharray="4 4",
            )


def _segments(
    shapes: Any, highlight: str, results: Mapping[str, Mapping[str, Any]] | None, shown: str, look: Look
) -> Iterable[str]:
    mine = [(row, parts) for row, parts in shapes if row.layer == "segment"]
    mine.sort(key=lambda pair: (pair[0].kind != "limited_traffic_zone", pair[0].code == highlight))
    for row, parts in mine:
        result = None if results is None else results.get(row.code)
        yield from _segment(row, parts, stroke(row.kind, result, shown, look), row.code == highlight, look)


def _segment(row: Any, parts: Any, drawn: Stroke, chosen: bool, look: Look) -> Iterable[str]:
    lines = [part for part in parts if part[0] == "line"]
    areas = [part for part in parts if part[0] == "area"]
    dashes = {"stroke_dasharray": drawn.dashes} if drawn.dashes else {}
    if lines:
        yield _draw(
            lines, fill="none", stroke=look.ink if chosen else look.street,
            stroke_width=13 if chosen else drawn.width + 2.5, stroke_linecap="round",
        )  # fmt: skip
        yield _draw(lines, fill="none", stroke=drawn.colour, stroke_width=drawn.width, **dashes)
    if areas and row.kind == "limited_traffic_zone":
        yield _draw(areas, fill="none", stroke=drawn.colour, stroke_width=2, stroke_dasharray="10 4 2 4")
    elif areas:
        width = 2.5 if chosen else 1.5
        yield _draw(
            areas, fill=drawn.colour, fill_opacity=0.4, stroke=drawn.colour, stroke_width=width, **dashes
        )
    for _kind, rings in (part for part in parts if part[0] == "spot"):
        x, y = rings[0][0]
        edge = f'stroke="{look.street}" stroke-width="2"'
        yield f'<circle cx="{x}" cy="{y}" r="7" fill="{drawn.colour}" {edge}/>'


def _names(shapes: Any, look: Look, width: int) -> Iterable[str]:
    """Streets along their line, then places with their signs, then quarters where there is room left."""
    named = [(row, parts) for row, parts in shapes if row.name and parts]
    for row, parts in named:
        if row.layer == "context" and row.kind == "street":
            yield from _along(row, parts[0][1][0], look)
    places = [(row, parts[0][1][0][0]) for row, parts in named if row.layer == "place"]
    taken: list[Box] = [(x - 9, y - 9, x + 9, y + 9) for _row, (x, y) in places]
    for row, (x, y) in places:
        diamond = f"M{x} {y - 9}l9 9l-9 9l-9-9z"
        yield f'<path d="{diamond}" fill="{look.heritage}" stroke="{look.street}" stroke-width="2"/>'
        yield from _beside(row.name.split(" (")[0], (x, y), taken, look, width)
    for row, parts in named:
        if row.layer == "context" and row.kind == "quarter":
            yield from _quarter(_short(row.name).upper(), _middle(parts[0][1][0]), taken, look)


def _quarter(name: str, at: Point, taken: list[Box], look: Look) -> Iterable[str]:
    """A quarter's name in its middle, unless it would lie on the name of a place."""
    x, y = at
    half = 7.4 * len(name)
    if _claim((x - half, y - 14, x + half, y + 3), taken):
        yield _label(name, at, look.quarter_name, 15, look, anchor="middle", letter_spacing=4)


def _beside(name: str, at: Point, taken: list[Box], look: Look, limit: int) -> Iterable[str]:
    """A place's name right of its sign, else left of it, else nowhere: names never lie on each other."""
    x, y = at
    width = 7.2 * len(name)
    for left, anchor, start in ((x + 14, "start", x + 14), (x - 14 - width, "end", x - 14)):
        inside = left >= 0 and left + width <= limit
        if inside and _claim((left, y - 9, left + width, y + 9), taken):
            yield _label(name, (start, y + 5), look.place, 13, look, anchor=anchor, weight="700")
            return


def _claim(box: Box, taken: list[Box]) -> bool:
    """Whether nothing lies in the box yet; then it is taken."""
    free = all(box[2] < b[0] or box[0] > b[2] or box[3] < b[1] or box[1] > b[3] for b in taken)
    if free:
        taken.append(box)
    return free


def _along(row: Any, line: list[Point], look: Look) -> Iterable[str]:
    """A street's name along its line, from left to right; nothing when the street is short on the picture."""
    if line[0][0] > line[-1][0]:
        line = line[::-1]
    if math.dist(line[0], line[-1]) < LONG_STREET:
        return
    identifier = quoteattr(f"street-{row.code}")
    yield f'<path id={identifier} fill="none" d="{_path([("line", [line])])}"/>'
    yield (
        f'<text font-size="13" fill="{look.name}" stroke="{look.halo}" stroke-width="3" paint-order="stroke" '
        'dy="-8">'
        f'<textPath href={quoteattr("#street-" + row.code)} startOffset="12%">'
        f"{escape(row.name)}</textPath></text>"
    )


def _label(
    text: str,
    at: Point,
    colour: str,
    size: int,
    look: Look,
    *,
    anchor: str = "start",
    weight: str = "400",
    letter_spacing: int = 0,
) -> str:
    return (
        f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'stroke="{look.halo}" stroke-width="3" paint-order="stroke" text-anchor="{anchor}" '
        f'letter-spacing="{letter_spacing}">{escape(text)}</text>'
    )


def _middle(ring: list[Point]) -> Point:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


def _short(name: str) -> str:
    for mark in (" o ", " or ", " ("):
        name = name.rsplit(mark, maxsplit=1)[-1] if mark != " (" else name.split(mark)[0]
    return name.strip(" )")
