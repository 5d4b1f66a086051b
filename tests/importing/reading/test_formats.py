"""Each format a planner may bring is read right, or says what is missing."""

import zipfile
from pathlib import Path

import pytest
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from mobility.importing.reading.model import Columns, Refusal
from tests.importing.reading.makers import (
    BOW,
    NAMES,
    SQUARE,
    STREETS,
    feature,
    geojson,
    inspected,
    metres,
    projected,
    reading,
    shapefile,
    write,
    zipped,
)

SICILY = "Italy zone 2 + Monte Mario to WGS 84 (3)"


@pytest.mark.parametrize("epsg", [3004, 6708, 7792, 25833, 32633, 32632, 3003, 3857, 4326])
def test_streets_in_any_system_come_to_their_place(tmp_path: Path, epsg: int) -> None:
    moved = [projected(street, epsg) for street in STREETS]
    path = write(tmp_path / "assi.gpkg", "GPKG", moved, crs=f"EPSG:{epsg}", layer="assi")
    done = reading(path, tmp_path, "assi")
    for one, street in zip(done.features, STREETS, strict=True):
        assert metres(one.geometry, street) < (1.0 if epsg in (3003, 3004) else 0.01)


@pytest.mark.parametrize(
    ("epsg", "accuracy"), [(3004, 4.0), (3003, 4.0), (6708, 1.0), (25833, 1.0), (32633, 0.0)]
)
def test_the_operation_is_that_of_the_place_with_its_accuracy(
    tmp_path: Path, epsg: int, accuracy: float
) -> None:
    path = write(tmp_path / "a.gpkg", "GPKG", [projected(STREETS[0], epsg)], crs=f"EPSG:{epsg}", layer="a")
    operation = reading(path, tmp_path, "a").operation
    assert operation is not None
    assert operation.accuracy_m == accuracy
    if epsg == 3004:
        assert operation.name == SICILY
    if epsg == 3003:
        assert operation.name.endswith("Monte Mario to WGS 84 (3)"), (
            "the shift of Sicily, not of the mainland"
        )


def test_nothing_is_done_to_lon_lat(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [feature(STREETS[0])])
    assert reading(path, tmp_path, "a").operation is None


def test_geopackage_with_several_layers_and_a_table(tmp_path: Path) -> None:
    path = write(tmp_path / "piano.gpkg", "GPKG", [*STREETS], layer="strade")
    write(path, "GPKG", [projected(SQUARE, 3004)], crs="EPSG:3004", layer="aree", append=True)
    write(path, "GPKG", [None], crs=None, layer="residenti", append=True, fields={"n": [7]})
    found = inspected(path, tmp_path)
    strade, aree, table = (found.layer(name) for name in ("strade", "aree", "residenti"))
    assert strade is not None
    assert strade.crs is not None
    assert (strade.count, strade.crs.code, strade.crs.plausible) == (2, "EPSG:4326", True)
    assert aree is not None
    assert aree.geometry_types == ("Polygon",)
    assert table is not None
    assert not table.has_geometry
    assert [note.code for note in table.notes] == ["no_geometries"]


def test_fields_have_their_kinds_and_samples(tmp_path: Path) -> None:
    rows = [
        feature(STREETS[0], nome="Via Roma", corsie=2, largo=7.5, attivo=True, dal="2020-01-02"),
        feature(STREETS[1], nome="Via Lincoln", corsie=None, largo=None, attivo=None, dal=None),
    ]
    found = inspected(geojson(tmp_path / "a.geojson", rows), tmp_path)
    kinds = {one.name: one.kind for one in found.layers[0].fields}
    assert kinds == {
        "nome": "text",
        "corsie": "integer",
        "largo": "number",
        "attivo": "boolean",
        "dal": "date",
    }
    assert found.layers[0].fields[0].samples == ("Via Roma", "Via Lincoln")
    first, second = reading(tmp_path / "a.geojson", tmp_path, "a").features
    assert first.properties == {
        "nome": "Via Roma",
        "corsie": 2,
        "largo": 7.5,
        "attivo": True,
        "dal": "2020-01-02",
    }
    assert set(second.properties.values()) == {"Via Lincoln", None}


