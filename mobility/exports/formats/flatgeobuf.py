"""FlatGeobuf, made from a GeoPackage on disk: GDAL hands the rows from one to the other in small batches."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pyogrio import raw

from mobility.exports.formats.about import sentence
from mobility.exports.formats.geopackage import write_geopackage
from mobility.exports.orders import Order
from mobility.exports.sources import read_head, read_subject
from mobility.exports.streaming import Snapshot

BATCH = 5_000
INDEXED = 50_000
"""Up to so many features, all with a place, the file has its index: it is made in memory."""
_MISSING = 'SELECT count(*) FROM "{layer}" WHERE geom IS NULL'


def write_flatgeobuf(connection: Snapshot, order: Order, path: Path, told: Callable[[int], object]) -> int:
    """Writes one kind of thing; the number of features."""
    between = path.with_suffix(".gpkg")
    head = read_head(connection, order, read_subject(connection, order))
    try:
        size = write_geopackage(connection, order, between, told, divided=False)
        options = {
            "SPATIAL_INDEX": "YES" if size <= INDEXED and not _without_place(between, order.what) else "NO",
            "TITLE": head["name"],
            "DESCRIPTION": sentence(head),
            "TEMPORARY_DIR": str(path.parent),
        }
        with (
            raw.open_arrow(between, layer=order.what, batch_size=BATCH) as (meta, batches),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            raw.write_arrow(
                batches,
                path,
                layer=head["name"],
                driver="FlatGeobuf",
                geometry_name=meta["geometry_name"],
                geometry_type="Unknown",
                crs="EPSG:4326",
                layer_options=options,
            )
    finally:
        between.unlink(missing_ok=True)
    return size


def _without_place(path: Path, layer: str) -> bool:
    with closing(sqlite3.connect(path)) as file:
        (missing,) = file.execute(_MISSING.replace("{layer}", layer)).fetchone()
    return bool(missing)
