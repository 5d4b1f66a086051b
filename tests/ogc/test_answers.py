"""The answers equal a direct query: boxes, filters and systems, against plain SQL and PROJ."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import box, shape
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.exports.privacy import PUBLIC_SHAPE
from tests.ogc.conftest import SLUG

Read = Callable[..., dict[str, Any]]
Items = Callable[..., list[dict[str, Any]]]
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SYSTEMS = (4326, 3857, 32633, 25833, 3004)
RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PUBLIC = "comment.plan_id = (SELECT id FROM plan WHERE slug = :slug) AND comment.status = 'published'"
"""What everybody may see, as one would write it by hand."""


def ids(session: Session, where: str, **values: Any) -> list[int]:
    query = text(f"SELECT id FROM comment WHERE {PUBLIC} AND ({where}) ORDER BY id")
    return list(session.scalars(query, {"slug": SLUG, **values}))


def found(features: list[dict[str, Any]]) -> list[int]:
    return [feature["id"] for feature in features]


def moved(geometry: dict[str, Any], srid: int) -> shapely.Geometry:
    """A geometry of longitude and latitude in another system, by PROJ, x before y."""
    to = Transformer.from_crs(4326, srid, always_xy=True)
    return shapely.transform(shape(geometry), lambda p: np.column_stack(to.transform(p[:, 0], p[:, 1])))


@pytest.mark.parametrize("srid", SYSTEMS)
@pytest.mark.parametrize("name", ["segments", "zones", "comments", "cells"])
def test_coordinates_are_those_of_proj(name: str, srid: int, items: Items, voices: Session) -> None:
    """Within a centimetre, in the order of the axes that the system has."""
    plain = {feature["id"]: feature["geometry"] for feature in items(name)}
    for feature in items(name, crs=f"{EPSG}{srid}"):
        if feature["geometry"] is None:
            assert plain[feature["id"]] is None
            continue
        given_, wanted = shape(feature["geometry"]), moved(plain[feature["id"]], srid)
        if srid == 4326:
            given_ = shapely.transform(given_, lambda p: p[:, ::-1])
        here, there = shapely.get_coordinates(given_), shapely.get_coordinates(wanted)
        room = 2e-7 if srid == 4326 else 0.02
        assert len(here) == len(there)
        # The plain answer is rounded to a centimetre already.
        assert np.hypot(*(here - there).T).max() < room


def test_monte_mario_has_the_shift_of_sicily(items: Items, voices: Session) -> None:
    """Within a centimetre of PROJ from the stored point, and not where PostGIS would put it by the code."""
    to = Transformer.from_crs(4326, 3004, always_xy=True)
    query = text(
        "SELECT ST_X(p) AS lon, ST_Y(p) AS lat, ST_X(ST_Transform(p, 3004)) AS x,"
        " ST_Y(ST_Transform(p, 3004)) AS y"
        " FROM (SELECT ST_StartPoint(geom) AS p FROM segment WHERE code = :code) AS s"
    )
    checked = 0
    for feature in items("segments", crs=f"{EPSG}3004"):
        if feature["geometry"]["type"] != "LineString":
            continue
        x, y = feature["geometry"]["coordinates"][0]
        row = voices.execute(query, {"code": feature["id"]}).one()
        right = to.transform(row.lon, row.lat)
        assert np.hypot(x - right[0], y - right[1]) < 0.01
        assert 5 < np.hypot(x - row.x, y - row.y) < 10
        checked += 1
    assert checked > 10


def test_the_header_names_the_system(client: Any, voices: Session) -> None:
    url = f"/plans/{SLUG}/ogc/collections/segments/items"
    assert "CRS84" in client.get(url, query_string={"f": "json"}).headers["Content-Crs"]
    for srid in SYSTEMS:
        answer = client.get(url, query_string={"f": "json", "crs": f"{EPSG}{srid}"})
        assert answer.headers["Content-Crs"] == f"<{EPSG}{srid}>"


corners = st.tuples(
    st.floats(13.33, 13.38, allow_nan=False), st.floats(38.09, 38.14, allow_nan=False),
    st.floats(0.0005, 0.04), st.floats(0.0005, 0.04),
)  # fmt: skip


@RANDOM
@given(corner=corners, heights=st.booleans())
def test_a_box_finds_what_lies_in_it(
    corner: tuple[float, float, float, float], heights: bool, items: Items, voices: Session
) -> None:
    lon, lat, wide, tall = corner
    west, south, east, north = lon, lat, lon + wide, lat + tall
    edges = (west, south, 0, east, north, 99) if heights else (west, south, east, north)
    typed = ",".join(map(repr, edges))
    right = ids(
        voices, f"ST_Intersects({PUBLIC_SHAPE}, ST_MakeEnvelope(:w, :s, :e, :n, 4326))",
        w=west, s=south, e=east, n=north,
    )  # fmt: skip
    assert found(items("comments", bbox=typed)) == right


@pytest.mark.parametrize("srid", SYSTEMS)
def test_a_box_in_another_system_is_compared_in_that_system(srid: int, items: Items, voices: Session) -> None:
    everything = [feature for feature in items("comments") if feature["geometry"]]
    to = Transformer.from_crs(4326, srid, always_xy=True)
    x, y = to.transform(13.357, 38.108)
    size = 0.006 if srid == 4326 else 600
    edges = (y, x, y + size, x + size) if srid == 4326 else (x, y, x + size, y + size)
    here = box(x, y, x + size, y + size)
    right = [each["id"] for each in everything if moved(each["geometry"], srid).intersects(here)]
    typed = ",".join(map(repr, edges))
    assert found(items("comments", bbox=typed, bbox_crs=f"{EPSG}{srid}")) == right
    assert 0 < len(right) < len(everything)


def test_a_box_may_cross_the_180th_meridian(items: Items, voices: Session) -> None:
    assert items("comments", bbox="170,-10,-170,10") == []
    assert len(items("comments", bbox="13,-10,-170,60")) == len(items("comments", bbox="13,-10,180,60")) > 0


values = st.sampled_from(["for", "against", "idea", "question"])
days = st.dates(
    min_value=__import__("datetime").date(2026, 9, 1), max_value=__import__("datetime").date(2026, 12, 31)
)


@st.composite
def conditions(draw: Any) -> tuple[str, str]:
    """A condition in CQL2 and the same by hand."""
    kind = draw(
        st.sampled_from(
            ["equal", "in", "like", "topic", "null", "time", "between", "box", "and", "or", "not"]
        )
    )
    word = draw(values)
    if kind == "equal":
        op = draw(st.sampled_from(["=", "<>"]))
        return f"stance {op} '{word}'", f"stance {op} '{word}'"
    if kind == "in":
        listed = ", ".join(f"'{each}'" for each in {word, draw(values)})
        return f"stance IN ({listed})", f"stance IN ({listed})"
    if kind == "like":
        letter = draw(st.sampled_from("abcde"))
        return f"text LIKE '%{letter}_s%'", f"text LIKE '%{letter}_s%'"
    if kind == "topic":
        slug = draw(st.sampled_from(["safety", "noise", "heritage", "parking", "none"]))
        return f"topic = '{slug}'", f"(SELECT slug FROM topic WHERE id = topic_id) = '{slug}'"
    if kind == "null":
        return "measure IS NULL", "measure_id IS NULL"
    if kind == "time":
        day = draw(days)
        return (
            f"T_AFTER(created_at, TIMESTAMP('{day}T12:00:00Z'))",
            f"created_at > TIMESTAMPTZ '{day} 12:00:00+00'",
        )
    if kind == "between":
        low, high = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3))))
        return f"measure_version BETWEEN {low} AND {high}", f"measure_version BETWEEN {low} AND {high}"
    if kind == "box":
        lon, lat, wide, tall = draw(corners)
        shape_ = box(lon, lat, lon + wide, lat + tall).wkt
        return (
            f"S_INTERSECTS(geometry, {shape_})",
            f"ST_Intersects({PUBLIC_SHAPE}, ST_GeomFromText('{shape_}', 4326))",
        )
    ours, theirs = draw(conditions())
    if kind == "not":
        return f"NOT ({ours})", f"NOT ({theirs})"
    more, same = draw(conditions())
    return f"({ours}) {kind.upper()} ({more})", f"({theirs}) {kind.upper()} ({same})"


@RANDOM
@given(pair=conditions())
def test_a_filter_finds_what_the_same_condition_finds_by_hand(
    pair: tuple[str, str], items: Items, voices: Session
) -> None:
    ours, theirs = pair
    assert found(items("comments", filter=ours)) == ids(voices, theirs.replace("%", "%"))


@pytest.mark.parametrize(
    ("collection", "cql", "test"),
    [
        ("segments", "length_m > 100 AND retired = FALSE",
         lambda p: (p["length_m"] or 0) > 100 and not p["retired"]),
        ("segments", "street LIKE 'Via%'", lambda p: p["street"].startswith("Via")),
        ("segments", "CASEI(street) LIKE CASEI('vIA %')", lambda p: p["street"].lower().startswith("via ")),
        ("segments", "CASEI(street) IN ('VIA ROMA', CASEI('Via Maqueda'))",
         lambda p: p["street"] in ("Via Roma", "Via Maqueda")),
        ("segments", "CASEI(kind) = CASEI('TRAM')", lambda p: p["kind"] == "tram"),
        ("measures", "segments >= 3 OR kind = 'tram'", lambda p: p["segments"] >= 3 or p["kind"] == "tram"),
        ("measures", "uvar_block IS NOT NULL", lambda p: p["uvar_block"] is not None),
        ("cells", "comments >= 2 AND \"for\" > 0", lambda p: p["comments"] >= 2 and p["for"] > 0),
        ("zones", "kind = 'buffer' AND NOT status = 'official'",
         lambda p: p["kind"] == "buffer" and p["status"] != "official"),
        ("comments", "2 <= measure_version", lambda p: (p["measure_version"] or 0) >= 2),
        ("comments", "created_at >= DATE('2026-01-01') AND stance = 'idea'", lambda p: p["stance"] == "idea"),
    ],
)  # fmt: skip
def test_filters_agree_with_the_properties(
    collection: str, cql: str, test: Any, items: Items, voices: Session
) -> None:
    right = [each["id"] for each in items(collection) if test(each["properties"])]
    assert [each["id"] for each in items(collection, filter=cql)] == right


def test_text_and_json_say_the_same(items: Items, voices: Session) -> None:
    written = "stance IN ('for', 'idea') AND S_INTERSECTS(geometry, BBOX(13.35, 38.1, 13.37, 38.12))"
    node = {
        "op": "and",
        "args": [
            {"op": "in", "args": [{"property": "stance"}, ["for", "idea"]]},
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [13.35, 38.1, 13.37, 38.12]}]},
        ],
    }
    one = found(items("comments", filter=written))
    assert one == found(items("comments", filter=json.dumps(node), filter_lang="cql2-json"))
    assert one


def test_a_filter_may_speak_of_places_in_another_system(items: Items, voices: Session) -> None:
    to = Transformer.from_crs(4326, 3004, always_xy=True)
    x, y = to.transform(13.357, 38.108)
    here = box(x, y, x + 700, y + 700)
    right = [
        each["id"] for each in items("comments")
        if each["geometry"] and moved(each["geometry"], 3004).intersects(here)
    ]  # fmt: skip
    asked = items("comments", filter=f"S_INTERSECTS(geometry, {here.wkt})", filter_crs=f"{EPSG}3004")
    assert found(asked) == right
    turned = items(
        "comments", filter="S_INTERSECTS(geometry, BBOX(38.1, 13.35, 38.12, 13.37))", filter_crs=f"{EPSG}4326"
    )
    assert found(turned) == found(items("comments", bbox="13.35,38.1,13.37,38.12"))


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("2026-11-01/2026-11-10", "created_at >= '2026-11-01' AND created_at < '2026-11-11'"),
        ("../2026-11-10T00:00:00Z", "created_at <= '2026-11-10T00:00:00Z'"),
        ("2026-11-10T00:00:00Z/", "created_at >= '2026-11-10T00:00:00Z'"),
        ("2026-11-08", "created_at >= '2026-11-08' AND created_at < '2026-11-09'"),
        ("../..", "true"),
    ],
)
def test_a_time_finds_what_was_said_in_it(typed: str, where: str, items: Items, voices: Session) -> None:
    voices.execute(
        text("UPDATE comment SET created_at = '2026-11-01Z'::timestamptz + (id % 15) * '1 day'::interval")
    )
    voices.execute(text("SET LOCAL TimeZone = 'UTC'"))
    voices.commit()
    assert found(items("comments", datetime=typed)) == ids(voices, where)


def test_what_has_no_time_is_there_at_any_time(items: Items) -> None:
    assert len(items("segments", datetime="1999-01-01")) == len(items("segments"))


@pytest.mark.parametrize("name", ["stance", "topic", "phase", "measure", "channel"])
def test_a_property_is_a_parameter(name: str, items: Items, voices: Session) -> None:
    everything = items("comments")
    word = next(each["properties"][name] for each in everything if each["properties"][name])
    right = [each["id"] for each in everything if each["properties"][name] == word]
    assert found(items("comments", **{name: word})) == right
