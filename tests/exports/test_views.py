"""The page of the files, the files over HTTP, the dictionary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mobility.exports.dictionary import FILES, TABLES, markdown
from mobility.exports.orders import FORMATS, WHAT
from mobility.exports.views import downloads as views
from mobility.settings import ROOT
from tests.exports.town import SLUG, Town, add_comment, add_vote

PAGE = f"/plans/{SLUG}/exports/"


@pytest.fixture
def spoken(people: Session, town: Town) -> None:
    add_comment(people, town, "{{7*7}} <b>bold</b>", stance="against", topic="noise", segment="M1-01")
    add_comment(people, town)
    add_vote(people, town, "M1-01", 2)
    people.commit()


@pytest.mark.parametrize("what", WHAT)
def test_files_are_downloads(what: str, visitor: FlaskClient, spoken: None) -> None:
    answer = visitor.get(f"{PAGE}{what}.geojson")
    assert answer.status_code == 200
    assert answer.mimetype == "application/geo+json"
    name = re.escape(f"{SLUG}-{what}-") + r"\d{4}-\d\d-\d\d\.geojson"
    assert re.fullmatch(f'attachment; filename="{name}"', answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.is_streamed
    assert json.loads(answer.data)["name"] == f"{SLUG}-{what}"


def test_the_filter_of_the_lists_works_here(visitor: FlaskClient, spoken: None) -> None:
    found = visitor.get(f"{PAGE}comments.geojson?stance=against&topic=noise").json
    assert found["filters"] == {"stance": "against", "topic": "noise"}
    assert found["count"] == 1
    assert visitor.get(f"{PAGE}cells.geojson?z=15&stance=against").json["filters"] == {
        "stance": "against",
        "z": 15,
    }


@pytest.mark.parametrize("query", ["stance=sideways", "since=yesterday", "z=99", "z=x", "bbox=1,2,3", "z=²"])
def test_what_cannot_be_meant_is_refused(query: str, visitor: FlaskClient, town: Town) -> None:
    answer = visitor.get(f"{PAGE}cells.geojson?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["field"] == query.partition("=")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/plans/nowhere/exports/",
        "/plans/nowhere/exports/comments.geojson",
        f"{PAGE}votes.geojson",
        f"{PAGE}x",
    ],
)
def test_unknown_addresses(path: str, visitor: FlaskClient, town: Town) -> None:
    assert visitor.get(path).status_code == 404


def test_only_staff_filter_by_group_and_nobody_gets_hidden_comments(
    visitor: FlaskClient, spoken: None
) -> None:
    found = visitor.get(f"{PAGE}comments.geojson?group=cyclists&status=hidden").json
    assert found["filters"] == {}
    assert found["count"] == 2


def test_a_head_request_frees_its_place(visitor: FlaskClient, spoken: None) -> None:
    for _ in range(views.AT_ONCE + 1):
        assert visitor.head(f"{PAGE}comments.geojson").status_code == 200


def test_too_many_at_once_are_asked_to_wait(
    visitor: FlaskClient, spoken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Taken:
        def acquire(self, timeout: float) -> bool:
            return timeout < 0

        def release(self) -> None:
            pytest.fail("released a place that was not taken")

    monkeypatch.setattr(views, "_places", Taken())
    answer = visitor.get(f"{PAGE}comments.geojson")
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"


def test_the_page_counts_and_links(visitor: FlaskClient, spoken: None) -> None:
    page = visitor.get(f"{PAGE}?lang=en&stance=against").get_data(as_text=True)
    for what in WHAT:
        for form in FORMATS:
            assert f'href="{PAGE}{what}.{form}?lang=en&amp;stance=against"' in page
    for form in ("gpkg", "xlsx"):
        assert f'href="{PAGE}everything.{form}?lang=en&amp;stance=against"' in page
    assert re.findall(r'class="files__count">(\d+)<', page) == ["1", "3", "2", "1", "1"]
    assert "CC-BY-4.0" in page
    assert "Data of the town" in page
    assert '<option value="against" selected>' in page
    assert "/data-dictionary" in page


def test_the_page_speaks_italian(visitor: FlaskClient, town: Town) -> None:
    assert '<html lang="it"' in visitor.get(f"{PAGE}?lang=it").get_data(as_text=True)


def test_typed_text_stays_text(visitor: FlaskClient, town: Town) -> None:
    page = visitor.get(PAGE, query_string={"q": '{{7*7}}"><script>', "segment": "<i>"}).get_data(as_text=True)
    assert "{{7*7}}&#34;&gt;&lt;script&gt;" in page
    assert "<script>" not in page
    assert "<i>" not in page


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    from flask_babel import force_locale

    with app.test_request_context(), force_locale("en"):
        yield


def test_the_document_is_the_dictionary(english: None) -> None:
    assert (ROOT / "docs" / "data-dictionary.md").read_text("utf-8") == markdown()


def test_the_dictionary_page_holds_every_property(visitor: FlaskClient, town: Town) -> None:
    page = visitor.get("/data-dictionary?lang=en").get_data(as_text=True)
    for table in TABLES:
        assert f'id="{table.name}"' in page
        for name in table.names():
            assert f'<code translate="no">{name}</code>' in page


@pytest.mark.parametrize("table", FILES, ids=lambda table: table.name)
def test_every_property_is_described_and_every_description_exists(
    table: object, visitor: FlaskClient, spoken: None
) -> None:
    found = visitor.get(f"{PAGE}{table.name}.geojson").json  # type: ignore[attr-defined]
    assert set(found) <= TABLES[0].names()
    kinds = {
        "string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict, "array": list
    }  # fmt: skip
    for feature in found["features"]:
        assert set(feature["properties"]) == table.names()  # type: ignore[attr-defined]
        for row in table.properties:  # type: ignore[attr-defined]
            for name in row.names:
                value = feature["properties"][name]
                assert row.nullable if value is None else isinstance(value, kinds[row.kind])
                assert not row.values or value is None or value in row.values
