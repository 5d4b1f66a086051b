"""What is found in a planner's file: layers, coordinate systems, fields, features and their faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

Tell = Callable[[float, str], None]
"""Told how far the reading is (0 to 1) and a code of what is done; may raise to stop it.

Codes: starting, unpacking, checking, opening, reading, moving, handing.
"""

FieldKind = Literal["text", "integer", "number", "boolean", "date", "time", "datetime", "list", "bytes"]
CrsSource = Literal["file", "guess", "given"]


@dataclass(frozen=True)
class Fault:
    """Something to tell about a file, a layer or a feature: a code and its values.

    `mobility.importing.reading.words` says it in the reader's language.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldInfo:
    """One column: its name, the kind of its values and up to five different ones as text."""

    name: str
    kind: FieldKind
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrsGuess:
    """Where the data would lie if its numbers were in this coordinate system.

    `code` is like "EPSG:3004"; `distance_km` is how far the data then is from the place, 0 inside it.
    """

    code: str
    name: str
    bounds_lonlat: Box
    plausible: bool
    distance_km: float


@dataclass(frozen=True)
class CrsFinding:
    """The coordinate system of a layer and who says so.

    `code` is None when nobody says or when the definition has no EPSG code (`name` then has its name and
    `wkt` its text). `plausible` says whether the data lies at the place. `candidates` come best first and
    are there to be chosen from when the code is missing or not plausible.
    """

    code: str | None
    name: str
    source: CrsSource
    plausible: bool
    candidates: list[CrsGuess] = field(default_factory=list)
    wkt: str = ""


@dataclass(frozen=True)
class Columns:
    """Which columns of a table hold coordinates or WKT; guesses that may be corrected."""

    x: str | None = None
    y: str | None = None
    wkt: str | None = None


@dataclass(frozen=True)
class LayerInfo:
    """One layer: `name` is what `read_layer` takes; `bounds` are in the layer's own coordinates.

    `geometry_types` are those met, like ("LineString", "MultiLineString"); empty for a table without
    geometry. `columns` is only there for a table whose geometry may come from columns (CSV).
    """

    name: str
    geometry_types: tuple[str, ...]
    count: int
    crs: CrsFinding | None
    fields: tuple[FieldInfo, ...]
    bounds: Box | None
    encoding: str
    has_z: bool
    notes: tuple[Fault, ...] = ()
    columns: Columns | None = None

    @property
    def has_geometry(self) -> bool:
        """Whether there is something to put on a map, as it stands or by columns that were recognised."""
        named = self.columns is not None and bool(self.columns.wkt or (self.columns.x and self.columns.y))
        return bool(self.geometry_types) or named


@dataclass(frozen=True)
class Inspection:
    """What a file holds. `driver` is the format: GPKG, GeoJSON, Shapefile, KML, GML, DXF or CSV."""

    driver: str
    layers: tuple[LayerInfo, ...]
    notes: tuple[Fault, ...] = ()

    def layer(self, name: str) -> LayerInfo | None:
        """The layer of that name, None when the file has none."""
        return next((layer for layer in self.layers if layer.name == name), None)


@dataclass(frozen=True)
class Feature:
    """One feature: `number` counts from 1 in the file's order, `fid` is the file's own id as text.

    `geometry` is lon, lat (EPSG:4326), two dimensions, valid; None when there is none or it cannot be
    used, and then `faults` says why.
    """

    number: int
    fid: str
    properties: dict[str, Any]
    geometry: BaseGeometry | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Operation:
    """The transformation to lon, lat: its name, nominal accuracy in metres (None: not stated), pipeline."""

    name: str
    accuracy_m: float | None
    pipeline: str


@dataclass(frozen=True)
class Reading:
    """The features of one layer, ready for the map, and how they came to their place.

    `operation` is None when the layer has no geometry or was in lon, lat already.
    """

    features: list[Feature]
    operation: Operation | None
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Limits:
    """How much a file may hold and cost. The defaults fit the largest file a city's planner would bring."""

    file_bytes: int = 100_000_000
    zip_members: int = 200
    zip_unpacked_bytes: int = 400_000_000
    zip_ratio: int = 200
    layers: int = 100
    features: int = 200_000
    vertices: int = 2_000_000
    fields: int = 300
    text_chars: int = 100_000
    depth: int = 100
    memory_bytes: int = 1_500_000_000
    cpu_seconds: int = 120
    wall_seconds: float = 180.0


class Refusal(Exception):
    """Raised while reading: the file will not be read on, and why."""

    def __init__(self, code: str, **values: Any) -> None:
        self.fault = Fault(code, values)
        super().__init__(code)
