"""The tables that GeoPackage 1.3 asks for, and those of its R-tree extension (annex F.3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

COLUMN_TYPES = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "REAL",
    "boolean": "BOOLEAN",
    "time": "DATETIME",
    "json": "TEXT",
}
WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",'
    '0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],'
    'AUTHORITY["EPSG","4326"]]'
)
SCHEMA = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, '{wgs84}', 'longitude, latitude in degrees');
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE,
  max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents (table_name), column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys (srs_id),
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, UNIQUE (table_name, column_name, extension_name));
""".replace("{wgs84}", WGS84)
CONTENTS = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, "
    "max_x, max_y, srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)"
)
TABLE = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
    "VALUES (?, 'attributes', ?, ?)"
)
GEOMETRY_COLUMN = "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)"
INDEXED = (
    "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', "
    "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')"
)
_ENTER = (
    'INSERT OR REPLACE INTO "rtree_{layer}_geom" VALUES (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), '
    "ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); "
)
_LEAVE = 'DELETE FROM "rtree_{layer}_geom" WHERE id = OLD.fid; '
_FULL, _EMPTY = (
    "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))",
    "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))",
)
TRIGGERS = tuple(
    f'CREATE TRIGGER "rtree_{{layer}}_geom_{name}" AFTER {event} ON "{{layer}}" WHEN {when} BEGIN {body}END'
    for name, event, when, body in (
        ("insert", "INSERT", _FULL, _ENTER),
        ("update1", "UPDATE OF geom", f"OLD.fid = NEW.fid AND {_FULL}", _ENTER),
        ("update2", "UPDATE OF geom", f"OLD.fid = NEW.fid AND {_EMPTY}", _LEAVE),
        ("update3", "UPDATE", f"OLD.fid != NEW.fid AND {_FULL}", _LEAVE + _ENTER),
        (
            "update4",
            "UPDATE",
            f"OLD.fid != NEW.fid AND {_EMPTY}",
            'DELETE FROM "rtree_{layer}_geom" WHERE id IN (OLD.fid, NEW.fid); ',
        ),
        ("delete", "DELETE", "OLD.geom NOT NULL", _LEAVE),
    )
)


def create_layer(file: sqlite3.Connection, name: str, id_type: str, types: Iterable[tuple[str, str]]) -> None:
    """A table of features."""
    columns = "".join(f', "{column}" {kind}' for column, kind in types)
    file.execute(
        f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY NOT NULL, geom BLOB, id {id_type} NOT NULL{columns})'
    )


def create_index(file: sqlite3.Connection, layer: str) -> None:
    """The index of a layer by place."""
    file.execute(f'CREATE VIRTUAL TABLE "rtree_{layer}_geom" USING rtree(id, minx, maxx, miny, maxy)')


def create_about(file: sqlite3.Connection, name: str, now: str) -> None:
    """A table of names and texts."""
    file.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, value TEXT)')
    file.execute(TABLE, (name, name, now))
