"""The three things that can be done with a file, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

from shapely.geometry.base import BaseGeometry

from mobility.importing.reading.model import Box, Fault, Inspection, Limits, Reading, Tell
from mobility.importing.reading.words import Unreadable


def inspect_file(
    path: Path, name: str, *, place: Box, limits: Limits | None = None, tell: Tell | None = None
) -> Inspection:
    """What the file holds. `name` is what its owner calls it, `place` where its data should lie."""
    raise Unreadable(Fault("stopped"))


def read_layer(
    path: Path,
    name: str,
    layer: str,
    *,
    place: Box,
    crs: str | None = None,
    x_field: str | None = None,
    y_field: str | None = None,
    wkt_field: str | None = None,
    encoding: str | None = None,
    limits: Limits | None = None,
    tell: Tell | None = None,
) -> Reading:
    """The features of one layer in lon, lat. `crs` (like "EPSG:3004") overrules what the file says."""
    raise Unreadable(Fault("stopped"))


def sketch(
    path: Path,
    name: str,
    layer: str,
    *,
    crs: str,
    place: Box,
    x_field: str | None = None,
    y_field: str | None = None,
    wkt_field: str | None = None,
    limits: Limits | None = None,
) -> list[BaseGeometry]:
    """Up to 500 simplified geometries of a layer in lon, lat, as they lie if its numbers were in `crs`."""
    raise Unreadable(Fault("stopped"))
