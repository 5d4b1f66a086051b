"""Files made to do harm are refused with a reason, or read right, within the limits."""

import io
import json
import os
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point

from mobility.importing.reading import Limits, Unreadable, inspect_file, read_layer
from mobility.importing.reading.model import Refusal
from tests.importing.reading.makers import (
    PLACE,
    SQUARE,
    STREETS,
    feature,
    geojson,
    inspected,
    made_ready,
    reading,
    shapefile,
    sql,
    write,
    zipped,
)

VRT = """<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>
</OGRVRTDataSource>"""
LAUGHS = """<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&b;</name></Document></kml>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<x xmlns:gml="http://www.opengis.net/gml"><gml:name>&a;</gml:name></x>"""


def refused(path: Path, folder: Path, *, name: str = "", limits: Limits | None = None) -> str:
    """The code with which a file is refused before GDAL sees it."""
    with pytest.raises(Refusal) as caught:
        made_ready(path, name or path.name, folder, limits)
    return caught.value.fault.code


@pytest.mark.parametrize(
    "name", ["a.geojson", "a.json", "a.kml", "a.gml", "a.gpkg", "a.csv", "a.xml", "a.vrt"]
)
def test_an_indirection_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(VRT.format("/etc/passwd"))
    assert refused(path, tmp_path) == "indirection"


def test_an_indirection_with_a_map_names_no_other_driver(tmp_path: Path) -> None:
    """Made to look like GML, it still meets a reader that knows no other format."""
    path = geojson(tmp_path / "real.geojson", [feature(STREETS[0])])
    words = VRT.format(path).replace("<OGRVRTDataSource>", "<!-- opengis.net/gml --><x><OGRVRTDataSource>")
    (tmp_path / "a.gml").write_text(words + "</x>")
    with pytest.raises(Unreadable) as caught:
        inspect_file(tmp_path / "a.gml", "a.gml", place=PLACE)
    assert caught.value.fault.code == "no_layers"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.exe", "unknown_extension"),
        ("a", "unknown_extension"),
        ("a.gpkg", "mismatch"),
        ("a.dwg", "dwg"),
        ("a.qgz", "project"),
        ("a.xlsx", "spreadsheet"),
        ("a.shp", "shp_alone"),
        ("a.rar", "archive"),
        ("a.geojson", ""),
    ],
)
def test_content_and_name_must_agree(tmp_path: Path, name: str, code: str) -> None:
    path = geojson(tmp_path / "x", [feature(STREETS[0])])
    if code:
        assert refused(path, tmp_path, name=name) == code
    else:
        assert made_ready(path, name, tmp_path).driver == "GeoJSON"


def test_an_empty_file_and_one_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    assert refused(tmp_path / "a.csv", tmp_path) == "empty_file"
    (tmp_path / "b.csv").write_bytes(b"x\n" * 600)
    assert refused(tmp_path / "b.csv", tmp_path, limits=Limits(file_bytes=1000)) == "too_large"


