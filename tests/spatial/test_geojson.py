"""GeoJSON written strictly and read with limits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from mobility.spatial import geojson as gj
from tests.spatial.shapes import BOX, CENTRE, MAQUEDA, lines, points, stars

RING = [[13.36, 38.11], [13.37, 38.11], [13.37, 38.12], [13.36, 38.11]]


@given(st.one_of(points, lines, stars()))
def test_a_geometry_written_and_read_is_the_same(shape):
    text = gj.dumps(gj.encode_geometry(shape))
    back = gj.read_geometry(gj.parse(text.encode())).geometry
    assert back.normalize().equals_exact(shape.normalize(), 1e-7)


@given(stars())
def test_written_rings_are_right_handed(star):
    ring = gj.encode_geometry(star)["coordinates"][0]
    assert Polygon(ring).exterior.is_ccw


def test_features_and_collections():
    made = gj.feature(Point(13.12345678901, 38.0), {"n": 1}, "P1-01")
    assert made["geometry"]["coordinates"] == (13.1234568, 38.0)
    document = gj.collection([made, gj.feature(None, {})], bbox=BOX, licence="CC-BY-4.0")
    assert list(document) == ["type", "licence", "bbox", "features"]
    assert "crs" not in document
    with pytest.raises(ValueError, match="crs"):
        gj.collection([], crs="EPSG:3857")


def test_bbox_of_all():
    assert gj.bbox_of([Point(CENTRE), MAQUEDA]) == MAQUEDA.bounds
    assert gj.bbox_of([]) is None


def test_not_a_number_is_never_written():
    with pytest.raises(ValueError):
        gj.dumps({"x": float("nan")})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * 40 + b"]" * 40, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a": NaN}', "not_finite"),
        (b'{"a": -Infinity}', "not_finite"),
        (b'{"a": 1', "truncated"),
        (b'{"a": "Via Ma', "truncated"),
        (b'{"a": ]', "not_json"),
        (b"", "not_json"),
        (b"\xff\xfe", "not_utf8"),
        (b" " * 101, "too_large"),
        (b"9" * 5000, "not_json"),
    ],
)
def test_bad_documents(data, code):
    size = 100 if code == "too_large" else 10_000_000
    with pytest.raises(gj.GeoJSONError) as caught:
        gj.parse(data, gj.Limits(size=size))
    assert caught.value.code == code


def test_constants_may_be_read_as_numbers():
    assert gj.parse(b"[Infinity]", gj.Limits(constants=True)) == [float("inf")]


def test_a_fault_names_its_line():
    with pytest.raises(gj.GeoJSONError) as caught:
        gj.parse(b'{\n "a": 1,\n "b": x }')
    assert (caught.value.details["line"], caught.value.details["column"]) == (3, 7)


def test_brackets_in_strings_are_no_depth():
    assert gj.parse(b'{"a": "' + b"[" * 100 + b'\\""}') == {"a": "[" * 100 + '"'}


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_what_json_reads_we_read(value):
    assert gj.parse(json.dumps(value).encode(), gj.Limits(depth=100)) == value


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (None, "type"),
        ({"type": "Circle", "coordinates": [1, 2]}, "type"),
        ({"type": "GeometryCollection", "geometries": []}, "type"),
        ({"type": [], "coordinates": [1, 2]}, "type"),
        ({"type": "Point"}, "shape"),
        ({"type": "Point", "coordinates": ["13", "38"]}, "shape"),
        ({"type": "Point", "coordinates": [True, 38]}, "shape"),
        ({"type": "Point", "coordinates": [13.3]}, "shape"),
        ({"type": "LineString", "coordinates": [13.3, 38.1]}, "shape"),
        ({"type": "Point", "coordinates": [13.3, 1e999]}, "not_finite"),
        ({"type": "Point", "coordinates": [13, 10**400]}, "not_finite"),
        ({"type": "Point", "coordinates": [13.3, 38.1, 0, 0]}, "too_many_dimensions"),
        ({"type": "Point", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": [[]]}, "empty"),
        ({"type": "LineString", "coordinates": [[13.3, 38.1]]}, "too_few"),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "unclosed"),
        ({"type": "MultiPolygon", "coordinates": [[RING[:1] * 3]]}, "too_few"),
    ],
)
def test_bad_geometries(source, code):
    with pytest.raises(gj.GeoJSONError) as caught:
        gj.read_geometry(source)
    assert caught.value.code == code


def test_heights_are_dropped_and_told():
    reading = gj.read_geometry({"type": "Point", "coordinates": [13.3, 38.1, 25.0]})
    assert reading.had_heights
    assert not reading.geometry.has_z
    assert not gj.read_geometry({"type": "Polygon", "coordinates": [RING]}).had_heights