class TestShapefile:
    def test_system_and_latin_letters_by_its_companions(self, tmp_path: Path) -> None:
        moved = [projected(street, 3004) for street in STREETS]
        path = shapefile(tmp_path, moved, crs="EPSG:3004", encoding="ISO-8859-1", kind="LineString")
        layer = inspected(path, tmp_path).layers[0]
        assert layer.crs is not None
        assert (layer.name, layer.encoding, layer.crs.code) == ("strade", "ISO-8859-1", "EPSG:3004")
        done = reading(path, tmp_path, "strade")
        assert done.features[1].properties["name"] == f"{NAMES[1]} 1"
        assert metres(done.features[0].geometry, STREETS[0]) < 1

    @pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-8"])
    def test_letters_are_guessed_without_cpg(self, tmp_path: Path, encoding: str) -> None:
        path = shapefile(tmp_path, STREETS, encoding=encoding, kind="LineString", leave_out=("cpg",))
        done = reading(path, tmp_path, "strade")
        assert done.features[1].properties["name"] == f"{NAMES[1]} 1"
        assert [note.code for note in done.notes] == ["encoding_guessed"]

    def test_a_wrong_cpg_is_told(self, tmp_path: Path) -> None:
        path = shapefile(tmp_path, STREETS, encoding="ISO-8859-1", kind="LineString", leave_out=("cpg",))
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("strade.cpg", "UTF-8")
        done = reading(path, tmp_path, "strade")
        assert done.features[1].properties["name"] == f"{NAMES[1]} 1"
        assert [note.code for note in done.notes] == ["encoding_wrong"]

    def test_without_prj_the_system_is_guessed_and_must_be_chosen(self, tmp_path: Path) -> None:
        moved = [projected(street, 3004) for street in STREETS]
        path = shapefile(tmp_path, moved, crs="EPSG:3004", kind="LineString", leave_out=("prj",))
        layer = inspected(path, tmp_path).layers[0]
        assert layer.crs is not None
        assert layer.crs.code is None
        assert layer.crs.source == "guess"
        assert layer.crs.candidates[0].code == "EPSG:3004"
        assert layer.crs.candidates[0].plausible
        with pytest.raises(Refusal, match="crs_missing"):
            reading(path, tmp_path, "strade")
        done = reading(path, tmp_path, "strade", crs="EPSG:3004")
        assert metres(done.features[0].geometry, STREETS[0]) < 1

    def test_several_in_one_zip_and_without_index(self, tmp_path: Path) -> None:
        members: dict[str, bytes] = {}
        for name, shapes, kind in (("strade", STREETS, "LineString"), ("aree", [SQUARE], "Polygon")):
            with zipfile.ZipFile(shapefile(tmp_path, shapes, name=name, kind=kind)) as archive:
                members |= {f"piano/{one.upper()}": archive.read(one) for one in archive.namelist()}
        members.pop("piano/STRADE.SHX")
        path = zipped(tmp_path / "tutto.zip", members)
        assert {layer.name for layer in inspected(path, tmp_path).layers} == {"AREE", "STRADE"}
        assert metres(reading(path, tmp_path, "STRADE").features[1].geometry, STREETS[1]) < 0.01

    def test_alone_it_says_what_is_missing(self, tmp_path: Path) -> None:
        (tmp_path / "a.shp").write_bytes(b"\x00\x00\x27\x0a")
        with pytest.raises(Refusal, match="shp_alone"):
            inspected(tmp_path / "a.shp", tmp_path)


def test_kml_folders_are_layers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.kml", "LIBKML", [*STREETS], layer="Strade")
    layer = inspected(path, tmp_path).layers[0]
    assert (layer.name, layer.geometry_types) == ("Strade", ("LineString",))
    assert [one.name for one in layer.fields] == ["Name", "description"]
    kmz = zipped(tmp_path / "a.kmz", {"doc.kml": path.read_bytes()})
    done = reading(kmz, tmp_path, "Strade")
    assert metres(done.features[0].geometry, STREETS[0]) < 0.01


@pytest.mark.parametrize("epsg", [25833, 6708, 4326])
def test_gml_with_either_order_of_axes(tmp_path: Path, epsg: int) -> None:
    moved = [projected(street, epsg) for street in STREETS]
    path = write(tmp_path / "a.gml", "GML", moved, crs=f"EPSG:{epsg}", layer="assi")
    done = reading(path, tmp_path, "assi")
    assert metres(done.features[0].geometry, STREETS[0]) < 0.01
    assert done.features[0].fid == "assi.0"
    assert list(done.features[0].properties) == ["name"]


def test_dxf_never_says_its_system(tmp_path: Path) -> None:
    moved = [projected(street, 32633) for street in STREETS]
    path = write(tmp_path / "a.dxf", "DXF", moved, crs=None, fields={"Layer": ["0", "0"]})
    layer = inspected(path, tmp_path).layers[0]
    assert layer.crs is not None
    assert layer.crs.code is None
    assert layer.crs.candidates[0].code == "EPSG:32633"
    done = reading(path, tmp_path, layer.name, crs="EPSG:32633")
    assert metres(done.features[0].geometry, STREETS[0]) < 0.01


