"""Files as planners and others would make them, written by the tests themselves."""

from __future__ import annotations

import json
import sqlite3
import warnings
import zipfile
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from mobility.importing.reading import Reading
from mobility.importing.reading.checking import check
from mobility.importing.reading.model import Inspection, Limits
from mobility.importing.reading.sources import Source, prepare
from mobility.importing.reading.working import Choice, inspect, read

PLACE = (13.2, 38.0, 13.5, 38.25)
STREETS = [
    LineString([(13.357839, 38.121137), (13.360352, 38.117333), (13.361424, 38.115672)]),
    LineString([(13.361424, 38.115672), (13.36262, 38.113835), (13.365143, 38.11003)]),
]
SQUARE = Polygon([(13.35, 38.11), (13.36, 38.11), (13.36, 38.12), (13.35, 38.12)])
BOW = Polygon([(13.35, 38.11), (13.36, 38.12), (13.36, 38.11), (13.35, 38.12)])
NAMES = ["Via Maqueda", "Piazza della Libertà"]


def projected(shape: Any, epsg: int) -> Any:
    """A lon, lat geometry in another system; Monte Mario with the shift of Sicily, in either zone."""
    steps = (4326, 4265, epsg) if epsg in (3003, 3004) else (4326, epsg)
    for source, target in pairwise(steps):
        way = Transformer.from_crs(source, target, always_xy=True)
        shape = _moved(shape, way)
    return shape


def _moved(shape: Any, way: Transformer) -> Any:
    return shapely.transform(shape, lambda pairs: np.column_stack(way.transform(*pairs.T)))


def write(
    path: Path,
    driver: str,
    shapes: list[BaseGeometry | None],
    *,
    crs: str | None = "EPSG:4326",
    kind: str = "Unknown",
    layer: str | None = None,
    encoding: str | None = None,
    fields: dict[str, list[Any]] | None = None,
    **options: Any,
) -> Path:
    """A file by GDAL; `fields` as columns of values."""
    columns = fields or {"name": [f"{NAMES[n % 2]} {n}" for n in range(len(shapes))]}
    blobs = np.array([None if shape is None else shape.wkb for shape in shapes], dtype=object)
    data = [
        np.array(values, dtype=object if isinstance(values[0], str) else None) for values in columns.values()
    ]
    titles = np.array(list(columns), dtype=object)
    said = {"driver": driver, "geometry_type": kind, "crs": crs, "layer": layer, "encoding": encoding}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        pyogrio.raw.write(path, blobs, data, titles, **said, **options)
    return path


def shapefile(folder: Path, shapes: list[BaseGeometry], *, name: str = "strade", **options: Any) -> Path:
    """A zipped shapefile; `leave_out` names endings that are forgotten."""
    left = options.pop("leave_out", ())
    room = folder / f"shp-{name}"
    room.mkdir(exist_ok=True)
    write(room / f"{name}.shp", "ESRI Shapefile", shapes, **options)
    members = {p.name: p.read_bytes() for p in sorted(room.iterdir()) if p.suffix[1:] not in left}
    return zipped(folder / f"{name}.zip", members)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def geojson(path: Path, features: list[dict[str, Any]], **more: Any) -> Path:
    whole = {"type": "FeatureCollection", "features": features, **more}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    geometry = shape if shape is None or isinstance(shape, dict) else shape.__geo_interface__
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def sql(path: Path, *statements: str) -> Path:
    """Changes a GeoPackage the way its maker would not."""
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


def made_ready(path: Path, name: str, folder: Path, limits: Limits | None = None) -> Source:
    """The file prepared and checked as the worker does it. Raises Refusal."""
    room = folder / "room"
    room.mkdir(exist_ok=True)
    source = prepare(path, name, room, limits or Limits())
    check(source, limits or Limits())
    return source


def inspected(path: Path, folder: Path, *, name: str = "") -> Inspection:
    """The file inspected in this process."""
    source = made_ready(path, name or path.name, folder)
    return inspect(source, PLACE, Limits(), _silent)


def reading(path: Path, folder: Path, layer: str, *, limits: Limits | None = None, **choice: Any) -> Reading:
    """One layer read in this process."""
    source = made_ready(path, path.name, folder, limits)
    return read(source, layer, PLACE, limits or Limits(), Choice(**choice), _silent)


def metres(one: BaseGeometry, other: BaseGeometry) -> float:
    """The largest distance between two geometries, corner for corner."""
    a, b = projected(one, 32633), projected(other, 32633)
    return float(a.hausdorff_distance(b))


def _silent(_fraction: float, _code: str) -> None:
    return None
