"""Which format a file has: its first bytes decide, and its name has to agree."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from mobility.importing.reading.model import Refusal

EXTENSIONS = {
    "GPKG": ("gpkg",),
    "GeoJSON": ("geojson", "json"),
    "ZIP": ("zip",),
    "KMZ": ("kmz",),
    "KML": ("kml",),
    "GML": ("gml", "xml"),
    "DXF": ("dxf",),
    "CSV": ("csv", "tsv", "txt"),
}
"""What each format may be called. A file whose content and name disagree is refused."""

HINTS = {
    "shp": "shp_alone",
    "shx": "shp_alone",
    "dbf": "shp_alone",
    "prj": "shp_alone",
    "dwg": "dwg",
    "qgs": "project",
    "qgz": "project",
    "xlsx": "spreadsheet",
    "xls": "spreadsheet",
    "ods": "spreadsheet",
    "vrt": "indirection",
    "rar": "archive",
    "7z": "archive",
    "gz": "archive",
}
"""Names we know and cannot take: each has advice of its own."""

HEAD = 65_536
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(r"<(?![?!])\s*(?:[\w.-]+:)?([\w.-]+)")


def kind_of(path: Path, name: str) -> str:
    """One of EXTENSIONS. Raises Refusal when content and name disagree or are not known."""
    extension = PurePath(name.lower()).suffix.lstrip(".")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Refusal("empty_file")
    if extension in HINTS:
        raise Refusal(HINTS[extension])
    allowed = [kind for kind, names in EXTENSIONS.items() if extension in names]
    if not allowed:
        raise Refusal("unknown_extension", extension=extension[:20])
    found = _by_content(head)
    if found == "ZIP" and allowed == ["KMZ"]:
        return "KMZ"
    if found not in allowed:
        raise Refusal("mismatch", extension=extension, found=found)
    return found


def _by_content(head: bytes) -> str:
    if head.startswith(b"SQLite format 3\x00"):
        return "GPKG"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "ZIP"
    if head.startswith(b"AutoCAD Binary DXF"):
        raise Refusal("dxf_binary")
    if re.match(rb"AC10\d\d\x00", head):
        raise Refusal("dwg")
    text = _text(head)
    if text.startswith("<"):
        return _xml(text)
    if text.startswith("{"):
        return "GeoJSON"
    if re.match(r"(999\s*\n[^\n]*\n\s*)*0\s*\n\s*SECTION", text.replace("\r", "\n")[:4000]):
        return "DXF"
    if "\x00" in text:
        raise Refusal("unknown_content")
    return "CSV"


def _text(head: bytes) -> str:
    if head.startswith(_MARKS[1:]):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        text = head.removeprefix(_MARKS[0]).decode("latin-1")
    return text.lstrip()


def _xml(text: str) -> str:
    root = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    word = root[1] if root else ""
    if word.startswith(("OGRVRT", "VRTDataset", "OGRWFS")):
        raise Refusal("indirection")
    if word == "kml":
        return "KML"
    if "opengis.net/gml" in text or "opengis.net/wfs" in text:
        return "GML"
    raise Refusal("unknown_content")