class TestTable:
    def test_italian_numbers_and_columns(self, tmp_path: Path) -> None:
        text = "nome;Longitudine;Latitudine;cap\nFontana;13,3614;38,1157;090133\nPozzo;;;090134\n"
        (tmp_path / "a.csv").write_text(text, "utf-8")
        layer = inspected(tmp_path / "a.csv", tmp_path).layers[0]
        assert layer.columns == Columns("Longitudine", "Latitudine")
        assert layer.crs is not None
        assert layer.crs.candidates[0].code == "EPSG:4326"
        first, second = reading(tmp_path / "a.csv", tmp_path, "a", crs="EPSG:4326").features
        assert (first.geometry.x, first.geometry.y) == (13.3614, 38.1157)
        assert first.properties["cap"] == "090133", "a code keeps its zero"
        assert second.geometry is None
        assert [fault.code for fault in second.faults] == ["no_geometry"]

    def test_columns_the_wrong_way_round_are_noticed(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("x,y\n38.1157,13.3614\n38.1165,13.3615\n", "utf-8")
        crs = inspected(tmp_path / "a.csv", tmp_path).layers[0].crs
        assert crs is not None
        assert crs.candidates[0].code == "EPSG:4326;yx"
        done = reading(tmp_path / "a.csv", tmp_path, "a", crs="EPSG:4326;yx")
        assert done.features[0].geometry.equals(Point(13.3614, 38.1157))

    def test_text_geometry_and_western_letters(self, tmp_path: Path) -> None:
        rows = [f'1,"{STREETS[0].wkt}",Libertà', "2,SRID=4326;POINT (13.4 38.1),Città", "3,POINT (x),Là"]
        text = "\n".join(["id,geom,nome", *rows])
        (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
        layer = inspected(tmp_path / "a.csv", tmp_path).layers[0]
        assert layer.columns == Columns(wkt="geom")
        done = reading(tmp_path / "a.csv", tmp_path, "a", crs="EPSG:4326", columns=Columns(wkt="geom"))
        assert [one.properties["nome"] for one in done.features] == ["Libertà", "Città", "Là"]
        assert [one.geometry is None for one in done.features] == [False, False, True]
        assert done.features[2].faults[0].code == "shape_unknown"
        assert "encoding_guessed" in [note.code for note in done.notes]

    def test_without_place_it_asks_for_columns(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("nome,residenti\nKalsa,8478\n", "utf-8")
        layer = inspected(tmp_path / "a.csv", tmp_path).layers[0]
        assert not layer.has_geometry
        assert [note.code for note in layer.notes] == ["choose_columns"]
        with pytest.raises(Refusal, match="no_column"):
            reading(tmp_path / "a.csv", tmp_path, "a", crs="EPSG:4326", columns=Columns("lon", "lat"))


class TestGeometry:
    def test_heights_are_dropped_and_told(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [feature(Point(13.36, 38.11, 25.0))])
        done = reading(path, tmp_path, "a")
        assert not done.features[0].geometry.has_z
        assert [note.code for note in done.notes] == ["heights_dropped"]

    def test_crossing_rings_are_mended_and_told(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [feature(BOW), feature(SQUARE)])
        mended, sound = reading(path, tmp_path, "a").features
        assert isinstance(mended.geometry, MultiPolygon)
        assert mended.geometry.is_valid
        assert [fault.code for fault in mended.faults] == ["mended"]
        assert mended.faults[0].values["lon"] == 13.355
        assert not sound.faults

    def test_flat_rings_and_lines_without_length_are_refused_one_by_one(self, tmp_path: Path) -> None:
        flat = Polygon([(13.3, 38.1), (13.4, 38.1), (13.35, 38.1)])
        dot = LineString([(13.3, 38.1), (13.3, 38.1)])
        path = geojson(tmp_path / "a.geojson", [feature(flat), feature(dot), feature(None)])
        found = reading(path, tmp_path, "a").features
        assert [one.geometry for one in found] == [None, None, None]
        assert [one.faults[0].code for one in found] == ["not_mendable", "no_length", "no_geometry"]

    def test_mixed_kinds_and_collections_are_told(self, tmp_path: Path) -> None:
        both = GeometryCollection([Point(13.36, 38.11), STREETS[0]])
        path = geojson(tmp_path / "a.geojson", [feature(SQUARE), feature(STREETS[0]), feature(both)])
        done = reading(path, tmp_path, "a")
        assert [note.code for note in done.notes] == ["mixed"]
        assert done.features[2].faults[0].code == "collection"

    def test_far_away_and_off_the_earth(self, tmp_path: Path) -> None:
        rows = [feature(Point(9.19, 45.46)), feature(Point(500, 95)), feature(STREETS[0])]
        far, off, good = reading(geojson(tmp_path / "a.geojson", rows), tmp_path, "a").features
        assert far.faults[0].code == "far"
        assert far.faults[0].values["km"] > 800
        assert off.geometry is None
        assert off.faults[0].code == "off_earth"
        assert not good.faults

    def test_an_implausible_system_brings_guesses(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [feature(projected(street, 25833)) for street in STREETS])
        crs = inspected(path, tmp_path).layers[0].crs
        assert crs is not None
        assert (crs.code, crs.plausible) == ("EPSG:4326", False)
        assert crs.candidates[0].code == "EPSG:32633", "the same place within centimetres"

    def test_an_empty_layer_says_so(self, tmp_path: Path) -> None:
        path = geojson(tmp_path / "a.geojson", [])
        assert [note.code for note in inspected(path, tmp_path).layers[0].notes] == ["empty_layer"]
        done = reading(path, tmp_path, "a")
        assert (done.features, done.notes[0].code) == ([], "empty_layer")
