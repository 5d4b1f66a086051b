"""The files are valid GeoJSON, whatever people write."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from sqlalchemy.orm import Session

from mobility.exports.orders import WHAT
from tests.exports.town import SLUG, Town, add_comment, add_vote

NASTY = [
    "{{7*7}} {% raw %} ${x}",
    'quotes " and \' and \\ and \\" and \\u0000',
    "lines\nand\r\ntabs\tand\u2028separators\u2029",
    "emoji 🚲🏛️ and combined é, Arabic مرحبا, Greek Ψ",
    "control \x01\x02\x08\x0b\x1f\x7f characters",
    "</script><script>alert(1)</script>",
    '"}}],"features":[{"type":"Feature"',
    "\\.",
    ",",
]

Read = Callable[..., dict[str, Any]]


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for item in value:
            yield from numbers(item)
    else:
        yield value


@pytest.fixture
def spoken(people: Session, town: Town) -> None:
    add_comment(people, town, segment="M1-01", measure="M1", snap_distance_m=3.14159)
    add_comment(people, town, stance="against", topic="noise", geom="SRID=4326;POINT(13.1 38.2)")
    add_vote(people, town, "M1-01", 2)
    add_vote(people, town, "M1", -1, level=3)


@pytest.mark.parametrize("what", WHAT)
def test_is_what_rfc_7946_asks_for(what: str, read: Read, raw: Callable[..., bytes], spoken: None) -> None:
    found = read(what)
    assert found["type"] == "FeatureCollection"
    assert b'"crs"' not in raw(what)
    assert found["features"]
    assert found["count"] == len(found["features"])
    for feature in found["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert not shape.has_z
        assert all(abs(number) <= 180 for number in numbers(feature["geometry"].get("coordinates", [])))


@pytest.mark.parametrize("what", WHAT)
def test_coordinates_have_at_most_seven_decimals(what: str, raw: Callable[..., bytes], spoken: None) -> None:
    shapes = re.findall(rb'"coordinates":(\[[^a-z]*\])', raw(what))
    assert shapes
    assert not [shape for shape in shapes if re.search(rb"\.\d{8}", shape)]


@pytest.mark.parametrize("what", ["segments", "measures", "cells"])
def test_outer_rings_run_counterclockwise_and_holes_clockwise(what: str, read: Read, spoken: None) -> None:
    polygons = [
        part
        for feature in read(what)["features"]
        for part in shapely.get_parts(shapely.geometry.shape(feature["geometry"]))
        for part in shapely.get_parts(part)
        if part.geom_type == "Polygon"
    ]
    assert polygons
    for polygon in polygons:
        assert polygon.exterior.is_ccw
        assert not any(hole.is_ccw for hole in polygon.interiors)
    if what != "cells":
        assert any(polygon.interiors for polygon in polygons)


def test_whatever_is_written_comes_back_as_it_was(people: Session, town: Town, read: Read) -> None:
    for text in NASTY:
        add_comment(people, town, text)
    found = read("comments")["features"]
    assert {feature["properties"]["text"] for feature in found} == set(NASTY)


def test_place_and_language_of_people_are_escaped_too(people: Session, town: Town, read: Read) -> None:
    add_comment(people, town, place={"en": 'Via "Roma"\n\x02\\'}, language='x","y":"z')
    (feature,) = read("comments")["features"]
    assert feature["properties"]["place"] == 'Via "Roma"\n\x02\\'
    assert feature["properties"]["language"] == 'x","y":"z'


def test_head_names_plan_licence_and_time(read: Read, spoken: None) -> None:
    found = read("comments", topic="safety", language="it")
    assert found["licence"] == "CC-BY-4.0"
    assert found["attribution"] == "Dati del comune"
    assert found["plan"] == {"slug": SLUG, "title": "Piano", "url": f"https://town.example/plans/{SLUG}"}
    assert found["filters"] == {"topic": "safety"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found["exported_at"])


def test_ids_are_those_of_the_platform_and_times_carry_a_zone(
    people: Session, town: Town, read: Read
) -> None:
    comment = add_comment(people, town)
    (feature,) = read("comments")["features"]
    assert feature["id"] == comment.id
    assert feature["properties"]["url"] == f"https://town.example/plans/{SLUG}/comments/{comment.id}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", feature["properties"]["created_at"])
    assert [feature["id"] for feature in read("segments")["features"]] == ["M1-01", "M1-02", "M2-01"]
    assert [feature["id"] for feature in read("measures")["features"]] == ["M1", "M2"]
    (cell,) = read("cells", zoom=15)["features"]
    assert re.fullmatch(r"15/\d+/\d+", cell["id"])


def test_texts_follow_the_language_and_fall_back(read: Read) -> None:
    italian, english = (read("segments", language=tag)["features"][0]["properties"] for tag in ("it", "en"))
    assert (italian["span"], english["span"]) == ("tra A e B", "between A and B")
    assert italian["heritage"] == [
        {"zone": "Z1", "name": "Zona", "kind": "buffer", "status": "illustrative", "share": 0.5}
    ]
    measure = read("measures", language="en")["features"][0]["properties"]
    assert measure["summary"] == "Solo in italiano"
    assert measure["before"] is None
    assert measure["office"] == "Ufficio strade"
    assert measure["exemptions"] == ["residents"]


def test_a_measure_is_drawn_by_all_its_segments(read: Read) -> None:
    first, second = read("measures")["features"]
    shapes = shapely.geometry.shape(first["geometry"])
    assert {part.geom_type for part in shapely.get_parts(shapes)} == {"LineString", "Polygon"}
    assert second["geometry"]["type"] == "Point"
    assert first["properties"]["segments"] == 2
    assert first["properties"]["length_m"] == 123.5


@pytest.mark.parametrize("what", WHAT)
def test_gdal_reads_it(what: str, raw: Callable[..., bytes], spoken: None, tmp_path: Path) -> None:
    path = tmp_path / f"{what}.geojson"
    path.write_bytes(raw(what))
    meta, _fids, shapes, _fields = pyogrio.raw.read(path)
    count = json.loads(path.read_text("utf-8"))["count"]
    assert meta["crs"] == "EPSG:4326"
    assert len(shapes) == count
    assert pyogrio.list_layers(path)[0][0] == f"{SLUG}-{what}"
    if program := shutil.which("ogrinfo"):
        said = subprocess.run([program, "-al", "-so", path], capture_output=True, text=True, check=True)
        assert f"Feature Count: {count}" in said.stdout
