"""GeoPackage 1.3 (OGC 12-128r17), written with SQLite: a layer for each kind of thing and shape.

GIS programs give a layer one symbol, so lines, areas and points of one kind stand in layers of their own:
``segments``, ``segments_areas``. Ids stand in the column ``id`` and, where they are numbers, as ``fid`` too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

from mobility.exports.formats.about import about, sentence
from mobility.exports.formats.blobs import Box, blobs
from mobility.exports.formats.geopackage_sql import (
    COLUMN_TYPES,
    CONTENTS,
    GEOMETRY_COLUMN,
    INDEXED,
    SCHEMA,
    TRIGGERS,
    create_about,
    create_index,
    create_layer,
)
from mobility.exports.formats.layer_styles import write_styles
from mobility.exports.orders import EVERYTHING, WHAT, Order
from mobility.exports.sources import read_head, read_subject, records
from mobility.exports.streaming import Snapshot
from mobility.exports.tables import Column, Record, Value, columns_of

CHUNK = 5_000
ENTER = 'INSERT INTO "rtree_{}_geom" VALUES (?, ?, ?, ?, ?)'
DIMENSIONS = {
    "POINT": "points",
    "MULTIPOINT": "points",
    "LINESTRING": "lines",
    "MULTILINESTRING": "lines",
    "POLYGON": "areas",
    "MULTIPOLYGON": "areas",
    "GEOMETRYCOLLECTION": "mixed",
}
MAIN = {"comments": "points", "segments": "lines", "measures": "lines", "cells": "areas", "zones": "areas"}
"""The shapes that stand in the layer with the plain name, as does what has no place."""


def write_geopackage(
    connection: Snapshot, order: Order, path: Path, told: Callable[[int], object], *, divided: bool = True
) -> int:
    """Writes one kind of thing or everything; the number of features. `divided`: a layer for each shape."""
    path.unlink(missing_ok=True)
    subject = read_subject(connection, order)
    size = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        package = Package(file, order.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), divided=divided)
        heads = []
        for what in WHAT if order.what == EVERYTHING else (order.what,):
            one = replace(order, what=what)
            head = read_head(connection, one, subject)
            heads.append(head)
            layers = Layers(package, what, columns_of(what, full=order.full), sentence(head))
            rows = iter(records(connection, one, subject))
            while chunk := list(islice(rows, CHUNK)):
                layers.add(chunk)
                size += len(chunk)
                told(size)
            layers.close()
        if divided:
            package.describe([pair for head in heads for pair in about(head)])
            package.style()
        package.close()
    return size


class Package:
    """A GeoPackage being written."""

    def __init__(self, file: sqlite3.Connection, now: str, *, divided: bool) -> None:
        self.file, self.now, self.divided = file, now, divided
        self.layers: list[str] = []
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16000"):
            file.execute(f"PRAGMA {setting}")
        file.execute("PRAGMA page_size = 8192")
        file.executescript(SCHEMA)
        file.execute("BEGIN")

    def describe(self, pairs: Sequence[tuple[str, str]]) -> None:
        """A table that says what the file is, under which licence, from which filter."""
        create_about(self.file, "about", self.now)
        self.file.executemany("INSERT INTO about (name, value) VALUES (?, ?)", pairs)

    def style(self) -> None:
        """The table in which QGIS looks for the styles of layers."""
        write_styles(self.file, self.layers, self.now)

    def close(self) -> None:
        self.file.execute("COMMIT")


class Layers:
    """The layers of one kind of thing, made when the first feature of their shape comes."""

    def __init__(self, package: Package, what: str, columns: tuple[Column, ...], about_it: str) -> None:
        self.package, self.what, self.columns, self.about_it = package, what, columns, about_it
        self.kinds: dict[str, set[str]] = {}
        self.boxes: dict[str, list[float]] = {}
        marks = ", ".join("?" for _ in range(len(columns) + 3))
        names = ", ".join(f'"{column.name}"' for column in columns)
        self.insert = f'INSERT INTO "{{}}" (fid, geom, id, {names}) VALUES ({marks})'  # noqa: S608
        self._times = [number for number, column in enumerate(columns) if column.type == "time"]
        self._number = 0
        self._layer(what, by_number=what == "comments")

    def add(self, chunk: Sequence[Record]) -> None:
        """Writes the records to the layers of their shapes."""
        rows: dict[str, list[Any]] = {}
        boxes: dict[str, list[Any]] = {}
        placed = blobs([place for _, place, _ in chunk])
        for (key, _place, values), found in zip(chunk, placed, strict=True):
            self._number += 1
            fid = key if isinstance(key, int) else self._number
            blob, box, kind = found or (None, None, "")
            layer = self._layer_of(kind)
            rows.setdefault(layer, []).append((fid, blob, key, *self._kept(values)))
            if box:
                self.kinds[layer].add(kind)
                boxes.setdefault(layer, []).append((fid, *box))
        for layer, lines in rows.items():
            self.package.file.executemany(self.insert.format(layer), lines)
        for layer, edges in boxes.items():
            self.package.file.executemany(ENTER.format(layer), edges)
            self._widen(layer, [edge[1:] for edge in edges])

    def close(self) -> None:
        """Notes what was written: the box and the type of each layer; then its index is kept by triggers."""
        file = self.package.file
        for layer, kinds in self.kinds.items():
            west, east, south, north = self.boxes.get(layer, [None] * 4)
            box = (west, south, east, north)
            file.execute(CONTENTS, (layer, layer, self.about_it, self.package.now, *box))
            kind = next(iter(kinds)) if len(kinds) == 1 else "GEOMETRY"
            file.execute(GEOMETRY_COLUMN, (layer, kind))
            file.execute(INDEXED, (layer,))
            for trigger in TRIGGERS:
                file.execute(trigger.replace("{layer}", layer))

    def _kept(self, values: Sequence[Value]) -> Sequence[Value]:
        """The values with times as GeoPackage writes them."""
        if not self._times:
            return values
        kept = list(values)
        for number in self._times:
            time = kept[number]
            kept[number] = f"{time[:19]}.000Z" if isinstance(time, str) else None
        return kept

    def _layer_of(self, kind: str) -> str:
        shape = DIMENSIONS.get(kind, "")
        if not self.package.divided or not shape or shape == MAIN[self.what]:
            return self.what
        name = f"{self.what}_{shape}"
        if name not in self.kinds:
            self._layer(name, by_number=self.what == "comments")
        return name

    def _layer(self, name: str, *, by_number: bool) -> None:
        create_layer(self.package.file, name, "INTEGER" if by_number else "TEXT", self._types())
        create_index(self.package.file, name)
        self.package.layers.append(name)
        self.kinds[name] = set()

    def _types(self) -> Iterator[tuple[str, str]]:
        return ((column.name, COLUMN_TYPES[column.type]) for column in self.columns)

    def _widen(self, layer: str, edges: Sequence[Box]) -> None:
        west, east, south, north = zip(*edges, strict=True)
        seen = self.boxes.setdefault(layer, [180.0, -180.0, 90.0, -90.0])
        seen[0], seen[1] = min(seen[0], *west), max(seen[1], *east)
        seen[2], seen[3] = min(seen[2], *south), max(seen[3], *north)
