"""What is written to a file can be read from it again: import(export(x)) = x, for every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from defusedxml import ElementTree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from mobility.consultation.filters import CommentFilter
from mobility.exports.orders import WHAT, Order
from mobility.exports.services import database_dsn, write_export
from mobility.exports.tables import columns_of, value_of
from tests.exports.town import SLUG, Town, add_comment, add_vote

NASTY = (
    "=1+1", "+39 091", "-2", "@SUM(A1)", "\t=1", "\r\n=1", "   =HYPERLINK(\"x\")", "'already",
    "＝1",
    "\u200b=1",
    "a,b;c\t\"d\"\n\ne\r\nf\rg", "emoji 🚲🏛️ é مرحبا Ψ \u2028\u2029", "<b>&amp;]]>{{7*7}}%s",
    "_x0041_ _x005F_",
    "1e5", "00123", "TRUE", "NULL", "2026-01-01", "\\N", "\\.", " ", "x" * 3000, "http://a.example/?a=1&b=2",
)  # fmt: skip
SHAPES = st.one_of(
    st.tuples(st.floats(13.1, 13.6), st.floats(38.0, 38.3)).map(lambda at: shapely.Point(*at)),
    st.lists(
        st.tuples(st.floats(13.1, 13.6), st.floats(38.0, 38.3)), min_size=2, max_size=8, unique=True
    ).map(shapely.LineString),
    st.tuples(st.floats(13.1, 13.5), st.floats(38.0, 38.2), st.floats(0.001, 0.05)).map(
        lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[2])
    ),
)
WORDS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=80),
)
SAID = st.lists(st.tuples(WORDS, SHAPES | st.none(), st.sampled_from(["for", "against"])), max_size=6)

Things = dict[Any, tuple[dict[str, Any], shapely.Geometry | None]]
"""Id → properties and shape."""


def order(what: str, **changes: Any) -> Order:
    return Order(
        what, SLUG, CommentFilter(), "en", 18, "https://town.example", False, datetime.now(UTC), **changes
    )


def export(folder: Path, what: str, form: str, **changes: Any) -> Path:
    path = folder / f"{what}.{form}"
    path.unlink(missing_ok=True)
    write_export(database_dsn(), order(what, **changes), form=form, path=path)
    return path


def expected(path: Path, what: str) -> Things:
    """What the GeoJSON file holds, as a table has it."""
    found = json.loads(path.read_text("utf-8"))
    columns = columns_of(what)
    return {
        feature["id"]: (
            {column.name: value_of(feature["properties"][column.name], column) for column in columns},
            shapely.geometry.shape(feature["geometry"]) if feature["geometry"] else None,
        )
        for feature in found["features"]
    }


def from_gdal(path: Path, what: str) -> Things:
    """All layers of one kind in a file, as GDAL reads them."""
    found: Things = {}
    for layer, kind in pyogrio.list_layers(path):
        if kind is None or (path.suffix == ".gpkg" and layer.partition("_")[0] != what):
            continue
        meta, _fids, places, values = pyogrio.raw.read(path, layer=layer, datetime_as_string=True)
        for row in range(len(places)):
            given = {name: plain(values[i][row]) for i, name in enumerate(meta["fields"])}
            place = places[row]
            found[given.pop("id")] = (given, shapely.from_wkb(place) if place is not None else None)
    return found


def plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and np.isnan(value) else value


def from_csv(path: Path, what: str) -> Things:
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    return {
        typed(row.pop("id"), "integer" if what == "comments" else "text"): (
            {column.name: typed(row[column.name], column.type) for column in columns_of(what)},
            shapely.from_wkt(row["wkt"]) if row["wkt"] else None,
        )
        for row in rows
    }


def typed(cell: str, kind: str) -> Any:
    if cell == "":
        return None
    if kind in ("integer", "real"):
        return int(cell) if kind == "integer" else float(cell)
    if kind == "boolean":
        return {"true": True, "false": False}[cell]
    return cell.removeprefix("'")


def from_workbook(path: Path, what: str) -> Things:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book[what].iter_rows(values_only=True)
    names = next(rows)
    found: Things = {}
    for cells in rows:
        given = dict(zip(names, cells, strict=True))
        place = given.pop("wkt")
        key = given.pop("id")
        own = {column.name: from_cell(given[column.name], column.type) for column in columns_of(what)}
        found[key] = (own, shapely.from_wkt(place) if place else None)
    return found


def from_cell(value: Any, kind: str) -> Any:
    if kind == "time" and value is not None:
        return value.replace(tzinfo=UTC).isoformat(timespec="seconds")
    return unescape(value) if isinstance(value, str) else value


def from_kml(path: Path, what: str) -> Things:
    """The properties as they stand in the XML; places as GDAL reads them."""
    space = "{http://www.opengis.net/kml/2.2}"
    kinds = {column.name: column.type for column in columns_of(what)} | {
        "id": "integer" if what == "comments" else "text"
    }
    marks = list(ElementTree.parse(path).getroot().iter(f"{space}Placemark"))
    places = pyogrio.raw.read(path)[2] if marks else []
    found: Things = {}
    for mark, place in zip(marks, places, strict=True):
        given: dict[str, Any] = dict.fromkeys(kinds)
        for cell in mark.iter(f"{space}SimpleData"):
            name, said = cell.attrib["name"], cell.text or ""
            kind = kinds[name]
            given[name] = {"integer": int, "real": float, "boolean": lambda n: n == "1"}.get(kind, str)(said)
        shape = shapely.force_2d(shapely.from_wkb(place)) if place is not None else None
        found[given.pop("id")] = (given, shape)
    return found


READERS: dict[str, Callable[[Path, str], Things]] = {
    "gpkg": from_gdal, "fgb": from_gdal, "csv": from_csv, "xlsx": from_workbook, "kml": from_kml,
}  # fmt: skip


def same_text(one: str, form: str) -> str:
    """What a format can hold of a text: XML knows no control characters."""
    if form == "kml":
        return "".join(
            ch if ch in "\t\n\r" or (ch >= " " and ch not in "\ufffe\uffff") else "\ufffd" for ch in one
        )
    return one


def assert_same(found: Things, wanted: Things, form: str) -> None:
    assert set(found) == set(wanted)
    for key, (properties, shape) in wanted.items():
        got, place = found[key]
        for name, value in properties.items():
            other = got[name]
            if isinstance(value, str):
                value = same_text(value, form)
            if name in ("created_at", "updated_at") and other:
                value, other = (datetime.fromisoformat(str(each)) for each in (value, other))
            if isinstance(value, float):
                assert other == pytest.approx(value), (form, key, name)
            else:
                assert other == value, (form, key, name)
        assert (place is None) == (shape is None), (form, key)
        if shape is not None:
            assert place.geom_type == shape.geom_type
            assert shapely.equals_exact(place.normalize(), shape.normalize(), tolerance=1.01e-7)


@pytest.fixture
def spoken(people: Session, town: Town) -> None:
    add_comment(people, town, segment="M1-01", measure="M1", snap_distance_m=3.14159)
    add_comment(people, town, scope="plan", geom=None, place={})
    line = "SRID=4326;LINESTRING(13.3 38.1, 13.4 38.2)"
    add_comment(people, town, scope="drawing", drawing=line)
    area = "SRID=4326;POLYGON((13.3 38.1, 13.4 38.1, 13.4 38.2, 13.3 38.1))"
    add_comment(people, town, stance="against", scope="drawing", drawing=area)
    add_vote(people, town, "M1-01", 2)
    add_vote(people, town, "M1", -1, level=3, group="cyclists")
    people.commit()


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("what", WHAT)
def test_what_is_written_can_be_read_again(what: str, form: str, spoken: None, tmp_path: Path) -> None:
    wanted = expected(export(tmp_path, what, "geojson"), what)
    assert wanted
    assert_same(READERS[form](export(tmp_path, what, form), what), wanted, form)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=SAID, street=WORDS)
def test_whatever_people_write_and_draw_comes_back(
    said: list[Any], street: str, people: Session, town: Town, tmp_path: Path
) -> None:
    people.execute(sql("TRUNCATE comment CASCADE"))
    people.execute(sql("UPDATE segment SET street = :street WHERE code = 'M1-01'"), {"street": street})
    for words, shape, stance in said:
        drawn = {}
        if shape is None:
            drawn = {"scope": "plan", "geom": None}
        elif shape.is_valid and shape.length:
            drawn = {"scope": "drawing", "drawing": f"SRID=4326;{shape.wkt}"}
        elif shape.geom_type == "Point":
            drawn = {"geom": f"SRID=4326;{shape.wkt}"}
        add_comment(people, town, words, stance=stance, place={"en": words}, **drawn)
    people.commit()
    for what in ("comments", "segments"):
        wanted = expected(export(tmp_path, what, "geojson"), what)
        for form, read in READERS.items():
            assert_same(read(export(tmp_path, what, form), what), wanted, form)
