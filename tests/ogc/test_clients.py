"""Real clients over HTTP: GDAL's driver as it comes with pyogrio, OWSLib, a validator of OpenAPI."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import numpy as np
import pyogrio
import pytest
import schemathesis
import shapely
from flask import Flask
from owslib.ogcapi.features import Features
from pyproj import CRS, Transformer
from sqlalchemy import text

from mobility.extensions import db
from tests.ogc.conftest import SLUG, make_token

COUNTS = """
SELECT (SELECT count(*) FROM measure WHERE plan_id = p.id) AS measures,
  (SELECT count(*) FROM segment WHERE plan_id = p.id) AS segments,
  (SELECT count(*) FROM comment WHERE plan_id = p.id AND status = 'published') AS comments,
  (SELECT count(*) FROM heritage_zone WHERE city_id = p.city_id) AS zones,
  (SELECT count(*) FROM comment WHERE plan_id = p.id AND status = 'published' AND stance = 'for') AS agreeing
FROM plan p WHERE slug = :slug
"""


@pytest.fixture
def counts(app: Flask, live: str) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.execute(text(COUNTS), {"slug": SLUG}).mappings().one())


@pytest.fixture(autouse=True)
def no_proxy() -> Iterator[None]:
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "127.0.0.1"
    yield
    os.environ.pop("no_proxy")
    if before is not None:
        os.environ["no_proxy"] = before


def test_gdal_lists_the_collections(live: str) -> None:
    layers = {name for name, _kind in pyogrio.list_layers(f"OAPIF:{live}")}
    assert layers == {"measures", "segments", "comments", "cells", "zones"}


@pytest.mark.parametrize("name", ["measures", "segments", "comments", "zones"])
def test_gdal_reads_every_page(name: str, live: str, counts: dict[str, int]) -> None:
    meta, _ids, geometries, _columns = pyogrio.raw.read(f"OAPIF:{live}", layer=name, PAGE_SIZE=30)
    assert len(geometries) == counts[name]
    assert "stance" in meta["fields"] or name != "comments"


def test_gdal_reads_the_same_places_as_the_file(live: str) -> None:
    address = f"{live}collections/segments/items?f=json&limit=1000"
    with urlopen(address) as answer:
        features = json.load(answer)["features"]
    right = {each["id"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in features}
    meta, _ids, geometries, columns = pyogrio.raw.read(f"OAPIF:{live}", layer="segments")
    codes = columns[list(meta["fields"]).index("id")]
    for code, wkb in zip(codes, geometries, strict=True):
        assert shapely.from_wkb(wkb).equals_exact(right[code], 1e-9)


def test_gdal_hands_filters_to_the_server(live: str, counts: dict[str, int]) -> None:
    _meta, _ids, geometries, _columns = pyogrio.raw.read(
        f"OAPIF:{live}", layer="comments", where="stance = 'for'"
    )
    assert len(geometries) == counts["agreeing"]
    _meta, _ids, near, _columns = pyogrio.raw.read(
        f"OAPIF:{live}", layer="comments", bbox=(13.35, 38.1, 13.37, 38.12)
    )
    with urlopen(f"{live}collections/comments/items?f=json&limit=1000&bbox=13.35,38.1,13.37,38.12") as answer:
        assert len(near) == json.load(answer)["numberReturned"] > 0


def test_gdal_reads_another_system_in_the_right_order(live: str) -> None:
    plain = pyogrio.raw.read(f"OAPIF:{live}", layer="segments")
    for srid in (3004, 4326):
        uri = f"http://www.opengis.net/def/crs/EPSG/0/{srid}"
        meta, _ids, moved, _columns = pyogrio.raw.read(f"OAPIF:{live}", layer="segments", CRS=uri)
        assert CRS.from_user_input(meta["crs"]).is_projected is (srid == 3004)
        to = Transformer.from_crs(4326, srid, always_xy=True)
        for here, there in zip(plain[2], moved, strict=True):
            wanted = np.column_stack(to.transform(*shapely.get_coordinates(shapely.from_wkb(here)).T))
            found = shapely.get_coordinates(shapely.from_wkb(there))
            assert np.abs(found - wanted).max() < (0.02 if srid == 3004 else 1e-6)


def test_gdal_reads_the_full_profile_with_a_token(app: Flask, live: str, counts: dict[str, int]) -> None:
    with app.app_context():
        token = make_token(db.session)
    _meta, _ids, geometries, _columns = pyogrio.raw.read(
        f"OAPIF:{live}", layer="comments", USERPWD=f"qgis:{token}"
    )
    assert len(geometries) > counts["comments"]
    with app.app_context():
        query = text("SELECT count(*) FROM audit_log WHERE action = 'features.read_full'")
        assert db.session.scalar(query)


def test_owslib_reads_the_service(live: str, counts: dict[str, int]) -> None:
    service = Features(live)
    assert set(service.feature_collections()) == {"measures", "segments", "comments", "cells", "zones"}
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in service.conformance()["conformsTo"]
    )
    assert service.api()["openapi"].startswith("3.0")
    page: dict[str, Any] = service.collection_items("comments", limit=10)
    assert page["numberMatched"] == counts["comments"]
    assert len(page["features"]) == 10
    first = page["features"][0]
    assert service.collection_item("comments", str(first["id"]))["properties"] == first["properties"]
    agreeing = service.collection_items("comments", limit=1000, filter="stance = 'for'")
    assert len(agreeing["features"]) == counts["agreeing"]
    assert "stance" in service.collection_queryables("comments")["properties"]


def test_the_openapi_document_resolves(live: str) -> None:
    with urlopen(f"{live}api?f=json") as answer:
        document = json.load(answer)
    assert document["servers"] == [{"url": live.rstrip("/")}]
    operations = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    assert {each.path for each in operations} == set(document["paths"])