class TestZip:
    def test_a_bomb_by_ratio_and_by_size(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "a.zip", {"a.geojson": b" " * 20_000_000})
        assert refused(path, tmp_path) == "zip_bomb"
        path = zipped(tmp_path / "b.zip", {"a.geojson": os.urandom(3000) * 10})
        assert refused(path, tmp_path, limits=Limits(zip_unpacked_bytes=20_000)) == "zip_bomb"

    def test_a_bomb_that_lies_about_its_size(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "a.zip", {"a.geojson": b"[" * 5_000_000})
        data = bytearray(path.read_bytes())
        at = data.index(b"PK\x01\x02")
        data[at + 24 : at + 28] = struct.pack("<I", 100)
        path.write_bytes(bytes(data))
        assert refused(path, tmp_path) in ("zip_bomb", "zip_damaged")
        assert sum(one.stat().st_size for one in (tmp_path / "room").iterdir()) < 1_000_000

    def test_a_zip_in_a_zip_is_not_opened(self, tmp_path: Path) -> None:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("a.geojson", "{}")
        path = zipped(tmp_path / "a.zip", {"b.zip": inner.getvalue()})
        assert refused(path, tmp_path) == "zip_nothing"

    @pytest.mark.parametrize(
        "name", ["../a.geojson", "/etc/a.geojson", "x/../../a.geojson", "C:\\a.geojson", "..\\a.geojson"]
    )
    def test_names_that_reach_outside(self, tmp_path: Path, name: str) -> None:
        path = zipped(tmp_path / "a.zip", {name: b"{}"})
        assert refused(path, tmp_path) == "zip_names"

    def test_links(self, tmp_path: Path) -> None:
        info = zipfile.ZipInfo("a.geojson")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr(info, "/etc/passwd")
        assert refused(tmp_path / "a.zip", tmp_path) == "zip_links"

    def test_too_many_members_several_files_and_garbage(self, tmp_path: Path) -> None:
        many = {f"{n}.txt": b"" for n in range(30)}
        path = zipped(tmp_path / "a.zip", many)
        assert refused(path, tmp_path, limits=Limits(zip_members=20)) == "zip_members"
        two = zipped(tmp_path / "b.zip", {"a.geojson": b"{}", "b.geojson": b"{}"})
        assert refused(two, tmp_path) == "zip_several"
        (tmp_path / "c.zip").write_bytes(b"PK\x03\x04" + os.urandom(500))
        assert refused(tmp_path / "c.zip", tmp_path) == "zip_damaged"


class TestXml:
    @pytest.mark.parametrize(("name", "text"), [("a.kml", LAUGHS), ("a.gml", OUTSIDE)])
    def test_entities(self, tmp_path: Path, name: str, text: str) -> None:
        (tmp_path / name).write_text(text)
        assert refused(tmp_path / name, tmp_path) == "xml_entities"

    def test_entities_in_wide_letters(self, tmp_path: Path) -> None:
        (tmp_path / "a.kml").write_bytes(
            LAUGHS.replace('"1.0"?', '"1.0" encoding="UTF-16"?').encode("utf-16")
        )
        assert refused(tmp_path / "a.kml", tmp_path) == "xml_entities"

    def test_depth_and_broken_ends(self, tmp_path: Path) -> None:
        deep = (
            '<kml xmlns="http://www.opengis.net/kml/2.2">' + "<Folder>" * 5000 + "</Folder>" * 5000 + "</kml>"
        )
        (tmp_path / "a.kml").write_text(deep)
        assert refused(tmp_path / "a.kml", tmp_path) == "too_deep"
        (tmp_path / "b.kml").write_text(deep[:200])
        assert refused(tmp_path / "b.kml", tmp_path) == "xml_damaged"


