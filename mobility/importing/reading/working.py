"""What is done in the process of its own: inspecting, reading and sketching a file that was made ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mobility.importing.reading import gdal, tables
from mobility.importing.reading.checking import feature_tables
from mobility.importing.reading.guessing import found
from mobility.importing.reading.model import (
    Box,
    Columns,
    Fault,
    Feature,
    Inspection,
    LayerInfo,
    Limits,
    Reading,
    Refusal,
)
from mobility.importing.reading.raw import Raw, counted
from mobility.importing.reading.shaping import shaped
from mobility.importing.reading.sources import Part, Source
from mobility.importing.reading.systems import System, Way, system_of

SKETCHED = 500
SKETCH_VERTICES = 20_000
Say = Callable[[float, str], None]


@dataclass(frozen=True)
class Choice:
    """What the planner decided about a layer."""

    crs: str | None = None
    columns: Columns = field(default_factory=Columns)
    encoding: str | None = None


@dataclass(frozen=True)
class Handle:
    """One layer that can be read: its name for people, where it lies and GDAL's name for it."""

    name: str
    path: Path
    inner: str


def handles(source: Source, limits: Limits) -> list[Handle]:
    """Every layer of the file, each under a name of its own."""
    if source.driver == "CSV":
        return [Handle(part.name, part.path, part.name) for part in source.parts]
    if source.driver == "GPKG":
        part = source.parts[0]
        return [Handle(name, part.path, name) for name in feature_tables(part.path, limits)]
    made: list[Handle] = []
    for part in source.parts:
        inner = gdal.layer_names(part.path)
        for one in inner[: limits.layers]:
            made.append(Handle(_title(source, part, one, made), part.path, one))
    return made


def inspect(source: Source, place: Box, limits: Limits, say: Say) -> Inspection:
    """Every layer with its fields, extent and system."""
    layers = []
    every = handles(source, limits)
    if not every:
        raise Refusal("no_layers")
    for number, handle in enumerate(every):
        say(0.2 + 0.7 * number / max(len(every), 1), "reading")
        raw = _raw(source, handle, limits, Choice())
        layers.append(_info(raw, handle.name, place))
    return Inspection(source.driver, tuple(layers))


def read(source: Source, layer: str, place: Box, limits: Limits, choice: Choice, say: Say) -> Reading:
    """The features of one layer in lon, lat."""
    say(0.2, "reading")
    raw = _raw(source, _named(source, layer, limits), limits, choice)
    notes = [*raw.notes]
    if shapely.is_missing(raw.shapes).all() and not raw.torn:
        notes.append(Fault("empty_layer" if not len(raw.shapes) else "no_geometries"))
        return Reading(_features(raw, raw.shapes, [[] for _ in raw.shapes], limits), None, tuple(notes))
    system = _system(raw, choice)
    say(0.6, "moving")
    way = Way(system, place)
    shapes, faults = shaped(raw, way, place)
    notes += _told(raw)
    if way.rough:
        notes.append(Fault("rough_shift", {"name": system.name}))
    say(0.8, "handing")
    return Reading(_features(raw, shapes, faults, limits), way.operation(), tuple(notes))


def sketch(source: Source, layer: str, place: Box, limits: Limits, choice: Choice) -> list[Any]:
    """Up to 500 thin geometries of a layer in lon, lat."""
    raw = _raw(source, _named(source, layer, limits), limits, choice)
    way = Way(_system(raw, choice), place)
    some = raw.shapes[:: max(-(-len(raw.shapes) // SKETCHED), 1)]
    moved = shapely.transform(shapely.force_2d(some), way)
    kept = [shape for shape in moved if shape is not None and _usable(shape)]
    if not kept:
        return []
    corners = shapely.total_bounds(np.array(kept))
    thin = shapely.simplify(np.array(kept), float(max(corners[2:] - corners[:2])) / 1000)
    while int(shapely.get_num_coordinates(thin).sum()) > SKETCH_VERTICES and len(thin) > 1:
        thin = thin[::2]
    return [shape for shape in thin if not shape.is_empty]


def _usable(shape: Any) -> bool:
    pairs = shapely.get_coordinates(shape)
    return bool(len(pairs) and np.isfinite(pairs).all() and (np.abs(pairs) <= (180.0, 90.0)).all())


def _title(source: Source, part: Part, inner: str, made: list[Handle]) -> str:
    own = part.name if source.driver in ("Shapefile", "GeoJSON") else inner
    taken = {handle.name for handle in made}
    name, number = own, 2
    while name in taken:
        name, number = f"{own} ({number})", number + 1
    return name


def _named(source: Source, layer: str, limits: Limits) -> Handle:
    handle = next((one for one in handles(source, limits) if one.name == layer), None)
    if handle is None:
        raise Refusal("no_layer", layer=layer[:100])
    return handle


def _raw(source: Source, handle: Handle, limits: Limits, choice: Choice) -> Raw:
    if source.driver == "CSV":
        raw = tables.read(handle.path, handle.name, limits, choice.columns, choice.encoding)
    else:
        raw = gdal.read(source.driver, handle.path, handle.inner, limits, choice.encoding)
    return counted(raw, limits)


def _system(raw: Raw, choice: Choice) -> System:
    text = choice.crs or raw.system
    if not text:
        raise Refusal("crs_missing")
    system = system_of(text)
    if system is None:
        raise Refusal("crs_unknown", name=text[:60])
    return system


def _info(raw: Raw, name: str, place: Box) -> LayerInfo:
    points = raw.points()
    system = system_of(raw.system) if raw.system else None
    types = raw.types
    notes = [*raw.notes, *_told(raw)]
    if not len(raw.shapes):
        notes.append(Fault("empty_layer"))
    elif not types and raw.guessed is None:
        notes.append(Fault("no_geometries"))
    elif not types:
        notes.append(Fault("choose_columns"))
    finding = None
    if types:
        finding = found(system, "file" if system else "guess", points, place, raw.system)
        if raw.system and system is None:
            notes.append(Fault("crs_unknown", {"name": raw.system[:60]}))
    return LayerInfo(
        name=name,
        geometry_types=types,
        count=len(raw.shapes),
        crs=finding,
        fields=raw.fields(),
        bounds=raw.bounds(),
        encoding=raw.encoding,
        has_z=raw.has_z,
        notes=tuple(notes),
        columns=raw.guessed,
    )


def _told(raw: Raw) -> list[Fault]:
    told = []
    if raw.has_z:
        told.append(Fault("heights_dropped"))
    if len({kind.removeprefix("Multi") for kind in raw.types}) > 1:
        told.append(Fault("mixed", {"types": ", ".join(raw.types)}))
    return told


def _features(raw: Raw, shapes: Any, faults: list[list[Fault]], limits: Limits) -> list[Feature]:
    made = []
    for row, (fid, shape) in enumerate(zip(raw.fids, shapes, strict=True)):
        properties: dict[str, Any] = {}
        for column in raw.columns:
            value = column.values[row]
            if isinstance(value, str) and len(value) > limits.text_chars:
                value = value[: limits.text_chars]
                faults[row].append(Fault("text_cut", {"field": column.name, "most": limits.text_chars}))
            properties[column.name] = value
        made.append(Feature(row + 1, fid, properties, shape, tuple(faults[row])))
    return made
