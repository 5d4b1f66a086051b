"""Layers by GDAL, with every driver but the one for the format switched off.

GDAL decides at its first import which drivers there are, so `only` has to come before any other use. A
file can then not be taken for another format that points elsewhere, whatever it is called.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from mobility.importing.reading.drivers import DRIVERS, OTHERS
from mobility.importing.reading.encodings import chosen, of_shapefile, shown
from mobility.importing.reading.model import Fault, FieldKind, Limits, Refusal
from mobility.importing.reading.raw import Column, Raw

SETTINGS = {
    "GDAL_NUM_THREADS": "1",
    "GDAL_CACHEMAX": "64",
    "GDAL_PAM_ENABLED": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_SAVE_RESOLVED_TO": "",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "100",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "PROJ_NETWORK": "OFF",
    "SHAPE_RESTORE_SHX": "YES",
    "LIBKML_RESOLVE_STYLE": "NO",
}
SECOND_TRY = "READING_SKIP"

KINDS: dict[str, FieldKind] = {
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "number",
    "OFTDate": "date",
    "OFTTime": "time",
    "OFTDateTime": "datetime",
    "OFTBinary": "bytes",
    "OFTStringList": "list",
    "OFTIntegerList": "list",
    "OFTInteger64List": "list",
    "OFTRealList": "list",
}
KML_SYSTEM = frozenset(
    (
        "timestamp",
        "begin",
        "end",
        "altitudeMode",
        "tessellate",
        "extrude",
        "visibility",
        "drawOrder",
        "icon",
        "snippet",
    )
)
OWN_ID = {"GML": "gml_id", "KML": "id"}
"""The field in which a format keeps a feature's own id."""
GML_SYSTEM = frozenset({"lowerCorner", "upperCorner"})


_PATH = re.compile(r"/(?:[^\s/]+/)+")
"""The folders in a message of GDAL's, which are ours and nobody's business."""


def only(kind: str) -> list[str]:
    """Switches off every driver but the one for `kind`; returns what is on beside it and should not be."""
    wanted = DRIVERS[kind]
    more = os.environ.get(SECOND_TRY, "")
    os.environ["OGR_SKIP"] = ",".join([*(name for name in OTHERS if name != wanted), *more.split(",")])
    return [name for name in _pyogrio().list_drivers() if name not in (wanted, "MEM", "Memory")]


def _pyogrio() -> Any:
    """The module, loaded at first use and told what never to do."""
    import pyogrio

    pyogrio.set_gdal_config_options(SETTINGS)
    return pyogrio


def layer_names(path: Path) -> list[str]:
    """The names of a file's layers. Raises Refusal when GDAL cannot open it."""
    pyogrio = _pyogrio()
    with warnings.catch_warnings(), _explained():
        warnings.simplefilter("ignore")
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]]


def read(kind: str, path: Path, layer: str, limits: Limits, encoding: str | None = None) -> Raw:
    """One layer of a file. `encoding` overrules what the file says. Raises Refusal."""
    notes: list[Fault] = []
    if encoding is not None:
        encoding = chosen(encoding)
    elif kind == "Shapefile":
        encoding, more = of_shapefile(path)
        notes += more
    try:
        return _read(kind, path, layer, limits, encoding, notes)
    except UnicodeDecodeError:
        notes.append(Fault("encoding_guessed", {"encoding": "Windows-1252"}))
        return _read(kind, path, layer, limits, "cp1252", notes)


def _read(kind: str, path: Path, layer: str, limits: Limits, encoding: str | None, notes: list[Fault]) -> Raw:
    pyogrio = _pyogrio()
    with warnings.catch_warnings(), _explained():
        warnings.simplefilter("ignore")
        count = int(pyogrio.read_info(path, layer=layer, encoding=encoding)["features"])
        if count > limits.features and kind != "GPKG":
            raise Refusal("too_many_features", most=limits.features)
        meta, fids, blobs, data = pyogrio.raw.read(
            path,
            layer=layer,
            encoding=encoding,
            max_features=limits.features + 1,
            return_fids=True,
            datetime_as_string=True,
        )
    shapes, torn = _shapes(blobs, len(fids))
    columns = list(_columns(kind, meta, data, limits, notes))
    named = next((column for column in columns if column.name == OWN_ID.get(kind)), None)
    ids = named.values if named else [None] * len(fids)
    own = [str(fid if own is None else own) for own, fid in zip(ids, fids, strict=True)]
    columns = [column for column in columns if column is not named]
    system = str(meta["crs"] or "")
    said = shown(encoding or str(meta["encoding"] or "utf-8"))
    return Raw(layer, shapes, own, columns, system, said, torn, notes)


def _shapes(blobs: Any, count: int) -> tuple[Any, set[int]]:
    if blobs is None:
        return np.full(count, None, dtype=object), set()
    shapes = shapely.from_wkb(blobs, on_invalid="ignore")
    return shapes, {
        row for row, blob in enumerate(blobs) if blob is not None and len(blob) and shapes[row] is None
    }


def _columns(
    kind: str, meta: dict[str, Any], data: list[Any], limits: Limits, notes: list[Fault]
) -> Iterable[Column]:
    if len(data) > limits.fields:
        raise Refusal("too_many_fields", most=limits.fields)
    for name, ogr, sub, values in zip(
        meta["fields"], meta["ogr_types"], meta["ogr_subtypes"], data, strict=True
    ):
        own = KINDS.get(ogr, "text")
        if own == "bytes":
            notes.append(Fault("binary_dropped", {"field": str(name)}))
            continue
        if sub == "OFSTBoolean":
            own = "boolean"
        column = Column(str(name), own, [plain(value, own) for value in values])
        system = KML_SYSTEM if kind == "KML" else GML_SYSTEM if kind == "GML" else frozenset()
        if name not in system:
            yield column


def plain(value: Any, kind: FieldKind) -> Any:
    """A value of GDAL's as text, number, boolean, list or None; without what a database cannot hold."""
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        return [plain(one, "text") for one in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if not np.isfinite(value):
            return None
        if kind == "integer":
            return int(value)
    if kind == "boolean":
        return bool(value)
    if isinstance(value, bool | int | float):
        return value
    return str(value).replace("\x00", "")


class _explained:  # noqa: N801 (used like a function)
    """Turns what GDAL raises into a Refusal."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, Refusal | UnicodeDecodeError | MemoryError):
            return
        if isinstance(error, Exception):
            raise Refusal("damaged", reason=_PATH.sub("", str(error).replace("\x00", ""))[:200]) from error