class TestJson:
    def test_a_thousand_levels(self, tmp_path: Path) -> None:
        text = '{"type":"FeatureCollection","features":' + "[" * 1000 + "]" * 1000 + "}"
        (tmp_path / "a.geojson").write_text(text)
        assert refused(tmp_path / "a.geojson", tmp_path) == "too_deep"

    def test_brackets_in_texts_do_not_count(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [feature(STREETS[0], name='[[{"\\"' * 100)])
        assert reading(path, tmp_path, "a").features[0].properties["name"] == '[[{"\\"' * 100

    def test_cut_short(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [feature(STREETS[0])])
        path.write_text(path.read_text()[:-20])
        assert refused(path, tmp_path) == "truncated"

    def test_ten_million_points(self, tmp_path: Path) -> None:
        points = ",".join(["[13,38]"] * 100_000)
        lines = ",".join([f'{{"type":"LineString","coordinates":[{points}]}}'] * 100)
        start = '{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":['
        (tmp_path / "a.geojson").write_text(f"{start}{lines}]}}}}")
        assert refused(tmp_path / "a.geojson", tmp_path) == "too_many_vertices"

    def test_numbers_that_are_none(self, tmp_path: Path) -> None:
        rows = json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    feature({"type": "Point", "coordinates": [float("nan"), 38.1]}, n=float("inf")),
                    feature({"type": "Point", "coordinates": [float("inf"), 38.1]}, n=1.5),
                    feature(Point(13.36, 38.11), n=2.5),
                ],
            }
        )
        (tmp_path / "a.geojson").write_text(rows)
        one, two, good = reading(tmp_path / "a.geojson", tmp_path, "a").features
        assert (one.geometry, two.geometry) == (None, None)
        assert {fault.code for fault in one.faults + two.faults} <= {
            "not_finite",
            "shape_unknown",
            "no_geometry",
        }
        assert good.geometry is not None

    @pytest.mark.parametrize("text", ["{}", '{"type": "Topology"}', '{"a": [1, 2]}', "{not json}", "[1]"])
    def test_json_that_is_no_map(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "a.geojson").write_text(text)
        with pytest.raises(Refusal):
            inspected(tmp_path / "a.geojson", tmp_path)


class TestShapefile:
    def _altered(self, folder: Path, end: str, at: int, data: bytes) -> Path:
        path = shapefile(folder, STREETS, kind="LineString")
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        changed = bytearray(members[f"strade.{end}"])
        changed[at : at + len(data)] = data
        members[f"strade.{end}"] = bytes(changed)
        return zipped(folder / "b.zip", members)

    def test_headers_that_claim_gigabytes(self, tmp_path: Path) -> None:
        claim = self._altered(tmp_path, "shp", 24, struct.pack(">i", 2**31 - 1))
        assert refused(claim, tmp_path) == "truncated"
        claim = self._altered(tmp_path, "dbf", 4, struct.pack("<I", 2**31))
        assert refused(claim, tmp_path) == "truncated"

    def test_a_record_that_claims_a_billion_points(self, tmp_path: Path) -> None:
        path = self._altered(tmp_path, "shp", 100 + 8 + 4 + 32 + 4, struct.pack("<i", 2**30))
        with pytest.raises(Refusal, match="damaged"):
            reading(path, tmp_path, "strade")

    def test_too_many_points_by_size(self, tmp_path: Path) -> None:
        line = LineString(np.column_stack([np.linspace(13, 14, 50_000), np.full(50_000, 38.0)]))
        path = shapefile(tmp_path, [line], kind="LineString")
        assert refused(path, tmp_path, limits=Limits(vertices=1000, features=10)) == "too_many_vertices"


