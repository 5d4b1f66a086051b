"""Opening the files of a bundle: size before content, nothing outside the directory, every fault reported."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from mobility.plans.bundles.faults import Faults, Spot
from mobility.spatial.geojson import GeoJSONError, Limits, parse

BUNDLE = "bundle.toml"
MEASURES = "measures.toml"
BOUNDARY = "layers/boundary.geojson"
CONTEXT = "layers/context.geojson"
PLACES = "layers/heritage_places.geojson"
ZONES = "layers/heritage_zones.geojson"
SEGMENTS = "layers/segments.geojson"
FILES = (BUNDLE, MEASURES, BOUNDARY, CONTEXT, PLACES, ZONES, SEGMENTS)

TOML_LIMIT = 4 * 2**20
GEOJSON_LIMIT = 64 * 2**20
FEATURE_LIMIT = 200_000

_CRS84 = re.compile(r"(urn:ogc:def:crs:)?OGC(:[0-9.]*)?:CRS84|CRS84", re.IGNORECASE)

Raw = dict[str, Any]


def read_toml(directory: Path, name: str, faults: Faults) -> Raw | None:
    """The tables of a TOML file, or None when it cannot be read."""
    spot = Spot(faults, name)
    data = _bytes(directory, name, TOML_LIMIT, spot)
    if data is None:
        return None
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        spot.report("not-utf8", byte=error.start)
        return None
    try:
        return tomllib.loads(content)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        spot.report("not-toml", reason=str(error)[:200])
    except RecursionError:
        spot.report("too-deep", limit=Limits().depth)
    return None


def read_layer(directory: Path, name: str, faults: Faults) -> list[Any] | None:
    """The raw features of a GeoJSON layer, or None when the layer as a whole cannot be used."""
    spot = Spot(faults, name)
    data = _bytes(directory, name, GEOJSON_LIMIT, spot)
    if data is None:
        return None
    try:
        document = parse(data, Limits(size=GEOJSON_LIMIT, constants=True))
    except GeoJSONError as error:
        _report_document(error, spot)
        return None
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        spot.report("not-geojson")
        return None
    features = document.get("features")
    if not isinstance(features, list):
        spot.report("not-geojson")
        return None
    if len(features) > FEATURE_LIMIT:
        spot.report("too-many", count=len(features), limit=FEATURE_LIMIT)
        return None
    return features if _is_wgs84(document, spot) else None


def _bytes(directory: Path, name: str, limit: int, spot: Spot) -> bytes | None:
    path = directory / name
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(directory.resolve(strict=True)):
            spot.report("outside-bundle")
            return None
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            spot.report("not-a-file")
            return None
        if status.st_size > limit:
            spot.report("too-large", size=status.st_size, limit=limit)
            return None
        return real.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        spot.report("missing-file")
    except (OSError, RuntimeError) as error:
        spot.report("unreadable", reason=getattr(error, "strerror", None) or type(error).__name__)
    return None


def _report_document(error: GeoJSONError, spot: Spot) -> None:
    keys = {"too_deep": "too-deep", "not_utf8": "not-utf8", "truncated": "truncated", "not_json": "not-json"}
    spot.report(keys[error.code], **error.details)


def _is_wgs84(document: Raw, spot: Spot) -> bool:
    if document.get("crs") is None:
        return True
    crs = document["crs"]
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and _CRS84.fullmatch(name):
        return True
    spot.at("crs").report("wrong-crs", crs=str(name or crs)[:60])
    return False
