"""The three things that can be done with a file, each in a process of its own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from mobility.importing.reading import handing, sandbox
from mobility.importing.reading.model import Box, Columns, Inspection, Limits, Reading, Tell


def inspect_file(
    path: Path, name: str, *, place: Box, limits: Limits | None = None, tell: Tell | None = None
) -> Inspection:
    """What the file holds. `name` is what its owner calls it, `place` where its data should lie.

    Raises Unreadable, or whatever `tell` raises to stop it.
    """
    request = _request("inspect", path, name, place)
    return sandbox.run(request, limits or Limits(), tell, lambda _folder, data: handing.inspection(data))


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
    """The features of one layer in lon, lat.

    `crs` (like "EPSG:3004", or a code of a guess) overrules what the file says, and so does `encoding`.
    Raises Unreadable, or whatever `tell` raises to stop it.
    """
    columns = Columns(x_field, y_field, wkt_field)
    request = _request("read", path, name, place, layer=layer, crs=crs, columns=columns, encoding=encoding)
    return sandbox.run(request, limits or Limits(), tell, handing.reading)


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
    columns = Columns(x_field, y_field, wkt_field)
    request = _request("sketch", path, name, place, layer=layer, crs=crs, columns=columns)
    return sandbox.run(request, limits or Limits(), None, lambda _folder, data: handing.shapes(data))


def _request(
    task: str,
    path: Path,
    name: str,
    place: Box,
    *,
    layer: str = "",
    crs: str | None = None,
    columns: Columns | None = None,
    encoding: str | None = None,
) -> dict[str, Any]:
    return {
        "task": task,
        "path": str(path.resolve()),
        "name": name,
        "place": list(place),
        "layer": layer,
        "crs": crs,
        "columns": asdict(columns or Columns()),
        "encoding": encoding,
    }
