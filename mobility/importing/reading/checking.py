"""A look at a file before a full reader opens it: claims that cannot be true, depth, tricks."""

from __future__ import annotations

import re
import sqlite3
import struct
import xml.sax.handler
from contextlib import closing
from pathlib import Path
from xml.sax import SAXException

import defusedxml.sax
import numpy as np
from defusedxml.common import DefusedXmlException

from mobility.importing.reading.model import Limits, Refusal
from mobility.importing.reading.sources import Source, sidecar

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STEP = 1 << 24
_SPATIAL_INDEX = re.compile(
    r"""\s*CREATE\s+VIRTUAL\s+TABLE\s+("(?:[^"]|"")*"|\[[^\]]*\]|`[^`]*`|'[^']*'|[\w$]+)\s+USING\s+["']?rtree["']?\s*\(""",
    re.IGNORECASE,
)


def check(source: Source, limits: Limits) -> None:
    """Raises Refusal when a part is cut short, claims too much or hides something."""
    look = {"GeoJSON": _json, "KML": _xml, "GML": _xml, "GPKG": _geopackage, "Shapefile": _shapefile}
    for part in source.parts:
        if source.driver in look:
            look[source.driver](part.path, limits)


def _json(path: Path, limits: Limits) -> None:
    bare = np.frombuffer(_STRING.sub(b"", path.read_bytes()), dtype=np.uint8)
    deepest = depth = places = 0
    for start in range(0, len(bare), _STEP):
        part = bare[start : start + _STEP]
        opens = (part == ord("[")) | (part == ord("{"))
        steps = opens.astype(np.int32) - ((part == ord("]")) | (part == ord("}")))
        levels = depth + np.cumsum(steps)
        deepest, depth = max(deepest, int(levels.max(initial=0))), int(levels[-1])
        places += int((part == ord("[")).sum())
    if deepest > limits.depth:
        raise Refusal("too_deep", most=limits.depth)
    if depth:
        raise Refusal("truncated")
    if places > 2 * limits.vertices:
        raise Refusal("too_many_vertices", most=limits.vertices)


class _Watch(xml.sax.handler.ContentHandler):
    """Counts depth and coordinates while the document passes by."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits, self.depth, self.numbers, self.inside = limits, 0, 0, False

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802, ARG002 (named by SAX)
        self.depth += 1
        self.inside = name.rpartition(":")[2] in ("coordinates", "posList", "pos", "coord")
        if self.depth > self.limits.depth:
            raise Refusal("too_deep", most=self.limits.depth)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002 (named by SAX)
        self.depth -= 1
        self.inside = False

    def characters(self, content: str) -> None:
        if self.inside:
            self.numbers += content.count(" ") + content.count("\n") + 1
            if self.numbers > 6 * self.limits.vertices:
                raise Refusal("too_many_vertices", most=self.limits.vertices)


def _xml(path: Path, limits: Limits) -> None:
    try:
        with path.open("rb") as file:
            defusedxml.sax.parse(file, _Watch(limits), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refusal("xml_entities") from error
    except (SAXException, ValueError, LookupError) as error:
        raise Refusal("xml_damaged") from error


def _shapefile(path: Path, limits: Limits) -> None:
    head = path.read_bytes()[:100] if path.stat().st_size < _STEP else _head(path, 100)
    if len(head) < 100 or struct.unpack(">i", head[:4])[0] != 9994:
        raise Refusal("shp_damaged")
    size = path.stat().st_size
    if struct.unpack(">i", head[24:28])[0] * 2 > size:
        raise Refusal("truncated")
    if size > 40 * limits.vertices + 200 * limits.features:
        raise Refusal("too_many_vertices", most=limits.vertices)
    if shx := sidecar(path, "shx"):
        _few((shx.stat().st_size - 100) // 8, limits)
    if dbf := sidecar(path, "dbf"):
        _table(dbf, limits)


def _table(path: Path, limits: Limits) -> None:
    head = _head(path, 32)
    if len(head) < 32:
        raise Refusal("truncated")
    count, start, width = struct.unpack("<IHH", head[4:12])
    if start + count * width > path.stat().st_size + 1:
        raise Refusal("truncated")
    _few(count, limits)
    if (start - 33) // 32 > limits.fields:
        raise Refusal("too_many_fields", most=limits.fields)


def _few(count: int, limits: Limits) -> None:
    if count > limits.features:
        raise Refusal("too_many_features", most=limits.features)


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _geopackage(path: Path, limits: Limits) -> None:
    head = _head(path, 100)
    page = struct.unpack(">H", head[16:18])[0] if len(head) == 100 else 0
    pages = struct.unpack(">I", head[28:32])[0] if len(head) == 100 else 1
    if not page or pages * (65_536 if page == 1 else page) > path.stat().st_size:
        raise Refusal("truncated")
    try:
        feature_tables(path, limits)
    except sqlite3.Error as error:
        raise Refusal("gpkg_damaged") from error


def feature_tables(path: Path, limits: Limits) -> dict[str, int]:
    """The plain tables a GeoPackage declares, with their true number of rows.

    Views, generated columns and virtual tables other than spatial indexes can make a reader run what
    somebody else wrote, so they are left out or refused.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = OFF")
        things = database.execute("SELECT type, name, rootpage, sql FROM sqlite_master").fetchall()
        tables = {name for kind, name, _page, _sql in things if kind == "table"}
        views = {name for kind, name, _page, _sql in things if kind == "view"}
        if "gpkg_contents" not in tables or any(name.lower().startswith("gpkg_") for name in views):
            raise Refusal("not_gpkg")
        for kind, _name, page, sql in things:
            if kind == "table" and _is_strange(page, sql or ""):
                raise Refusal("gpkg_virtual")
        named = database.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
        )
        found = [name for (name,) in named if name in tables]
        return {name: _rows(database, name, limits) for name in found[: limits.layers]}


def _is_strange(page: int | None, sql: str) -> bool:
    """Whether a table is made by a module of SQLite other than the spatial index."""
    virtual = not page or re.search(r"\bVIRTUAL\b", sql.partition("(")[0], re.IGNORECASE)
    return bool(virtual) and not _SPATIAL_INDEX.match(sql)


def _rows(database: sqlite3.Connection, table: str, limits: Limits) -> int:
    quoted = '"' + table.replace('"', '""') + '"'
    columns = database.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    if any(column[6] in (2, 3) for column in columns):
        raise Refusal("gpkg_virtual")
    if len(columns) > limits.fields:
        raise Refusal("too_many_fields", most=limits.fields)
    return int(database.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0])  # noqa: S608 (quoted)
