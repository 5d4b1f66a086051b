"""Places as GeoPackage keeps them: a short header, the box of what is larger than a point, the WKB."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import shapely

Box = tuple[float, float, float, float]
"""West, east, south, north, as GeoPackage orders them."""

_POINT = struct.Struct("<BIdd")
_WITH_BOX = struct.Struct("<2sBBi4d")
_PLAIN = b"GP\x00\x01" + struct.pack("<i", 4326)
_TYPES = {
    1: "POINT",
    2: "LINESTRING",
    3: "POLYGON",
    4: "MULTIPOINT",
    5: "MULTILINESTRING",
    6: "MULTIPOLYGON",
    7: "GEOMETRYCOLLECTION",
}


def blobs(places: Sequence[bytes | None]) -> list[tuple[bytes, Box, str] | None]:
    """For each WKB (little endian, no Z): the blob, its box, the name of its type; None for no place."""
    found: list[tuple[bytes, Box, str] | None] = [None] * len(places)
    larger = []
    for i, wkb in enumerate(places):
        if wkb is None:
            continue
        if wkb[1] == 1:
            _, _, lon, lat = _POINT.unpack(wkb)
            found[i] = (_PLAIN + wkb, (lon, lon, lat, lat), "POINT")
        else:
            larger.append(i)
    edges = shapely.bounds(shapely.from_wkb([places[i] for i in larger])) if larger else ()
    for i, (west, south, east, north) in zip(larger, edges, strict=True):
        wkb = places[i] or b""
        box = (float(west), float(east), float(south), float(north))
        found[i] = (_WITH_BOX.pack(b"GP", 0, 3, 4326, *box) + wkb, box, _TYPES[wkb[1]])
    return found
