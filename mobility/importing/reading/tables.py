"""Comma separated tables: which columns hold the place, and their rows as features."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import Point

from mobility.importing.reading.encodings import WESTERN, chosen, fitting, shown
from mobility.importing.reading.model import Columns, Fault, FieldKind, Limits, Refusal
from mobility.importing.reading.raw import Column, Raw

X_NAMES = (
    "lon",
    "long",
    "longitude",
    "longitudine",
    "lng",
    "x",
    "est",
    "east",
    "easting",
    "coord_x",
    "x_coord",
)
Y_NAMES = ("lat", "latitude", "latitudine", "y", "nord", "north", "northing", "coord_y", "y_coord")
WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "geometria", "shape")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_WKT = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)", re.IGNORECASE)
LOOKED_AT = 200


def read(path: Path, name: str, limits: Limits, columns: Columns, encoding: str | None = None) -> Raw:
    """The table; `columns` overrules which hold the place. Raises Refusal."""
    data = path.read_bytes()
    named = chosen(encoding) if encoding else None
    letters = named or _letters(data)
    try:
        text = data.decode(letters, "strict" if named else "replace")
    except UnicodeDecodeError as error:
        raise Refusal("encoding_not", encoding=shown(letters)) from error
    notes = []
    if not named and letters == WESTERN:
        notes.append(Fault("encoding_guessed", {"encoding": shown(WESTERN)}))
    head, rows = _rows(text, limits)
    picked = _picked(head, rows, columns)
    shapes, torn = _shapes(head, rows, picked)
    parts = [_column(title, [row[place] for row in rows]) for place, title in enumerate(head)]
    if picked.wkt:
        parts = [part for part in parts if part.name != picked.wkt]
    fids = [str(number) for number in range(1, len(rows) + 1)]
    system = _system(rows, head, picked)
    return Raw(name, shapes, fids, parts, system, shown(letters), torn, notes, picked)


def _letters(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else fitting(data)


def _rows(text: str, limits: Limits) -> tuple[list[str], list[list[str]]]:
    csv.field_size_limit(max(limits.text_chars, 2_000_000))
    first = text[: text.find("\n") if "\n" in text else None]
    comma = max((";", "\t", ",", "|"), key=first.count)
    lines = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=comma)
    try:
        head = [title.strip() for title in next(lines, [])]
        if len(head) > limits.fields:
            raise Refusal("too_many_fields", most=limits.fields)
        if not any(head):
            raise Refusal("csv_head")
        titles = _distinct(head)
        rows = [
            (row + [""] * len(titles))[: len(titles)]
            for row in islice(lines, limits.features + 1)
            if any(row)
        ]
    except csv.Error as error:
        raise Refusal("csv_damaged", line=lines.line_num) from error
    if len(rows) > limits.features:
        raise Refusal("too_many_features", most=limits.features)
    return titles, rows


def _distinct(head: list[str]) -> list[str]:
    titles: list[str] = []
    for number, title in enumerate(head, 1):
        one = title or f"column_{number}"
        titles.append(one if one not in titles else f"{one}_{number}")
    return titles


def _picked(head: list[str], rows: list[list[str]], given: Columns) -> Columns:
    for title in (given.x, given.y, given.wkt):
        if title and title not in head:
            raise Refusal("no_column", field=title)
    if given.wkt or (given.x and given.y):
        return given
    low = {title.lower(): title for title in reversed(head)}
    wkt = next((low[one] for one in WKT_NAMES if one in low and _looks(rows, head, low[one], _WKT)), None)
    if wkt is None:
        wkt = next((title for title in head if _looks(rows, head, title, _WKT)), None)
    if wkt:
        return Columns(wkt=wkt)
    return Columns(x=next((low[n] for n in X_NAMES if n in low), None), y=_first(low, Y_NAMES))


def _first(low: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((low[name] for name in names if name in low), None)


def _looks(rows: list[list[str]], head: list[str], title: str, like: re.Pattern[str]) -> bool:
    place = head.index(title)
    values = [row[place] for row in rows[:LOOKED_AT] if row[place].strip()]
    return bool(values) and all(like.match(value) for value in values)


def _shapes(head: list[str], rows: list[list[str]], picked: Columns) -> tuple[Any, set[int]]:
    shapes = np.full(len(rows), None, dtype=object)
    torn: set[int] = set()
    if picked.wkt:
        place = head.index(picked.wkt)
        for number, row in enumerate(rows):
            shapes[number] = _from_wkt(row[place])
            if shapes[number] is None and row[place].strip():
                torn.add(number)
    elif picked.x and picked.y:
        x, y = head.index(picked.x), head.index(picked.y)
        for number, row in enumerate(rows):
            east, north = number_of(row[x]), number_of(row[y])
            if east is not None and north is not None:
                shapes[number] = Point(east, north)
            elif row[x].strip() or row[y].strip():
                torn.add(number)
    return shapes, torn


def _from_wkt(text: str) -> Any:
    bare = re.sub(r"^\s*SRID=\d+;", "", text)
    if bare.upper().count("COLLECTION") > 3:
        return None
    try:
        return shapely.from_wkt(bare) if bare.strip() else None
    except (ShapelyError, ValueError):
        return None


def number_of(text: str) -> float | None:
    """A number written with a point or a comma, with or without spaces between thousands; else None."""
    bare = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    if bare.count(",") == 1 and "." in bare and bare.index(",") > bare.rindex("."):
        bare = bare.replace(".", "")
    elif "," in bare and bare.count(".") == 1:
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare):
        return None
    return float(bare.replace(",", "."))


def _system(rows: list[list[str]], head: list[str], picked: Columns) -> str:
    """The system an EWKT column names in its first row, else empty."""
    if not picked.wkt or not rows:
        return ""
    found = re.match(r"\s*SRID=(\d+);", rows[0][head.index(picked.wkt)], re.IGNORECASE)
    return f"EPSG:{found[1]}" if found else ""


def _column(title: str, texts: list[str]) -> Column:
    filled = [text for text in texts if text.strip()]
    kind: FieldKind = "text"
    if filled and all(re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})", text.strip()) for text in filled):
        kind = "integer"
        return Column(title, kind, [int(text) if text.strip() else None for text in texts])
    if filled and all(_NUMBER.fullmatch(text.strip()) for text in filled) and not _zeros(filled):
        kind = "number"
        return Column(title, kind, [number_of(text) if text.strip() else None for text in texts])
    return Column(title, kind, [text if text.strip() else None for text in texts])


def _zeros(texts: list[str]) -> bool:
    """Whether some are codes with a leading zero, which a number would lose."""
    return any(re.match(r"[+-]?0\d", text.strip()) for text in texts)
