"""What Part 1 of the standard promises: documents, pages, links, parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.exports import dictionary
from mobility.ogc.asking import MOST
from mobility.ogc.collections import COLLECTIONS
from tests.ogc.conftest import ROOT, SLUG

Read = Callable[..., dict[str, Any]]
JSON = {"Accept": "application/json"}
DOCUMENTS = ("", "conformance", "collections", "api", *(
    f"collections/{name}{rest}" for name in COLLECTIONS for rest in ("", "/queryables", "/items")
))  # fmt: skip


def rels(document: dict[str, Any]) -> set[str]:
    return {link["rel"] for link in document["links"]}


def test_the_landing_page_leads_everywhere(read: Read, client: FlaskClient) -> None:
    landing = read("")
    wanted = {
        "self",
        "alternate",
        "service-desc",
        "service-doc",
        "conformance",
        "data",
        "license",
        "describedby",
    }
    assert wanted <= rels(landing)
    for link in landing["links"]:
        parts = urlsplit(link["href"])
        if parts.path.startswith("/plans") and link["rel"] != "license":
            assert client.get(f"{parts.path}?{parts.query}").status_code == 200, link


def test_every_collection_is_described(read: Read) -> None:
    found = read("collections")["collections"]
    assert [each["id"] for each in found] == ["measures", "segments", "comments", "cells", "zones"]
    for each in found:
        assert {"self", "items", "license", "describedby"} <= rels(each)
        assert each["storageCrs"].endswith("CRS84")
        assert read(f"collections/{each['id']}")["title"] == each["title"]


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("form", ["json", "html"])
def test_every_document_has_both_forms(path: str, form: str, client: FlaskClient, voices: Session) -> None:
    answer = client.get(f"{ROOT}/{path}", query_string={"f": form})
    assert answer.status_code == 200
    assert ("html" if form == "html" else "json") in answer.content_type
    assert form == "json" or not re.search(r"(?:src|action)=.https?:|<link[^>]+href=.https?:", answer.text)


def test_browsers_get_pages_and_programs_data(client: FlaskClient) -> None:
    browser = client.get(f"{ROOT}/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert browser.mimetype == "text/html"
    assert client.get(f"{ROOT}/", headers={"Accept": "*/*"}).mimetype == "application/json"
    assert client.get(f"{ROOT}/?f=json", headers={"Accept": "text/html"}).mimetype == "application/json"


@pytest.mark.parametrize("name", list(COLLECTIONS))
@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_hold_every_feature_once(name: str, limit: int, read: Read, voices: Session) -> None:
    everything = [feature["id"] for feature in read(f"collections/{name}/items", limit=MOST)["features"]]
    if limit == 1:
        everything = everything[:4]
    found: list[Any] = []
    arguments: dict[str, Any] = {"limit": limit}
    while True:
        page = read(f"collections/{name}/items", **arguments)
        assert page["numberReturned"] == len(page["features"]) <= limit
        found += [feature["id"] for feature in page["features"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following or len(found) >= 4 == limit * 4:
            break
        arguments = dict(parse_qsl(urlsplit(following[0]).query))
    assert found == everything
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["measures", "segments", "comments", "zones"])
def test_the_number_of_all_is_known_without_a_filter(name: str, read: Read, voices: Session) -> None:
    page = read(f"collections/{name}/items", limit=1)
    assert page["numberMatched"] == len(read(f"collections/{name}/items", limit=MOST)["features"])
    assert page["numberMatched"] > 1


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_a_feature_is_the_same_alone_and_says_what_the_dictionary_says(
    name: str, read: Read, voices: Session
) -> None:
    feature = read(f"collections/{name}/items", limit=1)["features"][0]
    alone = read(f"collections/{name}/items/{feature['id']}")
    assert alone.pop("links")
    assert alone == feature
    table = next(table for table in dictionary.TABLES if table.name == name)
    assert set(feature["properties"]) == table.names()


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("collections/comments/items?colour=red", "colour"),
        ("collections/comments/items?limit=0", "limit"),
        ("collections/comments/items?limit=ten", "limit"),
        ("collections/comments/items?limit=-3", "limit"),
        ("collections/comments/items?bbox=1,2,3", "bbox"),
        ("collections/comments/items?bbox=1,2,nan,4", "bbox"),
        ("collections/comments/items?bbox=13,39,14,38", "bbox"),
        ("collections/comments/items?bbox=13,38,14,39,", "bbox"),
        ("collections/comments/items?datetime=yesterday", "datetime"),
        ("collections/comments/items?datetime=2026-02-01/2026-01-01", "datetime"),
        ("collections/comments/items?crs=EPSG:9999", "crs"),
        ("collections/comments/items?bbox=1,2,3,4&bbox-crs=x", "bbox-crs"),
        ("collections/comments/items?filter-lang=sql&filter=true", "filter-lang"),
        ("collections/comments/items?stance=for&stance=against", "stance"),
        ("collections/comments/items?f=xml", "f"),
        ("collections/comments/items?measure_version=two", "filter"),
        ("collections/cells/items?z=3", "z"),
        ("collections?limit=3", "limit"),
        ("conformance?x=1", "x"),
        ("collections/comments/items?profile=everything", "profile"),
    ],
)
def test_what_is_not_known_is_refused_with_a_reason(path: str, field: str, client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/{path}", headers=JSON)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json
    assert answer.json["field"] == field
    assert answer.json["detail"]


@pytest.mark.parametrize(
    "path", ["collections/none", "collections/comments/items/0", "collections/comments/items/abc",
             "collections/segments/items/%00", "collections/cells/items/18/1/1", "nothing",
             "collections/comments/items/99999999999999999999"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(path: str, client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/{path}", headers=JSON)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_limit_above_the_most_gives_the_most(client: FlaskClient, read: Read) -> None:
    assert read("collections/zones/items", limit=MOST * 5)["numberReturned"] > 0
    parameters = read("api")["components"]["parameters"]
    assert parameters["limit"]["schema"]["maximum"] == MOST


def test_scripts_of_other_sites_read_without_credentials(client: FlaskClient) -> None:
    asked = client.options(f"{ROOT}/collections", headers={"Origin": "https://example.org"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" not in asked.headers["Access-Control-Allow-Headers"]
    assert "POST" not in asked.headers["Access-Control-Allow-Methods"]
    answer = client.get(f"{ROOT}/collections", headers={"Origin": "https://example.org", **JSON})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    head = client.head(f"{ROOT}/collections", headers=JSON)
    assert head.status_code == 200
    assert not head.data


def test_an_answer_that_a_client_has_is_not_sent_again(client: FlaskClient, voices: Session) -> None:
    url = f"{ROOT}/collections/comments/items?limit=5&f=json"
    first = client.get(url)
    assert first.headers["ETag"].startswith("W/")
    assert "max-age" in first.headers["Cache-Control"]
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    voices.execute(text("UPDATE comment SET text = 'changed' WHERE status = 'published'"))
    voices.commit()
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_answers_are_compressed_when_asked_for(client: FlaskClient, voices: Session) -> None:
    url = f"{ROOT}/collections/comments/items?limit=100&f=json"
    answer = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < len(client.get(url).data) / 2


def test_a_draft_is_nobodys_business(client: FlaskClient, voices: Session) -> None:
    voices.execute(text("UPDATE plan SET status = 'draft' WHERE slug = :slug"), {"slug": SLUG})
    voices.commit()
    for path in DOCUMENTS:
        assert client.get(f"{ROOT}/{path}", headers=JSON).status_code == 404


def test_a_page_costs_few_questions(client: FlaskClient, voices: Session, count_queries: Any) -> None:
    with count_queries as one:
        client.get(f"{ROOT}/collections/comments/items?limit=1&f=json")
    few = len(one)
    one.statements.clear()
    with count_queries as many:
        client.get(f"{ROOT}/collections/comments/items?limit=100&f=json")
    assert len(many) == few
    assert few < 10
