"""Results as files of plain data, since what comes out of the other process is not to be trusted more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from mobility.importing.reading.model import (
    Columns,
    CrsFinding,
    CrsGuess,
    Fault,
    Feature,
    FieldInfo,
    Inspection,
    LayerInfo,
    Operation,
    Reading,
)

RESULT = "result.json"
FEATURES = "features.jsonl"
BATCH = 5000
Data = Mapping[str, Any]


def write_inspection(folder: Path, inspection: Inspection) -> None:
    _write(folder, asdict(inspection))


def write_reading(folder: Path, reading: Reading) -> None:
    head = {
        "operation": asdict(reading.operation) if reading.operation else None,
        "notes": [asdict(note) for note in reading.notes],
    }
    _write(folder, head)
    hexes = shapely.to_wkb(np.array([one.geometry for one in reading.features], dtype=object), hex=True)
    with (folder / FEATURES).open("w", encoding="utf-8") as file:
        file.writelines(map(_line, reading.features, hexes))


def write_shapes(folder: Path, shapes: Iterable[BaseGeometry]) -> None:
    _write(folder, {"shapes": [shape.wkb_hex for shape in shapes]})


def write_refusal(folder: Path, fault: Fault) -> None:
    _write(folder, {"refused": asdict(fault)})


def refusal(data: Data) -> Fault | None:
    """Why nothing came of it, None when something did."""
    return _fault(data["refused"]) if "refused" in data else None


def result(folder: Path) -> Data:
    """What was written, as plain data."""
    data = json.loads((folder / RESULT).read_text("utf-8"))
    if not isinstance(data, dict):
        raise TypeError(RESULT)
    return data


def inspection(data: Data) -> Inspection:
    layers = tuple(_layer(one) for one in data["layers"])
    return Inspection(str(data["driver"]), layers, _faults(data["notes"]))


def reading(folder: Path, data: Data) -> Reading:
    operation = Operation(**data["operation"]) if data["operation"] else None
    return Reading(list(_features(folder)), operation, _faults(data["notes"]))


def shapes(data: Data) -> list[BaseGeometry]:
    return [shapely.from_wkb(text) for text in data["shapes"]]


def _write(folder: Path, data: Data) -> None:
    text = json.dumps(data, ensure_ascii=True, default=str)
    (folder / RESULT).write_text(text, encoding="utf-8")


def _line(feature: Feature, shape: str | None) -> str:
    faults = [asdict(fault) for fault in feature.faults]
    return json.dumps([feature.number, feature.fid, feature.properties, shape, faults]) + "\n"


def _features(folder: Path) -> Iterator[Feature]:
    with (folder / FEATURES).open(encoding="utf-8") as file:
        while rows := [json.loads(line) for line in islice(file, BATCH)]:
            shapes = shapely.from_wkb([row[3] for row in rows])
            for (number, fid, properties, _hex, faults), shape in zip(rows, shapes, strict=True):
                yield Feature(int(number), str(fid), properties, shape, _faults(faults))


def _fault(data: Data) -> Fault:
    return Fault(str(data["code"]), dict(data["values"]))


def _faults(many: Iterable[Data]) -> tuple[Fault, ...]:
    return tuple(_fault(one) for one in many)


def _layer(data: Data) -> LayerInfo:
    plain = dict(data)
    fields = tuple(FieldInfo(one["name"], one["kind"], tuple(one["samples"])) for one in plain["fields"])
    plain |= {
        "geometry_types": tuple(plain["geometry_types"]),
        "crs": _finding(plain["crs"]) if plain["crs"] else None,
        "fields": fields,
        "bounds": tuple(plain["bounds"]) if plain["bounds"] else None,
        "notes": _faults(plain["notes"]),
        "columns": Columns(**plain["columns"]) if plain["columns"] else None,
    }
    return LayerInfo(**plain)


def _finding(data: Data) -> CrsFinding:
    guesses = [
        CrsGuess(**{**one, "bounds_lonlat": tuple(one["bounds_lonlat"])}) for one in data["candidates"]
    ]
    return CrsFinding(**{**data, "candidates": guesses})