class TestGeoPackage:
    def _made(self, folder: Path) -> Path:
        return write(folder / "a.gpkg", "GPKG", [SQUARE], layer="aree")

    def test_a_count_that_is_not_true(self, tmp_path: Path) -> None:
        path = sql(self._made(tmp_path), "UPDATE gpkg_ogr_contents SET feature_count = 2147483647")
        assert len(reading(path, tmp_path, "aree").features) == 1

    def test_a_view_that_never_ends_is_not_asked(self, tmp_path: Path) -> None:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        path = sql(
            self._made(tmp_path),
            f"CREATE VIEW vista AS {endless}",
            "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('vista', 'attributes')",
        )
        found = inspected(path, tmp_path)
        assert [layer.name for layer in found.layers] == ["aree"]
        with pytest.raises(Refusal, match="no_layer"):
            reading(path, tmp_path, "vista")

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE VIRTUAL TABLE x USING VirtualOGR('/etc/passwd')",
            "CREATE VIRTUAL TABLE x USING VirtualOGR('a') -- USING rtree(a)",
            "create /* */ virtual table x using fts5(a)",
        ],
    )
    def test_tables_made_by_other_modules(self, tmp_path: Path, statement: str) -> None:
        path = sql(
            self._made(tmp_path),
            "PRAGMA writable_schema = ON",
            "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES "
            f"('table', 'x', 'x', 0, '{statement.replace(chr(39), chr(39) * 2)}')",
        )
        assert refused(path, tmp_path) in ("gpkg_virtual", "gpkg_damaged")

    def test_columns_that_compute(self, tmp_path: Path) -> None:
        path = sql(self._made(tmp_path), "ALTER TABLE aree ADD COLUMN x TEXT AS (hex(zeroblob(9))) VIRTUAL")
        assert refused(path, tmp_path) == "gpkg_virtual"

    def test_cut_short_and_another_database(self, tmp_path: Path) -> None:
        path = self._made(tmp_path)
        path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
        assert refused(path, tmp_path) == "truncated"
        other = sql(tmp_path / "b.gpkg", "CREATE TABLE a (b)")
        assert refused(other, tmp_path) == "not_gpkg"

    def test_a_blob_that_is_no_geometry(self, tmp_path: Path) -> None:
        path = sql(self._made(tmp_path), "DROP TRIGGER IF EXISTS rtree_aree_geom_update4")
        data = path.read_bytes()
        wkb = SQUARE.wkb
        assert data.count(wkb) == 1
        path.write_bytes(data.replace(wkb, wkb[:5] + b"\xff\xff\xff\x7f" + wkb[9:]))
        with pytest.raises(Refusal, match="damaged") as caught:
            reading(path, tmp_path, "aree")
        assert str(tmp_path) not in str(caught.value.fault.values), "no path of ours is told"


class TestTable:
    def test_bombs(self, tmp_path: Path) -> None:
        (tmp_path / "wide.csv").write_text(",".join(f"c{n}" for n in range(5000)) + "\n")
        (tmp_path / "long.csv").write_text("x,y\n" + "1,2\n" * 50)
        (tmp_path / "cell.csv").write_text('x,y\n"' + "a" * 3_000_000 + '",2\n')
        (tmp_path / "head.csv").write_text("\n\n")
        few = Limits(features=10)
        for name, limits, code in (
            ("wide", Limits(), "too_many_fields"),
            ("long", few, "too_many_features"),
            ("cell", Limits(), "csv_damaged"),
            ("head", Limits(), "csv_head"),
        ):
            with pytest.raises(Refusal, match=code):
                reading(tmp_path / f"{name}.csv", tmp_path, name, limits=limits, crs="EPSG:4326")

    def test_deep_text_geometry_and_not_a_number(self, tmp_path: Path) -> None:
        deep = "GEOMETRYCOLLECTION(" * 5000 + "POINT(1 1)" + ")" * 5000
        (tmp_path / "a.csv").write_text(f'wkt\n"{deep}"\nPOINT(nan inf)\nPOINT(13.36 38.11)\n')
        one, two, three = reading(tmp_path / "a.csv", tmp_path, "a", crs="EPSG:4326").features
        assert (one.geometry, two.geometry) == (None, None)
        assert three.geometry is not None

    def test_long_texts_are_cut(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("wkt,t\nPOINT(13.36 38.11),abcdefgh\n")
        (one,) = reading(
            tmp_path / "a.csv", tmp_path, "a", limits=Limits(text_chars=4), crs="EPSG:4326"
        ).features
        assert one.properties["t"] == "abcd"
        assert one.faults[0].code == "text_cut"


def test_ten_million_points_in_a_geopackage_end_within_the_limits(tmp_path: Path) -> None:
    """A file under the size limit that would need more than its share of memory or points."""
    line = shapely.linestrings(np.zeros((3_000_000, 2)) + 13.0)
    path = write(tmp_path / "a.gpkg", "GPKG", [line], layer="a")
    with pytest.raises(Unreadable) as caught:
        read_layer(path, "a.gpkg", "a", place=PLACE)
    assert caught.value.fault.code in ("too_many_vertices", "memory", "crashed")
